"""Whether to learn the logarithm of series."""

from __future__ import annotations

import numpy as np

from skrnn.series import Panel

VOTERS = 100  # series of a large panel that vote on its unit
NEWEST_STEPS = 10_000  # of a long series, whose changes are compared with its level


def choose_log(panel: Panel, season):
    """Whether to learn logarithms: the series are positive and vary in proportion to their level.

    The slope of the logarithm of the changes on that of the level, over blocks of a season
    (after Guerrero, 1993), is near 1 for such series and near 0 for additive ones.
    """
    if not np.nanmin(panel.y) > 0:
        return False
    sample = panel.sample(VOTERS)
    newest = [sample.series(i)[-NEWEST_STEPS:, 0] for i in range(sample.n_series)]
    slopes = [_level_slope(y, season) for y in newest]
    known = [slope for slope in slopes if slope is not None]
    return bool(known) and float(np.median(known)) > 0.5


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
