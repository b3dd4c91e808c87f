"""Cholesky factors of structural models for series with the same missing steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Factors:
    """Cholesky factors of the covariances of series with the same missing steps.

    The leading blocks of a factor are the factors of all shorter histories. One factor therefore
    serves all origins.

    Parameters
    ----------
    factor : ndarray of shape (p, n, n)
        Cholesky factors, in which missing steps are independent of all others.
    ahead : ndarray of shape (p, n, n)
        Rows of the factors by which a step is forecast from the innovations before an origin.
    variance : ndarray of shape (p, n)
        Variance of each step.
    """

    factor: np.ndarray
    ahead: np.ndarray
    variance: np.ndarray

    @classmethod
    def of(cls, covariance, missing):
        """Factorise covariances (p, n, n), given which of their steps are missing."""
        variance, gaps = np.einsum("pii->pi", covariance).copy(), np.flatnonzero(missing)
        if not len(gaps):
            factor = np.linalg.cholesky(covariance)
            return cls(factor, factor, variance)
        rows, covariance = covariance[:, gaps].copy(), covariance.copy()
        rows[..., gaps] = 0.0
        covariance[:, gaps] = covariance[:, :, gaps] = 0.0
        covariance[:, gaps, gaps] = 1.0
        factor = np.linalg.cholesky(covariance)
        ahead = factor.copy()
        ahead[:, gaps] = np.swapaxes(_solved(factor, np.swapaxes(rows, 1, 2)), 1, 2)
        return cls(factor, ahead, variance)

    def innovations(self, y):
        """Return the errors of the forecasts of one step over their deviations, (p, n, r)."""
        return _solved(self.factor, y[None])

    def log_deviation(self, n_steps):
        """Return the sum of the logarithms of these deviations, (p,)."""
        return np.log(np.einsum("pii->pi", self.factor)[:, :n_steps]).sum(axis=1)


def _solved(factor, right):
    """Solve lower triangular systems (p, n, n) by forward substitution, for all p at once."""
    solution = np.empty((len(factor), *right.shape[1:]))
    for step in range(right.shape[1]):
        known = factor[:, step, None, :step] @ solution[:, :step]
        solution[:, step] = (right[:, step] - known[:, 0]) / factor[:, step, step, None]
    return solution
