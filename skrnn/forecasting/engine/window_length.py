"""How much of the history is read: the window, its segments, and the seasons of a baseline."""

from __future__ import annotations

import numpy as np

LONGEST_WINDOW_OF_STEPS = 64  # longer ones are read in segments
LONGEST_LOOP = 32  # segments of a window


def choose_window(season, horizon, regression, longest, rate):
    """Return how many steps the network reads.

    Two seasons, 1.25 horizons, or as many as the regressions read, whichever is longest; at
    least 8 and at most half of the longest series.
    """
    wanted = max(2 * season, -(-5 * horizon // 4), -(-regression // rate), 8)
    return max(1, min(wanted, -(-longest // (2 * rate))))


def choose_segment(window_length, cycle):
    """Return the steps that a long window is read in at once, whole cycles; None if it is short.

    A recurrence of more than `LONGEST_LOOP` steps is slow to compute and to learn.
    """
    if window_length <= LONGEST_WINDOW_OF_STEPS:
        return None
    return cycle * -(-window_length // (cycle * LONGEST_LOOP))


def choose_n_seasons(longest, season, window_length):
    """Return how many seasons the baseline reads: at most 5, and half of the longest series."""
    if season == 1:
        return window_length
    return int(np.clip(longest // (2 * season), 1, 5))
