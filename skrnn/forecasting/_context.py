"""What has been observed so far: the series that forecasts start from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.data import Panel, Standardizer

from ._frames import Columns, SeriesIndex, read_panel


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
    stats : tuple of ndarray
        Location and scale of each series.
    """

    columns: Columns
    index: SeriesIndex
    panel: Panel
    stats: tuple

    @classmethod
    def of(cls, y, X, columns, plan, scaler):
        """Read validated frames."""
        panel = in_learned_units(read_panel(y, X, columns), plan)
        panel, _ = standardize_covariates(panel, scaler)
        return cls(columns, SeriesIndex.of(y), panel, panel.location_and_scale(plan.spec.season))


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


def standardize_covariates(panel, scaler=None):
    """Return the panel with standardised covariates, and the scaler."""
    if panel.past.shape[1] == 0:
        return panel, None
    if scaler is None:
        scaler = Standardizer.fit(panel.past, np.ones(len(panel.past)))
    return replace(panel, past=scaler.transform(panel.past, np.float64)), scaler
