"""The series observed so far, from which forecasts start."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from .engine.observed import Observed
from .frames.columns import Columns
from .frames.index import SeriesIndex, check_unique
from .frames.reading import check_bounds, check_logarithms, read_panel
from .frames.rows import merge_rows, rows_until


@dataclass(frozen=True)
class LearnedSeries:
    """The series of the training data, which keep their units in later calls.

    Parameters
    ----------
    instances : pd.Index or None
        Instance of each series; None for a plain frame.
    units : ndarray of shape (2, n_series, n_targets) or None
        Mean and standard deviation of each series, in the units of the network. None if each
        origin has its own units.
    """

    instances: Any
    units: np.ndarray | None

    @classmethod
    def of(cls, index, normalizer):
        """Return the series of an index, with their units at the end of each."""
        lengths, units = normalizer.panel.lengths, None
        if normalizer.steady:
            units = normalizer.units(np.arange(len(lengths)), lengths)
        return cls(index.instances, units)

    def rows(self, index):
        """Return the number of each series of an index among the learned ones, -1 for new ones."""
        if self.instances is None:
            return np.zeros(1, dtype=int)
        return self.instances.get_indexer(index.instances)

    def units_of(self, index):
        """Return the units of the series of an index, NaN for new ones."""
        if self.units is None:
            return None
        row = self.rows(index)
        return np.where((row < 0)[:, None], np.nan, self.units[:, row])


@dataclass(frozen=True)
class History(Observed):
    """Observed series together with their frames.

    Parameters
    ----------
    y, X : pd.DataFrame
        All rows observed so far. y may have rows after the end of `panel`; X may be None.
    columns : Columns
        Roles of the columns.
    index : SeriesIndex
        Rows of the panel.
    series : LearnedSeries or None
        The series of the training data; None if all series are new.
    """

    y: pd.DataFrame
    X: pd.DataFrame | None
    columns: Columns
    index: SeriesIndex
    series: LearnedSeries | None

    @classmethod
    def of(cls, y, X, columns, fitted, series=None, new=None):
        """Read validated frames.

        Parameters
        ----------
        y, X : pd.DataFrame
            The rows; X may be None.
        columns : Columns
            Roles of the columns.
        fitted : FittedForecaster
            Forecaster that reads the series.
        series : LearnedSeries, optional
            The series of the training data.
        new : pd.DataFrame, optional
            The rows of `y` that have not been read before; all by default.
        """
        index, new = columns.index_of(y), y if new is None else new
        panel = read_panel(y, X, columns, index)
        check_bounds(fitted.plan.target.bounds, columns.targets, new)
        if fitted.plan.log:
            values = fitted.without_zeros(panel).y
            check_logarithms(values, columns.targets, index, new)
        learned = np.full(panel.n_series, -1) if series is None else series.rows(index)
        return cls.of_panel(fitted.read(panel, learned), y, X, columns, index, fitted, series)

    @classmethod
    def of_panel(cls, panel, y, X, columns, index, fitted, series=None):
        """Return the history of a panel that was read from the frames."""
        units, learned = None, np.full(panel.n_series, -1)
        if series is not None:
            units, learned = series.units_of(index), series.rows(index)
        normalizer = fitted.normalizer(panel, units)
        return cls(panel, normalizer, learned, y, X, columns, index, series)

    def extended(self, y, X, fitted, *, up_to_y=False):
        """Return the history with more rows; new rows replace old ones of the same time.

        Parameters
        ----------
        y, X : pd.DataFrame
            New rows; X may be None.
        fitted : FittedForecaster
            Forecaster that reads the series.
        up_to_y : bool, default=False
            Whether to end the series of `y` at their last rows in `y`, even if later rows were
            already observed.
        """
        self.columns.check_unknown(X)
        check_unique(y, "y")
        y = self.columns.named_alike(y)
        rows, X = merge_rows(self.y, y, "y"), merge_rows(self.X, X, "X")
        read = rows_until(rows, y) if up_to_y else rows
        history = History.of(read, X, self.columns, fitted, self.series, y)
        return replace(history, y=rows)
