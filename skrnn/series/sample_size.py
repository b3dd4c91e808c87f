"""Effective sample size of overlapping and correlated forecasts."""

import numpy as np


def step_sample_size(n_origins, step):
    """Return the effective sample size of forecasts of one step from consecutive origins.

    Forecasts s steps ahead from neighbouring origins share the shocks of s - 1 steps.
    """
    return n_origins / step


def effective_sample_size(n_origins, n_steps):
    """Return the effective sample size of errors averaged over the steps 1 to `n_steps`."""
    return step_sample_size(n_origins, (n_steps + 1) / 2)


def pooled(total, n_series):
    """Discount a sum over correlated series: n series count as the square root of n."""
    return total / np.sqrt(max(n_series, 1))


def pooled_sample_size(sizes):
    """Return the effective sample size of a panel, given those of its series."""
    return pooled(sizes.sum(), np.count_nonzero(sizes))
