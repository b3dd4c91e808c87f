"""The index of a frame of series, and checks of frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .frequency import Frequency
from .infer_frequency import infer_frequency

LARGEST = 1e300  # sums of larger values overflow
MOST_SERIES = 100  # series from which a frequency is inferred


@dataclass(frozen=True)
class SeriesIndex:
    """The rows and times of each series of a frame.

    Parameters
    ----------
    frame_index : pd.Index
        Index of the frame: times, or instances and times. The rows of a series are adjacent.
    offsets : ndarray of shape (n_series + 1,)
        Series ``i`` has the rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    usual : Frequency, optional
        Frequency of the training data, which is assumed where the times agree with it.
    """

    frame_index: pd.Index
    offsets: np.ndarray
    usual: Frequency | None = None

    @classmethod
    def of(cls, frame, usual=None):
        """Read the index of a frame in which the rows of a series are adjacent."""
        index = frame.index
        if not isinstance(index, pd.MultiIndex):
            return cls(index, np.array([0, len(index)]), usual)
        codes = np.stack([np.asarray(c) for c in index.codes[:-1]])
        starts = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=0)) + 1
        return cls(index, np.concatenate([[0], starts, [len(index)]]), usual)

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

    @cached_property
    def frequency(self):
        """Frequency of all series.

        It is that of the index, else the usual one, else it is inferred. Where times are missing,
        it is the one that the others have.

        Returns
        -------
        Frequency or None
            None if the times are too few or too irregular.
        """
        times = self.times
        if not isinstance(times, pd.DatetimeIndex) or times.freq is not None:
            return Frequency.of(getattr(times, "freq", None))
        dated = self.usual is not None and self.usual.offset is not None
        usual = self.follows(self.usual).mean() if dated else 0.0
        if usual == 1:
            return self.usual
        longest = np.argsort(-np.diff(self.offsets), kind="stable")[:MOST_SERIES]
        series = [times[self.offsets[i] : self.offsets[i + 1]] for i in longest]
        inferred = infer_frequency(times, series, lambda f: self.follows(f).mean())
        return self.usual if usual > 0.5 or inferred is None else inferred

    @property
    def first_steps(self):
        """Number of the first step of each series on a clock that begins at a fixed time."""
        first = self.times[self.offsets[:-1]]
        if self.frequency is None:
            return np.zeros(len(first), dtype=int)
        return self.frequency.steps_since_epoch(first)

    def follows(self, frequency):
        """Return for each row whether it is the first of a series or one step after the last."""
        times = self.times
        same = np.ones(len(times), dtype=bool)
        later = np.ones(len(times), dtype=bool)
        later[self.offsets[:-1]] = False
        later = np.flatnonzero(later)
        same[later] = frequency.follows(times[later - 1], times[later])
        return same

    def name_of(self, series):
        """Return the name of a series for error messages, empty for a plain frame."""
        if self.instances is None:
            return ""
        return f" of series {self.instances[series : series + 1].tolist()[0]!r}"

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


def check_unique(frame, name):
    """Raise a ValueError if a frame has two rows for the same time."""
    if not frame.index.is_unique:
        row = frame.index[int(np.argmax(frame.index.duplicated()))]
        raise ValueError(f"{name} has two rows for {row}; keep one of them.")


def check_frame(frame, name):
    """Raise a ValueError if y has no rows, or a frame has no column, or one twice."""
    if name == "y" and isinstance(frame, pd.DataFrame | pd.Series) and len(frame) == 0:
        raise ValueError("y is empty; it needs at least one row.")
    if not isinstance(frame, pd.DataFrame):
        return
    if frame.shape[1] == 0:
        raise ValueError(f"{name} has no columns; it needs at least one.")
    if not frame.columns.is_unique:
        twice = list(frame.columns[frame.columns.duplicated()].unique())
        raise ValueError(f"{name} has the columns {twice} twice; keep one of each name.")


def check_finite(values, name, columns, index, *, allow_nan):
    """Raise a ValueError for infinite and huge values and, unless `allow_nan`, for missing ones."""
    huge = np.abs(values) > LARGEST
    if huge.any() and np.isfinite(values[huge]).all():
        row, column = np.argwhere(huge)[0]
        raise ValueError(
            f"{name} has the value {values[row, column]:g} in column {columns[column]!r} at "
            f"{index[row]}, but values beyond {LARGEST:g} overflow; divide the column, or replace "
            "the value if it stands for a missing one."
        )
    bad = np.isinf(values) if allow_nan else ~np.isfinite(values)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        what = "infinite" if allow_nan else "missing or infinite"
        remedy = "replace them by NaN" if allow_nan else "fill them, or leave the column out"
        raise ValueError(
            f"{name} has {what} values in column {columns[column]!r}, the first at {index[row]}; "
            f"{remedy}."
        )


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
