"""Split of the forecast origins into training and held-out ones."""

from __future__ import annotations

import numpy as np

from skrnn.data.ranges import ranges
from skrnn.series import Panel, evenly_spaced

FIRST_STEPS = 10  # least history of an origin, in addition to two seasons


def split_origins(panel: Panel, spec, validation_fraction):
    """Return training origins, held-out origins, and the end of the training targets.

    The newest part of each series is held out: the training targets end before it, and the held-out
    origins begin with it. Origins near an end have fewer targets; the missing ones have the weight
    0. The scale of a short history is unreliable. Each origin therefore has a history of at least
    two seasons and `FIRST_STEPS` steps, or half of the series if that is less. Held-out origins
    whose newest value is missing are left out.

    Returns
    -------
    everything, train, held_out : tuple of ndarray
        Series and origin of each example.
    end : ndarray of shape (n_series,)
        Number of steps of each series that may be training targets.
    """
    lengths = panel.lengths
    first = np.minimum(2 * spec.season + FIRST_STEPS, lengths // 2)
    n_origins = lengths - first
    n_held_out = np.round(validation_fraction * n_origins).astype(int)
    n_held_out = np.clip(n_held_out, 1, np.maximum(n_origins - 1, 1))
    end = lengths - np.where(n_origins >= 4, n_held_out, 0)
    everything = origins_between(first, lengths)
    held_out = with_newest_value(panel, origins_between(end, lengths))
    return everything, origins_between(first, end), held_out, end


def origins_between(start, stop):
    """Return all origins of each series from `start` to before `stop`, as (series, origin)."""
    counts = np.maximum(stop - start, 0)
    origin, _ = ranges(start, counts)
    return np.repeat(np.arange(len(start)), counts), origin


def with_newest_value(panel, origins):
    """Return the origins with the newest value of a target observed, or all if there are none."""
    series, origin = origins
    kept = (panel.missing_before(series, origin) == 0).any(axis=1)
    return (series[kept], origin[kept]) if kept.any() else origins


def thin(origins, most):
    """Return at most `most` of the origins, evenly spaced."""
    series, origin = origins
    index = evenly_spaced(len(series), most)
    return series[index], origin[index]
