"""Structural time series models, averaged over their variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp, softmax

from skrnn.series.selection import evenly_spaced

from .structural_covariances import grid_of
from .structural_states import MOST_STEPS, StructuralStates
from .weighting import learned_prior

PRIOR_STEPS = 50_000  # of a panel, used to learn the prior
PRIOR_SERIES = 5.0  # weight of the initial prior, in series
PROBABILITY_KEPT = 0.99  # of the grid, after the prior is learned
MOST_ENTRIES, LEAST_KEPT = 1_000_000, 12  # of all covariances that are kept


@dataclass(frozen=True, eq=False)
class StructuralModel:
    """Gaussian model of a series as the sum of level, trend, season and noise.

    The level is a random walk, an autoregression, or constant; the trend is a line, or the sum of
    autoregressive slopes; the season is a pattern without or with smoothness; each may be absent.
    Their variances relative to the noise are not estimated for each series. Instead, the forecast
    is the mean over a grid of them, weighted by Bayes' rule: the likelihood comes from the values
    so far, and the prior is learned from all series of a panel (empirical Bayes; Robbins, 1956).
    A season that was seen only once or twice is thus shrunk as far as is good for the panel.

    Parameters
    ----------
    season : int
        Steps of a season.
    grid : list of tuple
        Level, trend and season of each model.
    log_prior : ndarray of shape (p,)
        Logarithm of the weights before any value.
    """

    season: int
    grid: list
    log_prior: np.ndarray

    @classmethod
    def learn(cls, panel, season, end) -> StructuralModel:
        """Learn the prior from the series, or from a sample of them.

        Parameters
        ----------
        panel : Panel
            The series, in learned units.
        season : int
            Steps of a season.
        end : ndarray of shape (n_series,)
            Number of steps of each series that may be read.
        """
        grid = grid_of(season, min(MOST_STEPS, int(end.max())))
        start = cls(season, grid, np.full(len(grid), -np.log(len(grid))))
        n_sampled = int(np.clip(PRIOR_STEPS // max(1.0, end.mean()), 1, panel.n_series))
        sampled = evenly_spaced(panel.n_series, n_sampled)
        likelihood = StructuralStates(panel, start).likelihood(sampled, end[sampled])
        log_prior = learned_prior(start.log_prior, likelihood, PRIOR_SERIES)
        return start._with_prior(log_prior, int(end.max()))

    def evidence(self, panel):
        """Return the log-likelihood of each target of each series, (n_targets * n_series,)."""
        states = StructuralStates(panel, self)
        likelihood = states.likelihood(np.arange(panel.n_series), panel.lengths)
        return logsumexp(self.log_prior + likelihood, axis=1)

    def _with_prior(self, log_prior, n_steps):
        """Return the model with this prior, without improbable variances."""
        order = np.argsort(-log_prior, kind="stable")
        n_probable = 1 + int(np.searchsorted(np.exp(log_prior[order]).cumsum(), PROBABILITY_KEPT))
        most = max(LEAST_KEPT, MOST_ENTRIES // min(n_steps, MOST_STEPS) ** 2)
        kept = np.sort(order[: min(n_probable, most)])
        grid = [self.grid[k] for k in kept]
        log_prior = np.log(softmax(log_prior[kept]))
        return StructuralModel(self.season, grid, log_prior)
