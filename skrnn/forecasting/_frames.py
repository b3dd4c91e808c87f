"""The door between pandas frames and flat arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from skrnn.data import Panel


@dataclass
class SeriesIndex:
    """Where the series of a frame stand, and their times.

    Parameters
    ----------
    frame_index : pd.Index
        Index of the frame: times, or instances and times.
    offsets : ndarray of shape (n_series + 1,)
        Series ``i`` has the rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    """

    frame_index: pd.Index
    offsets: np.ndarray

    @classmethod
    def of(cls, frame):
        """Read the index of a frame in which every series stands in one piece."""
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

    def ends(self):
        """Return the last time of each series."""
        return self.times[self.offsets[1:] - 1]

    def keys(self):
        """Return the instance of each series as a tuple; one empty tuple for a plain frame."""
        if not isinstance(self.frame_index, pd.MultiIndex):
            return [()]
        return [key[:-1] for key in self.frame_index[self.offsets[:-1]]]

    def with_times(self, times):
        """Return the index of a frame with other times.

        Parameters
        ----------
        times : pd.Index
            Times of the first series, then as many of the second one, and so on.
        """
        if not isinstance(self.frame_index, pd.MultiIndex):
            return times
        first = self.frame_index[self.offsets[:-1]].droplevel(-1)
        count = len(times) // len(first)
        levels = [first.get_level_values(i).repeat(count) for i in range(first.nlevels)]
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


def read_panel(y, X, columns):
    """Return the `Panel` of validated frames.

    Raises
    ------
    TypeError
        If a column is not numeric.
    ValueError
        If a value is infinite, a covariate is missing, or X lacks a row of y.
    """
    values = numeric_values(y, "y")
    check_finite(values, "y", columns.targets, allow_nan=True)
    if np.isnan(values).all(axis=0).any():
        raise ValueError("y has a column without any observed value; leave it out.")
    covariates = np.empty((len(y), 0))
    if columns.covariates:
        rows = X.index.get_indexer(y.index)
        if (rows < 0).any():
            raise ValueError(
                f"X has no row for {y.index[int(np.argmin(rows))]!r}; it needs a row for each "
                "row of y."
            )
        covariates = numeric_values(X[columns.covariates], "X")[rows]
        check_finite(covariates, "X", columns.covariates, allow_nan=False)
    return Panel(values, SeriesIndex.of(y).offsets, covariates, len(columns.known))


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
    """
    if X is None:
        raise ValueError(
            f"X is None, but the forecaster was fitted with the known covariates {columns.known}; "
            "pass their values for the horizon to predict."
        )
    missing = [c for c in columns.known if c not in X.columns]
    if missing:
        raise ValueError(f"X lacks the columns {missing}, which the forecaster was fitted with.")
    rows = X.index.get_indexer(index)
    absent = (rows < 0) & needed
    if absent.any():
        raise ValueError(
            f"X does not cover the horizon: it has no row for {index[int(np.argmax(absent))]!r}; "
            "pass a row for every step of fh."
        )
    values = numeric_values(X[columns.known], "X")[rows]
    check_finite(values[rows >= 0], "X", columns.known, allow_nan=False)
    values[rows < 0] = np.nan
    return values


def numeric_values(frame, name):
    """Return the values of a frame as float64.

    Raises
    ------
    TypeError
        If a column is not numeric.
    """
    wrong = [c for c in frame.columns if not pd.api.types.is_numeric_dtype(frame[c])]
    if wrong:
        raise TypeError(
            f"{name} has columns that are not numeric: {wrong}; encode them as numbers or leave "
            "them out."
        )
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def check_finite(values, name, columns, *, allow_nan):
    """Raise a ValueError for infinite values, and for missing ones unless they are allowed."""
    bad = np.isinf(values) if allow_nan else ~np.isfinite(values)
    if bad.any():
        column = columns[int(np.flatnonzero(bad.any(axis=0))[0])]
        what = "infinite" if allow_nan else "missing or infinite"
        remedy = "replace them by NaN" if allow_nan else "fill them, or leave the column out"
        raise ValueError(f"{name} has {what} values in column {column!r}; {remedy}.")


def distinct_ends(index):
    """Return the distinct last times, each as an index of one element, and which a series has.

    sktime converts a horizon for one cutoff at a time; series mostly end together.
    """
    ends = index.ends()
    codes, distinct = pd.factorize(ends)
    first = [int(np.argmax(codes == i)) for i in range(len(distinct))]
    return [ends[i : i + 1] for i in first], codes


def steps_after(fh, end):
    """Return the steps of a horizon after `end`; 0 is the end itself."""
    return fh.to_relative(end).to_pandas().to_numpy().astype(int)


def last_step(fh, index):
    """Return the last step of a horizon, over all series."""
    return max(int(steps_after(fh, end).max()) for end in distinct_ends(index)[0])


def concat_times(times, which):
    """Return for each series the times of its end, one series after the other."""
    if len(times) == 1 and len(which) == 1:
        return times[0]
    count = len(times[0])
    rows = np.asarray(which)[:, None] * count + np.arange(count)
    return times[0].append(list(times[1:])).take(rows.ravel())
