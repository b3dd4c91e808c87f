"""Level and scale of series at forecast origins."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from .gaps import nan_last, nan_mean
from .panel import Panel

LEAST_SCALE = 1e-9  # relative to the level: less is rounding error
LARGEST_DISTANCE = 1e140  # from the first value, in its unit: squares of larger ones overflow


@dataclass
class OriginStats:
    """Location and scale of series at origins.

    Parameters
    ----------
    location, scale : ndarray of shape (n, n_targets)
        Mean of the history, and the scale that values are divided by.
    steady : bool
        Whether the level of every window is the location, instead of the mean of its last season.
    """

    location: np.ndarray
    scale: np.ndarray
    steady: bool = False

    def level(self, context, season):
        """Return the level (n, 1, n_targets) of each context at its end.

        This is the mean of the observed values of the last season that has any; without a season,
        the last observed value. If nothing is observed, it is the location.

        Parameters
        ----------
        context : ndarray of shape (n, t, n_targets)
            Values up to the origin, at least one season of them; NaN where unknown.
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
    """Location and scale of the series of a panel at each origin, from the history before it.

    The scale is the larger of two mean absolute differences: that of values one season apart (the
    denominator of the seasonal MASE of Hyndman & Koehler, 2006), and that of neighbouring values. A
    season that hardly changes would be too small a unit for the values of a window. The scale of a
    constant history is almost 0, so that the forecast stays constant. The scale of a history that
    is too short for any difference is 1.

    The scale may come from a longer history than that up to the origin (`settled`); the location
    never does. The effect of a covariate is learned in units of the scale, which should therefore
    not change from origin to origin.

    Parameters
    ----------
    panel : Panel
        The series, in learned units.
    season : int
        Steps of a season.
    settled : ndarray of shape (n_series,), optional
        Number of steps of each series that also determine its scale at all earlier origins.
    """

    steady = False

    def __init__(self, panel: Panel, season: int, settled=None):
        self.panel, self.season, self.settled = panel, season, settled

    def for_training(self):
        """Return a copy that takes the scale at each origin from the whole series.

        Steps after the last observed value of a series are left out.
        """
        whole = copy.copy(self)
        whole.panel = self.panel.up_to_last_observed()
        whole.settled = whole.panel.lengths
        return whole

    def at(self, series, origin) -> OriginStats:
        """Return location and scale of series at origins."""
        location, scale = self.units(series, origin)
        location = np.nan_to_num(location)
        least = LEAST_SCALE * np.abs(location) + 1e-300
        scale = np.where(np.isnan(scale), 1.0, np.maximum(scale, least))
        return OriginStats(location, scale, self.steady)

    def units(self, series, origin):
        """Return location and scale at origins, NaN if unknown."""
        location = self._mean(self._values, series, origin)
        scale = np.full(location.shape, np.nan)
        for changes in self._changes:
            scale = np.fmax(scale, self._mean(changes, series, self._shown(series, origin)))
        return location, scale

    def _shown(self, series, origin):
        """Return the number of steps that determine the scale at origins."""
        return origin if self.settled is None else np.maximum(origin, self.settled[series])

    @property
    def _values(self):
        return self.panel.cached("sums of values", lambda panel: _cumulated(panel.y, panel))

    @property
    def _changes(self):
        """Cumulative sums of the changes over a season and between neighbours."""
        lags = dict.fromkeys((self.season, 1))  # unique, in this order
        return [
            self.panel.cached(("sums of changes", lag), partial(_changes, lag=lag)) for lag in lags
        ]

    def _mean(self, cumulated, series, origin):
        """Return the mean of the steps before origins, NaN if none is observed."""
        total, count = cumulated
        start = self.panel.offsets[series] + series
        stop = start + origin
        n = count[stop] - count[start]
        return np.where(n > 0, (total[stop] - total[start]) / np.maximum(n, 1), np.nan)


