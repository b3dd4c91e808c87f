"""Choice of the window length, of its segments, and of the seasons that a baseline reads."""

from __future__ import annotations

import numpy as np

LONGEST_WINDOW_OF_STEPS = 64  # longer windows are read in segments
LONGEST_LOOP = 32  # largest number of segments


def choose_window(season, horizon, regression, longest, rate):
    """Return the number of steps that the network reads.

    This is the largest of two seasons, 1.25 horizons, the longest window of the regressions, and
    8; at most half of the longest series.
    """
    wanted = max(2 * season, -(-5 * horizon // 4), -(-regression // rate), 8)
    return max(1, min(wanted, -(-longest // (2 * rate))))


def choose_segment(window_length, cycle):
    """Return the length of a segment, in whole cycles; None for a short window.

    A recurrence over more than `LONGEST_LOOP` steps is slow to compute and hard to train.
    """
    if window_length <= LONGEST_WINDOW_OF_STEPS:
        return None
    return cycle * -(-window_length // (cycle * LONGEST_LOOP))


def choose_n_seasons(longest, season, window_length):
    """Return the number of seasons that the baseline reads, at most 5 in half of the series."""
    if season == 1:
        return window_length
    return int(np.clip(longest // (2 * season), 1, 5))
