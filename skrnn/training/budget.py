"""Automatic batch sizes and numbers of epochs, which depend on the data."""

from __future__ import annotations

import math

# More steps do not fit the cache: an LSTM of 32 units then reads half as many steps per second,
# and needs hundreds of MB for long sequences.
STEPS_PER_BATCH = 2**14
LEAST_UPDATES = 2000  # of convolutions with batch normalisation


def auto_batch_size(n: int, n_steps: int = 1) -> int:
    """Return the rows of a batch for `n` rows of up to `n_steps` steps.

    Up to 64 rows are one batch. Larger data have batches of 32 rows, or of half the square root of
    `n`, rounded down to a power of two, where that is more: up to 512 rows and up to
    `STEPS_PER_BATCH` steps.
    """
    if n <= 64:
        return 64
    n_rows = min(512, math.sqrt(n) / 2, STEPS_PER_BATCH / n_steps)
    return max(32, 2 ** int(math.log2(max(n_rows, 1))))


def auto_epochs(n: int, n_batches: int) -> int:
    """Return the epochs for `n` rows: ``30 sqrt(n)`` updates, at least 300 and at least 5 epochs.

    Small data need a minimum of updates, whatever their size. For large data the useful number of
    updates grows with the square root of `n`, as their error falls with it.

    Parameters
    ----------
    n : int
        Number of rows, counted by their weights.
    n_batches : int
        Batches of an epoch.
    """
    return _epochs(n, n_batches, least=300)


def convolutional_batch_size(n: int) -> int:
    """Return the rows of a batch of convolutions with batch normalisation: ``n / 10``, 8 to 32."""
    return min(max(n // 10, 8), 32)


def convolutional_epochs(n: int, n_batches: int) -> int:
    """Return the epochs as `auto_epochs`, but with at least `LEAST_UPDATES` updates."""
    return _epochs(n, n_batches, least=LEAST_UPDATES)


def _epochs(n, n_batches, least):
    return max(5, math.ceil(max(least, 30 * math.sqrt(n)) / n_batches))


def overlapping_epochs(n: int, n_batches: int, effort: float = 1.0) -> tuple[int, int]:
    """Return the epochs for `n` overlapping windows, and the batches of an epoch.

    Neighbouring windows are nearly the same, so ``30 sqrt(n)`` updates are enough, at least 300
    and at most 2,000. An epoch has at most 50 batches, of windows sampled in each epoch.

    Parameters
    ----------
    n : int
        Number of windows.
    n_batches : int
        Number of batches that hold all windows.
    effort : float
        Factor on the number of updates, within these bounds.
    """
    max_batches = min(n_batches, 50)
    n_updates = min(max(300.0, effort * 30 * math.sqrt(n)), 2000.0)
    return math.ceil(n_updates / max_batches), max_batches
