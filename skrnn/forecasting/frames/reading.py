"""From frames to a panel: targets, covariates and static features."""

from __future__ import annotations

import numpy as np
import pandas as pd

from skrnn._arguments import reading
from skrnn._warnings import warn
from skrnn.series import Panel

from .categories import is_categorical
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
    return Panel(values, index.offsets, past, columns.n_known, static, index.first_steps)


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


def check_bounds(bounds, columns, new):
    """Warn of new values outside of the bounds that the user gave.

    Parameters
    ----------
    bounds : Bounds
        Bounds of the targets.
    columns : list
        Their names.
    new : pd.DataFrame
        Rows that have not been read before.
    """
    outside = bounds.outside(float_values(new[columns]))
    if outside is not None:
        row, column = outside
        warn(
            f"y has the value {new[columns].iloc[row, column]:g} at {new.index[row]}, outside of "
            "its bounds, which the forecasts respect. If such values are usual, fit again with "
            "wider ones."
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
        given = _numbers(X[names], columns.categories)[rows]
        shown = columns.categories.names(names)
        check_finite(given, "X", shown, index.frame_index, allow_nan=False)
    calendar = columns.calendar.values(index.times, index.frequency)
    n_known = columns.n_known - calendar.shape[1]
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
    features = [_read_feature(X[name], columns, index, rows) for name in columns.static]
    return np.hstack(features)


def _read_feature(column, columns, index, rows):
    """Return a static column as features of each series, (n_series, 1) if it has numbers."""
    levels = columns.categories.levels.get(column.name)
    if levels is None:
        _check_numbers(column.dropna())
        values, labels = float_values(column), None
    else:
        codes, labels = column.astype(object).factorize()
        values = np.where(codes < 0, np.nan, codes)
    values = np.where(rows < 0, np.nan, values[rows])
    check_finite(values[:, None], "X", [column.name], index.frame_index, allow_nan=True)
    low, high = (f.reduceat(values, index.offsets[:-1]) for f in (np.fmin, np.fmax))
    wrong = (np.isnan(low) & (labels is None)) | (low < high)
    if wrong.any():
        series = int(np.argmax(wrong))
        where, ends = index.name_of(series), (low[series], high[series])
        if np.isnan(ends[0]):
            raise ValueError(
                f"X has no value of the static column {column.name!r}{where}; pass one in at "
                "least one row."
            )
        first, last = (f"{v:g}" if labels is None else repr(labels[int(v)]) for v in ends)
        raise ValueError(
            f"static_columns names {column.name!r}, which varies from {first} to {last}{where}; "
            "pass one value for each series, or do not name it."
        )
    if levels is None:
        return low[:, None]
    found = np.append(np.asarray(labels, dtype=object), [None])
    found = found[np.where(np.isnan(low), -1, low).astype(int)]
    return levels.indicators(pd.Series(found, name=column.name))


def _numbers(frame, categories):
    """Return columns of X as numbers."""
    for name in frame.columns:
        if name not in categories.levels:
            _check_numbers(frame[name])
    with reading("X"):
        return categories.values(frame)


def _check_numbers(column):
    """Raise a ValueError if a column that had numbers in the training data has something else."""
    if is_categorical(column):
        raise ValueError(
            f"X has labels in column {column.name!r}, which had numbers when the forecaster was "
            "fitted; pass numbers."
        )


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
    values = _numbers(X[columns.known], columns.categories)[rows]
    given, shown = rows >= 0, columns.categories.names(columns.known)
    check_finite(values[given], "X", shown, index[given], allow_nan=False)
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