class StandardNormalizer(Normalizer):
    """Normaliser for z-scores: the level is the mean, the scale the standard deviation.

    Parameters
    ----------
    panel, season
        As for `Normalizer`.
    settled : ndarray of shape (n_series,), optional
        Number of steps of each series that also determine mean and deviation at all earlier
        origins.
    kept : ndarray of shape (2, n_series, n_targets), optional
        Mean and deviation of the series whose values are fixed; NaN for the others.
    """

    steady = True

    def __init__(self, panel, season, settled=None, kept=None):
        super().__init__(panel, season, settled)
        self.kept = kept

    def units(self, series, origin):
        """Return mean and standard deviation at origins, NaN if unknown."""
        (first, unit), shown = self._start, self._shown(series, origin)
        mean, square = (self._mean(power, series, shown) for power in self._powers)
        deviation = np.sqrt(np.maximum(square - mean**2, 0.0))
        deviation[deviation == 0] = np.nan  # then the scale is 1, as in scikit-learn's scaler
        found = np.stack([first[series] + unit[series] * mean, unit[series] * deviation])
        if self.kept is None:
            return found
        kept = self.kept[:, series]
        return np.where(np.isnan(kept), found, kept)

    @property
    def _start(self):
        return self.panel.cached("first values", _start)

    @property
    def _powers(self):
        return self.panel.cached("sums of powers", _powers)


def _changes(panel, lag):
    """Return cumulative sums and counts of the absolute changes over a lag."""
    y = panel.y
    step = np.arange(len(y)) - np.repeat(panel.offsets[:-1], panel.lengths)
    change = np.full(y.shape, np.nan)
    change[lag:] = np.abs(y[lag:] - y[:-lag])
    change[step < lag] = np.nan
    return _cumulated(change, panel)


def _start(panel):
    """Return the first value of each series, and the first distance from it that is not 0.

    Powers of the distances in this unit keep their precision and do not overflow.
    """
    first = _first(panel.y, ~np.isnan(panel.y), panel)
    distance = np.abs(panel.y - np.repeat(first, panel.lengths, axis=0))
    unit = _first(distance, distance > 0, panel)
    return first, np.where(np.isnan(unit), 1.0, unit)


def _powers(panel):
    """Return cumulative sums and counts of the distances from the first value and their squares."""
    first, unit = (np.repeat(part, panel.lengths, axis=0) for part in _start(panel))
    distance = np.clip((panel.y - first) / unit, -LARGEST_DISTANCE, LARGEST_DISTANCE)
    return [_cumulated(power, panel) for power in (distance, distance**2)]


def _first(values, which, panel):
    """Return the first value of each series for which `which` is true, NaN if there is none."""
    n = len(values)
    row = np.where(which, np.arange(n)[:, None], n)
    row = np.minimum.reduceat(row, panel.offsets[:-1], axis=0)
    found = np.take_along_axis(values, np.minimum(row, n - 1), axis=0)
    return np.where(row < n, found, np.nan)


def _cumulated(values, panel):
    """Return sum and count of the observed values before each step of a series and its end.

    Each series is summed separately, those of equal length at once. A running sum over all series
    would lose the precision of small values after large ones.
    """
    observed = ~np.isnan(values)
    known, lengths = np.where(observed, values, 0.0), panel.lengths
    shape = len(values) + panel.n_series, values.shape[1]
    total, count = np.zeros(shape), np.zeros(shape, dtype=int)
    for length in np.unique(lengths):
        equal = np.flatnonzero(lengths == length)
        read = panel.offsets[equal][:, None] + np.arange(length)
        written = read + equal[:, None] + 1
        total[written] = known[read].cumsum(axis=1)
        count[written] = observed[read].cumsum(axis=1)
    return total, count


@dataclass
class FixedNormalizer:
    """Location and scale at one origin, for later steps whose values are forecasts.

    Parameters
    ----------
    stats : OriginStats
        Location and scale at the origin.
    """

    stats: OriginStats

    def at(self, series, origin) -> OriginStats:
        """Return location and scale of the series, which are the same at every origin."""
        location, scale = self.stats.location[series], self.stats.scale[series]
        return replace(self.stats, location=location, scale=scale)
