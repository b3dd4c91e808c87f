"""Covariances of structural time series models: level, trend and seasons."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import NamedTuple

import numpy as np

INTERCEPT = 1e4  # variance of the intercept, large compared with all others
MANY_STEPS = 300  # factors of many steps take long
LONG_SEASON = 30  # steps; longer seasons are smooth
SHORTEST_SMOOTH = 5  # steps of the shortest season that may be smooth


class Level(NamedTuple):
    """Variance of noise, of the steps of a random walk, and of an autoregression."""

    noise: float
    walk: float = 0.0
    autoregression: float = 0.0
    coefficient: float = 0.0


class Trend(NamedTuple):
    """Deviation of a constant slope, per season, and of an autoregressive slope, per step."""

    slope: float = 0.0
    momentum: float = 0.0
    coefficient: float = 0.0


class Season(NamedTuple):
    """Variance of a season, and length scale of its smoothness; 0 if steps are independent."""

    variance: float = 0.0
    length_scale: float = 0.0


LEVELS = (
    *(Level(1.0), Level(0.97, 0.03), Level(0.83, 0.17), Level(0.5, 0.5), Level(0.02, 1.0)),
    *(Level(0.3, 0.0, 0.7, 0.5), Level(0.1, 0.0, 0.9, 0.8), Level(0.1, 0.0, 0.9, 0.95)),
)
TRENDS = (
    *(Trend(), Trend(1.0), Trend(4.0), Trend(16.0)),
    *(Trend(momentum=0.2, coefficient=0.85), Trend(momentum=1.0, coefficient=0.85)),
    Trend(momentum=1.0, coefficient=0.5),
)
FEW_LEVELS, FEW_TRENDS = (LEVELS[1], LEVELS[2], LEVELS[3], LEVELS[7]), (TRENDS[0], TRENDS[4])
INDEPENDENT = (Season(0.3), Season(1.5), Season(8.0), Season(60.0))
SMOOTH = (Season(0.7, 0.8), Season(6.0, 0.8))
ROUGH = (Season(0.7, 0.25), Season(6.0, 0.25))


def seasons_of(length):
    """Return the seasons to compare for a length in steps; the first one is none."""
    if length == 1:
        return (Season(),)
    if length < SHORTEST_SMOOTH:
        return (Season(), *INDEPENDENT)
    return (Season(), *SMOOTH, *(ROUGH if length > LONG_SEASON else INDEPENDENT))


def grid_of(season, n_steps):
    """Return the combinations of level, trend and season to compare; fewer for many steps."""
    few = n_steps > MANY_STEPS
    levels, trends = (FEW_LEVELS, FEW_TRENDS) if few else (LEVELS, TRENDS)
    return list(product(levels, trends, seasons_of(season)))


def covariances(grid, season, n_steps):
    """Return the covariances of the first steps of a series, (len(grid), n_steps, n_steps).

    Parameters
    ----------
    grid : list of tuple
        Level, trend and season of each covariance.
    season : int
        Steps of a season.
    n_steps : int
        Number of steps.
    """
    level, trend, pattern = cache(_level), cache(_trend), cache(_pattern)
    found = np.empty((len(grid), n_steps, n_steps))
    for covariance, (of_level, of_trend, of_season) in zip(found, grid, strict=True):
        covariance[:] = INTERCEPT + level(of_level, n_steps)
        covariance += trend(of_trend, season, n_steps)
        covariance += pattern(of_season, season, n_steps)
    return found


def _level(level, n_steps):
    step = np.arange(n_steps)
    found = level.noise * np.eye(n_steps) + level.walk * np.minimum.outer(step, step)
    return found + level.autoregression * level.coefficient ** _distance(n_steps)


def _trend(trend, season, n_steps):
    step = np.arange(n_steps)
    found = (trend.slope / season) ** 2 * np.multiply.outer(step, step).astype(float)
    slopes = trend.momentum**2 * trend.coefficient ** _distance(n_steps)
    found[1:, 1:] += slopes[:-1, :-1].cumsum(axis=0).cumsum(axis=1)
    return found


def _pattern(pattern, season, n_steps):
    """Return the covariance of a season whose mean is 0."""
    if pattern.variance == 0:
        return 0.0
    phase = np.arange(season)
    if pattern.length_scale:
        similarity = np.exp(-2 * (np.sin(np.pi * phase / season) / pattern.length_scale) ** 2)
    else:
        similarity = (phase == 0).astype(float)
    mean = similarity.mean()
    return pattern.variance * ((similarity - mean) / (1 - mean))[_distance(n_steps) % season]


def _distance(n_steps):
    step = np.arange(n_steps)
    return np.abs(np.subtract.outer(step, step))
