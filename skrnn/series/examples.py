"""Windows up to a forecast origin and the horizon after it, normalised at the origin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skrnn.data.batch import Batch

from .origin_view import OriginView
from .panel import Panel

MOST_KEPT = 20_000_000  # forecasts of a slow baseline
FURTHEST = 1e6  # scales from 0; squares of larger values overflow in a network


@dataclass(frozen=True)
class WindowSpec:
    """Shape of an example.

    Parameters
    ----------
    window_length, sampling_rate : int
        Number of steps that the network reads, and the distance between them.
    horizon : int
        Number of steps that it forecasts at once.
    season : int
        Steps of a season; 1 if there is none.
    baseline : Baseline
        Object of `skrnn.baselines`. The network learns the error of its forecast.
    n_seasons : int
        Number of seasons that the level and the baseline read.
    rollout : int
        Number of consecutive steps that a stateful network forecasts one by one from an origin
        (see `RollingExamples`); 0 if the network starts again with each window.
    """

    window_length: int
    sampling_rate: int
    horizon: int
    season: int
    baseline: Any
    n_seasons: int = 1
    rollout: int = 0

    @property
    def context_length(self):
        """Steps before the origin that an example needs."""
        reach = (self.window_length - 1) * self.sampling_rate + 1
        return max(reach, self.season * self.n_seasons, self.baseline.reach)


@dataclass
class Normalized:
    """Examples in the units of the network, with the terms that restore the original units.

    ``value = center + scale * output``, with ``center (n, horizon, n_targets)`` and
    ``scale (n, 1, n_targets)``. ``baseline`` is ``center`` in the units of the network, or None if
    the baseline is the level itself.
    """

    x: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    baseline: np.ndarray | None

    @classmethod
    def of(cls, window, center, level, scale, spec):
        """Normalise windows (n, t, n_targets) and the forecasts of the baseline, `center`."""
        baseline = None if spec.baseline.is_level else _bounded((center - level) / scale)
        return cls(as_channels(window, level, scale), center, scale, baseline)

    def restore(self, output):
        """Return outputs of shape (n, horizon, n_targets[, q]) in the units of the series."""
        extra = (...,) + (None,) * (output.ndim - self.center.ndim)
        return self.center[extra] + self.scale[extra] * output


def reading(spec):
    """Return a slice: the steps of a context that the network reads."""
    return slice(-1 - (spec.window_length - 1) * spec.sampling_rate, None, spec.sampling_rate)


def as_channels(window, level, scale):
    """Return normalised values, and for each target a channel that is 1 where it is observed.

    Missing values become zero.
    """
    observed = ~np.isnan(window)
    x = np.where(observed, _bounded((window - level) / scale), 0.0)
    return np.concatenate([x, observed], axis=-1)


def _bounded(values):
    """Return values of a network, none further than `FURTHEST` from 0."""
    return np.clip(values, -FURTHEST, FURTHEST)


class ForecastExamples:
    """Examples given by (series, origin), gathered by index when they are needed.

    The origin of an example is the number of steps of its series that it may read. Its targets
    are the steps ``origin, origin + 1, ...``.

    Parameters
    ----------
    panel : Panel
        The series, in learned units.
    origins : tuple of ndarray of shape (n,)
        Series and origin of each example.
    spec : WindowSpec
        Shape of the examples.
    normalizer : Normalizer
        Level and scale of the series at their origins.
    end : ndarray of shape (n_series,), optional
        Number of steps of each series that may be targets; later steps have the weight 0. The
        length of the series by default.
    half_life : float, optional
        An origin this many steps before the end has half the weight of the last one. By default,
        all origins have the same weight.
    """

    def __init__(
        self, panel: Panel, origins, spec: WindowSpec, normalizer, end=None, half_life=None
    ):
        self.panel = panel
        self.series, self.origin = origins
        self.spec = spec
        self.normalizer = normalizer
        self.end = panel.lengths if end is None else end
        self.half_life = half_life

    def __len__(self):
        return len(self.series)

    @property
    def longest(self):
        """Steps that the network reads."""
        return self.spec.window_length + max(self.spec.rollout - 1, 0)

    @cached_property
    def mean_weight(self):
        """Mean total weight of an example, estimated from about 10,000 examples."""
        stride = max(1, len(self) // 10_000)
        _, weight = self.targets(np.arange(0, len(self), stride))
        return float(weight.sum() / len(weight)) or 1.0

    def _target_steps(self, index):
        return self.origin[index][:, None] + np.arange(self.spec.horizon)

    def targets(self, index):
        """Return the target values and their weights, both (n, horizon, n_targets)."""
        series, steps = self.series[index], self._target_steps(index)
        y = self.panel.read_values(series, steps)
        end = self.end[series][:, None]
        weight = (~np.isnan(y) & (steps < end)[..., None]).astype(np.float64)
        if self.half_life is not None:
            age = np.maximum(end - 1 - self.origin[index][:, None], 0)
            weight *= 0.5 ** (age / self.half_life)[..., None]
        return y, weight

    def view(self, index):
        """Return what a baseline reads at the origins of the examples."""
        series, origin, spec = self.series[index], self.origin[index], self.spec
        y = self.panel.read_values(series, self._context_steps(index))
        stats = self.normalizer.at(series, origin)
        level, scale = stats.level(y, spec.season), stats.scale[:, None]
        units = level, scale, spec.season, spec.n_seasons, spec.horizon
        return OriginView(y, *units, self.panel, series, origin)

    def baseline_errors(self, index):
        """Return the normalised errors of the baseline and their weights."""
        return self.errors_from(self.view(index), index)

    def errors_from(self, view, index):
        """Return the `baseline_errors` of examples whose `view` is at hand."""
        return self._errors(self.spec.baseline.forecast(view), view.scale, index)

    def _center(self, index, view):
        """Return the forecast of the baseline; that of a slow one is computed once."""
        n_values = len(self) * self.spec.horizon * self.panel.n_targets
        if not self.spec.baseline.reads_covariates or n_values > MOST_KEPT:
            return self.spec.baseline.forecast(view)
        forecasts, known = self._kept
        new = index[~known[index]]
        if len(new):
            forecasts[new] = self.spec.baseline.forecast(self.view(new))
            known[new] = True
        return forecasts[index]

    @cached_property
    def _kept(self):
        shape = len(self), self.spec.horizon, self.panel.n_targets
        return np.empty(shape), np.zeros(len(self), dtype=bool)

    def _context_steps(self, index):
        return self.origin[index][:, None] - np.arange(self.spec.context_length, 0, -1)

    def _errors(self, center, scale, index):
        y, weight = self.targets(index)
        error = _bounded((y - center) / scale)
        return np.where(weight > 0, error, 0.0), weight

    def gather(self, index):
        """Return the `Batch`, the normalised targets and their weights, (n, horizon, n_targets)."""
        batch, normalized = self.gather_inputs(index)
        return batch, *self._errors(normalized.center, normalized.scale, index)

    def gather_inputs(self, index):
        """Return the `Batch` and the `Normalized` contexts of the examples."""
        spec, view = self.spec, self.view(index)
        center, y = self._center(index, view), view.window[:, reading(spec)]
        normalized = Normalized.of(y, center, view.level, view.scale, spec)
        steps = self._context_steps(index)[:, reading(spec)]
        past = self.panel.read_covariates(view.series, steps)
        future = self.panel.read_covariates(view.series, self._target_steps(index))
        future = future[..., : self.panel.n_known]
        static = self.panel.static_of(view.series)
        return batch_of(normalized, past, future, static), normalized


def batch_of(normalized, past, future, static=None):
    """Return the `Batch` of normalised contexts with their (standardised) covariates.

    Covariates before the start or after the end of a series are unknown and become 0, their mean.
    """
    past, future = (np.nan_to_num(part) if part.shape[-1] else None for part in (past, future))
    return Batch(
        normalized.x, past=past, future=future, static=static, baseline=normalized.baseline
    )
