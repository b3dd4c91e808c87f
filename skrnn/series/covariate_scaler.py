"""Standardisation of the covariates of a panel."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.data import Standardizer

from .panel import Panel


@dataclass(frozen=True)
class CovariateScaler:
    """Standardisation of covariates over all steps, and of static features over the series.

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
            past = self.past.transform(past, np.float64)
        if self.static is not None:
            static = self.static.transform(static, np.float64)
        return replace(panel, past=past, static=static)

    def transform_known(self, values):
        """Return the standardised values of known covariates."""
        assert self.past is not None
        return self.past.select(values.shape[-1]).transform(values, np.float64)


def _fit(values):
    return Standardizer.fit(values, np.ones(len(values))) if values.shape[1] else None
