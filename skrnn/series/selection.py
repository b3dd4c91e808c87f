"""Selection of rows of many: evenly spaced ones, and parts of a limited size."""

from __future__ import annotations

import numpy as np


def evenly_spaced(n, most):
    """Return the indices of at most `most` of `n` rows, evenly spaced; of all if they are fewer."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(int)


def chunks(n, size):
    """Return slices that cut `n` rows into pieces of at most `size`."""
    return [slice(start, start + size) for start in range(0, n, size)]
