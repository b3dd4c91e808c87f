"""Series with the same missing steps, which share the factors of their covariances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Group:
    """Values of series with the same missing steps.

    Parameters
    ----------
    gaps : bytes
        Key of the missing steps; empty if there are none.
    rows : ndarray of shape (r,)
        Which of the series belong to the group.
    missing : ndarray of shape (n_steps,)
        Which steps are missing.
    y : ndarray of shape (n_seen, r)
        Distances from the first value in the unit; 0 where missing, and after the end of a series.
    first, unit : ndarray of shape (r,)
        First value, and a power of two near the largest distance, which keeps all bits.
    """

    gaps: bytes
    rows: np.ndarray
    missing: np.ndarray
    y: np.ndarray
    first: np.ndarray
    unit: np.ndarray

    @classmethod
    def of(cls, gaps, rows, values, n_ahead):
        """Return the group of these values, with `n_ahead` steps after the longest ones."""
        longest = max(len(y) for y in values)
        missing = np.zeros(longest + n_ahead, dtype=bool)
        missing[: len(gaps)] = np.frombuffer(gaps, dtype=bool)
        distance = np.zeros((longest, len(rows)))
        first = np.zeros(len(rows))
        for column, y in enumerate(values):
            seen = ~np.isnan(y)
            if seen.any():
                first[column] = y[np.argmax(seen)]
                distance[: len(y), column] = np.where(seen, y - first[column], 0.0)
        largest = np.abs(distance).max(axis=0)
        unit = np.where(largest > 0, np.ldexp(1.0, np.frexp(largest)[1]), 1.0)
        return cls(gaps, rows, missing, distance / unit, first, unit)

    @property
    def seen(self):
        """Number of values before each step and the end."""
        return np.concatenate([[0], np.cumsum(~self.missing)])
