"""Splits into a training and a validation part, and sizes that are rules of the data."""

from __future__ import annotations

import numpy as np
from sklearn.model_selection import train_test_split


def n_effective(weights):
    """Return the number of rows that the weights stand for.

    Whole numbers are read as repetitions, so that a row of weight 2 counts like two rows;
    other weights say how much a row matters, and every row counts once.

    Examples
    --------
    >>> import numpy as np
    >>> n_effective(np.array([2.0, 1.0, 3.0]))
    6
    >>> n_effective(np.array([0.2, 0.1, 0.3]))
    3
    """
    if np.all(weights == np.round(weights)):
        return int(weights.sum())
    return len(weights)


def random_split(n, fraction, seed, stratify=None):
    """Return indices of a random training and validation part, stratified where possible.

    Parameters
    ----------
    n : int
        Number of rows, at least 2.
    fraction : float
        Size of the validation part, in (0, 1).
    seed : int
        Seed of the shuffle.
    stratify : ndarray of shape (n,), optional
        Classes. Rows are drawn without regard to them where a class has one row only, or
        the validation part fewer rows than there are classes.
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
    """Return indices of the older rows and of the newest ones, with `gap` rows left out between.

    Parameters
    ----------
    n : int
        Number of rows in their order in time, at least 2.
    fraction : float
        Size of the validation part, in (0, 1).
    gap : int
        Number of rows whose windows reach from one part into the other. It is shortened
        where nothing would be left to train on.
    """
    n_validation = min(n - 1, max(1, round(n * fraction)))
    n_train = max(1, n - n_validation - gap)
    return np.arange(n_train), np.arange(n - n_validation, n)
