"""The door between pandas frames and flat arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from skrnn.data import Panel


@dataclass(frozen=True)
class SeriesIndex:
    """Where the series of a frame stand, and their times.

    Parameters
    ----------
    frame_index : pd.Index
        Index of the frame: times, or instances and times. The rows of a series stand together.
    offsets : ndarray of shape (n_series + 1,)
        Series ``i`` has the rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    """

    frame_index: pd.Index
    offsets: np.ndarray

    @classmethod
    def of(cls, frame):
        """Read the index of a frame in which the rows of a series stand together."""
        index = frame.index
        if not isinstance(index, pd.MultiIndex):
            return cls(index, np.array([0, len(index)]))
        codes = np.stack([np.asarray(c) for c in index.codes[:-1]])
        starts = np.flatnonzero((codes[:, 1:] != codes[:, :-1]).any(axis=0)) + 1
        return cls(index, np.concatenate([[0], starts, [len(index)]]))

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
        """Offset between neighbouring times, inferred from the longest series; None if unknown."""
        known = getattr(self.times, "freq", None)
        if known is not None or not isinstance(self.times, pd.DatetimeIndex):
            return known
        longest = int(np.argmax(np.diff(self.offsets)))
        times = self.times[self.offsets[longest] : self.offsets[longest + 1]]
        return to_offset(pd.infer_freq(times)) if len(times) > 2 else None

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


@dataclass(frozen=True)
class Columns:
    """Names of the columns by their role.

    Parameters
    ----------
    targets : list
        Columns of y.
    known, past_only : list
        Columns of X that are known for the horizon, and those that are not.
    """

    targets: list
    known: list
    past_only: list

    @classmethod
    def of(cls, y, X, past_columns):
        """Read the roles.

        Raises
        ------
        ValueError
            If a past-only column is not in X.
        """
        names = [] if X is None else list(X.columns)
        past_only = [] if past_columns is None else list(past_columns)
        missing = [c for c in past_only if c not in names]
        if missing:
            raise ValueError(
                f"past_columns names {missing}, but X has the columns {names}; name columns of X."
            )
        known = [c for c in names if c not in past_only]
        return cls(list(y.columns), known, past_only)

    @property
    def covariates(self):
        """Names of all columns of X, the known ones first."""
        return self.known + self.past_only

    def alike(self, other):
        """Whether a network that learned from the one can read the other."""
        same_names = set(self.targets) == set(other.targets)
        return (
            len(self.targets) == len(other.targets)
            and (self.targets == other.targets or not same_names)
            and set(self.known) == set(other.known)
            and set(self.past_only) == set(other.past_only)
        )

    def named_alike(self, y):
        """Return y with its columns in the order of the targets; a single one may have any name.

        Raises
        ------
        ValueError
            If y has other columns.
        """
        if set(y.columns) != set(self.targets) and len(y.columns) + len(self.targets) > 2:
            raise ValueError(
                f"y has the columns {list(y.columns)}, but the forecaster was fitted with "
                f"{self.targets}; pass the same columns."
            )
        return y[self.targets] if len(self.targets) > 1 else y.set_axis(self.targets, axis=1)

    def check_unknown(self, X):
        """Raise a ValueError if X has columns that the forecaster has never seen."""
        unknown = [] if X is None else [c for c in X.columns if c not in self.covariates]
        if unknown:
            raise ValueError(
                f"X has the columns {unknown}, which were not in X when the forecaster was fitted; "
                "leave them out, or fit with them."
            )


def read_panel(y, X, columns):
    """Return the `Panel` of frames in which the rows of a series stand together.

    Raises
    ------
    ValueError
        If y is empty, a value is infinite, a series has no value, a covariate is missing, a time
        is there twice or not at all, or X lacks a row of y.
    """
    if len(y) == 0:
        raise ValueError("y is empty; it needs at least one row.")
    index = SeriesIndex.of(y)
    check_times(index)
    values = float_values(y)
    check_finite(values, "y", columns.targets, allow_nan=True)
    check_observed(values, index, columns.targets)
    covariates = np.empty((len(y), 0))
    if columns.covariates:
        check_unique(X)
        rows = X.index.get_indexer(y.index)
        if (rows < 0).any():
            raise ValueError(
                f"X has no row for {y.index[int(np.argmin(rows))]}; it needs a row for each row "
                "of y."
            )
        covariates = float_values(X[columns.covariates])[rows]
        check_finite(covariates, "X", columns.covariates, allow_nan=False)
    return Panel(values, index.offsets, covariates, len(columns.known))


def read_known(X, columns, index, needed):
    """Return the known covariates of the horizon; NaN where X has no row and needs none.

    Parameters
    ----------
    X : pd.DataFrame or None
        Covariates as passed to predict.
    columns : Columns
        Roles of the columns.
    index : pd.Index
        Rows of the horizon.
    needed : ndarray of bool
        Which of them X has to have.

    Raises
    ------
    ValueError
        If X is None, or lacks a column, a row or a value that is needed.
    """
    if X is None:
        raise ValueError(
            f"X is None, but the forecaster was fitted with the known covariates {columns.known}; "
            "pass their values for the horizon to predict."
        )
    missing = [c for c in columns.known if c not in X.columns]
    if missing:
        raise ValueError(
            f"X lacks the columns {missing}, which it had when the forecaster was fitted; pass "
            "them too, or name them in past_columns if they are not known for the horizon."
        )
    check_unique(X)
    rows = X.index.get_indexer(index)
    absent = (rows < 0) & needed
    if absent.any():
        raise ValueError(
            f"X does not cover the horizon: it has no row for {index[int(np.argmax(absent))]}; "
            "pass a row for every step of fh."
        )
    values = float_values(X[columns.known])[rows]
    check_finite(values[rows >= 0], "X", columns.known, allow_nan=False)
    values[rows < 0] = np.nan
    return values


def float_values(frame):
    """Return the values of a frame as float64, missing ones as NaN."""
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def check_times(index):
    """Check that the times of each series follow one another, each once and none left out.

    Rows are steps: one too few or too many would shift all that stands before it.

    Raises
    ------
    ValueError
        If a time is there twice or not at all.
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
    gaps = np.flatnonzero(~follow_each_other(before, after, index))
    if len(gaps):
        raise ValueError(
            f"y has no row for the steps between {before[gaps[0]]} and {after[gaps[0]]}; give "
            "every step a row, with NaN where nothing was observed."
        )


def follow_each_other(before, after, index):
    """Return which times `after` are the step next to those `before`."""
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
        # The day on which clocks change has 23 or 25 hours.
        local = before.tz_localize(None) + step == after.tz_localize(None)
        same |= np.asarray(local)
    return same


def check_unique(X):
    """Raise a ValueError if X has two rows for the same time."""
    if not X.index.is_unique:
        row = X.index[int(np.argmax(X.index.duplicated()))]
        raise ValueError(f"X has two rows for {row}; keep one of them.")


def check_finite(values, name, columns, *, allow_nan):
    """Raise a ValueError for infinite values, and for missing ones unless they are allowed."""
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
    where = "" if index.instances is None else f" of series {index.instances[series]!r}"
    raise ValueError(f"y has no observed value in column {columns[column]!r}{where}; leave it out.")
