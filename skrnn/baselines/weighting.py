"""Weights of forecasts, from their errors on many series."""

from __future__ import annotations

from itertools import product

import numpy as np
from scipy.special import softmax

from skrnn.series import pooled

NO_ERROR = 1e-6  # relative to the scale: less may be rounding error


def learned_prior(base, evidence, n_prior):
    """Estimate the prior probability of each candidate by expectation maximisation.

    Parameters
    ----------
    base : ndarray of shape (p,)
        Logarithm of the initial probabilities.
    evidence : ndarray of shape (n_series, p)
        Log-likelihood of each series under each candidate.
    n_prior : float
        Weight of `base`, in series.

    Returns
    -------
    ndarray of shape (p,)
        Logarithm of the probabilities.
    """
    log_prior = base
    for _ in range(30):
        counts = softmax(log_prior + evidence, axis=-1).sum(axis=0)
        log_prior = np.log((counts + n_prior * np.exp(base)) / (len(evidence) + n_prior))
    return log_prior


def simplex(n):
    """Return all weights of n forecasts that are multiples of 0.1 and sum to 1, (n_means, n)."""
    return np.array([w for w in product(range(11), repeat=n) if sum(w) == 10]) / 10


def weigh_forecasts(errors, series, sample_sizes, means, log_prior=0.0):
    """Return the posterior mean of the weights of forecasts.

    The errors of the weighted mean are assumed to be Laplace distributed, with a scale for each
    series.

    Parameters
    ----------
    errors : ndarray of shape (n_forecasts, n, n_steps, n_targets)
        Errors from held-out origins; NaN where the outcome is unknown.
    series : ndarray of shape (n,)
        Index of the series of each origin.
    sample_sizes : ndarray of shape (n_series,)
        Effective sample size of the origins of each series.
    means : ndarray of shape (n_means, n_forecasts)
        Weights to compare.
    log_prior : ndarray of shape (n_means,), optional
        Logarithm of their prior probabilities.

    Returns
    -------
    weights : ndarray of shape (n_forecasts,)
        Posterior mean of the weights.
    evidence : float
        Log-likelihood at the candidate nearest to these weights.
    """
    n_series = len(sample_sizes)
    sizes = np.stack([_mean_size(np.tensordot(w, errors, 1), series, n_series) for w in means])
    known = ~np.isnan(sizes).any(axis=0)
    evidence = -sample_sizes[known] * np.log(np.maximum(sizes[:, known], NO_ERROR))
    weights = softmax(pooled(evidence.sum(axis=1), known.sum()) + log_prior) @ means
    nearest = np.argmin(np.abs(means - weights).sum(axis=1))
    return weights, float(evidence[nearest].sum())


def _mean_size(error, series, n_series):
    """Return the mean absolute error of each series; NaN if no error is known."""
    size = np.abs(error).reshape(len(error), -1)
    known = ~np.isnan(size)
    size = np.where(known, np.minimum(size, 1e9), 0.0)
    total = np.bincount(series, size.sum(axis=1), n_series)
    count = np.bincount(series, known.sum(axis=1), n_series)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
