"""Normal equations of ridge regressions on the window."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from skrnn.series import evenly_spaced

MOST_EXAMPLES = 60_000
EXAMPLES_AT_ONCE = 8192
MOST_KEPT = 25_000_000  # inputs that are kept while missing targets are forecast
IMPUTATIONS, PENALTY = 3, 1e-2  # rounds, and the penalty, of forecasts of missing targets
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
        """Sum over the examples whose horizons end within the series; None if there are none.

        Targets that are missing in between are replaced by the forecasts of the regression itself
        (expectation maximisation; Dempster, Laird & Rubin, 1977).

        Parameters
        ----------
        examples : ForecastExamples
            Windows and targets, normalised; the baseline is the level.
        """
        rows = _Rows(examples, evenly_spaced(len(examples), MOST_EXAMPLES))
        product: Any = 0.0
        moment: Any = 0.0
        some_missing = False
        for x, y, known in rows:
            product, moment = product + x.T @ x, moment + x.T @ y
            some_missing = some_missing or not known.all()
        equations = cls(product, moment)
        for _ in range(IMPUTATIONS * some_missing):
            equations = equations._imputed(rows, examples.spec.window_length)
        return equations if np.any(equations.product) else None

    def _imputed(self, rows, window_length):
        """Return the equations in which their own regression forecasts the missing targets."""
        coef = self.solve(window_length, PENALTY)
        moment: Any = 0.0
        for x, y, known in rows:
            forecast = np.clip(x @ coef, -LARGEST, LARGEST)
            moment = moment + x.T @ np.where(known, y, forecast)
        return replace(self, moment=moment)

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


class _Rows:
    """Parts of the rows whose horizons end within the series: inputs, targets, what is known.

    Missing targets are 0. Parts that are read several times are kept, if they are not too large.
    """

    def __init__(self, examples, index):
        self._examples, self._index = examples, index
        n_values = len(index) * examples.panel.n_targets * examples.spec.window_length
        again = bool(np.isnan(examples.panel.y).any())
        self._kept = list(self._read()) if again and n_values <= MOST_KEPT else None

    def __iter__(self):
        return self._read() if self._kept is None else iter(self._kept)

    def _read(self):
        examples = self._examples
        inside = examples.origin + examples.spec.horizon <= examples.end[examples.series]
        for start in range(0, len(self._index), EXAMPLES_AT_ONCE):
            part = self._index[start : start + EXAMPLES_AT_ONCE]
            x, y, weight = rows_of(examples, part)
            used = np.repeat(inside[part], len(x) // len(part)) & weight.any(axis=1)
            yield x[used], y[used], weight[used] > 0


def rows_of(examples, index):
    """Return inputs with a constant, targets and weights; one row per example and target column."""
    view = examples.view(index)
    y, weight = examples.errors_from(view, index)
    window = view.window[:, -examples.spec.window_length :]
    x = inputs_of(np.nan_to_num((window - view.level) / view.scale))
    y, weight = (np.moveaxis(a, 2, 1).reshape(len(x), -1) for a in (y, weight))
    return np.column_stack([x, np.ones(len(x))]), np.clip(y, -LARGEST, LARGEST), weight


def inputs_of(window):
    """Return normalised windows (n, w, n_targets) as clipped rows (n * n_targets, w)."""
    rows = np.moveaxis(window, 2, 1).reshape(-1, window.shape[1])
    return np.clip(rows, -LARGEST, LARGEST)
