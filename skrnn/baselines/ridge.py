"""Linear regression of the horizon on the window, for all series of a panel at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

PENALTIES = tuple(10.0 ** np.arange(-5.0, 2.1, 0.5))  # on the mean square of the inputs
MOST_EXAMPLES = 60_000
EXAMPLES_AT_ONCE = 8192
LARGEST = 30.0  # normalised value; squares would follow rarer ones blindly


class Part(NamedTuple):
    """A regression in a mean of several: what it reads, how it was found, what it weighs."""

    window_length: int
    penalty: float
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Ridge:
    """Coefficients in units of level and scale at the origin.

    Parameters
    ----------
    coef : ndarray of shape (window_length + 1, horizon)
        Coefficients of the window, oldest step first, and the constant.
    parts : tuple of Part
        Regressions whose mean they are, or the only one.
    error : float
        Mean absolute error on what was held out, NaN without.
    """

    coef: np.ndarray = field(repr=False)
    parts: tuple[Part, ...]
    error: float = np.nan

    @classmethod
    def mean(cls, ridges, weights) -> Ridge:
        """Return the mean of regressions of one horizon, a regression itself."""
        longest = max(ridge.window_length for ridge in ridges)
        coef = np.zeros((longest + 1, ridges[0].coef.shape[1]))
        parts = []
        for ridge, weight in zip(ridges, weights, strict=True):
            coef[longest - ridge.window_length :] += weight * ridge.coef
            (part,) = ridge.parts
            parts.append(part._replace(weight=float(weight)))
        return cls(coef, tuple(parts))

    @property
    def window_length(self):
        """Steps that are read."""
        return len(self.coef) - 1

    def forecast(self, context, level, scale, horizon):
        """Return the forecast (n, horizon, n_targets) of the steps behind contexts.

        Parameters
        ----------
        context : ndarray of shape (n, t, n_targets)
            Values up to the origin, at least `window_length` steps; NaN where there is none.
        level, scale : ndarray of shape (n, 1, n_targets)
            Level and scale at the origin.
        horizon : int
            Steps to forecast, at most those that were learned.
        """
        window = context[:, context.shape[1] - self.window_length :]
        x = _inputs(np.nan_to_num((window - level) / scale))
        y = x @ self.coef[:-1, :horizon] + self.coef[-1, :horizon]
        # The last bits of a product follow the number of its rows; what is left does not.
        y = y.astype(np.float32).reshape(len(level), -1, horizon)
        return level + scale * np.moveaxis(y, 1, 2)


def _inputs(x):
    """Return normalised windows (n, w, n_targets) as rows (n * n_targets, w), within bounds."""
    return np.clip(np.moveaxis(x, 2, 1).reshape(-1, x.shape[1]), -LARGEST, LARGEST)


def fit_ridge(examples, penalties=PENALTIES, held_out=None):
    """Fit by the normal equations.

    Parameters
    ----------
    examples : ForecastExamples
        Windows and targets, whose baseline is None.
    penalties : sequence of float
        Penalties on the squares of the coefficients, relative to the mean square of the inputs.
    held_out : ForecastExamples, optional
        Examples whose mean absolute error decides between the penalties; the first one without.

    Returns
    -------
    Ridge or None
        None if no example has a whole horizon.
    """
    index = np.arange(len(examples))
    if len(index) > MOST_EXAMPLES:
        index = np.linspace(0, len(index) - 1, MOST_EXAMPLES).astype(int)
    product, moment = None, None
    for start in range(0, len(index), EXAMPLES_AT_ONCE):
        x, y, weight = _rows(examples, index[start : start + EXAMPLES_AT_ONCE])
        whole = (weight > 0).all(axis=1)
        x, y = x[whole], y[whole]
        product = x.T @ x if product is None else product + x.T @ x
        moment = x.T @ y if moment is None else moment + x.T @ y
    if product is None or not product.any():
        return None
    n_read = len(product) - 1
    size, directions = np.linalg.eigh(product)
    size, unit = np.maximum(size, 0.0), np.trace(product) / len(product)
    moment = directions.T @ moment

    def solve(penalty):
        return directions @ (moment / (size + penalty * unit)[:, None])

    if held_out is None:
        return Ridge(solve(penalties[0]), (Part(n_read, penalties[0]),))
    x, y, weight = _rows(held_out, np.arange(len(held_out)))
    n_known = max(weight.sum(), 1.0)
    errors = [np.abs((x @ solve(p) - y) * weight).sum() / n_known for p in penalties]
    best = int(np.argmin(errors))
    return Ridge(solve(penalties[best]), (Part(n_read, penalties[best]),), float(errors[best]))


def _rows(examples, index):
    """Return inputs with a constant, targets and weights, a row for each target of an example."""
    batch, y, weight = examples.gather(index)
    x = _inputs(batch.x[..., : y.shape[2]])
    y, weight = (np.moveaxis(a, 2, 1).reshape(len(x), -1) for a in (y, weight))
    return np.column_stack([x, np.ones(len(x))]), np.clip(y, -LARGEST, LARGEST), weight
