"""Reductions of arrays with gaps."""

from __future__ import annotations

import numpy as np


def nan_mean(values, axis):
    """Return the mean of what is observed along `axis`, NaN where nothing is; no warning."""
    observed = ~np.isnan(values)
    count = observed.sum(axis=axis)
    total = np.where(observed, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def nan_median(values, axis):
    """Return the median of what is observed along `axis`, NaN where nothing is; no warning."""
    ordered = np.sort(values, axis=axis)  # NaN comes last
    count = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    high = np.minimum(high, values.shape[axis] - 1)
    middle = [np.take_along_axis(ordered, i, axis=axis) for i in (low, high)]
    return np.where(count > 0, (middle[0] + middle[1]) / 2, np.nan).squeeze(axis)


def nan_last(values, axis):
    """Return the last of what is observed along `axis`, NaN where nothing is."""
    observed = np.flip(~np.isnan(values), axis)
    last = values.shape[axis] - 1 - np.argmax(observed, axis=axis, keepdims=True)
    return np.take_along_axis(values, last, axis=axis).squeeze(axis)
