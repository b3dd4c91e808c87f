"""Where rolling forecasts start, and which rows they are for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon
from sktime.split.base import BaseSplitter

from .horizon import Horizon


@dataclass(frozen=True)
class Cutoffs:
    """Rows after which forecasts start, in the order in which they are returned.

    Parameters
    ----------
    row : ndarray of shape (n,)
        Last row that a forecast may read, counted over all series.
    split : ndarray of shape (n,)
        To which split each belongs; those of a split stand together.
    """

    row: np.ndarray
    split: np.ndarray


class SplitWindows:
    """Training windows of a splitter, as rows of series.

    Parameters
    ----------
    rows : list of ndarray
        Rows of each window, counted over all series.
    index : SeriesIndex
        Rows of the series.

    Attributes
    ----------
    first, last : ndarray of shape (n_splits, n_series)
        First and last row of each series; -1 where a window has none.
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
                "cv has no window in y, or an empty one, but each needs a row to forecast from; "
                "pass more rows, or a splitter with other windows."
            )
        split, series = np.nonzero(self.last >= 0)
        return Cutoffs(self.last[split, series], split)

    def move_forward(self):
        """Whether all windows are of all series, without gaps, and none moves back."""
        whole = (self.last >= 0).all() and len(self._sizes) > 0
        without_gaps = (self._sizes == (self.last - self.first + 1).sum(axis=1)).all()
        forwards = (np.diff(self.first, axis=0) >= 0).all()
        return whole and without_gaps and forwards and (np.diff(self.last, axis=0) >= 0).all()


def windows_of(cv, y):
    """Return the training windows of a splitter, as positions in y.

    Raises
    ------
    TypeError, ValueError
        If `cv` is no splitter of sktime, or splits by instance.
    """
    check_splitter(cv)
    return [train for train, _ in cv.split(y)]


def check_splitter(cv):
    """Check that `cv` splits in time."""
    if not isinstance(cv, BaseSplitter):
        raise TypeError(
            f"cv is of type {type(cv).__name__}; pass a splitter of sktime such as "
            "ExpandingWindowSplitter, or an index of the cutoffs."
        )
    if cv.get_tag("split_type") != "temporal":
        raise ValueError(
            f"cv={cv} splits the series, but forecasts start at times; pass a splitter in time, or "
            "an index of the cutoffs."
        )


def cutoffs_at(times, rows_of_y, index):
    """Return the cutoffs at these times of y.

    Raises
    ------
    ValueError
        If there is none, or a cutoff is no time of y.
    """
    times = pd.Index(times).unique()
    if len(times) == 0:
        raise ValueError("cv is empty, but a backtest needs a cutoff; pass times of y.")
    rows = np.sort(rows_of_y)
    split = times.get_indexer(index.times[rows])
    found = np.unique(split[split >= 0])
    if len(found) < len(times):
        missing = [time for i, time in enumerate(times) if i not in set(found)]
        raise ValueError(
            f"cv has the cutoffs {missing[:3]}, which are no times of y; pass times of its index."
        )
    rows, split = rows[split >= 0], split[split >= 0]
    order = np.argsort(split, kind="stable")
    return Cutoffs(rows[order], split[order])


def cutoffs_after(before, rows_of_y, index, last_step, reach):
    """Return the rows of y with a whole horizon after them, from the end of what was observed on.

    Parameters
    ----------
    before : SeriesIndex
        What was observed; its series are the first ones.
    rows_of_y : ndarray
        Row of the series for each row of y.
    index : SeriesIndex
        Rows of the series.
    last_step : int
        Steps of the horizon.
    reach : int
        Steps that a new series has before its first forecast.

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
            f"y has no {last_step} steps after the last one that the forecaster has observed; pass "
            "later rows, or say by cv from where to forecast."
        )
    split = pd.factorize(index.times[row], sort=True)[0]
    order = np.argsort(split, kind="stable")
    return Cutoffs(row[order], split[order])


class RowsAhead:
    """Rows of series, and of the steps after their ends.

    Parameters
    ----------
    index : SeriesIndex
        Rows of the series.
    n_ahead : int
        Steps after each end.

    Attributes
    ----------
    frame_index : pd.Index
        The rows of the series, then those after the first one, and so on.
    """

    def __init__(self, index, n_ahead):
        self._offsets, self._lengths = index.offsets, np.diff(index.offsets)
        self._n_ahead = n_ahead
        self.frame_index = index.frame_index
        if n_ahead:
            ahead = ForecastingHorizon(np.arange(1, n_ahead + 1), is_relative=True)
            self.frame_index = self.frame_index.append(Horizon(ahead, index).rows)

    def at(self, series, step):
        """Return the row of each step of a series, counted from its beginning."""
        after = step - self._lengths[series]
        outside = self._offsets[-1] + series * self._n_ahead + after
        return np.where(after < 0, self._offsets[series] + step, outside)
