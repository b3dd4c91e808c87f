"""What has been observed so far: the series that forecasts start from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from .engine.observed import Observed
from .frames.columns import Columns
from .frames.index import SeriesIndex
from .frames.reading import read_panel
from .frames.rows import merge_rows, rows_until


@dataclass(frozen=True)
class LearnedSeries:
    """The series of the training, which are recognised when they come again.

    Parameters
    ----------
    instances : pd.Index or None
        The series; None for a plain one.
    units : ndarray of shape (2, n_series, n_targets) or None
        Mean and standard deviation of each, which it keeps from then on, in learned units; None
        where each origin has units of its own.
    """

    instances: Any
    units: np.ndarray | None

    @classmethod
    def of(cls, index, normalizer):
        """Return the series of an index with their units at their ends."""
        lengths, units = normalizer.panel.lengths, None
        if normalizer.steady:
            units = normalizer.units(np.arange(len(lengths)), lengths)
        return cls(index.instances, units)

    def rows(self, index):
        """Return which of them the series of an index are, -1 for new ones."""
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
    """Observed series with the frames that they come from.

    Parameters
    ----------
    y, X : pd.DataFrame
        All rows observed so far, of which y may have some that are later than `panel`; X may be
        None.
    columns : Columns
        Roles of the columns.
    index : SeriesIndex
        Rows of the panel.
    series : LearnedSeries or None
        The series of the training, if any of these is one of them.
    """

    y: pd.DataFrame
    X: pd.DataFrame | None
    columns: Columns
    index: SeriesIndex
    series: LearnedSeries | None

    @classmethod
    def of(cls, y, X, columns, fitted, series=None):
        """Read validated frames.

        Parameters
        ----------
        y, X : pd.DataFrame
            The rows; X may be None.
        columns : Columns
            Roles of the columns.
        fitted : FittedForecaster
            What reads the series.
        series : LearnedSeries, optional
            The series of the training.
        """
        index = columns.index_of(y)
        panel = fitted.read(read_panel(y, X, columns, index))
        return cls.of_panel(panel, y, X, columns, index, fitted, series)

    @classmethod
    def of_panel(cls, panel, y, X, columns, index, fitted, series=None):
        """Take over a panel that has been read from the frames."""
        units, learned = None, np.full(panel.n_series, -1)
        if series is not None:
            units, learned = series.units_of(index), series.rows(index)
        normalizer = fitted.normalizer(panel, units)
        return cls(panel, normalizer, learned, y, X, columns, index, series)

    def extended(self, y, X, fitted, *, up_to_y=False):
        """Return the history with more rows; where both have one, the new one counts.

        Parameters
        ----------
        y, X : pd.DataFrame
            New rows; X may be None.
        fitted : FittedForecaster
            What reads the series.
        up_to_y : bool, default=False
            Whether the series of `y` end with its last rows, even if later ones were observed
            before.
        """
        self.columns.check_unknown(X)
        y = self.columns.named_alike(y)
        rows, X = merge_rows(self.y, y), merge_rows(self.X, X)
        read = rows_until(rows, y) if up_to_y else rows
        history = History.of(read, X, self.columns, fitted, self.series)
        return replace(history, y=rows)
