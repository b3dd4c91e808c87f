"""Cross products of covariates and series, for regressions with left-out blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

N_BLOCKS = 5
LEAST_PENALTY = 1e-6  # relative to the number of rows
MOST_BYTES = 200e6  # of the products of all series


@dataclass(frozen=True, eq=False)
class CrossProducts:
    """Cross products of features and one target, for each block of each series.

    Parameters
    ----------
    values : ndarray of shape (n_series, N_BLOCKS, p + 1, p + 1)
        The products; the target comes last. One entry for all series together if there are too
        many.
    counts : ndarray of shape (n_series, N_BLOCKS)
        Numbers of rows.
    """

    values: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, series, n_series, n_features, *, pooled=False):
        """Sum over series.

        Parameters
        ----------
        series : iterable of ndarray of shape (n_steps, p + 1)
            Features and target of each series, as `quasi_differenced` returns them.
        n_series, n_features : int
            Their number, and p.
        pooled : bool
            Whether to add up the products of all series.
        """
        q = n_features + 1
        pooled = pooled or n_series * N_BLOCKS * q * q * 8 > MOST_BYTES
        shape = 1 if pooled else n_series, N_BLOCKS
        values, counts = np.zeros((*shape, q, q)), np.zeros(shape)
        for i, rows in enumerate(series):
            for block, part in enumerate(np.array_split(rows, N_BLOCKS)):
                place = 0 if pooled else i, block
                values[place] += part.T @ part
                counts[place] += len(part)
        return cls(values, counts)

    @property
    def has_own(self):
        """Whether the series are kept apart."""
        return len(self.values) > 1

    @property
    def power(self):
        """Sum of the squares of the target."""
        return self.values[..., -1, -1].sum()

    def coef(self, penalty):
        """Return the coefficients of all series together, (p,)."""
        return _solve(self.values.sum(axis=(0, 1)), self.counts.sum(), penalty)

    def own_coef(self, coef, penalty):
        """Return the coefficients of each series, shrunk towards `coef`, (n_series, p)."""
        pairs = zip(self.values.sum(axis=1), self.counts.sum(axis=1), strict=True)
        return np.stack([_solve(of, count, penalty, coef) for of, count in pairs])

    def error(self, penalty, own_penalty=np.inf):
        """Return the sum of the squared errors in blocks that are left out in turn."""
        pooled, counts, total = self.values.sum(axis=0), self.counts.sum(axis=0), 0.0
        for block in range(N_BLOCKS):
            count = counts.sum() - counts[block]
            coef = _solve(pooled.sum(axis=0) - pooled[block], count, penalty)
            if np.isinf(own_penalty):
                total += _squared_error(pooled[block], coef)
                continue
            for own, n in zip(self.values, self.counts, strict=True):
                rest, n_left = own.sum(axis=0) - own[block], n.sum() - n[block]
                own_coef = _solve(rest, n_left, own_penalty, coef)
                total += _squared_error(own[block], own_coef)
        return total


def quasi_differenced(x, y, phase, autocorrelation):
    """Return features and target minus a multiple of the values before, and minus phase means.

    Parameters
    ----------
    x, y : ndarray of shape (n, p), (n,)
        Features and target of one series; the target is NaN where missing.
    phase : ndarray of shape (n,)
        Phase of the season at each step.
    autocorrelation : float
        The multiple.

    Returns
    -------
    ndarray of shape (n_known, p + 1)
    """
    both = np.column_stack([x, y])
    changes = both[1:] - autocorrelation * both[:-1]
    known = ~np.isnan(changes[:, -1])
    changes, phase = changes[known], phase[1:][known]
    count = np.bincount(phase)
    sums = np.zeros((len(count), changes.shape[1]))
    np.add.at(sums, phase, changes)
    return changes - (sums / np.maximum(count, 1)[:, None])[phase]


def _solve(products, count, penalty, towards=0.0):
    """Return ridge coefficients, shrunk towards others.

    The penalty is relative to the mean square of the features. A small part of the number of rows
    is added: features whose deviations from the phase means are rounding errors have no effect.
    """
    x = products[:-1, :-1].copy()
    diagonal = np.einsum("ii->i", x)
    ridge = penalty * diagonal.mean() + LEAST_PENALTY * max(count, 1.0)
    diagonal += ridge
    factor = cho_factor(x, lower=True, overwrite_a=True, check_finite=False)
    return cho_solve(factor, products[:-1, -1] + ridge * towards, check_finite=False)


def _squared_error(products, coef):
    x, moment, power = products[:-1, :-1], products[:-1, -1], products[-1, -1]
    return float(power - 2 * moment @ coef + coef @ x @ coef)
