"""Forecasts without a network, whose errors a network learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series.gaps import nan_last, nan_mean, nan_median

from .ridge import Ridge

WINDOW_BASELINES = ("naive", "median", "drift")  # which read the window only
PATH_BASELINES = ("smoothing", "theta")  # which follow from the whole history


@dataclass(frozen=True, eq=False)
class Blend:
    """Weighted mean of baselines.

    Parameters
    ----------
    weights : dict of str to float
        Baselines and their weights, which add up to one.
    ridge : Ridge, optional
        The regression behind the baseline "linear".
    """

    weights: dict
    ridge: Ridge | None = None

    def __post_init__(self):
        assert self.ridge is not None or "linear" not in self.weights

    @property
    def reach(self):
        """Steps before the origin that the regression reads."""
        return 0 if self.ridge is None else self.ridge.window_length

    def without_regression(self):
        """Return the mean of the others, which has learned nothing from what follows an origin."""
        kept = {name: weight for name, weight in self.weights.items() if name != "linear"}
        kept = kept or dict.fromkeys(PATH_BASELINES, 1.0)
        total = sum(kept.values())
        return Blend({name: weight / total for name, weight in kept.items()})

    def forecast(self, context, level, stats, spec):
        """Return the forecast (n, horizon, n_targets) from contexts, as `baseline_forecast`."""
        total = 0.0
        for name, weight in self.weights.items():
            total = total + weight * self._member(name, context, level, stats, spec)
        return total

    def _member(self, name, context, level, stats, spec):
        if name == "linear":
            assert self.ridge is not None
            return self.ridge.forecast(context, level, stats.scale[:, None], spec.horizon)
        if name in PATH_BASELINES:
            return stats.paths[name]
        return window_forecast(name, context, level, spec)


def baseline_forecast(context, level, stats, spec):
    """Return the forecast (n, horizon, n_targets) whose error the network learns.

    Parameters
    ----------
    context : ndarray of shape (n, spec.context_length, n_targets)
        Values up to the origin; NaN where there is none.
    level : ndarray of shape (n, 1, n_targets)
        Stands in where nothing is observed.
    stats : OriginStats
        What the whole history tells.
    spec : WindowSpec
        Which baseline.
    """
    if spec.baseline is None:
        return np.repeat(level, spec.horizon, axis=1)
    if isinstance(spec.baseline, Blend):
        return spec.baseline.forecast(context, level, stats, spec)
    return window_forecast(spec.baseline, context, level, spec)


def window_forecast(baseline, context, level, spec):
    """Return the last season, the median season, or the last one and its mean change."""
    ahead = np.arange(spec.horizon)
    used = context[:, context.shape[1] - spec.n_seasons * spec.season :]
    seasons = used.reshape(len(used), spec.n_seasons, spec.season, -1)
    cycle = nan_median(seasons, 1) if baseline == "median" else nan_last(seasons, 1)
    cycle = np.where(np.isnan(cycle), level, cycle)
    forecast = cycle[:, ahead % spec.season]
    if baseline == "drift":
        # Steps before the series are missing: the mean is over the changes that are there.
        change = nan_mean(np.diff(nan_mean(seasons, 2), axis=1), 1)
        n_changes = 1 + ahead // spec.season
        forecast = forecast + np.nan_to_num(change)[:, None] * n_changes[:, None]
    return forecast
