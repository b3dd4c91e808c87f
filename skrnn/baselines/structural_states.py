"""Forecasts by structural models from the origins of a panel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import ndtri, softmax, stdtrit

from .structural_covariances import covariances
from .structural_factors import Factors
from .structural_groups import Group

MOST_STEPS, STRIDE = 1200, 300  # before an origin that are read, at least the difference
ROUNDING = 1e-20  # of a sum of squares of values whose largest is 1
UPPER = 0.9  # level of the quantile of Student's t that a deviation gives
MOST_KEPT = 20_000_000  # entries of the factors of series with missing steps
ENTRIES_AT_ONCE = 2_000_000  # of covariances
SERIES_AT_ONCE = 128


class StructuralStates:
    """Forecasts by structural models from the origins of a panel.

    Parameters
    ----------
    panel : Panel
        The series.
    model : StructuralModel
        Variances and their prior.
    """

    def __init__(self, panel, model, factors=None):
        self.panel = replace(panel)  # a copy, as the panel's cache may refer to this object
        self.model = model
        self._factors: dict = {} if factors is None else factors
        self._covariance = np.empty((0, 0, 0))
        self._last: tuple = (None, None)

    def likelihood(self, series, end):
        """Return the log-likelihood of each target of each series, (n_targets * n, p).

        At most `MOST_STEPS` steps before each end are read.
        """
        if end.max() > MOST_STEPS:
            newest = self.panel.cut(series, np.maximum(end - MOST_STEPS, 0), end)
            states = StructuralStates(newest, self.model)
            return states.likelihood(np.arange(len(series)), newest.lengths)
        grid, season = self.model.grid, self.model.season
        found = np.zeros((self.panel.n_targets, len(series), len(grid)))
        size = max(1, ENTRIES_AT_ONCE // int(end.max()) ** 2)
        for start in range(0, len(grid), size):
            part = slice(start, start + size)
            covariance = covariances(grid[part], season, int(end.max()))
            for target in range(self.panel.n_targets):
                for group in self._groups(series, end, target, 0):
                    n_steps = len(group.missing)
                    factors = Factors.of(covariance[:, :n_steps, :n_steps], group.missing)
                    likelihood = self._at_ends(factors, group, end[group.rows])
                    found[target, group.rows, part] = likelihood
        return found.reshape(-1, len(grid))

    def _at_ends(self, factors, group, end):
        """Return the log-likelihood of the series of a group at their ends, (r, p)."""
        innovations = factors.innovations(group.y)
        found = np.empty((len(end), len(innovations)))
        for n_steps in np.unique(end):
            at = end == n_steps
            squares, n_seen = _squares(innovations[:, :n_steps, at]), group.seen[n_steps]
            found[at] = _likelihood(factors, squares, n_steps, n_seen)
            found[at] -= _n_free(n_seen) * np.log(group.unit[at])[:, None]
        return found

    def forecast(self, series, origin, n_steps):
        """Return forecasts and their deviations from origins.

        Parameters
        ----------
        series, origin : ndarray of shape (n,)
            Series and origins; an origin is the number of steps that may be read.
        n_steps : int
            Number of steps to forecast.

        Returns
        -------
        mean, deviation : ndarray of shape (n, n_steps, n_targets)
            NaN at an origin without history.
        """
        key = series.tobytes(), origin.tobytes(), n_steps
        if key != self._last[0]:
            self._last = key, self._forecast(series, origin, n_steps)
        return self._last[1]

    def _forecast(self, series, origin, n_steps):
        start = STRIDE * np.ceil(np.maximum(origin - MOST_STEPS, 0) / STRIDE).astype(int)
        if not start.any():
            return self._from_the_start(series, origin, n_steps)
        newest = self.panel.cut(series, start, origin)
        states = StructuralStates(newest, self.model, self._factors)
        return states._from_the_start(np.arange(len(series)), origin - start, n_steps)

    def _from_the_start(self, series, origin, n_steps):
        """Return `forecast` from origins, reading the whole series before them."""
        mean = np.full((len(series), n_steps, self.panel.n_targets), np.nan)
        deviation = mean.copy()
        unique, which = np.unique(series, return_inverse=True)
        end = np.zeros(len(unique), dtype=int)
        np.maximum.at(end, which, origin)
        for target in range(self.panel.n_targets):
            for group in self._groups(unique, end, target, n_steps):
                factors = self._factors_of(group)
                innovations = factors.innovations(group.y)
                column = np.full(len(unique), -1)
                column[group.rows] = np.arange(len(group.rows))
                inside = np.flatnonzero(column[which] >= 0)
                for start in np.unique(origin[inside]):
                    at = inside[origin[inside] == start]
                    columns = column[which[at]]
                    if group.seen[start]:
                        before = innovations[:, :start, columns]
                        found = self._from(factors, before, n_steps, group.seen[start])
                        unit = group.unit[columns]
                        mean[at, :, target] = (group.first[columns] + unit * found[0]).T
                        deviation[at, :, target] = (unit * found[1]).T
        return mean, deviation

    def _from(self, factors, innovations, n_steps, n_seen):
        """Return mean and deviation of the steps after innovations (p, origin, r), (n_steps, r)."""
        origin = innovations.shape[1]
        ahead = factors.ahead[:, origin : origin + n_steps, :origin]
        squares = _squares(innovations)
        likelihood = _likelihood(factors, squares, origin, n_seen)
        weight = softmax(likelihood + self.model.log_prior, axis=1).T
        means = ahead @ innovations
        mean = np.einsum("pr,phr->hr", weight, means)
        open_ = factors.variance[:, origin : origin + n_steps] - (ahead**2).sum(axis=2)
        n_free = _n_free(n_seen)
        scale = squares / n_free * (stdtrit(n_free, UPPER) / ndtri(UPPER)) ** 2
        between = np.einsum("pr,phr->hr", weight, (means - mean) ** 2)
        deviation = np.sqrt(np.einsum("pr,pr,ph->hr", weight, scale, open_) + between)
        # The last bits of a product depend on its number of rows; float32 drops them.
        return mean.astype(np.float32), deviation.astype(np.float32)

    def _groups(self, series, end, target, n_ahead):
        """Yield the series with the same missing steps; `n_ahead` steps follow the longest one."""
        values = [self.panel.series(i)[:n, target] for i, n in zip(series, end, strict=True)]
        groups: dict = {}
        for row, y in enumerate(values):
            missing = np.isnan(y)
            groups.setdefault(missing.tobytes() if missing.any() else b"", []).append(row)
        for gaps, rows in groups.items():
            for start in range(0, len(rows), SERIES_AT_ONCE):
                part = rows[start : start + SERIES_AT_ONCE]
                yield Group.of(gaps, np.array(part), [values[row] for row in part], n_ahead)

    def _factors_of(self, group):
        """Return the factors of at least as many steps as a group has."""
        found, n_steps = self._factors.get(group.gaps), len(group.missing)
        if found is None or found.factor.shape[1] < n_steps:
            if self._covariance.shape[1] < n_steps:
                self._covariance = covariances(self.model.grid, self.model.season, n_steps)
            covariance = self._covariance[:, :n_steps, :n_steps]
            found = Factors.of(covariance, group.missing)
            kept = sum(other.factor.size for other in self._factors.values())
            if not group.gaps or kept + found.factor.size <= MOST_KEPT:
                self._factors[group.gaps] = found
        return found


def _squares(innovations):
    return (innovations**2).sum(axis=1) + ROUNDING


def _likelihood(factors, squares, n_steps, n_seen):
    """Return the log-likelihood of normal values of unknown level and variance, (r, p)."""
    logarithm = 0.5 * _n_free(n_seen) * np.log(squares)
    return -(factors.log_deviation(n_steps)[:, None] + logarithm).T


def _n_free(n_seen):
    return max(1, n_seen - 1)
