"""What examples are measured against: level, scale and statistical forecasts at an origin."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from .panel import Panel
from .smoothing import Smoothing


@dataclass
class Standing:
    """Where series stand at origins.

    Parameters
    ----------
    location, scale : ndarray of shape (n, n_targets)
        Mean of the history, and the size of its recent changes from season to season.
    paths : dict of str to ndarray of shape (n, n_steps, n_targets)
        Forecasts that follow from the whole history, by the name of the method.
    """

    location: np.ndarray
    scale: np.ndarray
    paths: dict = field(default_factory=dict)


class Reference:
    """What the history before each origin of a panel tells; later values change nothing.

    The scale is the mean absolute difference of values a season apart (the denominator of the
    seasonal MASE of Hyndman & Koehler, 2006); that of neighbours where it is larger, as a season
    that hardly changes is no unit for what a window shows; and 1 for a constant history. It is the
    one thing for which a history may be longer than up to the origin: what a covariate adds is
    learned in this unit, which has to stay.

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

    def __init__(self, panel: Panel, season: int, smoothing: Smoothing | None = None, settled=None):
        self.panel, self.season, self.smoothing = panel, season, smoothing
        self.settled = settled

    def at(self, series, origin, n_steps) -> Standing:
        """Return where series stand at origins, with the paths of `n_steps` steps."""
        location = np.nan_to_num(self._mean(self._values, series, origin))
        shown = origin if self.settled is None else np.maximum(origin, self.settled[series])
        scale = np.full(location.shape, np.nan)
        for changes in self._changes:
            scale = np.fmax(scale, self._mean(changes, series, shown))
        constant = np.isnan(scale) | (scale <= 1e-9 * np.abs(location) + 1e-300)
        scale = np.where(constant, 1.0, scale)
        return Standing(location, scale, self._paths(series, origin, n_steps, location))

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
class FixedReference:
    """Where series stood at one origin, for steps behind it whose values are forecasts.

    Parameters
    ----------
    standing : Standing
        What was known at the origin.
    origin : int
        The origin in the series of the panel of contexts.
    """

    standing: Standing
    origin: int

    def at(self, series, origin, n_steps) -> Standing:
        """Return what was known, the paths from `origin` on."""
        ahead = origin[:, None] - self.origin + np.arange(n_steps)
        paths = {}
        for name, path in self.standing.paths.items():
            within = np.minimum(ahead, path.shape[1] - 1)
            paths[name] = path[series[:, None], within]
        return Standing(self.standing.location[series], self.standing.scale[series], paths)
