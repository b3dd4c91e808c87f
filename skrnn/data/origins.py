"""Windows up to a forecast origin and the horizon behind it, normalised at the origin."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .batch import Batch
from .panel import Panel


@dataclass(frozen=True)
class WindowSpec:
    """Shape of an example.

    Parameters
    ----------
    window_length, sampling_rate : int
        Steps that the network reads, and their distance.
    horizon : int
        Steps that it forecasts at once.
    season : int
        Steps of a season; 1 without one.
    n_seasons : int
        Seasons that the anchor reads.
    anchor : {"naive", "median", "drift", None}
        Forecast whose error the network learns: the last season, the median of the seasons step
        by step, or the last season and the mean change from one season to the next; None is the
        level of the last season.
    rollout : int
        Steps that follow one another from an origin, each forecast from all before it, where the
        network reads on (`rollout.RollingExamples`); 0 where it begins each window anew.
    """

    window_length: int
    sampling_rate: int
    horizon: int
    season: int
    n_seasons: int = 1
    anchor: str | None = "naive"
    rollout: int = 0

    @property
    def context_length(self):
        """Steps before the origin that an example needs."""
        reach = (self.window_length - 1) * self.sampling_rate + 1
        return max(reach, self.season * self.n_seasons)


@dataclass
class Normalized:
    """An example in the units of the network, and the way back.

    ``value = center + scale * output``, with ``center (n, horizon, n_targets)`` and
    ``scale (n, 1, n_targets)``.
    """

    x: np.ndarray
    center: np.ndarray
    scale: np.ndarray

    def restore(self, output):
        """Return outputs of shape (n, horizon, n_targets[, q]) in the units of the series."""
        extra = (...,) + (None,) * (output.ndim - self.center.ndim)
        return self.center[extra] + self.scale[extra] * output


def normalize(context, location, scale, spec):
    """Normalise contexts at their end.

    The level is the mean of the last season, or of what is observed of it: with no season the
    last value. Missing steps become zero, and a channel for each target tells them apart.

    Parameters
    ----------
    context : ndarray of shape (n, spec.context_length, n_targets)
        Values up to the origin; NaN where there is none.
    location, scale : ndarray of shape (n, n_targets)
        Mean and scale of the series; the mean stands in for the level where nothing is observed.
    spec : WindowSpec
        What to read.
    """
    level = last_season_level(context, spec.season, location)[:, None]
    scale = scale[:, None]
    x = as_channels(context[:, reading(spec)], level, scale)
    return Normalized(x, anchor_forecast(context, level, spec), scale)


def reading(spec):
    """Return the steps of a context that the network reads."""
    return slice(-1 - (spec.window_length - 1) * spec.sampling_rate, None, spec.sampling_rate)


def as_channels(window, level, scale):
    """Return values as the network reads them, missing ones as zero, and which are observed."""
    observed = ~np.isnan(window)
    x = np.where(observed, (window - level) / scale, 0.0)
    return np.concatenate([x, observed], axis=-1)


def anchor_forecast(context, level, spec):
    """Return the forecast (n, horizon, n_targets) whose error the network learns.

    Parameters
    ----------
    context : ndarray of shape (n, spec.context_length, n_targets)
        Values up to the origin; NaN where there is none.
    level : ndarray of shape (n, 1, n_targets)
        Stands in where nothing is observed.
    spec : WindowSpec
        Which anchor.
    """
    ahead = np.arange(spec.horizon)
    if spec.anchor is None:
        return np.repeat(level, spec.horizon, axis=1)
    used = context[:, context.shape[1] - spec.n_seasons * spec.season :]
    seasons = used.reshape(len(used), spec.n_seasons, spec.season, -1)
    cycle = nan_median(seasons, 1) if spec.anchor == "median" else nan_last(seasons, 1)
    cycle = np.where(np.isnan(cycle), level, cycle)
    forecast = cycle[:, ahead % spec.season]
    if spec.anchor == "drift":
        # Steps before the series are missing: the mean is over the changes that are there.
        change = nan_mean(np.diff(nan_mean(seasons, 2), axis=1), 1)
        n_changes = 1 + ahead // spec.season
        forecast = forecast + np.nan_to_num(change)[:, None] * n_changes[:, None]
    return forecast


def nan_mean(values, axis):
    """Return the mean of what is observed along `axis`, NaN where nothing is; no warning."""
    observed = ~np.isnan(values)
    count = observed.sum(axis=axis)
    total = np.where(observed, values, 0.0).sum(axis=axis)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def nan_median(values, axis):
    """Return the median of what is observed along `axis`, NaN where nothing is; no warning."""
    ordered = np.sort(values, axis=axis)  # NaN comes last
    count = (~np.isnan(values)).sum(axis=axis, keepdims=True)
    low, high = np.maximum((count - 1) // 2, 0), count // 2
    high = np.minimum(high, values.shape[axis] - 1)
    middle = [np.take_along_axis(ordered, i, axis=axis) for i in (low, high)]
    return np.where(count > 0, (middle[0] + middle[1]) / 2, np.nan).squeeze(axis)


def nan_last(values, axis):
    """Return the last of what is observed along `axis`, NaN where nothing is."""
    observed = np.flip(~np.isnan(values), axis)
    last = values.shape[axis] - 1 - np.argmax(observed, axis=axis, keepdims=True)
    return np.take_along_axis(values, last, axis=axis).squeeze(axis)


def last_season_level(context, season, default):
    """Return the mean of the last season of which anything is observed, else `default`."""
    n_seasons = context.shape[1] // season
    whole = context[:, context.shape[1] - n_seasons * season :]
    means = nan_mean(whole.reshape(len(whole), n_seasons, season, -1), 2)
    level = nan_last(means, 1)
    return np.where(np.isnan(level), default, level)


class ForecastExamples:
    """Examples of (series, origin), gathered by index and never materialised.

    The origin of an example is the number of steps of its series that it may read: its targets
    are the steps ``origin, origin + 1, ...``.

    Parameters
    ----------
    panel : Panel
        The series, in the units in which they are learned.
    origins : tuple of ndarray of shape (n,)
        The examples: series and origin.
    spec : WindowSpec
        Shape of the examples.
    stats : tuple of ndarray of shape (n_series, n_targets)
        Location and scale of each series, as `Panel.location_and_scale` returns them.
    end : ndarray of shape (n_series,), optional
        Steps of each series that targets may come from; later ones weigh nothing. The length of
        the series by default.
    half_life : float, optional
        Steps before the end at which an origin weighs one half of the last one. Without it all
        weigh the same.
    """

    def __init__(self, panel: Panel, origins, spec: WindowSpec, stats, end=None, half_life=None):
        self.panel = panel
        self.series, self.origin = origins
        self.spec = spec
        self.location, self.scale = stats
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
        """Mean weight of all targets of an example, from 10,000 examples if there are more."""
        stride = max(1, len(self) // 10_000)
        _, weight = self._targets(np.arange(0, len(self), stride))
        return float(weight.sum() / len(weight)) or 1.0

    def _target_steps(self, index):
        return self.origin[index][:, None] + np.arange(self.spec.horizon)

    def _targets(self, index):
        """Return the values to forecast, and their weights, (n, horizon, n_targets)."""
        series, steps = self.series[index], self._target_steps(index)
        y, _ = self.panel.read(series, steps)
        end = self.end[series][:, None]
        weight = (~np.isnan(y) & (steps < end)[..., None]).astype(np.float64)
        if self.half_life is not None:
            age = np.maximum(end - 1 - self.origin[index][:, None], 0)
            weight *= 0.5 ** (age / self.half_life)[..., None]
        return y, weight

    def gather(self, index):
        """Return the `Batch`, the normalised targets and their weights, (n, horizon, n_targets)."""
        batch, normalized = self.gather_inputs(index)
        y, weight = self._targets(index)
        error = (y - normalized.center) / normalized.scale
        return batch, np.where(weight > 0, error, 0.0), weight

    def gather_inputs(self, index):
        """Return the `Batch` and the `Normalized` contexts of the examples."""
        series, spec = self.series[index], self.spec
        context = self.origin[index][:, None] - np.arange(spec.context_length, 0, -1)
        y, past = self.panel.read(series, context)
        normalized = normalize(y, self.location[series], self.scale[series], spec)
        _, future = self.panel.read(series, self._target_steps(index))
        future = future[..., : self.panel.n_known]
        return batch_of(normalized.x, past[:, reading(spec)], future), normalized


def batch_of(x, past, future):
    """Return the `Batch` of inputs with their (standardised) covariates.

    A covariate of a step before the series or behind its end is unknown and reads as the mean.
    """
    if past.shape[-1] == 0:
        return Batch(x)
    return Batch(x, past=np.nan_to_num(past), future=np.nan_to_num(future) if future.size else None)
