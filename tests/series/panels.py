"""Panels to test on."""

import numpy as np

from skrnn.series import Panel


def random_panel(rng, lengths, n_targets=1, n_past=0, missing=0.0):
    """Return a panel of random walks, some values of it missing."""
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    y = rng.normal(size=(offsets[-1], n_targets)).cumsum(axis=0)
    y[rng.random(y.shape) < missing] = np.nan
    return Panel(y, offsets, rng.normal(size=(offsets[-1], n_past)), n_past // 2)


def panel_of(*series):
    """Return a panel of these series, each (n,) or (n, n_targets)."""
    columns = [np.asarray(y, dtype=float).reshape(len(y), -1) for y in series]
    offsets = np.cumsum([0, *(len(y) for y in columns)])
    return Panel(np.concatenate(columns), offsets, np.empty((offsets[-1], 0)))


def all_origins(panel):
    """Return all (series, origin) of a panel: before the first step to after the last one."""
    series = np.repeat(np.arange(panel.n_series), panel.lengths + 1)
    return series, np.concatenate([np.arange(n + 1) for n in panel.lengths])
