"""Standardisation of the covariates of a panel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn._warnings import warn
from skrnn.data import Standardizer

from .examples import FURTHEST
from .panel import Panel


@dataclass(frozen=True)
class CovariateScaler:
    """Standardisation of covariates over all steps, and of static features over the series.

    Later values that are more than `FURTHEST` standard deviations from the mean are read as that
    far, with a warning: larger ones overflow in a network. A column without variation says nothing
    about the series, and its later values are read as the same one.

    Parameters
    ----------
    past, static : Standardizer or None
        Means and standard deviations; None if there are no such columns.
    """

    past: Standardizer | None
    static: Standardizer | None

    @classmethod
    def fit(cls, panel: Panel) -> CovariateScaler:
        """Estimate from a panel."""
        return cls(_fit(panel.past), None if panel.static is None else _fit(panel.static))

    def transform(self, panel: Panel) -> Panel:
        """Return the panel with standardised covariates."""
        past, static = panel.past, panel.static
        if self.past is not None:
            past = _standardized(self.past, past)
        if self.static is not None:
            static = _standardized(self.static, static)
        return replace(panel, past=past, static=static)

    def transform_known(self, values):
        """Return the standardised values of known covariates."""
        assert self.past is not None
        return _standardized(self.past.select(values.shape[-1]), values)


def _standardized(scaler, values):
    """Return standardised values; those that are too far from the mean are moved and warned of."""
    standardized = scaler.transform(values, np.float64)
    far = np.abs(standardized) > FURTHEST
    if not far.any():
        return standardized
    row, column = np.argwhere(far)[0]
    warn(
        f"X has the value {values[row, column]:g}, which is {standardized[row, column]:.3g} "
        f"standard deviations from the mean of the training data, {scaler.mean[column]:g}; it is "
        f"read as {FURTHEST:,.0f} of them. Replace it if it stands for a missing value."
    )
    return np.clip(standardized, -FURTHEST, FURTHEST)


def _fit(values):
    if not values.shape[1]:
        return None
    scaler = Standardizer.fit(values, np.ones(len(values)))
    constant = values.min(axis=0) == values.max(axis=0)
    return Standardizer(scaler.mean, np.where(constant, np.inf, scaler.scale))
