"""Sizes that are rules of the data: a number of updates, not of epochs."""

from __future__ import annotations

import math

# More steps leave the cache: an LSTM of 32 units then reads half as many steps in a second, and
# takes hundreds of MB where sequences are long.
STEPS_PER_BATCH = 2**14


def auto_batch_size(n: int, n_steps: int = 1) -> int:
    """Return the rows of a batch for `n` rows of up to `n_steps` steps.

    Everything up to 64 rows; then 32, and more from 16,384 rows on: half the root of `n`, rounded
    down to a power of two, and no more than `STEPS_PER_BATCH` steps in all.
    """
    if n <= 64:
        return 64
    n_rows = min(512, math.sqrt(n) / 2, STEPS_PER_BATCH / n_steps)
    return max(32, 2 ** int(math.log2(max(n_rows, 1))))


def auto_epochs(n: int, n_batches: int) -> int:
    """Return the epochs for `n` rows: ``30 sqrt(n)`` updates, at least 300, and 5 epochs.

    Small data need a number of updates whatever their size; the error of large data falls
    with the root of `n`, and so grows the number of updates that pay.

    Parameters
    ----------
    n : int
        Number of rows, those counted that a weight stands for.
    n_batches : int
        Batches of an epoch.
    """
    return max(5, math.ceil(max(300.0, 30 * math.sqrt(n)) / n_batches))


def overlapping_epochs(n: int, n_batches: int, effort: float = 1.0) -> tuple[int, int]:
    """Return the epochs for `n` windows that overlap, and the batches of an epoch.

    Neighbouring windows tell nearly the same: ``30 sqrt(n)`` updates see enough of them, at least
    300 and at most 2,000. An epoch is at most 50 batches of windows drawn anew.

    Parameters
    ----------
    n : int
        Number of windows.
    n_batches : int
        Batches of all of them.
    effort : float
        Factor on the updates, between these bounds.
    """
    max_batches = min(n_batches, 50)
    n_updates = min(max(300.0, effort * 30 * math.sqrt(n)), 2000.0)
    return math.ceil(n_updates / max_batches), max_batches
