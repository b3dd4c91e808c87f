"""Limits of forecasts: how far they may leave the range of their history."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .gaps import nan_median
from .quantiles import MEDIAN, SCORES

MOST_RANGES = 10.0  # distance of a forecast from its history, in ranges of the history
MOST_GROWTH = 3.0  # distance that the growth of the series explains, in its median growth
LEAST_STEPS = 10  # history that shows whether its newest value is an outlier
LARGEST_LOGARITHM = 700.0  # the exponential function of larger ones overflows


def within_limits(quantiles, panel, origins, scale, *, log):
    """Return quantiles, moved where their median is too far from the history of a series.

    An outlier among the newest values can make a forecast explode. A median may be up to
    `MOST_RANGES` ranges of the history away from it, in original units, and further only as far as
    the series grows.

    Parameters
    ----------
    quantiles : ndarray of shape (n, n_steps, n_targets, n_levels)
        Forecasts in learned units.
    panel : Panel
        The series, in learned units.
    origins : tuple of ndarray of shape (n,)
        Series and origins.
    scale : ndarray of shape (n, n_targets)
        Scale of the series, which counts as the range of a shorter history.
    log : bool
        Whether the learned units are logarithms.
    """
    series, origin = origins
    median = quantiles[..., quantiles.shape[-1] // 2]
    low, high = (extreme[:, None] for extreme in panel.extremes(series, origin))
    range_ = np.maximum(high - low, scale[:, None])
    if log:
        above = np.log1p(-MOST_RANGES * np.expm1(-range_))
        below = np.inf  # a positive forecast is never ten ranges below the history
    else:
        above = below = MOST_RANGES * range_
    outside = (median > high + above) | (median < low - below)
    if outside.any():
        rows = outside.any(axis=(1, 2))
        growth = np.zeros_like(median)
        growth[rows] = _growth(panel, series[rows], origin[rows], median.shape[1])
        moved = np.clip(median, low - below - growth, high + above + growth) - median
        quantiles = quantiles + np.where(outside, moved, 0.0)[..., None]
    return np.minimum(quantiles, LARGEST_LOGARITHM) if log else quantiles


def widened_after_jumps(quantiles, panel, origins):
    """Return quantiles whose 80 % intervals show what a jump of the history leaves open.

    A value jumps if it is more than `MOST_RANGES` ranges away from all earlier ones. No past error
    shows whether it is an outlier or a new level. If the newest value jumps, the interval contains
    it and the range of the history without jumps. If an earlier one did, and a median is further
    from this range than the range is wide, the interval contains the range.

    Parameters
    ----------
    quantiles, panel, origins
        As for `within_limits`.
    """
    series, origin = origins
    jumps = panel.cached("jumps", _jumps)
    if jumps is None:
        return quantiles
    row = panel.offsets[series] + np.maximum(origin, 1) - 1
    newest = (row - panel.missing_before(series, origin).T).T, np.arange(panel.n_targets)
    value, jump, before, low, high = (of[newest][:, None] for of in (panel.y, *jumps))
    median = quantiles[..., MEDIAN]
    away = (median < 2 * low - high) | (median > 2 * high - low)
    for end, reached in ((value, jump), (low, jump | before & away), (high, jump | before & away)):
        widened = _reaching(quantiles, end)
        quantiles = np.where(reached[..., None], widened, quantiles)
    return quantiles


def _jumps(panel):
    """Return where values jump, where one has jumped before, and the range without jumps so far.

    None means that there is no jump at all.
    """
    low, high = (np.full_like(panel.y, np.nan) for _ in range(2))
    for before, after in zip((low, high), panel.extremes_so_far, strict=True):
        before[1:] = after[:-1]
    step = np.arange(len(panel.y)) - np.repeat(panel.offsets[:-1], panel.lengths)
    low[step < LEAST_STEPS] = np.nan
    away = MOST_RANGES * (high - low)
    jump = (panel.y > high + away) | (panel.y < low - away)
    if not jump.any():
        return None
    others = replace(panel, y=np.where(jump, np.nan, panel.y))
    jumps_so_far = replace(panel, y=jump.astype(float)).extremes_so_far[1] > 0
    return jump, jumps_so_far, *others.extremes_so_far


def _reaching(quantiles, value):
    """Return quantiles (n, n_steps, n_targets, n_levels) with a value in their 80 % intervals."""
    distance = value[..., None] - quantiles[..., MEDIAN, None]
    reached = quantiles[..., MEDIAN, None] + np.abs(distance) * SCORES / SCORES[-2]
    lower = np.where(SCORES < 0, np.minimum(quantiles, reached), quantiles)
    upper = np.where(SCORES > 0, np.maximum(quantiles, reached), quantiles)
    return np.where(distance < 0, lower, upper)


def _growth(panel, series, origin, n_steps):
    """Return how far the growth of series explains a distance, (n, n_steps, n_targets).

    The growth per step is the median change over half of the history, which outliers hardly affect.
    """
    slope = np.zeros((len(series), panel.n_targets))
    for row, (i, end) in enumerate(zip(series, origin, strict=True)):
        if end > 1:
            lag = end // 2
            change = nan_median(panel.series(i)[lag:end] - panel.series(i)[: end - lag], axis=0)
            slope[row] = np.nan_to_num(np.abs(change)) / lag
    away = panel.missing_before(series, origin)[:, None] + np.arange(1, n_steps + 1)[:, None]
    return MOST_GROWTH * slope[:, None] * away
