"""Values that set the scale of their column."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FEW = 10  # values tell nothing
CENTRE = 0.01, 0.99  # quantiles of usual values
DOMINATED = 10  # standard deviation of all values, in those of usual ones
FILLED = 100  # the same where a value occurs often, and may be real


class Outlier(NamedTuple):
    """The value that is farthest from the others of its column.

    Parameters
    ----------
    row, column : int
        Where it is.
    low, high : float
        Range of the usual values of the column.
    """

    row: int
    column: int
    low: float
    high: float


def find_outlier(values):
    """Return an outlier that sets the scale of its column, or None.

    It is rare, and without the largest and smallest hundredth of the values the standard deviation
    of the column would be less than a tenth. Or it occurs several times, as a fill value does, and
    without it the standard deviation would be less than a hundredth. Values of columns that are
    constant otherwise are no outliers.

    Parameters
    ----------
    values : ndarray of shape (n, n_columns)
        Finite values.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.data.outliers import find_outlier
    >>> values = np.sin(np.arange(400.0)).reshape(200, 2)
    >>> find_outlier(values)
    >>> values[7, 1] = 1e6
    >>> find_outlier(values)[:2]
    (7, 1)
    """
    if len(values) < FEW:
        return None
    columns = np.ascontiguousarray(values.T, dtype=np.float64)  # faster than the other axis
    mean, deviation = columns.mean(axis=1), _deviation(columns)
    low, high = columns.min(axis=1), columns.max(axis=1)
    farthest = np.where(high - mean > mean - low, high, low)
    rare = np.abs(farthest - mean) > min(10, np.sqrt(len(values)) / 2) * deviation
    others = columns != farthest[:, None]
    repeated = others.sum(axis=1) < len(values) - 1
    for column in np.flatnonzero((rare | repeated) & (deviation > 0)):
        x = columns[column, others[column]]
        low = np.quantile(x, CENTRE[0], method="lower")
        high = np.quantile(x, CENTRE[1], method="higher")
        factor = DOMINATED if rare[column] else FILLED
        if 0 < factor * _deviation(np.clip(x, low, high)) < deviation[column]:
            return Outlier(int(others[column].argmin()), int(column), low, high)
    return None


def _deviation(values):
    """Return the standard deviation of the last axis; no square over- or underflows."""
    low = values.min(axis=-1, keepdims=True)
    spread = values.max(axis=-1, keepdims=True) - low
    spread[spread == 0] = 1
    return spread[..., 0] * np.std((values - low) / spread, axis=-1)
