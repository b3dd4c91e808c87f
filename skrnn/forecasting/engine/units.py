"""Choice of the log transform, and what is read where a value has no logarithm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.series import Panel

VOTERS = 100  # series of a large panel that are examined
NEWEST_STEPS = 10_000  # steps of a long series that are examined


def choose_log(panel: Panel, season):
    """Return whether the series are positive and vary in proportion to their level.

    The log of the mean change is regressed on the log of the level, over blocks of one season
    (after Guerrero, 1993). The slope is near 1 for multiplicative and near 0 for additive series.
    """
    if not np.nanmin(panel.y) > 0:
        return False
    sample = panel.sample(VOTERS)
    newest = [sample.series(i)[-NEWEST_STEPS:, 0] for i in range(sample.n_series)]
    slopes = [_level_slope(y, season) for y in newest]
    known = [slope for slope in slopes if slope is not None]
    return bool(known) and float(np.median(known)) > 0.5


def with_positive_values(panel: Panel):
    """Return the panel with other values replaced by the smallest positive one before them.

    Values before the first positive one of a series become missing. In the measured series, errors
    were lower than with fractions of the smallest value as long as such values were exceptions, and
    lower than with missing ones once they had become the rule.
    """
    rows = np.flatnonzero((panel.y <= 0).any(axis=1))
    if not len(rows):
        return panel
    panel = replace(panel, y=panel.y.copy())
    for i in np.unique(np.searchsorted(panel.offsets, rows, side="right") - 1):
        y = panel.series(i)
        least = np.fmin.accumulate(np.where(y > 0, y, np.nan), axis=0)
        y[:] = np.where(y <= 0, least, y)
    return panel


def _level_slope(y, season):
    y = y[~np.isnan(y)]
    block = max(season, 4)
    n_blocks = len(y) // block
    if n_blocks < 3:
        return None
    blocks = y[len(y) - n_blocks * block :].reshape(n_blocks, block)
    level = np.log(blocks.mean(axis=1))
    change = np.abs(np.diff(blocks, axis=1)).mean(axis=1)
    if np.ptp(level) < 0.1 or change.min() <= 0:
        return None
    return float(np.polyfit(level, np.log(change), 1)[0])
