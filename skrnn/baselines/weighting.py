"""Averages whose weights follow from the errors of many series."""

from __future__ import annotations

from itertools import product

import numpy as np

NO_ERROR = 1e-6  # in units of the series: what is less may be rounding


def learned_prior(base, evidence, n_prior):
    """Return how often each candidate is the right one, by expectation maximisation.

    Parameters
    ----------
    base : ndarray of shape (p,)
        Logarithm of the probabilities before any data.
    evidence : ndarray of shape (n_series, p)
        Log-likelihood of each series under each candidate.
    n_prior : float
        Series that `base` counts for.

    Returns
    -------
    ndarray of shape (p,)
        Logarithm of the probabilities.
    """
    log_prior = base
    for _ in range(30):
        shares = weights_of(log_prior + evidence).sum(axis=0)
        log_prior = np.log((shares + n_prior * np.exp(base)) / (len(evidence) + n_prior))
    return log_prior


def weights_of(log_weight):
    """Return weights along the last axis that add up to one."""
    weight = np.exp(log_weight - log_weight.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)


def simplex(n):
    """Return all weights of n forecasts in tenths, (n_means, n)."""
    return np.array([w for w in product(range(11), repeat=n) if sum(w) == 10]) / 10


def weigh_forecasts(errors, series, shares, means, log_prior=0.0):
    """Weigh forecasts by the mean absolute errors of their means, each series by itself.

    The evidence of a series for a mean is that of Laplace errors, and the result the posterior
    mean.

    Parameters
    ----------
    errors : ndarray of shape (n_forecasts, n, n_steps, n_targets)
        Errors from held-out origins; NaN where the outcome is unknown.
    series : ndarray of shape (n,)
        To which series each origin belongs.
    shares : ndarray of shape (n_series,)
        Number of origins of each series, overlapping ones counted in part.
    means : ndarray of shape (n_means, n_forecasts)
        Weights to compare.
    log_prior : ndarray of shape (n_means,), optional
        Logarithm of their probability before any error.

    Returns
    -------
    weights : ndarray of shape (n_forecasts,)
    evidence : float
        Logarithm of the likelihood at these weights.
    """
    sizes = np.stack([_mean_size(np.tensordot(w, errors, 1), series, len(shares)) for w in means])
    known = ~np.isnan(sizes).any(axis=0)
    evidence = -shares[known] * np.log(np.maximum(sizes[:, known], NO_ERROR))
    # Series of a panel have their surprises in common: n of them tell as much as the root of n.
    told = evidence.sum(axis=1) / np.sqrt(max(known.sum(), 1))
    weights = weights_of(told + log_prior) @ means
    nearest = np.argmin(np.abs(means - weights).sum(axis=1))
    return weights, float(evidence[nearest].sum())


def _mean_size(error, series, n_series):
    """Return the mean absolute error of each series, NaN where nothing is known."""
    size = np.abs(error).reshape(len(error), -1)
    known = ~np.isnan(size)
    size = np.where(known, np.minimum(size, 1e9), 0.0)
    total = np.bincount(series, size.sum(axis=1), n_series)
    count = np.bincount(series, known.sum(axis=1), n_series)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
