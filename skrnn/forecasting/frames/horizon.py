"""The forecasting horizon as steps after the end of each series."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon


class Horizon:
    """The requested steps of each series, and the rows of their forecasts.

    Parameters
    ----------
    fh : ForecastingHorizon
        Steps after the end of each series if relative; times common to all series if absolute.
    index : SeriesIndex
        Index of the series.

    Attributes
    ----------
    steps : ndarray of shape (n_series, n_requested)
        Steps after the end of each series; 0 is its last row.
    rows : pd.Index
        Index of the forecasts, one series after the other.
    """

    def __init__(self, fh, index):
        fh = with_freq(fh, index)
        self._freq = fh.freq
        self._index = index
        self._ends, self._which = distinct_ends(index)
        self.steps = np.stack([steps_after(fh, end) for end in self._ends])[self._which]
        self.rows = self._rows_of(fh)

    @property
    def n_ahead(self):
        """Number of steps from the end of a series to the last requested step."""
        return max(0, int(self.steps.max()))

    def rows_ahead(self):
        """Return the index of all steps up to the last requested one."""
        every = np.arange(1, self.n_ahead + 1)
        return self._rows_of(ForecastingHorizon(every, is_relative=True, freq=self._freq))

    def requested_ahead(self):
        """Return a mask of the requested steps in `rows_ahead`, (n_series, n_ahead)."""
        requested = np.zeros((len(self.steps), self.n_ahead), dtype=bool)
        series, column = np.nonzero(self.steps > 0)
        requested[series, self.steps[series, column] - 1] = True
        return requested

    def _rows_of(self, fh):
        times = [fh.to_absolute_index(end) for end in self._ends]
        if len(self._which) == 1:
            return self._index.with_times(times[0])
        positions = self._which[:, None] * len(times[0]) + np.arange(len(times[0]))
        joined = times[0].append(times[1:]).take(positions.ravel())
        return self._index.with_times(joined)


def distinct_ends(index):
    """Return the distinct last times as one-element indices, and the number of each series' one.

    sktime converts a horizon for one cutoff at a time, and most series end at the same time.
    """
    which, _ = pd.factorize(index.ends)
    _, first = np.unique(which, return_index=True)
    return [index.ends[i : i + 1] for i in first], which


def steps_after(fh, end):
    """Return a horizon as steps after `end`; 0 is `end` itself."""
    if fh.is_relative and not counts_steps(fh):
        fh = ForecastingHorizon(fh.to_absolute_index(end), is_relative=False, freq=fh.freq)
    return fh.to_relative(end).to_pandas().to_numpy().astype(int)


def last_step(fh, index):
    """Return the last step of a horizon over all series."""
    if not counts_steps(fh):
        fh = with_freq(fh, index)
    return max(int(steps_after(fh, end).max()) for end in distinct_ends(index)[0])


def counts_steps(fh):
    """Whether a horizon is given in steps, not in times or durations."""
    return fh.is_relative and pd.api.types.is_integer_dtype(fh.to_pandas().dtype)


def with_freq(fh, index):
    """Return the horizon with the frequency of the times, which sktime needs to convert it.

    Raises
    ------
    ValueError
        If the frequency is unknown.
    """
    if fh.freq is not None or not isinstance(index.times, pd.DatetimeIndex):
        return fh
    if index.freq is None:
        raise ValueError(
            "fh needs the frequency of y, which cannot be inferred from its times; set it, for "
            "example by y.asfreq('D')."
        )
    return ForecastingHorizon(fh.to_pandas(), is_relative=fh.is_relative, freq=index.freq)


def check_feedback(n_steps, block, columns):
    """Check that a horizon longer than a block needs no past-only covariates.

    Raises
    ------
    ValueError
        If it does.
    """
    if n_steps > block and columns.past_only:
        raise ValueError(
            f"fh reaches {n_steps} steps ahead, but blocks of {block} cannot be fed back with "
            f"past_columns={columns.past_only}, which are unknown for the horizon; use "
            "strategy='multioutput' and pass fh to fit, or leave the columns out."
        )


def check_begin(steps, lengths):
    """Raise a ValueError if a step before the beginning of a series is requested."""
    first = 1 - int(lengths.min())
    if steps.min() < first:
        raise ValueError(
            f"fh reaches {-steps.min()} steps back from the last observation, but the shortest "
            f"series begins {-first} steps before it; request steps from {first} on."
        )
