"""Reductions of arrays with missing values."""

from __future__ import annotations

import numpy as np


def nan_mean(values, axis):
    """Return the mean of the observed values, NaN if there are none; never warns."""
    observed = ~np.isnan(values)
    count = observed.sum(axis=axis)
    total = np.where(observed, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def nan_median(values, axis):
    """Return the median of the observed values, NaN if there are none; never warns."""
    ordered = np.sort(values, axis=axis)  # NaN sorts last
    count = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    high = np.minimum(high, values.shape[axis] - 1)
    middle = [np.take_along_axis(ordered, i, axis=axis) for i in (low, high)]
    return np.where(count > 0, (middle[0] + middle[1]) / 2, np.nan).squeeze(axis)


def nan_last(values, axis):
    """Return the last observed value, NaN if there is none."""
    observed = np.flip(~np.isnan(values), axis)
    last = values.shape[axis] - 1 - np.argmax(observed, axis=axis, keepdims=True)
    return np.take_along_axis(values, last, axis=axis).squeeze(axis)
