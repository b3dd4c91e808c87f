"""Effects of known covariates, by regression with autocorrelated errors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.series import Normalizer, Panel, chunks, evenly_spaced

from .covariate_features import CovariateFeatures
from .cross_products import CrossProducts, quasi_differenced

AUTOCORRELATIONS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98)
PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)  # relative to the mean square of the features
OWN_PENALTIES = (np.inf, 1.0, 0.1, 0.01)  # of differences from the coefficients of the panel
LEAST_ROWS = 4  # for each feature
TOLERATED = 0.03  # increase of the error by more features
LEAST_GAIN = 0.01  # of the squared error, in left-out blocks
MOST_COMPARED = 300  # series on which settings are compared
STEPS_AT_ONCE = 20_000
MOST_SERIES = 2000  # series of a panel that are read


@dataclass(frozen=True, eq=False)
class CovariateEffects:
    r"""Effects of known covariates on the series of a panel.

    The series are regressed on features of the covariates with autocorrelated errors (Cochrane &
    Orcutt, 1949): of both sides the quasi-differences :math:`y_t - \rho y_{t-1}` are taken, and
    their mean at each phase of the season is subtracted. Other parts of the forecaster read the
    series without these effects.

    Each series has its own coefficients, shrunk towards those of the whole panel. The features,
    the autocorrelation :math:`\rho` and the penalties are those with the lowest squared error of
    one-step forecasts in five blocks of each series that are left out in turn.

    Parameters
    ----------
    features : CovariateFeatures
        The features.
    season : int
        Steps of the season whose mean pattern is left to other parts of the forecaster.
    relative : bool
        Whether effects are proportional to the scale of a series.
    autocorrelation, penalty, own_penalty : float
        The chosen settings.
    coef : ndarray of shape (n_targets, n_features)
        Coefficients of the panel.
    own_coef : ndarray of shape (n_series, n_targets, n_features) or None
        Coefficients of the training series.
    scale : ndarray of shape (n_series, n_targets) or None
        Scale of the training series.
    """

    features: CovariateFeatures
    season: int
    relative: bool
    autocorrelation: float = 0.0
    penalty: float = 0.0
    own_penalty: float = np.inf
    coef: Any = None
    own_coef: Any = None
    scale: Any = None

    @classmethod
    def learn(cls, panel: Panel, features, season, end, *, relative):
        """Choose the settings and estimate the coefficients; None if covariates do not help.

        Parameters
        ----------
        panel : Panel
            Series in learned units, with standardised covariates.
        features : sequence of CovariateFeatures
            Features to compare, the simplest ones first.
        season, relative : int, bool
            As in the class.
        end : ndarray of shape (n_series,)
            Number of steps of each series that may be read.
        """
        whole, whole_end = panel, end
        if panel.n_series > MOST_COMPARED:
            end = end[evenly_spaced(panel.n_series, MOST_COMPARED)]
            panel = panel.sample(MOST_COMPARED)
        n_rows = end.sum() - len(end)
        features = [f for f in features if LEAST_ROWS * f.n_features <= n_rows]
        if not features:
            return None
        start = cls(features[0], season, relative)
        start = start._with_autocorrelation(panel, end)
        found = []
        for tried in features:
            effects = replace(start, features=tried)
            products = effects._products(panel, end)
            errors = [_relative_error(products, penalty) for penalty in PENALTIES]
            best = int(np.argmin(errors))
            found.append((errors[best], replace(effects, penalty=PENALTIES[best]), products))
        lowest = min(error for error, *_ in found)
        if lowest > (1 - LEAST_GAIN) * panel.n_targets:  # the error without covariates
            return None
        # Under a penalty, more features cost little, and they may matter more from now on.
        *_, (_, effects, products) = (of for of in found if of[0] <= (1 + TOLERATED) * lowest)
        if all(of.has_own for of in products):
            errors = [_relative_error(products, effects.penalty, own) for own in OWN_PENALTIES]
            effects = replace(effects, own_penalty=OWN_PENALTIES[int(np.argmin(errors))])
        return effects.refit(whole, whole_end)

    def refit(self, panel, end):
        """Estimate the coefficients from other series or more steps, with the same settings."""
        return self._estimated(panel, self._products(panel, end), end)

    def values(self, panel, learned, series, step, known, origin=None):
        """Return the effects at steps of series, in learned units.

        Parameters
        ----------
        panel : Panel
            The series; new ones are read before the steps only.
        learned : ndarray of shape (n_series,)
            Index of each series among the training series; -1 for a new one.
        series, step : ndarray of shape (n,)
            Series and steps, counted from the beginning of the series.
        known : ndarray of shape (n, k)
            Known covariates at these steps, as `CovariateFeatures.with_means` returns them.
        origin : ndarray of shape (n,), optional
            Number of steps of each series that may be read; by default those before each step.

        Returns
        -------
        ndarray of shape (n, n_targets)
        """
        x = self.features.values(known, panel.start_of(series) + step)
        index, effects = learned[series], x @ self.coef.T
        if self.own_coef is not None and (index >= 0).any():
            own = np.einsum("np,nkp->nk", x, self.own_coef[np.maximum(index, 0)])
            effects = np.where((index >= 0)[:, None], own, effects)
        if not self.relative:
            return effects
        return effects * self._scale_at(panel, index, series, step if origin is None else origin)

    def subtract(self, panel, learned):
        """Return the panel without the effects."""
        return replace(panel, y=panel.y - self._of_panel(panel, learned))

    def add(self, panel, learned):
        """Return the panel with the effects."""
        return replace(panel, y=panel.y + self._of_panel(panel, learned))

    def _of_panel(self, panel, learned):
        series = np.repeat(np.arange(panel.n_series), panel.lengths)
        step = np.arange(len(series)) - panel.offsets[series]
        known = np.concatenate([self._known_of(panel, i) for i in range(panel.n_series)])
        effects = [
            self.values(panel, learned, series[rows], step[rows], known[rows])
            for rows in chunks(len(series), STEPS_AT_ONCE)
        ]
        return np.concatenate(effects)

    def describe(self):
        """Return the text for the plan."""
        features = self.features
        n = len(features.knots)
        parts = [f"regression on {n} known covariate{'s' if n != 1 else ''}"] if n else []
        if features.bends:
            parts.append("bent at quantiles")
        if features.varies:
            parts.append(f"varying over {features.cycle} steps")
        if features.lasts:
            parts.append(f"with means over {features.windows[0]} and {features.windows[1]} steps")
        if features.has_season:
            parts.append(f"{'regression on ' if not n else ''}a season of {features.long_season:g}")
        if self.own_coef is not None and len(self.own_coef) > 1:
            parts.append("shrunk from each series towards the panel")
        return ", ".join(parts)

    def ahead(self, panel, learned, origins, known):
        """Return the effects (n, n_steps, n_targets) on the steps after origins.

        Parameters
        ----------
        panel, learned
            As for `values`.
        origins : tuple of ndarray of shape (n,)
            Series and origins.
        known : ndarray of shape (n, n_steps, n_known)
            Known covariates of these steps.
        """
        (series, origin), (n, n_steps, _) = origins, known.shape
        memory = self.features.memory
        before = panel.read_covariates(series, origin[:, None] - np.arange(memory, 0, -1))
        known = np.concatenate([before[..., : panel.n_known], known], axis=1)
        known = self.features.with_means(known)[:, memory:].reshape(n * n_steps, -1)
        step = (origin[:, None] + np.arange(n_steps)).ravel()
        series, origin = np.repeat(series, n_steps), np.repeat(origin, n_steps)
        effects = self.values(panel, learned, series, step, known, origin)
        return effects.reshape(n, n_steps, -1)

    # -- estimation ------------------------------------------------------------------------------

    def _with_autocorrelation(self, panel, end):
        """Return the object with the best autocorrelation."""

        def error(effects):
            products = effects._products(panel, end, pooled=True)
            return sum(of.error(PENALTIES[2]) for of in products)

        return min((replace(self, autocorrelation=rho) for rho in AUTOCORRELATIONS), key=error)

    def _products(self, panel, end, *, pooled=False):
        """Return the cross products of each target."""
        n, p = panel.n_series, self.features.n_features
        pooled = pooled or n > MOST_SERIES
        chosen = evenly_spaced(n, MOST_SERIES)
        scale = self._scale_of(panel, end)
        return [
            CrossProducts.of(
                (self._rows(panel, i, end[i], k, scale[i, k]) for i in chosen),
                len(chosen),
                p,
                pooled=pooled,
            )
            for k in range(panel.n_targets)
        ]

    def _rows(self, panel, i, end, target, scale):
        rows = slice(panel.offsets[i], panel.offsets[i] + end)
        step = panel.start_of(i) + np.arange(end)
        x = self.features.values(self._known_of(panel, i)[:end], step)
        y = panel.y[rows, target] / scale
        return quasi_differenced(x, y, step % self.season, self.autocorrelation)

    def _known_of(self, panel, i):
        known = panel.past[panel.offsets[i] : panel.offsets[i + 1], : panel.n_known]
        return self.features.with_means(known[None])[0]

    def _estimated(self, panel, products, end):
        coef = np.stack([of.coef(self.penalty) for of in products])
        own = None
        if not np.isinf(self.own_penalty) and all(of.has_own for of in products):
            pairs = zip(products, coef, strict=True)
            own = np.stack([of.own_coef(each, self.own_penalty) for of, each in pairs], axis=1)
        scale = self._scale_of(panel, end) if self.relative else None
        return replace(self, coef=coef, own_coef=own, scale=scale)

    def _scale_of(self, panel, end):
        if not self.relative:
            return np.ones((panel.n_series, panel.n_targets))
        return Normalizer(panel, self.season).at(np.arange(panel.n_series), end).scale

    def _scale_at(self, panel, index, series, origin):
        """Return the scale of training series, and that of new series before origins."""
        scale = self.scale[np.maximum(index, 0)]
        new = index < 0
        if new.any():
            _, before = Normalizer(panel, self.season).units(series[new], origin[new])
            scale = scale.copy()
            scale[new] = np.nan_to_num(before)
        return scale


def _relative_error(products, penalty, own_penalty=np.inf):
    """Return the sum over targets of the squared error, relative to that without covariates."""
    return sum(of.error(penalty, own_penalty) / max(of.power, 1e-300) for of in products)
