"""Concatenated integer ranges, which enumerate the rows of ragged data."""

from __future__ import annotations

import numpy as np


def ranges(start, length):
    """Concatenate several ranges of integers.

    Parameters
    ----------
    start, length : ndarray of int, shape (n,)
        First integer and length of each range.

    Returns
    -------
    values : ndarray of int, shape (length.sum(),)
        ``start[0], start[0] + 1, ...``, then the second range, and so on.
    offsets : ndarray of int, shape (n + 1,)
        Range ``i`` is ``values[offsets[i]:offsets[i + 1]]``.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.data.ranges import ranges
    >>> ranges(np.array([5, 1]), np.array([2, 3]))
    (array([5, 6, 1, 2, 3]), array([0, 2, 5]))
    """
    offsets = np.concatenate([[0], np.cumsum(length)])
    return np.arange(offsets[-1]) + np.repeat(start - offsets[:-1], length), offsets
