"""Level and scale of series at forecast origins."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from .gaps import nan_last, nan_mean
from .panel import Panel

LEAST_SCALE = 1e-9  # of the level: below it are rounding errors


@dataclass
class OriginStats:
    """Location and scale of series at origins.

    Parameters
    ----------
    location, scale : ndarray of shape (n, n_targets)
        Mean of the history, and the unit of the network.
    steady : bool
        Whether the level of all windows is the location, not that of their ends.
    """

    location: np.ndarray
    scale: np.ndarray
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
    """Location and scale of the series of a panel at each origin, from the history before it.

    The scale is the mean absolute difference of values a season apart (the denominator of the
    seasonal MASE of Hyndman & Koehler, 2006); that of neighbours where it is larger, as a season
    that hardly changes is no unit for what a window shows; next to nothing for a constant history,
    which is forecast to go on; and 1 for one too short to tell. The scale, and nothing else, may
    be that of a longer history than up to the origin: the effect of a covariate is learned in this
    unit, which has to stay.

    Parameters
    ----------
    panel : Panel
        The series, in learned units.
    season : int
        Steps of a season.
    settled : ndarray of shape (n_series,), optional
        Steps of each series that give its scale at all earlier origins, too.
    """

    steady = False

    def __init__(self, panel: Panel, season: int, settled=None):
        self.panel, self.season, self.settled = panel, season, settled

    def __getstate__(self):
        """Leave out what is computed again when it is needed."""
        cached = ("_smoothed", "_values", "_changes", "_start", "_powers")
        return {name: value for name, value in vars(self).items() if name not in cached}

    def of_whole_series(self):
        """Return the same, where the whole series tell the scale at all origins."""
        whole = copy.copy(self)
        whole.settled = self.panel.lengths
        return whole

    def at(self, series, origin) -> OriginStats:
        """Return location and scale of series at origins."""
        location, scale = self.units(series, origin)
        location = np.nan_to_num(location)
        least = LEAST_SCALE * np.abs(location) + 1e-300
        scale = np.where(np.isnan(scale), 1.0, np.maximum(scale, least))
        return OriginStats(location, scale, self.steady)

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

    @property
    def _values(self):
        return self.panel.cached("sums of values", lambda panel: _cumulated(panel.y, panel))

    @property
    def _changes(self):
        """Changes over a season and between neighbours, cumulated."""
        lags = dict.fromkeys((self.season, 1))  # a set would forget which comes first
        return [
            self.panel.cached(("sums of changes", lag), partial(_changes, lag=lag)) for lag in lags
        ]

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
    panel, season
        As for `Normalizer`.
    settled : ndarray of shape (n_series,), optional
        Steps of each series that give mean and deviation at all earlier origins, too.
    kept : ndarray of shape (2, n_series, n_targets), optional
        Mean and deviation of series that have them once and for all; NaN for the others.
    """

    steady = True

    def __init__(self, panel, season, settled=None, kept=None):
        super().__init__(panel, season, settled)
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

    @property
    def _start(self):
        return self.panel.cached("first values", _start)

    @property
    def _powers(self):
        return self.panel.cached("sums of powers", _powers)


def _changes(panel, lag):
    """Return sums and numbers of the absolute changes over a lag."""
    y = panel.y
    step = np.arange(len(y)) - np.repeat(panel.offsets[:-1], panel.lengths)
    change = np.full(y.shape, np.nan)
    change[lag:] = np.abs(y[lag:] - y[:-lag])
    change[step < lag] = np.nan
    return _cumulated(change, panel)


def _start(panel):
    """Return the first value of each series, and its first distance from it.

    Powers of the distances in this unit keep their digits, and do not overflow.
    """
    first = _first(panel.y, ~np.isnan(panel.y), panel)
    distance = np.abs(panel.y - np.repeat(first, panel.lengths, axis=0))
    unit = _first(distance, distance > 0, panel)
    return first, np.where(np.isnan(unit), 1.0, unit)


def _powers(panel):
    """Return sums and numbers of the distances from the first value, and of their squares."""
    first, unit = (np.repeat(part, panel.lengths, axis=0) for part in _start(panel))
    distance = (panel.y - first) / unit
    return [_cumulated(power, panel) for power in (distance, distance**2)]


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
    to series would lose the digits of a small one after a large one.
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
    """Location and scale at one origin, for later steps whose values are forecasts.

    Parameters
    ----------
    stats : OriginStats
        Those of the origin.
    """

    stats: OriginStats

    def at(self, series, origin) -> OriginStats:
        """Return location and scale of the series, the same at each origin."""
        location, scale = self.stats.location[series], self.stats.scale[series]
        return replace(self.stats, location=location, scale=scale)
