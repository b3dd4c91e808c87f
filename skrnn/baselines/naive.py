"""Baselines that read the window only: level, last season, median season, drift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series.gaps import nan_last, nan_mean, nan_median

from .base import Baseline


@dataclass(frozen=True)
class Level(Baseline):
    """The level of the last season, at each step."""

    is_level = True

    def forecast(self, at):
        """Return the level, repeated."""
        return np.repeat(at.level, at.n_steps, axis=1)

    def describe(self):
        """Return a few words for the plan."""
        return "none, the network forecasts from the level"


@dataclass(frozen=True)
class SeasonalNaive(Baseline):
    """The last season, repeated; a missing step is taken from the season before."""

    name = "naive"

    def forecast(self, at):
        """Return the last season, repeated."""
        return _repeated(nan_last(at.seasons(), 1), at)

    def describe(self):
        """Return a few words for the plan."""
        return "the last season"


@dataclass(frozen=True)
class SeasonalMedian(Baseline):
    """The median of the last seasons, step by step."""

    name = "median"

    def forecast(self, at):
        """Return the median season, repeated."""
        return _repeated(nan_median(at.seasons(), 1), at)

    def describe(self):
        """Return a few words for the plan."""
        return "the median of the last seasons"


@dataclass(frozen=True)
class Drift(SeasonalNaive):
    """The last season plus the mean change from one season to the next."""

    name = "drift"

    def forecast(self, at):
        """Return the last season and its change, once for each season ahead."""
        # Steps before the series are missing: the mean is over the changes that are there.
        change = nan_mean(np.diff(nan_mean(at.seasons(), 2), axis=1), 1)
        n_changes = 1 + np.arange(at.n_steps) // at.season
        return super().forecast(at) + np.nan_to_num(change)[:, None] * n_changes[:, None]

    def describe(self):
        """Return a few words for the plan."""
        return "the last season and the mean change between seasons"


def _repeated(cycle, at):
    """Return a cycle (n, season, n_targets) step by step, the level where it is missing."""
    cycle = np.where(np.isnan(cycle), at.level, cycle)
    return cycle[:, np.arange(at.n_steps) % at.season]
