"""Which origins are learned from, and which are held out."""

from __future__ import annotations

import numpy as np

from skrnn.data.ranges import ranges
from skrnn.series import Panel

FIRST_STEPS = 10  # of the history of an origin, and two seasons


def split_origins(panel: Panel, spec, validation_fraction):
    """Return training examples, held-out ones, and the end of the training targets.

    The newest part of each series is held out: the targets of the training end before it, and
    the held-out origins begin with it. Origins near an end have fewer targets; the missing ones
    weigh nothing. What is known after a few steps is a poor unit: an origin has two seasons and
    `FIRST_STEPS` steps of history, or half of the series if that is less.

    Returns
    -------
    everything, train, held_out : tuple of ndarray
        Series and origin of each example.
    end : ndarray of shape (n_series,)
        Steps of each series that the training targets may come from.
    """
    lengths = panel.lengths
    first = np.minimum(2 * spec.season + FIRST_STEPS, lengths // 2)
    n_origins = lengths - first
    n_held_out = np.round(validation_fraction * n_origins).astype(int)
    n_held_out = np.clip(n_held_out, 1, np.maximum(n_origins - 1, 1))
    end = lengths - np.where(n_origins >= 4, n_held_out, 0)
    everything = origins_between(first, lengths)
    return everything, origins_between(first, end), origins_between(end, lengths), end


def origins_between(start, stop):
    """Return series and origin of all origins from `start` to before `stop` of each series."""
    counts = np.maximum(stop - start, 0)
    origin, _ = ranges(start, counts)
    return np.repeat(np.arange(len(start)), counts), origin


def thin(origins, most):
    """Take at most so many of the origins, evenly."""
    series, origin = origins
    if len(series) <= most:
        return origins
    index = np.linspace(0, len(series) - 1, most).astype(int)
    return series[index], origin[index]
