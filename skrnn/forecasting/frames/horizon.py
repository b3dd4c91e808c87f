"""The forecasting horizon as steps after the end of each series."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from skrnn._arguments import reading

from .frequency import Frequency

MAX_BLOCKS = 10_000  # that are fed back


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
        self._index = index
        self._frequency = frequency_for(fh, index)
        self._ends, self._which = distinct_ends(index)
        steps = np.stack([steps_after(fh, end, self._frequency) for end in self._ends])
        self.steps = steps[self._which]
        self.rows = self._rows_of(steps)

    @property
    def n_ahead(self):
        """Number of steps from the end of a series to the last requested step."""
        return max(0, int(self.steps.max()))

    def rows_ahead(self):
        """Return the index of all steps up to the last requested one."""
        return self._rows_of(np.tile(np.arange(1, self.n_ahead + 1), (len(self._ends), 1)))

    def requested_ahead(self):
        """Return a mask of the requested steps in `rows_ahead`, (n_series, n_ahead)."""
        requested = np.zeros((len(self.steps), self.n_ahead), dtype=bool)
        series, column = np.nonzero(self.steps > 0)
        requested[series, self.steps[series, column] - 1] = True
        return requested

    def _rows_of(self, steps):
        ends = zip(self._ends, steps, strict=True)
        times = [self._frequency.after(end, of_series) for end, of_series in ends]
        if len(self._which) == 1:
            consecutive = (np.diff(steps[0]) == 1).all()
            return self._index.with_times(self._frequency.on(times[0]) if consecutive else times[0])
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


def steps_after(fh, end, frequency):
    """Return a horizon as steps after `end`; 0 is `end` itself.

    Raises
    ------
    ValueError
        If the horizon contains a time of another kind, or none of the steps.
    """
    values = fh.to_pandas()
    if counts_steps(fh):
        return values.to_numpy().astype(int)
    if fh.is_relative:
        try:
            return frequency.count(end, frequency.later(end, values))
        except TypeError as error:
            raise ValueError(
                f"fh has the duration {values[0]}, which cannot be added to times of the type "
                f"{end.dtype}, as those of y; pass steps such as fh=[1, 2, 3]."
            ) from error
    if _kind(values) != _kind(end):
        raise ValueError(
            f"fh has times of the type {values.dtype}, but those of y are of the type {end.dtype}; "
            "pass times of that type, or steps such as fh=[1, 2, 3]."
        )
    return frequency.count(end, values)


def _kind(times):
    """Return what times must have in common to be compared."""
    if isinstance(times, pd.DatetimeIndex):
        return "dates", times.tz is None
    return times.dtype if isinstance(times, pd.PeriodIndex) else times.dtype.kind


def last_step(fh, index):
    """Return the last step of a horizon over all series."""
    with reading("fh"):
        if counts_steps(fh):
            return int(fh.to_pandas().max())
        frequency = frequency_for(fh, index)
        return max(int(steps_after(fh, end, frequency).max()) for end in distinct_ends(index)[0])


def counts_steps(fh):
    """Whether a horizon is given in steps, not in times or durations."""
    return fh.is_relative and pd.api.types.is_integer_dtype(fh.to_pandas().dtype)


def frequency_for(fh, index):
    """Return the frequency of the series, or that of the horizon where they are too short.

    Raises
    ------
    ValueError
        If the frequency is unknown.
    """
    if index.frequency is not None:
        return index.frequency
    if fh.freq is None:
        raise ValueError(
            "fh needs the frequency of y, which cannot be inferred from its times; set it, for "
            "example by y.asfreq('D')."
        )
    return Frequency.of(to_offset(fh.freq))


def check_feedback(n_steps, block, columns):
    """Check that a horizon longer than a block can be forecast block by block.

    Raises
    ------
    ValueError
        If it needs past-only covariates, or is too long.
    """
    if n_steps > MAX_BLOCKS * block:
        raise ValueError(
            f"fh reaches {n_steps} steps ahead, but at most {MAX_BLOCKS} blocks of {block} are fed "
            "back; pass steps nearer to the end of y, or a longer fh to fit."
        )
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
