"""Gradient-boosted trees on lags, calendar and covariates, pooled over all series of a panel."""

from __future__ import annotations

import threading
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import ThreadpoolController

from skrnn.series import ForecastExamples, WindowSpec, evenly_spaced
from skrnn.series.gaps import nan_mean

from .base import Baseline
from .naive import Level
from .normal_equations import LARGEST

MOST_ROWS, MOST_CROSS_FITTED_ROWS = 50_000, 20_000
LEAST_ROWS = 1000
MOST_STEPS = 8  # of an origin that are learned, others at other origins
MOST_TREES, TREES_AT_ONCE = 200, 10
NEWEST = 3  # values before the origin
LAGS = (3, 2, 1)  # values at the same phase of the shortest cycle, of the next one, of the others
LONGEST_LAG = 1100  # steps
LEARNING_RATE, LEAST_LEAF, FEATURES_PER_SPLIT = 0.1, 20, 0.5
FEW_ROWS = 20_000  # for which threads wait for each other longer than they work, if others run


@dataclass(frozen=True, eq=False)
class Boosting(Baseline):
    """Gradient-boosted trees that forecast any step of the horizon.

    The trees read the step's number, the newest values, values at the same phase of earlier
    cycles, the phase of each cycle, known covariates of the step and of the steps before it and a
    cycle earlier, the newest values of other covariates, and static features.

    Parameters
    ----------
    cycles : tuple of int
        Cycles in steps, the shortest first.
    year : float or None
        Steps of a year, if series are long enough.
    model : HistGradientBoostingRegressor, optional
        The trees. `fit` sets them.
    """

    cycles: tuple[int, ...] = ()
    year: float | None = None
    model: Any = None
    name = "boosting"
    fitted = True

    @property
    def reach(self):
        """Steps back to the earliest value that is read."""
        return max([NEWEST, *(cycle * n for cycle, n in self._lags)])

    @property
    def _lags(self):
        """The cycles, with the number of values that are read of each."""
        lags = list(zip(self.cycles, LAGS, strict=False))
        if self.year is not None:
            week = self.cycles[-1] if self.cycles else 1
            lags.append((week * max(1, round(self.year / week)), 1))
        return [(lag, n) for lag, n in lags if lag * n <= LONGEST_LAG]

    @property
    def reads_covariates(self):
        """Always true."""
        return True

    @property
    def learns_outcomes(self):
        """Always true."""
        return True

    def with_calendar(self, cycles, year):
        """Return the baseline for cycles and a year of these lengths."""
        return replace(self, cycles=tuple(sorted(cycles)), year=year)

    def fit(self, data):
        """Choose the number of trees by the errors on held-out origins."""
        chosen = self if self.cycles else replace(self, cycles=(data.season,))
        rows = chosen._rows(data, data.origins, data.end, MOST_ROWS)
        if rows is None:
            return None
        model = _grow(MOST_TREES, rows)
        held_out = data.held_out
        if held_out is not None and len(held_out[0]):
            tested = chosen._rows(data, held_out, data.panel.lengths, MOST_ROWS, least=1)
            n = MOST_TREES if tested is None else _best_number(model, *tested)
            model = model if n == MOST_TREES else _grow(n, rows)
        return replace(chosen, model=model)

    def refit(self, data):
        """Fit as many trees to other origins."""
        rows = self._rows(data, data.origins, data.end, MOST_ROWS)
        return self if rows is None else self._fitted(rows)

    def cross_fit(self, data):
        """Fit as many trees to the origins of `data`, fewer rows of them."""
        rows = self._rows(data, data.origins, data.end, MOST_CROSS_FITTED_ROWS)
        return None if rows is None else self._fitted(rows)

    def forecast(self, at):
        """Return the forecast, in the units of the series."""
        n, n_steps, n_targets = len(at.window), at.n_steps, at.window.shape[2]
        steps = np.tile(np.arange(n_steps), (n, 1))
        x = self._features(at, steps)
        with _threads(x):
            y = self.model.predict(x).reshape(n, n_targets, n_steps)
        return at.level + at.scale * np.moveaxis(y, 1, 2)

    def describe(self):
        """Return the text for the plan."""
        return f"{self.model.n_iter_} gradient-boosted trees on lags, calendar and covariates"

    def _fitted(self, rows):
        return replace(self, model=_grow(self.model.max_iter, rows))

    def _rows(self, data, origins, end, most, least=LEAST_ROWS):
        """Return features and normalised targets of at most `most` steps; None if too few."""
        n_each = min(MOST_STEPS, data.n_steps)
        n_kept = max(1, most // (n_each * data.panel.n_targets))
        index = evenly_spaced(len(origins[0]), n_kept)
        origins = tuple(of[index] for of in origins)
        spec = WindowSpec(self.reach, 1, data.n_steps, data.season, Level())
        examples = ForecastExamples(data.panel, origins, spec, data.normalizer, end)
        # Each origin has other steps, evenly spaced over the horizon.
        first = np.arange(len(index))[:, None]
        steps = (first + np.arange(n_each) * data.n_steps // n_each) % data.n_steps
        every = np.arange(len(examples))
        view, (y, weight) = examples.view(every), examples.targets(every)
        y, weight = (
            np.moveaxis(np.take_along_axis(of, steps[..., None], axis=1), 2, 1).ravel()
            for of in ((y - view.level) / view.scale, weight)
        )
        known = weight > 0
        if known.sum() < least:
            return None
        return self._features(view, steps)[known], np.clip(y[known], -LARGEST, LARGEST)

    def _features(self, at, steps):
        """Return the features of steps (n, t) after each origin, (n * n_targets * t, p)."""
        window = (at.window - at.level) / at.scale
        shared = np.concatenate(self._shared(at, steps), axis=2)
        n, n_steps = steps.shape
        blocks = []
        for target in range(window.shape[2]):
            y = window[..., target]
            own = np.concatenate(self._own(y, at.season, steps), axis=2)
            number = np.full((n, n_steps, 1), float(target))
            blocks.append(np.concatenate([own, number, shared], axis=2))
        x = np.stack(blocks, axis=1).astype(np.float32)
        return x.reshape(n * window.shape[2] * n_steps, -1)

    def _own(self, y, season, steps):
        """Return features of the series: newest values, means, and values of earlier cycles."""
        length = y.shape[1]
        newest = [y[:, -k] for k in range(1, NEWEST + 1)]
        means = [nan_mean(y[:, -k * season :], 1) for k in (1, 4)]
        constant = np.stack([*newest, *means], axis=1)
        columns = [np.repeat(constant[:, None], steps.shape[1], axis=1)]
        for cycle, n in self._lags:
            for k in range(1, n + 1):
                position = length + steps - cycle * (steps // cycle + k)
                columns.append(np.take_along_axis(y, position, axis=1)[..., None])
        return columns

    def _shared(self, at, steps):
        """Return features that all targets share: step, phases, covariates, static features."""
        panel, series = at.panel, at.series
        step = at.origin[:, None] + steps
        clock = panel.start_of(series)[:, None] + step
        cycles = [*self.cycles, *([] if self.year is None else [self.year])]
        columns = [steps[..., None], *((clock % cycle)[..., None] for cycle in cycles)]
        if panel.past.shape[1]:
            n_known, cycle = panel.n_known, self.cycles[0]
            earlier = step - cycle * (steps // cycle + 1)
            columns += [
                panel.read_covariates(series, at_step)[..., :n_known]
                for at_step in (step, step - 1)
            ]
            columns.append(panel.read_covariates(series, earlier))
            last = panel.read_covariates(series, at.origin[:, None] - 1)[..., n_known:]
            columns.append(np.repeat(last, steps.shape[1], axis=1))
        if panel.static is not None:
            columns.append(np.repeat(panel.static[series][:, None], steps.shape[1], axis=1))
        return columns


def _grow(n, rows):
    """Return `n` trees fitted to rows."""
    trees = HistGradientBoostingRegressor(
        loss="absolute_error",
        max_iter=n,
        learning_rate=LEARNING_RATE,
        max_features=FEATURES_PER_SPLIT,
        min_samples_leaf=LEAST_LEAF,
        early_stopping=False,
        random_state=0,
    )
    with _threads(rows[0]):
        return trees.fit(*rows)


def _threads(x):
    """Return a context in which trees use one thread if rows are few, or it is not the main one.

    OpenMP's threads would wait for those of the main thread, which is training meanwhile, or for
    those of other programs, at each of thousands of splits.
    """
    if len(x) > FEW_ROWS and threading.current_thread() is threading.main_thread():
        return nullcontext()
    return _libraries().limit(limits=1, user_api="openmp")


@cache
def _libraries():
    return ThreadpoolController()


def _best_number(model, x, y):
    """Return the number of trees with the lowest mean absolute error."""
    with _threads(x):
        errors = [np.abs(predicted - y).mean() for predicted in model.staged_predict(x)]
    n = np.arange(1, len(errors) + 1)
    kept = n % TREES_AT_ONCE == 0
    return int(n[kept][np.argmin(np.array(errors)[kept])])
