"""Bounds of a target, which its forecasts respect."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from .quantiles import LEVELS

MOST_NEGATIVE = 0.5  # of the series; if more have a negative value, the target has no lower bound


@dataclass(frozen=True)
class Bounds:
    """Smallest and largest possible value of each target.

    Parameters
    ----------
    lower, upper : ndarray of shape (n_targets,) or (1,)
        Bounds in original units; infinite where there is none.
    assumed : ndarray of bool, shape (n_targets,) or (1,)
        Whether the lower bound only holds for series that have never been below it.
    reached : bool, default=False
        Whether an outer quantile of the training values is at a bound.
    """

    lower: np.ndarray = field(default_factory=lambda: np.array([-np.inf]))
    upper: np.ndarray = field(default_factory=lambda: np.array([np.inf]))
    assumed: np.ndarray = field(default_factory=lambda: np.array([False]))
    reached: bool = False

    @classmethod
    def of(cls, panel, given, *, log=False):
        """Choose the bounds for the training data.

        Parameters
        ----------
        panel : Panel
            The series, in original units.
        given : list
            Lower and upper bound of each target as a pair, or "auto". This is a lower bound of 0
            if most series are never negative; a series that is has no bound.
        log : bool, default=False
            Whether logarithms are learned. Then forecasts are positive anyway.
        """
        series = np.arange(panel.n_series)
        negative = panel.extremes(series, panel.lengths)[0] < 0
        is_auto = np.array([isinstance(pair, str) for pair in given])
        assumed = is_auto & (negative.mean(axis=0) <= MOST_NEGATIVE) & (not log)
        pairs = [(-np.inf, np.inf) if isinstance(pair, str) else pair for pair in given]
        lower, upper = np.array(pairs, dtype=float).T
        lower = np.where(assumed, 0.0, lower)
        n_known = np.maximum(np.count_nonzero(~np.isnan(panel.y), axis=0), 1)
        at_bound = np.count_nonzero((panel.y == lower) | (panel.y == upper), axis=0)
        return cls(lower, upper, assumed, bool((at_bound >= LEVELS[1] * n_known).any()))

    def outside(self, values):
        """Return row and column of the first value outside of bounds that are given, or None."""
        outside = ~self.assumed & ((values < self.lower) | (values > self.upper))
        return tuple(np.argwhere(outside)[0]) if outside.any() else None

    @property
    def exist(self):
        """Whether any target has a bound."""
        return bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())

    def logarithms(self):
        """Return the bounds of the logarithms of the targets."""
        with np.errstate(divide="ignore"):
            lower, upper = (np.log(np.maximum(bound, 0.0)) for bound in (self.lower, self.upper))
        return replace(self, lower=lower, upper=upper)

    def at(self, panel, series, origin):
        """Return lower and upper bounds (n, n_targets) of forecasts from origins.

        Parameters
        ----------
        panel : Panel
            The series, in learned units.
        series, origin : ndarray of shape (n,)
            Series and origins. Bounds that are assumed depend on the values before the origin.
        """
        shape = len(series), panel.n_targets
        lower, upper = (np.broadcast_to(bound, shape) for bound in (self.lower, self.upper))
        if self.assumed.any():
            smallest, _ = panel.extremes(series, origin)
            lower = np.where(self.assumed & (smallest < lower), -np.inf, lower)
        return lower, upper
