"""What has been observed so far: the series that forecasts start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skrnn._warnings import warn
from skrnn.series import Normalizer, Panel

from .engine.plan import in_learned_units
from .frames.calendar import days_of
from .frames.columns import Columns
from .frames.covariates import read_known, read_panel
from .frames.index import SeriesIndex


@dataclass(frozen=True)
class LearnedSeries:
    """The series learned from, which are known when they come again.

    Parameters
    ----------
    instances : pd.Index or None
        The series; None for a plain one.
    units : ndarray of shape (2, n_series, n_targets) or None
        Mean and standard deviation of each, in which it is read from then on, in learned units;
        None where each origin has units of its own.
    """

    instances: Any
    units: np.ndarray | None

    @classmethod
    def of(cls, index, normalizer):
        """Return them with the units at their ends."""
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
class History:
    """Series as a network reads them, and where they stand.

    Parameters
    ----------
    columns : Columns
        Names of the columns.
    index : SeriesIndex
        Rows of the series.
    panel : Panel
        The series in learned units, with standardised covariates.
    normalizer : Normalizer
        Where the series stand at each origin.
    learned : ndarray of shape (n_series,)
        Which of the series that were learned from each is; -1 for a new one.
    """

    columns: Columns
    index: SeriesIndex
    panel: Panel
    normalizer: Normalizer
    learned: np.ndarray

    @classmethod
    def of(cls, y, X, columns, plan, scaler, learned=None):
        """Read validated frames.

        The scale at an origin is that of the history before it, where `learned` has no units.
        """
        panel = scaler.transform(in_learned_units(read_panel(y, X, columns), plan))
        index, unsettled = columns.index_of(y), np.zeros(panel.n_series, dtype=int)
        units, rows = None, np.full(panel.n_series, -1)
        if learned is not None:
            units, rows = learned.units_of(index), learned.rows(index)
        return cls(columns, index, panel, plan.normalizer(panel, unsettled, units), rows)

    def known_at(self, rows, X, asked, scaler, fed_back):
        """Return the standardised covariates (n_rows, n_known) that are known for the horizon.

        Parameters
        ----------
        rows : pd.Index
            Rows of the horizon.
        X : pd.DataFrame or None
            Covariates as passed to predict.
        asked : ndarray of bool
            Which of the rows X has to have.
        scaler : CovariateScaler
            Their units.
        fed_back : bool
            Whether forecasts of the other rows are read, too.
        """
        given = read_known(X, self.columns, rows, asked)
        if fed_back and np.isnan(given).any():
            warn(
                "X has no rows for the steps between those of fh; the forecasts that are fed back "
                "read the mean of the training data there.",
            )
        times, calendar = rows.get_level_values(-1), self.columns.calendar
        if calendar.holidays is not None:
            last = days_of(times, self.index.freq)[1]
            calendar.holidays.warn_of_end(last)
        return scaler.transform_known(np.hstack([given, calendar.values(times, self.index.freq)]))
