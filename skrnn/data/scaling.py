"""Standardisation with exact weights."""

from __future__ import annotations

import numpy as np


class Standardizer:
    """Weighted standardisation of columns; a constant column keeps the scale 1.

    scikit-learn's StandardScaler is not used because a weight here belongs to a sequence and
    holds for all of its steps, and because it makes float64 copies of float32 buffers.

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
        """Estimate from `values` (n, k) with weights (n,)."""
        mean = np.average(values, axis=0, weights=weights)
        # Equal values may have a deviation of rounding errors; their range has not.
        spread = np.ptp(values, axis=0)
        constant = spread <= 10 * np.finfo(values.dtype).eps * np.abs(mean)
        unit = np.where(constant, 1.0, spread)  # no square then overflows or vanishes
        variance = np.average(((values - mean) / unit) ** 2, axis=0, weights=weights)
        return cls(mean, np.where(constant, 1.0, unit * np.sqrt(variance)))

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
    """Return mean and variance over arrays, of which it holds one at a time (Welford, 1962)."""
    mean, squares, count = 0.0, 0.0, 0
    for count, array in enumerate(arrays, start=1):
        values = array.astype(np.float64)
        change = values - mean
        mean = mean + change / count
        squares = squares + change * (values - mean)
    return mean, squares / count
