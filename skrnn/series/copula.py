"""Correlation of the forecast errors of different steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from .conformal import MIN_ERRORS

WHOLE_ORIGINS = 30  # with this many complete origins, those with missing outcomes are left out
WALK_ORIGINS = 3  # weight of the prior, a random walk, in independent origins


@dataclass(frozen=True)
class Dependence:
    r"""A Gaussian copula of the steps and targets of a forecast.

    Each past error is ranked among the errors of its step, and the rank becomes a normal score. The
    copula has the correlations of these scores (Moller, Lenkoski & Thorarinsdottir, 2013). The
    Schaake shuffle (Clark et al., 2004) reuses the ranks of past trajectories as they are. A copula
    yields any number of trajectories from few, overlapping past forecasts.

    Parameters
    ----------
    factor : ndarray of shape (r, n_steps, n_targets)
        Matrix :math:`A` such that :math:`A^\top A` is the learned part of the correlations of steps
        and targets. Its diagonal is at most 1. What is missing to 1 is the weight of a random walk,
        whose errors at steps :math:`i \le j` have the correlation :math:`\sqrt{i / j}`.
    """

    factor: np.ndarray

    @classmethod
    def of(cls, baseline_error, network_error, weight, sample_size):
        """Learn from past errors.

        Parameters
        ----------
        baseline_error : ndarray of shape (n, n_steps, n_targets)
            Errors of the baseline at all origins; NaN where unknown. Steps with fewer than
            `MIN_ERRORS` errors, and later ones, follow the random walk.
        network_error : ndarray of shape (m, n_steps, n_targets) or None
            Errors of the network at held-out origins.
        weight : float
            Weight of the network's correlations; those of the baseline have the rest.
        sample_size : float
            Effective sample size of the errors of the baseline.
        """
        n_known = (~np.isnan(baseline_error)).sum(axis=0).min(axis=1)
        n_steps = max(1, np.count_nonzero(n_known >= MIN_ERRORS))
        parts = [(1 - weight) ** 0.5 * _scores(baseline_error[:, :n_steps])]
        if network_error is not None:
            parts.append(weight**0.5 * _scores(network_error[:, :n_steps]))
        factor: Any = np.concatenate(parts)
        if len(factor) > factor.shape[1]:
            factor = np.linalg.qr(factor, mode="r")
        learned_weight = sample_size / (sample_size + WALK_ORIGINS)
        factor = (learned_weight**0.5 * factor).astype(np.float32)
        return cls(factor.reshape(len(factor), n_steps, -1))

    def draw(self, generator, n, n_steps):
        """Draw normal scores of trajectories.

        After the last learned step, the scores continue as a random walk.

        Parameters
        ----------
        generator : numpy.random.Generator
            Source of randomness.
        n, n_steps : int
            Number of trajectories and of their steps.

        Returns
        -------
        ndarray of shape (n, n_steps, n_targets)
        """
        rank, last, n_targets = self.factor.shape
        factor = self.factor.reshape(rank, -1).astype(np.float64)
        learned = generator.standard_normal((n, rank)) @ factor
        walk = generator.standard_normal((n, max(last, n_steps), n_targets)).cumsum(axis=1)
        root = np.sqrt(np.arange(1, walk.shape[1] + 1))[:, None]
        left = np.sqrt(np.maximum(1 - (factor**2).sum(axis=0), 0.0)).reshape(last, n_targets)
        scores = learned.reshape(n, last, n_targets) + left * (walk / root)[:, :last]
        further = root[last - 1] * scores[:, -1:] + walk[:, last:] - walk[:, last - 1 : last]
        return np.concatenate([scores, further / root[last:]], axis=1)[:, :n_steps]


def _scores(error):
    """Return normal scores (n, n_steps * n_targets) of errors, in columns of length 1.

    Unknown errors have the score 0. Tied errors share the mean of their ranks.
    """
    flat = error.reshape(len(error), -1)
    whole = ~np.isnan(flat).any(axis=1)
    if np.count_nonzero(whole) >= WHOLE_ORIGINS:
        flat = flat[whole]
    known = ~np.isnan(flat)
    rank = rankdata(flat, axis=0, nan_policy="omit")
    probability = (rank - 0.5) / np.maximum(known.sum(axis=0), 1)
    scores = np.where(known, ndtri(probability), 0.0)
    length = np.sqrt((scores**2).sum(axis=0))
    return scores / np.where(length > 0, length, 1.0)
