"""From frames to a panel: targets, covariates and static features."""

from __future__ import annotations

import numpy as np

from skrnn._warnings import warn
from skrnn.series import Panel

from .consecutive import check_times
from .index import check_finite, check_observed, check_unique, float_values


def read_panel(y, X, columns, index):
    """Return the `Panel` of frames in which the rows of a series are adjacent.

    Parameters
    ----------
    y, X : pd.DataFrame
        Targets and covariates; X may be None.
    columns : Columns
        Roles of the columns.
    index : SeriesIndex
        Index of y.

    Raises
    ------
    ValueError
        If y is empty, a value is infinite, a series has no value, a time is duplicated or
        missing, X lacks a row of y or a covariate, or a static column varies.
    """
    if len(y) == 0:
        raise ValueError("y is empty; it needs at least one row.")
    check_times(index)
    values = float_values(y)
    check_finite(values, "y", columns.targets, index.frame_index, allow_nan=True)
    check_observed(values, index, columns.targets)
    past, static = _read_past(X, columns, index), _read_static(X, columns, index)
    return Panel(values, index.offsets, past, columns.n_known, static)


def check_logarithms(values, columns, index, new):
    """Warn of new values that have no logarithm, although logarithms are learned.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_targets)
        All values of the series.
    columns : list
        Their names.
    index : SeriesIndex
        Index of the values.
    new : pd.DataFrame
        Rows that have not been read before.

    Raises
    ------
    ValueError
        If a series has no positive value.
    """
    if not (values <= 0).any():
        return
    positive = np.logical_or.reduceat(values > 0, index.offsets[:-1], axis=0)
    if not positive.all():
        series, column = np.argwhere(~positive)[0]
        raise ValueError(
            f"y has no positive value in column {columns[column]!r}{index.name_of(series)}, but "
            "logarithms are learned; leave it out, or fit again with transform=None."
        )
    wrong = np.argwhere(float_values(new[columns]) <= 0)
    if len(wrong):
        row, column = wrong[0]
        warn(
            f"y has the value {new[columns].iloc[row, column]:g} at {new.index[row]}, but "
            "logarithms are learned; the smallest positive value that its series had before is "
            "read in its place. If such values are usual, fit again with transform=None."
        )


def _read_past(X, columns, index):
    """Return the covariates (total_steps, n_past) of each step, the known ones first."""
    names = columns.known + columns.past_only
    given = np.empty((len(index.times), 0))
    if names:
        check_unique(X, "X")
        rows = _rows_of(X, index.frame_index)
        if (rows < 0).any():
            raise ValueError(
                f"X has no row for {index.frame_index[int(np.argmin(rows))]}; it needs a row for "
                "each row of y."
            )
        given = float_values(X[names])[rows]
        check_finite(given, "X", names, index.frame_index, allow_nan=False)
    n_known = len(columns.known)
    calendar = columns.calendar.values(index.times, index.frequency)
    return np.hstack([given[:, :n_known], calendar, given[:, n_known:]])


def _read_static(X, columns, index):
    """Return the static features (n_series, s); one non-missing row per series is enough.

    Raises
    ------
    ValueError
        If a series has no value, or several different ones.
    """
    if not columns.static:
        return None
    check_unique(X, "X")
    rows = _rows_of(X, index.frame_index)
    values = float_values(X[columns.static])[rows]
    values[rows < 0] = np.nan
    check_finite(values, "X", columns.static, index.frame_index, allow_nan=True)
    low, high = (f.reduceat(values, index.offsets[:-1]) for f in (np.fmin, np.fmax))
    wrong = np.isnan(low) | (low != high)
    if wrong.any():
        series, column = np.argwhere(wrong)[0]
        name, where = columns.static[column], index.name_of(series)
        if np.isnan(low[series, column]):
            raise ValueError(
                f"X has no value of the static column {name!r}{where}; pass one in at least one "
                "row."
            )
        raise ValueError(
            f"static_columns names {name!r}, which varies from {low[series, column]:g} to "
            f"{high[series, column]:g}{where}; pass one value for each series, or do not name it."
        )
    return low


def read_known(X, columns, index, needed):
    """Return the known columns of X for the horizon, with NaN for rows that X may leave out.

    Parameters
    ----------
    X : pd.DataFrame or None
        Covariates as passed to predict.
    columns : Columns
        Roles of the columns.
    index : pd.Index
        Rows of the horizon.
    needed : ndarray of bool
        Which of these rows X must contain.

    Raises
    ------
    ValueError
        If X is None, or lacks a column, a row or a value that is needed.
    """
    if not columns.known:
        return np.empty((len(index), 0))
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
    check_unique(X, "X")
    rows = _rows_of(X, index)
    absent = (rows < 0) & needed
    if absent.any():
        raise ValueError(
            f"X does not cover the horizon: it has no row for {index[int(np.argmax(absent))]}; "
            "pass a row for every step of fh."
        )
    values = float_values(X[columns.known])[rows]
    given = rows >= 0
    check_finite(values[given], "X", columns.known, index[given], allow_nan=False)
    values[rows < 0] = np.nan
    return values


def _rows_of(X, index):
    """Return the row of X for each entry of an index, -1 where there is none."""
    if X.index.nlevels != index.nlevels:
        raise ValueError(
            f"X has an index of {X.index.nlevels} levels, but y has one of {index.nlevels}; pass "
            "an index of the same levels."
        )
    return X.index.get_indexer(index)
