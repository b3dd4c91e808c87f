"""The index of a frame of series, and checks of frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset


@dataclass(frozen=True)
class SeriesIndex:
    """The rows and times of each series of a frame.

    Parameters
    ----------
    frame_index : pd.Index
        Index of the frame: times, or instances and times. The rows of a series are adjacent.
    offsets : ndarray of shape (n_series + 1,)
        Series ``i`` has the rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    usual_freq : DateOffset, optional
        Frequency to assume for series too short to infer it.
    """

    frame_index: pd.Index
    offsets: np.ndarray
    usual_freq: Any = None

    @classmethod
    def of(cls, frame, usual_freq=None):
        """Read the index of a frame in which the rows of a series are adjacent."""
        index = frame.index
        if not isinstance(index, pd.MultiIndex):
            return cls(index, np.array([0, len(index)]), usual_freq)
        codes = np.stack([np.asarray(c) for c in index.codes[:-1]])
        starts = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=0)) + 1
        return cls(index, np.concatenate([[0], starts, [len(index)]]), usual_freq)

    @property
    def times(self):
        """Time of each row."""
        if isinstance(self.frame_index, pd.MultiIndex):
            return self.frame_index.get_level_values(-1)
        return self.frame_index

    @property
    def ends(self):
        """Last time of each series."""
        return self.times[self.offsets[1:] - 1]

    @property
    def instances(self):
        """Instance of each series; None for a plain frame."""
        if not isinstance(self.frame_index, pd.MultiIndex):
            return None
        return self.frame_index[self.offsets[:-1]].droplevel(-1)

    @property
    def freq(self):
        """Frequency of the times, inferred from the longest series; None if unknown."""
        known = getattr(self.times, "freq", None)
        if known is not None or not isinstance(self.times, pd.DatetimeIndex):
            return known
        longest = int(np.argmax(np.diff(self.offsets)))
        times = self.times[self.offsets[longest] : self.offsets[longest + 1]]
        return to_offset(pd.infer_freq(times)) if len(times) > 2 else self.usual_freq

    def name_of(self, series):
        """Return the name of a series for error messages, empty for a plain frame."""
        return "" if self.instances is None else f" of series {self.instances[series]!r}"

    def with_times(self, times):
        """Return the index of a frame with other times.

        Parameters
        ----------
        times : pd.Index
            Times of the first series, then as many of the second one, and so on.
        """
        instances = self.instances
        if instances is None:
            return times
        count = len(times) // len(instances)
        levels = [instances.get_level_values(i).repeat(count) for i in range(instances.nlevels)]
        return pd.MultiIndex.from_arrays([*levels, times], names=self.frame_index.names)


def float_values(frame):
    """Return the values of a frame as float64, with NaN for missing ones."""
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def check_times(index):
    """Check that the times of each series are consecutive.

    Every row counts as one step, so a missing or repeated time would shift the lags.

    Raises
    ------
    ValueError
        If a time is duplicated or missing.
    """
    times = index.times
    follows = np.ones(len(times), dtype=bool)
    follows[index.offsets[:-1]] = False
    later = np.flatnonzero(follows)
    before, after = times[later - 1], times[later]
    twice = np.asarray(before == after)
    if twice.any():
        row = index.frame_index[later[int(np.argmax(twice))]]
        raise ValueError(f"y has two rows for {row}; keep one of them.")
    gaps = np.flatnonzero(~are_consecutive(before, after, index))
    if len(gaps):
        raise ValueError(
            f"y has no row for the steps between {before[gaps[0]]} and {after[gaps[0]]}; give "
            "every step a row, with NaN where nothing was observed."
        )


def are_consecutive(before, after, index):
    """Return, for each pair of times, whether `after` is the step next to `before`."""
    step = 1
    if isinstance(before, pd.DatetimeIndex):
        step = index.freq
        if step is None and np.diff(index.offsets).max() > 2:
            raise ValueError(
                "the times of y have no regular frequency; give every step a row, with NaN where "
                "nothing was observed, or number the steps."
            )
        if step is None:
            return np.ones(len(before), dtype=bool)
    same = np.asarray(before + step == after)
    if getattr(before, "tz", None) is not None:
        # With daylight saving time, a day can have 23 or 25 hours.
        local = before.tz_localize(None) + step == after.tz_localize(None)
        same |= np.asarray(local)
    return same


def check_unique(X):
    """Raise a ValueError if X has two rows for the same time."""
    if not X.index.is_unique:
        row = X.index[int(np.argmax(X.index.duplicated()))]
        raise ValueError(f"X has two rows for {row}; keep one of them.")


def check_finite(values, name, columns, *, allow_nan):
    """Raise a ValueError for infinite values and, unless `allow_nan`, for missing ones."""
    bad = np.isinf(values) if allow_nan else ~np.isfinite(values)
    if bad.any():
        column = columns[int(np.flatnonzero(bad.any(axis=0))[0])]
        what = "infinite" if allow_nan else "missing or infinite"
        remedy = "replace them by NaN" if allow_nan else "fill them, or leave the column out"
        raise ValueError(f"{name} has {what} values in column {column!r}; {remedy}.")


def check_observed(values, index, columns):
    """Raise a ValueError if a series has no observed value in some column."""
    observed = np.logical_or.reduceat(~np.isnan(values), index.offsets[:-1], axis=0)
    if observed.all():
        return
    series, column = np.argwhere(~observed)[0]
    where = index.name_of(series)
    raise ValueError(f"y has no observed value in column {columns[column]!r}{where}; leave it out.")


def with_level(level, index, name):
    """Return an index with `level` added as the outermost level."""
    parts = [index.get_level_values(i) for i in range(index.nlevels)]
    return pd.MultiIndex.from_arrays([level, *parts], names=[name, *index.names])
