"""Panels to test on."""

import numpy as np

from skrnn.data import Panel


def random_panel(rng, lengths, n_targets=1, n_past=0, missing=0.0):
    """Return a panel of random walks, some values of it missing."""
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    y = rng.normal(size=(offsets[-1], n_targets)).cumsum(axis=0)
    y[rng.random(y.shape) < missing] = np.nan
    return Panel(y, offsets, rng.normal(size=(offsets[-1], n_past)), n_past // 2)
