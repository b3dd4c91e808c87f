"""Sizes that are rules of the data: a number of updates, not of epochs."""

from __future__ import annotations

import math


def auto_batch_size(n: int) -> int:
    """Return the rows of a batch for `n` rows.

    Everything up to 64 rows; then 32, and more from 16,000 rows on, about half the root of `n`.
    """
    if n <= 64:
        return 64
    return min(512, max(32, 2 ** int(math.log2(math.sqrt(n) / 2))))


def auto_epochs(n: int, batch_size: int) -> int:
    """Return the epochs for `n` rows: ``30 sqrt(n)`` updates, at least 300, and 5 epochs.

    Small data need a number of updates whatever their size; the error of large data falls
    with the root of `n`, and so grows the number of updates that pay.
    """
    n_updates = max(300.0, 30 * math.sqrt(n))
    return max(5, math.ceil(n_updates / math.ceil(n / batch_size)))
