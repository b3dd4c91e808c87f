"""How many independent forecasts overlapping and correlated ones are worth."""

import numpy as np


def step_sample_size(n_origins, step):
    """Return the number of independent forecasts of one step that neighbouring origins are worth.

    Forecasts s steps ahead from neighbouring origins have the errors of s - 1 steps in common.
    """
    return n_origins / step


def effective_sample_size(n_origins, n_steps):
    """Return the same for errors that are averaged over the steps from 1 to `n_steps`."""
    return step_sample_size(n_origins, (n_steps + 1) / 2)


def pooled(total, n_series):
    """Return a sum over series whose errors are correlated: n series count as the root of n."""
    return total / np.sqrt(max(n_series, 1))


def pooled_sample_size(sizes):
    """Return the effective sample size of a panel, given those of its series."""
    return pooled(sizes.sum(), np.count_nonzero(sizes))
