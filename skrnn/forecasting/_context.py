"""What has been observed so far: the series that forecasts start from."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.data import Panel, Reference

from ._calendar import days_of
from ._columns import Columns
from ._covariates import read_known, read_panel
from ._frames import SeriesIndex


@dataclass(frozen=True)
class KeptUnits:
    """Mean and deviation of the series learned from, in which they are read from then on.

    Parameters
    ----------
    instances : pd.Index or None
        The series; None for a plain one.
    values : ndarray of shape (2, n_series, n_targets)
        Mean and standard deviation of each, in learned units.
    """

    instances: Any
    values: np.ndarray

    @classmethod
    def learned(cls, index, reference):
        """Return the units at the ends of series; None where each origin has units of its own."""
        if not reference.steady:
            return None
        lengths = reference.panel.lengths
        return cls(index.instances, reference.units(np.arange(len(lengths)), lengths))

    def of(self, index):
        """Return those (2, n_series, n_targets) of the series of an index, NaN for new ones."""
        if self.instances is None:
            return self.values
        row = self.instances.get_indexer(index.instances)
        return np.where((row < 0)[:, None], np.nan, self.values[:, row])


@dataclass(frozen=True)
class Context:
    """Series as a network reads them, and where they stand.

    Parameters
    ----------
    columns : Columns
        Names of the columns.
    index : SeriesIndex
        Rows of the series.
    panel : Panel
        The series in learned units, with standardised covariates.
    reference : Reference
        Where the series stand at each origin.
    """

    columns: Columns
    index: SeriesIndex
    panel: Panel
    reference: Reference

    @classmethod
    def of(cls, y, X, columns, plan, scaler, units=None):
        """Read validated frames.

        The scale at an origin is that of the history before it, where none is kept in `units`.
        """
        panel = scaler.transform(in_learned_units(read_panel(y, X, columns), plan))
        index, unsettled = columns.index_of(y), np.zeros(panel.n_series, dtype=int)
        kept = None if units is None else units.of(index)
        return cls(columns, index, panel, plan.reference(panel, unsettled, kept))

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
            warnings.warn(
                "X has no rows for the steps between those of fh; the forecasts that are fed back "
                "read the mean of the training data there.",
                stacklevel=6,  # where the user calls `predict`
            )
        times, calendar = rows.get_level_values(-1), self.columns.calendar
        if calendar.holidays is not None:
            last = days_of(times, self.index.freq)[1]
            calendar.holidays.warn_of_end(last, stacklevel=7)
        return scaler.transform_known(np.hstack([given, calendar.values(times, self.index.freq)]))


def in_learned_units(panel, plan):
    """Return the panel in the units in which it is learned.

    Raises
    ------
    ValueError
        If that is the logarithm and a value is not positive.
    """
    if plan.log and not np.nanmin(panel.y) > 0:
        raise ValueError(
            f"y has the value {np.nanmin(panel.y)}, but its logarithm is learned; use "
            "transform=None for series that are not positive."
        )
    return replace(panel, y=plan.to_learned(panel.y))
