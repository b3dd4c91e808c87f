"""Cutoffs of rolling forecasts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon
from sktime.split.base import BaseSplitter

from .horizon import Horizon


@dataclass(frozen=True)
class Cutoffs:
    """Rows after which forecasts start, in the order of the returned forecasts.

    Parameters
    ----------
    row : ndarray of shape (n,)
        Last row that each forecast may read, numbered across all series.
    split : ndarray of shape (n,)
        Number of the split that each cutoff belongs to, in ascending order.
    """

    row: np.ndarray
    split: np.ndarray


class SplitWindows:
    """Training windows of a splitter, as ranges of rows.

    Parameters
    ----------
    rows : list of ndarray
        Rows of each window, numbered across all series.
    index : SeriesIndex
        Index of the series.

    Attributes
    ----------
    first, last : ndarray of shape (n_splits, n_series)
        First and last row of each series in each window; -1 where the window has none.
    """

    def __init__(self, rows, index):
        n_series = len(index.offsets) - 1
        series_of_row = np.repeat(np.arange(n_series), np.diff(index.offsets))
        self._sizes = np.array([len(window) for window in rows])
        self.first = np.full((len(rows), n_series), len(series_of_row))
        self.last = np.full((len(rows), n_series), -1)
        for split, window in enumerate(rows):
            np.minimum.at(self.first[split], series_of_row[window], window)
            np.maximum.at(self.last[split], series_of_row[window], window)
        self.first[self.last < 0] = -1

    def cutoffs(self):
        """Return the ends of the windows.

        Raises
        ------
        ValueError
            If there is no window, or an empty one.
        """
        if not len(self._sizes) or not self._sizes.min():
            raise ValueError(
                "cv has no window in y, or an empty one, but each forecast needs a row to start "
                "from; pass more rows, or a splitter with other windows."
            )
        split, series = np.nonzero(self.last >= 0)
        return Cutoffs(self.last[split, series], split)

    def move_forward(self):
        """Whether all windows cover all series without gaps, and none starts or ends earlier."""
        whole = (self.last >= 0).all() and len(self._sizes) > 0
        without_gaps = (self._sizes == (self.last - self.first + 1).sum(axis=1)).all()
        forwards = (np.diff(self.first, axis=0) >= 0).all()
        return whole and without_gaps and forwards and (np.diff(self.last, axis=0) >= 0).all()


def windows_of(cv, y):
    """Return the training windows of a splitter, as positions in y.

    Raises
    ------
    TypeError, ValueError
        If `cv` is not a splitter of sktime, or splits by instance.
    """
    check_splitter(cv)
    return [train for train, _ in cv.split(y)]


def check_splitter(cv):
    """Check that `cv` splits in time."""
    if not isinstance(cv, BaseSplitter):
        raise TypeError(
            f"cv is of type {type(cv).__name__}; pass a splitter of sktime such as "
            "ExpandingWindowSplitter, or an index of cutoffs."
        )
    if cv.get_tag("split_type") != "temporal":
        raise ValueError(
            f"cv={cv} splits by series, not by time; pass a temporal splitter, or an index of "
            "cutoffs."
        )


def cutoffs_at(times, rows_of_y, index):
    """Return the cutoffs at the given times of y.

    Raises
    ------
    ValueError
        If there is none, or one is not in the index of y.
    """
    times = pd.Index(times).unique()
    if isinstance(times, pd.IntervalIndex):  # pandas would find the times within them
        raise ValueError("cv has intervals; pass times of y.")
    if len(times) == 0:
        raise ValueError("cv is empty, but a backtest needs a cutoff; pass times of y.")
    rows = np.sort(rows_of_y)
    split = times.get_indexer(index.times[rows])
    found = np.unique(split[split >= 0])
    if len(found) < len(times):
        missing = [time for i, time in enumerate(times) if i not in set(found)]
        raise ValueError(
            f"cv has the cutoffs {missing[:3]}, which are not in the index of y; pass times of y."
        )
    rows, split = rows[split >= 0], split[split >= 0]
    order = np.argsort(split, kind="stable")
    return Cutoffs(rows[order], split[order])


def cutoffs_after(before, rows_of_y, index, last_step, reach):
    """Return all cutoffs in y with a whole horizon after them.

    They begin at the last row observed so far.

    Parameters
    ----------
    before : SeriesIndex
        Rows observed so far; their series come first in `index`.
    rows_of_y : ndarray
        Row in `index` of each row of y.
    index : SeriesIndex
        Rows observed so far and rows of y.
    last_step : int
        Last step of the horizon.
    reach : int
        Number of steps that a new series needs before its first forecast.

    Raises
    ------
    ValueError
        If there is none.
    """
    first = index.offsets[:-1] + reach - 1
    ends = before.frame_index[before.offsets[1:] - 1]
    first[: len(ends)] = index.frame_index.get_indexer(ends)
    series_of_row = np.repeat(np.arange(len(first)), np.diff(index.offsets))
    of_y = np.zeros(len(first), dtype=bool)
    of_y[series_of_row[rows_of_y]] = True
    row = np.arange(len(series_of_row))
    inside = (row >= first[series_of_row]) & (row + last_step < index.offsets[1:][series_of_row])
    row = row[inside & of_y[series_of_row]]
    if len(row) == 0:
        raise ValueError(
            f"y has fewer than {last_step} steps after the last one that the forecaster has "
            "observed; pass later rows, or pass the cutoffs as cv."
        )
    split = pd.factorize(index.times[row], sort=True)[0]
    order = np.argsort(split, kind="stable")
    return Cutoffs(row[order], split[order])


class RowsAhead:
    """Rows of all series, extended beyond their ends.

    Parameters
    ----------
    index : SeriesIndex
        Index of the series.
    n_ahead : int
        Number of steps to add after the end of each series.

    Attributes
    ----------
    frame_index : pd.Index
        All rows of the series, then the steps after the first series, after the second, and so
        on.
    """

    def __init__(self, index, n_ahead):
        self._offsets, self._lengths = index.offsets, np.diff(index.offsets)
        self._n_ahead = n_ahead
        self.frame_index = index.frame_index
        if n_ahead:
            ahead = ForecastingHorizon(np.arange(1, n_ahead + 1), is_relative=True)
            self.frame_index = self.frame_index.append(Horizon(ahead, index).rows)

    def at(self, series, step):
        """Return the row of each step; steps are counted from the beginning of their series."""
        after = step - self._lengths[series]
        outside = self._offsets[-1] + series * self._n_ahead + after
        return np.where(after < 0, self._offsets[series] + step, outside)
