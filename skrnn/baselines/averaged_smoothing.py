"""Exponential smoothing of many series, averaged over its parameters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import softmax

from skrnn.series.panel import Panel
from skrnn.series.selection import evenly_spaced

from .smoothing_parameters import DAMPING, LEVEL_GAINS, N_STATES, SEASON_GAINS, TREND_GAINS
from .weighting import learned_prior

PRIOR_STEPS = 50_000  # of a panel, used to learn the prior
PRIOR_SERIES = 5.0  # weight of the initial prior, in series
PROBABILITY_KEPT, MOST_KEPT = 0.99, 96  # of the grid, after the prior is learned


@dataclass(frozen=True, eq=False)
class AveragedSmoothing:
    r"""Exponential smoothing with additive trend and season, averaged over its parameters.

    In error correction form (Hyndman, Koehler, Ord & Snyder, 2008), the forecast is
    :math:`\hat y_t = l_{t-1} + \phi b_{t-1} + s_{t-m}`. Its error :math:`e_t` updates the states:

    .. math:: l_t = l_{t-1} + \phi b_{t-1} + \alpha e_t, \quad b_t = \phi b_{t-1} + \alpha \beta
        e_t, \quad s_t = s_{t-m} + \gamma (1 - \alpha) e_t.

    The parameters are not estimated for each series. Instead, the forecast is the mean over a grid
    of parameters, weighted by Bayes' rule: the likelihood comes from the errors so far, and the
    prior is learned from all series of a panel (empirical Bayes; Robbins, 1956). The weights at an
    origin therefore depend on no later value, and a series with few values is smoothed like the
    rest of its panel.

    The initial states are estimated from the first two seasons, or from five steps if there is no
    season. For an origin within these steps there is no seasonal component, and the initial states
    are estimated from at least half of the steps before the origin.

    Parameters
    ----------
    season : int
        Steps of a season; 1 if there is none.
    grid : ndarray of shape (p, 4)
        Values of :math:`\alpha, \beta, \phi, \gamma`; those without a trend (:math:`\phi = 0`)
        come first. :math:`\gamma < 0` means no season.
    log_prior : ndarray of shape (p,)
        Logarithm of the weights before any error.
    """

    season: int
    grid: np.ndarray
    log_prior: np.ndarray

    @classmethod
    def learn(cls, panel: Panel, season: int, end=None) -> AveragedSmoothing:
        """Learn the prior from the series, or from a sample of them.

        Parameters
        ----------
        panel : Panel
            The series, in learned units.
        season : int
            Steps of a season.
        end : ndarray of shape (n_series,), optional
            Number of steps of each series that may be read; all by default.
        """
        end = panel.lengths if end is None else end
        grid = _grid(season)
        n_parameters = 2.0 * (grid[:, 2] > 0) + (grid[:, 2] % 1 > 0) + (grid[:, 3] >= 0)
        start = cls(season, grid, _normalized(-n_parameters))
        n_sampled = int(np.clip(PRIOR_STEPS // max(1.0, end.mean()), 1, panel.n_series))
        sampled = evenly_spaced(panel.n_series, n_sampled)
        evidence = start.run(panel, sampled, end[sampled], end[sampled])
        return start._with_prior(learned_prior(start.log_prior, evidence, PRIOR_SERIES))

    def _with_prior(self, log_prior):
        """Return the smoothing with this prior, without improbable parameters."""
        order = np.argsort(-log_prior)
        n_kept = 1 + np.searchsorted(np.exp(log_prior[order]).cumsum(), PROBABILITY_KEPT)
        kept = np.zeros(len(order), dtype=bool)
        kept[order[: min(n_kept, MOST_KEPT)]] = True
        level_only = self.grid[:, 2] == 0
        kept[np.argmax(np.where(level_only, log_prior, -np.inf))] = True  # for the Theta method
        return AveragedSmoothing(self.season, self.grid[kept], _normalized(log_prior[kept]))

    def run(self, panel: Panel, series, end, since, states=None):
        """Smooth series up to their ends.

        Parameters
        ----------
        panel : Panel
            The series.
        series, end, since : ndarray of shape (n,)
            Index of each series, number of its steps to smooth, and first step whose states are
            kept.
        states : ndarray of shape (total_steps, n_targets, N_STATES), optional
            Output array for the states.

        Returns
        -------
        ndarray of shape (n_targets * n, p)
            Log-likelihood of each target of each series under each parameter.
        """
        from .smoothing_kernel import smooth

        alpha, beta, phi, gamma = self.grid.T
        season = np.maximum(gamma, 0.0) * (1 - alpha)
        parameters = np.stack([alpha, alpha * beta, season, phi, gamma >= 0])
        fading = np.array([DAMPING.index(damping) if damping else -1 for damping in phi])
        n_alone = int((phi == 0).sum())
        states = np.empty((0, panel.n_targets, N_STATES)) if states is None else states
        evidence = np.zeros((panel.n_targets, len(series), len(phi)))  # 0 without values
        begin = panel.offsets[series]
        for k, y in enumerate(panel.y.T):
            smooth(
                np.ascontiguousarray(y), begin, begin + end, begin + since, self.season,
                _starts(self.season), parameters, self.log_prior, n_alone, fading, states[:, k],
                evidence[k],
            )  # fmt: skip
        return evidence.reshape(-1, len(phi))


def _n_start(season):
    """Return the number of steps that the initial states are estimated from."""
    return 2 * season if season > 1 else 5


def _starts(season):
    """Return the numbers of steps to start from; each is used until the next one is available."""
    n_seen = [1]
    while n_seen[-1] < _n_start(season):
        n_seen.append(min(n_seen[-1] + max(1, n_seen[-1] // 2), _n_start(season)))
    return np.array(n_seen)


def _grid(season):
    """Return the grid of all parameters, (p, 4), those without a trend first."""
    gammas = (-1.0, *SEASON_GAINS) if season > 1 else (-1.0,)
    level_only = [(a, 0.0, 0.0, c) for a in LEVEL_GAINS for c in gammas]
    trends = [
        (a, b, f, c) for a in LEVEL_GAINS for b in TREND_GAINS for f in DAMPING for c in gammas
    ]
    return np.array(level_only + trends)


def _normalized(log_weight):
    return np.log(softmax(log_weight))
