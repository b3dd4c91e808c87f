"""Normal equations of ridge regressions on the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

MOST_EXAMPLES = 60_000
EXAMPLES_AT_ONCE = 8192
LARGEST = 30.0  # normalised values are clipped, as rare larger ones would dominate the squares


@dataclass(frozen=True, eq=False)
class NormalEquations:
    """Normal equations of regressions on a window and on all shorter ones.

    The inputs of a shorter window are the last inputs of a longer one. Its equations are therefore
    a submatrix of those of the longest window.

    Parameters
    ----------
    product : ndarray of shape (window_length + 1, window_length + 1)
        Products of the inputs: the steps of the window, oldest first, and a constant.
    moment : ndarray of shape (window_length + 1, n_steps)
        Products of inputs and targets.
    """

    product: np.ndarray
    moment: np.ndarray

    @classmethod
    def of(cls, examples) -> NormalEquations | None:
        """Sum over the examples whose targets are all known; None if there are none.

        Parameters
        ----------
        examples : ForecastExamples
            Windows and targets, normalised; the baseline is the level.
        """
        index = np.arange(len(examples))
        if len(index) > MOST_EXAMPLES:
            index = np.linspace(0, len(index) - 1, MOST_EXAMPLES).astype(int)
        product: Any = 0.0
        moment: Any = 0.0
        for start in range(0, len(index), EXAMPLES_AT_ONCE):
            x, y, weight = rows_of(examples, index[start : start + EXAMPLES_AT_ONCE])
            whole = (weight > 0).all(axis=1)
            x, y = x[whole], y[whole]
            product, moment = product + x.T @ x, moment + x.T @ y
        return cls(product, moment) if np.any(product) else None

    def solve(self, window_length, penalty):
        """Return the coefficients (window_length + 1, n_steps) of a ridge regression.

        Parameters
        ----------
        window_length : int
            Number of steps of the window.
        penalty : float
            Penalty on the squares of the coefficients, relative to the mean square of the inputs.
        """
        used = slice(-1 - window_length, None)
        product = self.product[used, used].copy()
        diagonal = np.einsum("ii->i", product)
        diagonal += penalty * diagonal.mean()
        factor = cho_factor(product, lower=True, overwrite_a=True, check_finite=False)
        return cho_solve(factor, self.moment[used], check_finite=False)

    def best_penalty(self, window_length, penalties, x, y, weight):
        """Return the penalty with the lowest mean absolute error on held-out rows, and this error.

        Parameters
        ----------
        window_length : int
            Number of steps of the window.
        penalties : sequence of float
            The penalties to compare.
        x, y, weight : ndarray
            Inputs, targets and weights, as `rows_of` returns them.
        """
        x, n_known = x[:, -1 - window_length :], max(weight.sum(), 1.0)
        errors = [
            np.abs((x @ self.solve(window_length, penalty) - y) * weight).sum() / n_known
            for penalty in penalties
        ]
        best = int(np.argmin(errors))
        return penalties[best], float(errors[best])


def rows_of(examples, index):
    """Return inputs with a constant, targets and weights; one row per example and target column."""
    view, (y, weight) = examples.view(index), examples.baseline_errors(index)
    window = view.window[:, -examples.spec.window_length :]
    x = inputs_of(np.nan_to_num((window - view.level) / view.scale))
    y, weight = (np.moveaxis(a, 2, 1).reshape(len(x), -1) for a in (y, weight))
    return np.column_stack([x, np.ones(len(x))]), np.clip(y, -LARGEST, LARGEST), weight


def inputs_of(window):
    """Return normalised windows (n, w, n_targets) as clipped rows (n * n_targets, w)."""
    rows = np.moveaxis(window, 2, 1).reshape(-1, window.shape[1])
    return np.clip(rows, -LARGEST, LARGEST)
