"""Features of known covariates: piecewise linear effects that vary over a cycle, and a year."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

KNOTS = np.linspace(0, 1, 6)[1:-1]  # quantiles of a column at which its effect may bend
FEWEST_VALUES = 12  # of a column whose effect may bend
CYCLE_HARMONICS = 3
LONG_HARMONICS = 4
MOST_FEATURES = 250  # effects do not vary over a cycle if there would be more
MOST_STEPS = 200_000  # rows from which the knots are computed


@dataclass(frozen=True, eq=False)
class CovariateFeatures:
    """Features of the known covariates and of the time of a step.

    Parameters
    ----------
    knots : tuple of ndarray
        For each covariate, the values at which its effect may bend.
    limits : ndarray of shape (2, n_known)
        Smallest and largest value that has an effect of its own: those of the training data,
        extended by their distance. Values beyond count as these.
    cycle : int
        Steps of the cycle over which effects may vary; 1 if they are constant.
    long_season : float
        Steps of a long season with effects of its own; 0 if there is none.
    bends, varies, lasts, has_season : bool
        Which of these features are used: bends at the knots, products with the cycle, means of the
        covariates over the newest steps, harmonics of the long season.
    """

    knots: tuple
    limits: np.ndarray
    cycle: int = 1
    long_season: float = 0.0
    bends: bool = False
    varies: bool = False
    lasts: bool = False
    has_season: bool = False

    @classmethod
    def of(cls, known, cycle, long_season):
        """Return the features for known covariates of training steps, (n, n_known)."""
        sample = known[:: 1 + len(known) // MOST_STEPS]
        knots = tuple(_knots_of(column) for column in sample.T)
        low, high = known.min(axis=0), known.max(axis=0)
        return cls(knots, np.stack([2 * low - high, 2 * high - low]), cycle, long_season)

    @property
    def variants(self):
        """The features to compare, the simplest ones first."""
        if not self.knots:
            return [replace(self, has_season=True)] if self.long_season else []
        bends = any(len(knots) for knots in self.knots)
        found = [self, *([replace(self, bends=True)] if bends else [])]
        if self.cycle > 1:
            found += [replace(features, varies=True) for features in found]
            found += [replace(features, lasts=True) for features in found]
        if self.long_season:
            found += [replace(features, has_season=True) for features in found]
        return [features for features in found if features.n_features <= MOST_FEATURES]

    @property
    def n_features(self):
        """Number of features."""
        n = len(self.knots) + self.bends * sum(map(len, self.knots))
        n *= 1 + self.lasts * len(self.windows)
        n *= 1 + self.varies * 2 * _n_harmonics(self.cycle)
        return n + self.has_season * 2 * LONG_HARMONICS

    @property
    def windows(self):
        """Numbers of newest steps over which means of the covariates are taken."""
        return max(2, self.cycle // 4), self.cycle

    @property
    def memory(self):
        """Number of steps before a step whose covariates have an effect on it."""
        return self.cycle - 1 if self.lasts else 0

    def with_means(self, known):
        """Return known covariates (n, t, n_known), and their means over the newest steps."""
        if not self.lasts:
            return known
        seen = ~np.isnan(known)
        sums = [np.cumsum(of, axis=1) for of in (np.where(seen, known, 0.0), seen)]
        means = []
        for window in self.windows:
            total, count = (of.astype(float) for of in sums)
            for of in (total, count):
                of[:, window:] -= of[:, :-window].copy()
            means.append(total / np.maximum(count, 1))
        return np.concatenate([known, *means], axis=2)

    def values(self, known, step):
        """Return the features of steps.

        Parameters
        ----------
        known : ndarray of shape (n, k)
            Standardised covariates as `with_means` returns them. The features of missing ones are
            0.
        step : ndarray of shape (n,)
            Number of each step on the clock of the panel.

        Returns
        -------
        ndarray of shape (n, n_features)
        """
        known = np.clip(known, *np.tile(self.limits, known.shape[1] // max(len(self.knots), 1)))
        columns = [known]
        if self.bends:
            every = self.knots * (1 + self.lasts * len(self.windows))
            for column, knots in zip(known.T, every, strict=True):
                columns.append(np.maximum(column[:, None] - knots, 0.0))
        drivers = np.concatenate(columns, axis=1)
        columns = [drivers]
        if self.varies:
            waves = harmonics(step, self.cycle, _n_harmonics(self.cycle))
            columns += [drivers * wave[:, None] for wave in waves.T]
        if self.has_season:
            columns.append(harmonics(step, self.long_season, LONG_HARMONICS))
        return np.nan_to_num(np.concatenate(columns, axis=1))


def harmonics(step, period, n):
    """Return sines and cosines of the first `n` harmonics of a period, (n_steps, 2 * n)."""
    phase = 2 * np.pi * step[:, None] / period * np.arange(1, n + 1)
    return np.concatenate([np.sin(phase), np.cos(phase)], axis=1)


def _n_harmonics(cycle):
    return min(CYCLE_HARMONICS, cycle // 2)


def _knots_of(column):
    values = np.unique(column)
    if len(values) < FEWEST_VALUES:
        return np.empty(0)
    return np.unique(np.quantile(column, KNOTS))
