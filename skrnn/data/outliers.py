"""Values that set the scale of their column."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

FEW = 10  # values tell nothing
CENTRE = 0.01, 0.99  # quantiles of usual values
DOMINATED = 10  # standard deviation of all values, in those of usual ones


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

    Without the largest and smallest hundredth of the values, the standard deviation of the column
    would be less than a tenth. Rare values of columns that are constant otherwise are no outliers.

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
    size = np.maximum(columns.max(axis=1), -columns.min(axis=1))
    size[size == 0] = 1
    columns = columns / size[:, None]  # so that no square overflows
    mean, deviation = columns.mean(axis=1), columns.std(axis=1)
    reach = np.maximum(columns.max(axis=1) - mean, mean - columns.min(axis=1))
    for column in np.flatnonzero(reach > min(10, np.sqrt(len(values)) / 2) * deviation):
        x = columns[column]
        low = np.quantile(x, CENTRE[0], method="higher")
        high = np.quantile(x, CENTRE[1], method="lower")
        if 0 < DOMINATED * np.clip(x, low, high).std() < deviation[column]:
            row = np.abs(x - np.median(x)).argmax()
            return Outlier(int(row), int(column), low * size[column], high * size[column])
    return None
