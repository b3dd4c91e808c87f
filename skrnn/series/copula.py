"""How the errors of the steps of a forecast are correlated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtri
from scipy.stats import rankdata

from .conformal import MIN_ERRORS

WHOLE_ORIGINS = 30  # origins with all outcomes, from which those with missing ones are left out
WALK_ORIGINS = 3  # independent origins that the errors of a random walk count for


@dataclass(frozen=True)
class Dependence:
    r"""A Gaussian copula of the steps and targets of a forecast.

    The rank of each error among those of its step is turned into a normal score, and scores that
    are jointly normal get the correlations of those of past forecasts. The Schaake shuffle (Clark
    et al., 2004) takes the ranks of past trajectories as they are; this smooths them, so that few
    past forecasts, which overlap, give any number of trajectories (Moller, Lenkoski &
    Thorarinsdottir, 2013).

    Parameters
    ----------
    factor : ndarray of shape (r, n_steps, n_targets)
        :math:`A` with the correlations :math:`A^\top A` of the steps and targets. Their diagonal
        is at most 1; the rest is the fraction of a random walk, whose forecasts i and j steps
        ahead have the correlation :math:`\sqrt{i / j}`.
    """

    factor: np.ndarray

    @classmethod
    def of(cls, baseline_error, network_error, weight, sample_size):
        """Learn from past errors.

        Parameters
        ----------
        baseline_error : ndarray of shape (n, n_steps, n_targets)
            Errors of the baseline at all origins; NaN where unknown. Steps with hardly any are left
            to the random walk.
        network_error : ndarray of shape (m, n_steps, n_targets) or None
            Errors of the network at held-out origins.
        weight : float
            Weight of their correlations beside those of the baseline.
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
        share = sample_size / (sample_size + WALK_ORIGINS)
        factor = (share**0.5 * factor).astype(np.float32)
        return cls(factor.reshape(len(factor), n_steps, -1))

    def draw(self, generator, n, n_steps):
        """Draw normal scores of trajectories.

        After the last step that was learned they go on as a random walk, whose spread grows with
        the root of the step as the widths of the forecasts do.

        Parameters
        ----------
        generator : numpy.random.Generator
            What draws.
        n, n_steps : int
            Trajectories, and their steps.

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

    Unknown errors have the score 0, and those that are alike the mean of their ranks.
    """
    flat = error.reshape(len(error), -1)
    whole = ~np.isnan(flat).any(axis=1)
    if np.count_nonzero(whole) >= WHOLE_ORIGINS:
        flat = flat[whole]
    known = ~np.isnan(flat)
    rank = rankdata(flat, axis=0, nan_policy="omit")
    share = (rank - 0.5) / np.maximum(known.sum(axis=0), 1)
    scores = np.where(known, ndtri(share), 0.0)
    length = np.sqrt((scores**2).sum(axis=0))
    return scores / np.where(length > 0, length, 1.0)
