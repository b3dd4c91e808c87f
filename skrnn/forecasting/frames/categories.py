"""Categorical columns of X, coded as indicators of their levels."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Number

import numpy as np
import pandas as pd

from skrnn._warnings import warn

from .index import float_values

MOST_LEVELS = 50  # indicators of one column; rarer levels share another one
LEAST_SHARE = 0.0005  # of the rows; standardised indicators of rarer levels are very large
NUMBERS = ("integer", "floating", "decimal", "complex", "boolean", "empty")
DATES = ("datetime64", "datetime", "date", "timedelta64", "timedelta", "time", "period", "interval")


@dataclass(frozen=True)
class Levels:
    """Levels of a categorical column, each with an indicator.

    Rare levels of the training data share one indicator. Later levels that did not occur in the
    training data are counted among them, with a warning; if there were none, all indicators are 0.
    A missing value is a level of its own if it occurred in the training data.

    Parameters
    ----------
    names, rare : pd.Index
        The levels that are not rare, and those that are.
    columns : ndarray of int
        Columns of the indicators among those of all levels, the rare ones and the missing value.
    """

    names: pd.Index
    rare: pd.Index
    columns: np.ndarray

    @classmethod
    def of(cls, values, least=2):
        """Choose the levels of the training data.

        A level is rare if it has fewer than `least` rows, or less than `LEAST_SHARE` of them, or
        if `MOST_LEVELS` others are at least as frequent.
        """
        counts = values.astype(object).value_counts(sort=False)
        frequent = np.sort(counts.to_numpy())[::-1]
        least = max(least, LEAST_SHARE * len(values))
        if len(frequent) > MOST_LEVELS:
            least = max(least, frequent[MOST_LEVELS] + 1)
        names, rare = (
            pd.Index(counts.index[chosen], dtype=object)
            for chosen in (counts >= least, counts < least)
        )
        seen = [True] * len(names) + [len(rare) > 0, values.isna().any()]
        return cls(names, rare, np.flatnonzero(seen))

    def indicators(self, values):
        """Return the indicators (n_rows, n_indicators) of values.

        Raises
        ------
        ValueError
            If they are numbers, but the levels are strings.
        """
        numeric = pd.api.types.is_numeric_dtype(values.dtype) and values.notna().any()
        if numeric and pd.api.types.infer_dtype(self.names) == "string":
            raise ValueError(
                f"X has numbers in column {values.name!r}, which had labels such as "
                f"{self.names[0]!r} when the forecaster was fitted; pass labels."
            )
        rare, missing = len(self.names), len(self.names) + 1
        level = self.names.get_indexer(values.astype(object))
        others = level < 0
        level = np.where(others, rare, level)
        if missing in self.columns:
            level = np.where(values.isna(), missing, level)
            others &= values.notna().to_numpy()
        self._warn_of_new(values[others & ~values.isin(self.rare).to_numpy()])
        return (level[:, None] == self.columns).astype(np.float64)

    def _warn_of_new(self, values):
        if not len(values):
            return
        value = values.iloc[0]
        shown = "a missing value" if pd.isna(value) else repr(value)
        read_as = "a rare label" if len(self.rare) else "none of its labels"
        warn(
            f"X has {shown} in column {values.name!r}, which did not occur there when the "
            f"forecaster was fitted; it is read as {read_as}. Check its spelling, or fit again."
        )


@dataclass(frozen=True)
class Categories:
    """The categorical columns of X, and how they are coded.

    Parameters
    ----------
    levels : dict
        `Levels` of each categorical column.
    """

    levels: dict

    @classmethod
    def of(cls, X, static):
        """Find the categorical columns of the training data, and their levels.

        Parameters
        ----------
        X : pd.DataFrame
            Rows of the training data.
        static : list
            Columns that are constant in each series. One value of each series counts, and a level
            may occur in a single series.

        Raises
        ------
        TypeError
            If a column has dates.
        """
        values = {c: _of_each_series(X[c]) if c in static else X[c] for c in X.columns}
        found = [name for name in X.columns if is_categorical(values[name])]
        return cls({c: Levels.of(values[c], 1 if c in static else 2) for c in found})

    def n_columns(self, names):
        """Return the number of columns of numbers of some columns of X."""
        return sum(len(self.levels[c].columns) if c in self.levels else 1 for c in names)

    def names(self, names):
        """Return the column of X of each column of numbers."""
        return [name for name in names for _ in range(self.n_columns([name]))]

    def values(self, X):
        """Return the columns of X as numbers, with the indicators of categories in their places."""
        if not self.levels:
            return float_values(X)
        return np.hstack([np.empty((len(X), 0)), *(self._values(X[name]) for name in X.columns)])

    def _values(self, column):
        if column.name in self.levels:
            return self.levels[column.name].indicators(column)
        return float_values(column.to_frame())


def is_categorical(column):
    """Return whether a column of X has labels instead of numbers.

    Truth values are numbers, unless some are missing.

    Raises
    ------
    TypeError
        If it has dates.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return True
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return False
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind.startswith("mixed") and all(isinstance(value, Number) for value in column.dropna()):
        return False
    if kind in DATES:
        raise TypeError(
            f"X has dates in column {column.name!r}; pass numbers or labels, or use "
            "calendar_features."
        )
    return kind not in NUMBERS or (kind == "boolean" and bool(column.isna().any()))


def _of_each_series(column):
    """Return the first value of each series that is not missing."""
    if column.index.nlevels == 1:
        return column.sort_values(key=pd.isna, kind="stable").head(1)
    return column.groupby(level=list(range(column.index.nlevels - 1)), observed=True).first()
