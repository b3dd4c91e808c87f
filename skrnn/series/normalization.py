"""What examples are measured against: level, scale and statistical forecasts at an origin."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from .gaps import nan_last, nan_mean
from .panel import Panel

LEAST_SCALE = 1e-9  # of the level: below it are rounding errors


@dataclass
class OriginStats:
    """Where series stand at origins.

    Parameters
    ----------
    location, scale : ndarray of shape (n, n_targets)
        Mean of the history, and the unit of the network.
    paths : dict of str to ndarray of shape (n, n_steps, n_targets)
        Forecasts that follow from the whole history, by the name of the method.
    steady : bool
        Whether the level of all windows is the location, and not what is seen at their ends.
    """

    location: np.ndarray
    scale: np.ndarray
    paths: dict = field(default_factory=dict)
    steady: bool = False

    def level(self, context, season):
        """Return the level (n, 1, n_targets) of contexts at their ends.

        The mean of the last season, or of what is observed of it: with no season the last value.
        The location stands in where nothing is observed.

        Parameters
        ----------
        context : ndarray of shape (n, t, n_targets)
            Values up to the origin, at least a season; NaN where there is none.
        season : int
            Steps of a season.
        """
        if self.steady:
            return self.location[:, None]
        n_seasons = context.shape[1] // season
        whole = context[:, context.shape[1] - n_seasons * season :]
        means = nan_mean(whole.reshape(len(whole), n_seasons, season, -1), 2)
        level = nan_last(means, 1)
        return np.where(np.isnan(level), self.location, level)[:, None]


class Normalizer:
    """What the history before each origin of a panel tells; later values change nothing.

    The scale is the mean absolute difference of values a season apart (the denominator of the
    seasonal MASE of Hyndman & Koehler, 2006); that of neighbours where it is larger, as a season
    that hardly changes is no unit for what a window shows; next to nothing for a constant history,
    which is forecast to go on; and 1 for one too short to tell. It is the one thing for which a
    history may be longer than up to the origin: what a covariate adds is learned in this unit,
    which has to stay.

    Parameters
    ----------
    panel : Panel
        The series, in learned units.
    season : int
        Steps of a season.
    smoothing : Smoothing, optional
        What gives the paths "smoothing" and "theta".
    settled : ndarray of shape (n_series,), optional
        Steps of each series that tell its scale at all earlier origins, too.
    """

    steady = False

    def __init__(self, panel: Panel, season: int, smoothing=None, settled=None):
        self.panel, self.season, self.smoothing = panel, season, smoothing
        self.settled = settled

    def __getstate__(self):
        """Leave out what is computed again when it is needed."""
        cached = ("_smoothed", "_values", "_changes", "_start", "_powers")
        return {name: value for name, value in vars(self).items() if name not in cached}

    def of_whole_series(self):
        """Return the same, where the whole series tell the scale at all origins."""
        whole = copy.copy(self)
        whole.settled = self.panel.lengths
        return whole

    def at(self, series, origin, n_steps) -> OriginStats:
        """Return where series stand at origins, with the paths of `n_steps` steps."""
        location, scale = self.units(series, origin)
        location = np.nan_to_num(location)
        least = LEAST_SCALE * np.abs(location) + 1e-300
        scale = np.where(np.isnan(scale), 1.0, np.maximum(scale, least))
        paths = self._paths(series, origin, n_steps, location)
        return OriginStats(location, scale, paths, self.steady)

    def units(self, series, origin):
        """Return location and scale at origins, NaN where nothing is known."""
        location = self._mean(self._values, series, origin)
        scale = np.full(location.shape, np.nan)
        for changes in self._changes:
            scale = np.fmax(scale, self._mean(changes, series, self._shown(series, origin)))
        return location, scale

    def _shown(self, series, origin):
        """Return the steps that tell the scale at origins."""
        return origin if self.settled is None else np.maximum(origin, self.settled[series])

    def _paths(self, series, origin, n_steps, location):
        if self._smoothed is None:
            return {}
        smoothing, theta = self._smoothed.forecast(series, origin, n_steps)
        known = ~np.isnan(smoothing)
        location = location[:, None]
        return {
            "smoothing": np.where(known, smoothing, location),
            "theta": np.where(known, theta, location),
        }

    @cached_property
    def _smoothed(self):
        return None if self.smoothing is None else self.smoothing.follow(self.panel)

    @cached_property
    def _values(self):
        return _cumulated(self.panel.y, self.panel)

    @cached_property
    def _changes(self):
        """Changes over a season and between neighbours, cumulated."""
        y, offsets = self.panel.y, self.panel.offsets
        step = np.arange(len(y)) - np.repeat(offsets[:-1], self.panel.lengths)
        cumulated = []
        for lag in dict.fromkeys((self.season, 1)):  # a set would forget which comes first
            change = np.full(y.shape, np.nan)
            change[lag:] = np.abs(y[lag:] - y[:-lag])
            change[step < lag] = np.nan
            cumulated.append(_cumulated(change, self.panel))
        return cumulated

    def _mean(self, cumulated, series, origin):
        """Return the mean of the steps before origins, NaN where nothing is observed."""
        total, count = cumulated
        start = self.panel.offsets[series] + series
        stop = start + origin
        n = count[stop] - count[start]
        return np.where(n > 0, (total[stop] - total[start]) / np.maximum(n, 1), np.nan)


class StandardNormalizer(Normalizer):
    """z-scores: the level is the mean of a series, and the scale its standard deviation.

    Parameters
    ----------
    panel, season, smoothing
        As for `Normalizer`.
    settled : ndarray of shape (n_series,), optional
        Steps of each series that tell mean and deviation at all earlier origins, too.
    kept : ndarray of shape (2, n_series, n_targets), optional
        Mean and deviation of series that have them once and for all; NaN for the others.
    """

    steady = True

    def __init__(self, panel, season, smoothing=None, settled=None, kept=None):
        super().__init__(panel, season, smoothing, settled)
        self.kept = kept

    def units(self, series, origin):
        """Return mean and standard deviation at origins, NaN where nothing is known."""
        (first, unit), shown = self._start, self._shown(series, origin)
        mean, square = (self._mean(power, series, shown) for power in self._powers)
        deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
        deviation[deviation == 0] = np.nan  # as scikit-learn's scaler, which divides by 1 then
        found = np.stack([first[series] + unit[series] * mean, unit[series] * deviation])
        if self.kept is None:
            return found
        kept = self.kept[:, series]
        return np.where(np.isnan(kept), found, kept)

    @cached_property
    def _start(self):
        """First value of each series, and its first distance from it.

        Powers of the distances in this unit keep their digits, and do not overflow.
        """
        first = _first(self.panel.y, ~np.isnan(self.panel.y), self.panel)
        distance = np.abs(self.panel.y - np.repeat(first, self.panel.lengths, axis=0))
        unit = _first(distance, distance > 0, self.panel)
        return first, np.where(np.isnan(unit), 1.0, unit)

    @cached_property
    def _powers(self):
        first, unit = (np.repeat(part, self.panel.lengths, axis=0) for part in self._start)
        distance = (self.panel.y - first) / unit
        return [_cumulated(power, self.panel) for power in (distance, distance**2)]


def _first(values, which, panel):
    """Return the first of the values of each series for which `which` holds, NaN without one."""
    n = len(values)
    row = np.where(which, np.arange(n)[:, None], n)
    row = np.minimum.reduceat(row, panel.offsets[:-1], axis=0)
    found = np.take_along_axis(values, np.minimum(row, n - 1), axis=0)
    return np.where(row < n, found, np.nan)


def _cumulated(values, panel):
    """Sum and number of what is observed before each step of a series, and before its end.

    Each series is summed by itself (those of one length at once): a sum that went on from series
    to series would lose the digits of a small one behind a large one.
    """
    observed = ~np.isnan(values)
    known, lengths = np.where(observed, values, 0.0), panel.lengths
    shape = len(values) + panel.n_series, values.shape[1]
    total, count = np.zeros(shape), np.zeros(shape, dtype=int)
    for length in np.unique(lengths):
        alike = np.flatnonzero(lengths == length)
        read = panel.offsets[alike][:, None] + np.arange(length)
        written = read + alike[:, None] + 1
        total[written] = known[read].cumsum(axis=1)
        count[written] = observed[read].cumsum(axis=1)
    return total, count


@dataclass
class FixedNormalizer:
    """Where series stood at one origin, for steps behind it whose values are forecasts.

    Parameters
    ----------
    stats : OriginStats
        What was known at the origin.
    origin : int
        The origin in the series of the panel of contexts.
    """

    stats: OriginStats
    origin: int

    def at(self, series, origin, n_steps) -> OriginStats:
        """Return what was known, the paths from `origin` on."""
        ahead = origin[:, None] - self.origin + np.arange(n_steps)
        paths = {name: path[series[:, None], ahead] for name, path in self.stats.paths.items()}
        location, scale = self.stats.location[series], self.stats.scale[series]
        return replace(self.stats, location=location, scale=scale, paths=paths)
