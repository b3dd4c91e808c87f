"""Where the rows of a new table lie among the kept ones."""

import numpy as np
import pandas as pd
import pytest

from skrnn.data import Lookback
from skrnn.data.lookback import TimeAxis


def dates(start, periods, freq):
    return pd.date_range(start, periods=periods, freq=freq).values


@pytest.mark.parametrize(
    ("labels", "later", "steps"),
    [
        (np.arange(3, 9), [1, 9, 12], [-2, 6, 9]),
        (np.arange(0, 60, 10), [60, 80], [6, 8]),
        (dates("2020-01-01", 6, "h"), dates("2020-01-01 06:00", 2, "2h"), [6, 8]),
        (dates("2020-01-01", 6, "MS"), dates("2020-07-01", 2, "2MS"), [6, 8]),
        (dates("2020-01-31", 6, "ME"), dates("2020-09-30", 1, "ME"), [8]),
        (dates("2020-01-01", 6, "QS"), dates("2021-10-01", 1, "QS"), [7]),
        (dates("2000-01-01", 6, "YS"), dates("2007-01-01", 1, "YS"), [7]),
        # midnights of Berlin, where clocks change on 2020-03-29
        (
            pd.date_range("2020-03-27", periods=6, tz="Europe/Berlin").values,
            pd.date_range("2020-04-02", periods=2, tz="Europe/Berlin").values,
            [6, 7],
        ),
        (dates("2020-01-01", 6, "D").astype("datetime64[s]"), dates("2020-01-08", 1, "D"), [7]),
        (np.arange(6).astype("timedelta64[m]"), np.array([7]).astype("timedelta64[m]"), [7]),
    ],
)
def test_steps(labels, later, steps):
    axis = TimeAxis.fit(labels)
    np.testing.assert_array_equal(axis.positions(labels), np.arange(len(labels)))
    np.testing.assert_array_equal(axis.positions(np.asarray(later)), steps)


@pytest.mark.parametrize(
    "labels", [np.array([3]), np.array([1, 2, 4]), dates("2020-01-01", 9, "B")]
)
def test_no_constant_step(labels):
    assert TimeAxis.fit(labels) is None


@pytest.mark.parametrize(
    ("labels", "later"),
    [
        (np.arange(0, 60, 10), np.array([60, 65])),
        (dates("2020-01-01", 6, "MS"), dates("2020-07-01", 3, "W")),
        (dates("2020-01-01", 6, "D"), dates("2020-01-07", 3, "h")),
    ],
)
def test_labels_between_steps(labels, later):
    with pytest.raises(ValueError, match=r"does not fit the training rows: they are .* apart"):
        TimeAxis.fit(labels).positions(later)


def table(*rows):
    return np.array(rows, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("new", "index", "expected"),
    [
        ([9], None, [5, 6, 7, 9]),  # an array follows
        ([9], [8], [5, 6, 7, 9]),
        ([9], [9], [5, 6, 7, 3.5, 9]),  # one row is missing
        ([9, 8], [8, 10], [5, 6, 7, 9, 3.5, 8]),
        ([9] * 9, range(9), [9] * 9),  # new rows take the place of kept ones
        ([9, 8], [0, 7], [9, 3.5, 3.5, 3.5, 5, 6, 8]),
        ([9, 8], [-2, -1], [9, 8, 3.5, 3.5, 3.5, 5, 6, 7]),
        ([9], [1000], [5, 6, 7, 3.5, 3.5, 3.5, 9]),  # a gap wider than any window is cut
    ],
)
def test_extend(new, index, expected):
    lookback = Lookback(table(*range(8)), np.arange(8), size=3)
    extended, rows = lookback.extend(table(*new), None if index is None else np.array(index))
    np.testing.assert_array_equal(extended[:, 0], [3.5, *expected])
    np.testing.assert_array_equal(extended[rows, 0], new)


def test_training_table_needs_no_lookback():
    values = table(0.0, 1, 2, 3, 4)
    lookback = Lookback(values, None, size=2)
    negative_zero = np.where(values == 0, -0.0, values)
    for same in (values, np.asfortranarray(values), values.astype(np.float32), negative_zero):
        np.testing.assert_array_equal(lookback.extend(same, None)[0][:, 0], [2, 0, 1, 2, 3, 4])
    extended, rows = lookback.extend(values[::-1], None)
    np.testing.assert_array_equal(extended[:, 0], [2, 3, 4, 4, 3, 2, 1, 0])
    np.testing.assert_array_equal(rows, np.arange(3, 8))


def test_index_without_constant_step_gives_the_order():
    lookback = Lookback(table(*range(8)), np.array([0, 1, 2, 3, 10, 11, 12, 13]), size=3)
    for index, known in {14: [5, 6, 7], 99: [5, 6, 7], 0: [], -3: []}.items():
        extended, _ = lookback.extend(table(9.0), np.array([index]))
        np.testing.assert_array_equal(extended[:, 0], [3.5, *known, 9])


def test_lookback_is_small():
    lookback = Lookback(np.zeros((100_000, 2)), np.arange(100_000), size=3)
    kept = [value for value in vars(lookback).values() if isinstance(value, np.ndarray)]
    assert all(array.base is None and array.nbytes < 100 for array in kept)


@pytest.mark.parametrize("labels", [np.arange(8), np.array([0, 1, 2, 3, 4, 5, 6, 70])])
def test_rows_within_the_training_table(labels):
    lookback = Lookback(table(*range(8)), labels, size=3)
    with pytest.warns(UserWarning, match="X begins within the training rows, at 6.* the 3 rows"):
        extended, _ = lookback.extend(table(9, 8), np.array([6, 7]))
    np.testing.assert_array_equal(extended[:, 0], [3.5, 5, 9, 8])
