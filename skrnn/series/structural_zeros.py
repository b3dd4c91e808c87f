"""Steps at which a known covariate says that a series is 0, such as days when a shop is closed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .panel import Panel

LEAST_STEPS = 10  # with the value of the covariate
MOST_ZEROS = 0.5  # of the other steps
LOGARITHM = -1000.0  # exp of it is 0


@dataclass(frozen=True)
class StructuralZeros:
    """Values of covariates at which all series are 0.

    These steps say nothing about the others: they are read as missing and forecast as 0.

    Parameters
    ----------
    rules : tuple of (int, float)
        Column of a known covariate, and its value.
    """

    rules: tuple = ()

    @classmethod
    def find(cls, panel: Panel) -> StructuralZeros:
        """Find the columns of two values, one of which goes with zeros only.

        Parameters
        ----------
        panel : Panel
            Training series in original units, with standardised covariates.
        """
        if panel.n_known == 0 or not (panel.y == 0).any():
            return cls()
        zero = (panel.y == 0).all(axis=1)
        observed = ~np.isnan(panel.y).any(axis=1)
        rules = []
        for column, values in enumerate(panel.past[:, : panel.n_known].T):
            low, high = values.min(), values.max()
            if not ((values == low) | (values == high)).all():
                continue
            for value in (low, high):
                there, elsewhere = observed & (values == value), observed & (values != value)
                if there.sum() < LEAST_STEPS or not elsewhere.any():
                    continue
                if zero[there].all() and zero[elsewhere].mean() < MOST_ZEROS:
                    rules.append((column, float(value)))
        return cls(tuple(rules))

    def at(self, known):
        """Return at which steps the series are 0, given known covariates (..., n_known)."""
        closed = np.zeros(known.shape[:-1], dtype=bool)
        for column, value in self.rules:
            closed |= known[..., column] == value
        return closed

    def hide(self, panel: Panel) -> Panel:
        """Return the panel without the values at these steps."""
        if not self.rules:
            return panel
        closed = self.at(panel.past[:, : panel.n_known])
        return replace(panel, y=np.where(closed[:, None], np.nan, panel.y))

    def fill(self, quantiles, known, *, log):
        """Return quantiles (..., n_targets, n_levels) in learned units, 0 at these steps."""
        if not self.rules:
            return quantiles
        closed = self.at(known)[..., None, None]
        return np.where(closed, LOGARITHM if log else 0.0, quantiles)
