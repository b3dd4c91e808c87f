"""Ridge regression of the horizon on the window, pooled over all series of a panel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from scipy.special import softmax

from skrnn.series import ForecastExamples, WindowSpec

from .base import Baseline
from .naive import Level
from .normal_equations import LARGEST, NormalEquations, inputs_of, rows_of
from .weighting import NO_ERROR

PENALTIES = tuple(10.0 ** np.arange(-5.0, 2.1, 0.5))  # relative to the mean square of the inputs
LONGEST_WINDOW = 1100  # three years of daily data
LEAST_WEIGHT = 0.05  # regressions with a lower weight are left out of the mean
LEAST_ROWS = 2  # per coefficient of a cross-fitted regression


class Part(NamedTuple):
    """One regression in a mean of several."""

    window_length: int
    penalty: float
    weight: float = 1.0


@dataclass(frozen=True, eq=False)
class Ridge(Baseline):
    """Mean of ridge regressions on windows of several lengths, which is again a linear model.

    Parameters
    ----------
    coef : ndarray of shape (window_length + 1, n_steps)
        Coefficients of the normalised window, oldest step first, and the constant. `fit` sets them.
    parts : tuple of Part
        The regressions.
    """

    coef: Any = field(default=None, repr=False)
    parts: tuple[Part, ...] = ()
    name = "linear"
    fitted = True

    @property
    def reach(self):
        """Length of the longest window."""
        return max((part.window_length for part in self.parts), default=0)

    @property
    def learns_outcomes(self):
        """Always true."""
        return True

    def fit(self, data):
        """Choose the penalty and the weight of each window by the errors on held-out origins.

        Which window is best there is often chance, and the mean of several is usually better.
        """
        windows = _windows(data.season, data.n_steps, int(data.panel.lengths.max()))
        equations = _equations(data, max(windows))
        if equations is None:
            return None
        if data.held_out is None or not len(data.held_out[0]):
            return _mean(equations, [Part(windows[0], PENALTIES[len(PENALTIES) // 2])])
        held_out = _examples(data, max(windows), data.held_out, data.panel.lengths)
        rows = rows_of(held_out, np.arange(len(held_out)))
        found = [equations.best_penalty(window, PENALTIES, *rows) for window in windows]
        errors = np.array([error for _, error in found])
        weights = softmax(-data.sample_size * np.log(np.maximum(errors, NO_ERROR)))
        parts = [Part(w, p, v) for w, (p, _), v in zip(windows, found, weights, strict=True)]
        return _mean(equations, [part for part in parts if part.weight >= LEAST_WEIGHT])

    def refit(self, data):
        """Fit the regressions again with the same windows and penalties."""
        equations = _equations(data, self.reach)
        return self if equations is None else _mean(equations, self.parts)

    def cross_fit(self, data):
        """Fit the regressions that have enough rows to the origins of `data`."""
        n_rows = len(data.origins[0]) * data.panel.n_targets
        parts = [part for part in self.parts if n_rows >= LEAST_ROWS * part.window_length]
        if not parts:
            return None
        equations = _equations(data, max(part.window_length for part in parts))
        return None if equations is None else _mean(equations, parts)

    def forecast(self, at):
        """Return the forecast of the linear model, in the units of the series."""
        window = at.window[:, at.window.shape[1] - self.reach :]
        x = inputs_of(np.nan_to_num((window - at.level) / at.scale))
        y = x @ self.coef[:-1, : at.n_steps] + self.coef[-1, : at.n_steps]
        y = np.clip(y, -LARGEST, LARGEST)  # as the targets
        # The last bits of a product depend on its number of rows; float32 drops them.
        y = y.astype(np.float32).reshape(len(window), -1, at.n_steps)
        return at.level + at.scale * np.moveaxis(y, 1, 2)

    def describe(self):
        """Return the text for the plan."""
        windows = [part.window_length for part in self.parts]
        if len(windows) > 1:
            return f"ridge regressions on the last {min(windows)} to {max(windows)} steps"
        return f"ridge regression on the last {windows[0]} steps"


def _windows(season, n_steps, longest):
    """Return the lengths to compare: a few seasons, 30 seasons, the horizon, or several years."""
    year = {24: 168, 7: 365, 5: 260}.get(season, season)  # the next longer cycle
    seasons = (max(2 * season, 8), 3 * season + 1, 30 * season)
    wanted = (*seasons, -(-5 * n_steps // 4), 2 * year + season, 3 * year)
    most = max(2, min(longest // 3, LONGEST_WINDOW))
    return sorted({min(window, most) for window in wanted})


def _examples(data, window_length, origins, end):
    spec = WindowSpec(window_length, 1, data.n_steps, data.season, Level())
    return ForecastExamples(data.panel, origins, spec, data.normalizer, end)


def _equations(data, window_length):
    """Return the normal equations for a window, or None if no horizon ends within its series."""
    return NormalEquations.of(_examples(data, window_length, data.origins, data.end))


def _mean(equations, parts):
    """Return the weighted mean of regressions on windows of several lengths."""
    total = sum(part.weight for part in parts)
    parts = tuple(part._replace(weight=float(part.weight / total)) for part in parts)
    longest = max(part.window_length for part in parts)
    coef = np.zeros((longest + 1, equations.moment.shape[1]))
    for part in parts:
        solved = equations.solve(part.window_length, part.penalty)
        coef[longest - part.window_length :] += part.weight * solved
    return Ridge(coef, parts)
