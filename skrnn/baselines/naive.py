"""Baselines that only read the window: level, last season, median season, drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series.gaps import nan_last, nan_mean, nan_median

from .base import Baseline


@dataclass(frozen=True)
class Level(Baseline):
    """The level at the origin, for all steps."""

    is_level = True
    in_auto = False

    def forecast(self, at):
        """Return the level, repeated."""
        return np.repeat(at.level, at.n_steps, axis=1)

    def describe(self):
        """Return the text for the plan."""
        return "none, the network forecasts from the level"


@dataclass(frozen=True)
class SeasonalNaive(Baseline):
    """The last season, repeated. A missing step is replaced by that of the season before."""

    name = "naive"

    def forecast(self, at):
        """Return the last season, repeated."""
        return _repeated(nan_last(at.seasons(), 1), at)

    def describe(self):
        """Return the text for the plan."""
        return "the last season"


@dataclass(frozen=True)
class SeasonalMedian(Baseline):
    """The median of each step over the last seasons."""

    name = "median"

    def forecast(self, at):
        """Return the median season, repeated."""
        return _repeated(nan_median(at.seasons(), 1), at)

    def describe(self):
        """Return the text for the plan."""
        return "the median of the last seasons"


@dataclass(frozen=True)
class Drift(SeasonalNaive):
    """The last season plus the mean change from one season to the next."""

    name = "drift"

    def forecast(self, at):
        """Return the last season plus one mean change for each season ahead."""
        # Steps before the start of a series are missing; the mean is over the observed changes.
        change = nan_mean(np.diff(nan_mean(at.seasons(), 2), axis=1), 1)
        n_changes = 1 + np.arange(at.n_steps) // at.season
        return super().forecast(at) + np.nan_to_num(change)[:, None] * n_changes[:, None]

    def describe(self):
        """Return the text for the plan."""
        return "the last season and the mean change between seasons"


def _repeated(cycle, at):
    """Repeat a season (n, season, n_targets); missing steps become the level."""
    cycle = np.where(np.isnan(cycle), at.level, cycle)
    return cycle[:, np.arange(at.n_steps) % at.season]
