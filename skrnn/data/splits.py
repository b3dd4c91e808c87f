"""Training and validation splits."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split

from .windows import Windows

MOST_REPETITIONS = 10  # of a row, on average


def n_effective(weights):
    """Return the number of rows that the weights represent.

    Integer weights count repetitions: a row of weight 2 counts as two rows, up to ten times the
    number of rows in all, as further repetitions tell nothing new. With any other weights each
    row counts once.

    Examples
    --------
    >>> import numpy as np
    >>> n_effective(np.array([2.0, 1.0, 3.0]))
    6
    >>> n_effective(np.array([0.2, 0.1, 0.3]))
    3
    """
    if np.all(weights == np.round(weights)):
        return int(min(weights.sum(), MOST_REPETITIONS * len(weights)))
    return len(weights)


def hold_out(data, fraction, seed, stratify=None):
    """Return training and validation rows: the newest windows of a table, or random sequences.

    Parameters
    ----------
    data : SupervisedSequences
        Sequences or windows.
    fraction, seed, stratify
        As for `random_split`.
    """
    if isinstance(data.inputs, Windows):
        return tail_split(len(data), fraction, data.inputs.reach - 1)
    return random_split(len(data), fraction, seed, stratify)


def random_split(n, fraction, seed, stratify=None):
    """Return random training and validation indices, stratified where possible.

    Parameters
    ----------
    n : int
        Number of rows, at least 2.
    fraction : float
        Fraction of the rows used for validation, in (0, 1).
    seed : int
        Seed of the shuffle.
    stratify : ndarray of shape (n,), optional
        Class of each row. The split is not stratified if a class has a single row, or if either
        part has fewer rows than there are classes.
    """
    n_validation = min(n - 1, max(1, round(n * fraction)))
    if stratify is not None:
        counts = np.unique(stratify, return_counts=True)[1]
        if counts.min() < 2 or len(counts) > min(n_validation, n - n_validation):
            stratify = None
    train, validation = train_test_split(
        np.arange(n), test_size=n_validation, random_state=seed, stratify=stratify
    )
    return np.sort(train), np.sort(validation)


def tail_split(n, fraction, gap):
    """Return the oldest rows for training and the newest for validation, with a gap between.

    Parameters
    ----------
    n : int
        Number of rows in temporal order, at least 2.
    fraction : float
        Fraction of the rows used for validation, in (0, 1).
    gap : int
        Number of rows to leave out because their windows overlap both parts. The gap is shortened
        if no row would be left to train on.
    """
    n_validation = min(n - 1, max(1, round(n * fraction)))
    n_train = max(1, n - n_validation - gap)
    return np.arange(n_train), np.arange(n - n_validation, n)
