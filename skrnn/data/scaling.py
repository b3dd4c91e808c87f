"""Weighted standardisation."""

from __future__ import annotations

import numpy as np


class Standardizer:
    """Standardise columns with weights; a constant column gets scale 1, or its rounding error.

    It replaces scikit-learn's StandardScaler, which has no weights for whole sequences and copies
    float32 buffers to float64.

    Parameters
    ----------
    mean, scale : ndarray of shape (n_columns,)
        Location and scale of each column.
    """

    def __init__(self, mean, scale):
        self.mean = mean
        self.scale = scale

    @classmethod
    def fit(cls, values, weights):
        """Estimate mean and scale from `values` (n, k) with `weights` (n,)."""
        low, high = values.min(axis=0), values.max(axis=0)
        # Rounding can give equal values another mean and a nonzero deviation, but no range.
        mean = np.clip(np.average(values, axis=0, weights=weights), low, high)
        spread = high - low
        constant = spread <= 10 * np.finfo(values.dtype).eps * np.abs(mean)
        unit = np.where(constant, 1.0, spread)  # keeps the squares from over- and underflow
        variance = np.average(((values - mean) / unit) ** 2, axis=0, weights=weights)
        scale = np.maximum(unit * np.sqrt(variance), np.finfo(np.float64).tiny)
        return cls(mean, np.where(constant, np.maximum(spread, 1.0), scale))

    @classmethod
    def fit_observed(cls, values, weights):
        """Estimate as `fit` from values that are not missing; 0 and 1 for a column without any."""
        observed = ~np.isnan(values)
        if observed.all():
            return cls.fit(values, weights)
        mean, scale = np.zeros(values.shape[1]), np.ones(values.shape[1])
        for i, there in enumerate(observed.T):
            if there.any():
                column = cls.fit(values[there, i : i + 1], weights[there])
                mean[i], scale[i] = column.mean[0], column.scale[0]
        return cls(mean, scale)

    def select(self, n_columns):
        """Return the scaler of the first columns only."""
        return Standardizer(self.mean[:n_columns], self.scale[:n_columns])

    def transform(self, values, dtype):
        """Return the standardised values in the given dtype."""
        return ((values - self.mean) / self.scale).astype(dtype, copy=False)

    def inverse_transform(self, values):
        """Return standardised values in their original units."""
        return values * self.scale + self.mean


def running_moments(arrays):
    """Return mean and variance over an iterable of arrays in one pass (Welford, 1962)."""
    mean, squares, count = 0.0, 0.0, 0
    for count, array in enumerate(arrays, start=1):
        values = array.astype(np.float64)
        change = values - mean
        mean = mean + change / count
        squares = squares + change * (values - mean)
    return mean, squares / count
