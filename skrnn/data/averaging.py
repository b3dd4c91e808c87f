"""Averages whose weights follow from the errors of many series."""

from __future__ import annotations

import numpy as np


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
