"""Categorical columns: which columns they are, and their indicators."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from skrnn.forecasting.frames.categories import MOST_LEVELS, Categories, Levels, is_categorical

DTYPES = ["object", "string", "category"]


@pytest.mark.parametrize(
    ("values", "categorical"),
    [
        (pd.Series(["a", "b"]), True),
        (pd.Series(["1", "2"]), True),  # a code
        (pd.Series(["a", None], dtype=object), True),
        (pd.Series(["a", "b"], dtype="string"), True),
        (pd.Series([1, 2], dtype="category"), True),
        (pd.Series([1, "a"], dtype=object), True),
        (pd.Series([True, None], dtype=object), True),
        (pd.Series([True, None], dtype="boolean"), True),
        (pd.Series([True, False]), False),
        (pd.Series([True, False], dtype="boolean"), False),
        (pd.Series([1.5, None], dtype=object), False),
        (pd.Series([1, 2], dtype="Int64"), False),
        (pd.Series([1, 2.5, Fraction(1, 3), True], dtype=object), False),
        (pd.Series([1.0, np.nan]), False),
    ],
)
def test_which_columns(values, categorical):
    assert is_categorical(values) == categorical


@pytest.mark.parametrize(
    "dates",
    [
        pd.Series(pd.to_datetime(["2001", "2002"])),
        pd.Series(pd.to_timedelta(["1h", "2h"])),
        pd.Series([pd.Timestamp("2001").date(), None], dtype=object),
    ],
)
def test_dates(dates):
    with pytest.raises(TypeError, match="X has dates in column 'when'; pass numbers or labels"):
        is_categorical(dates.rename("when"))


@pytest.mark.parametrize("dtype", DTYPES)
class TestIndicators:
    def test_levels(self, dtype):
        values = pd.Series(["a", "b", "b", "a"], dtype=dtype)
        assert Levels.of(values).indicators(values).tolist() == [[1, 0], [0, 1], [0, 1], [1, 0]]

    def test_a_missing_value_is_a_level(self, dtype):
        levels = Levels.of(pd.Series(["a", None, "a"], dtype=dtype))
        later = pd.Series([None, "a", "new"], dtype=dtype)
        assert levels.indicators(later).tolist() == [[0, 1], [1, 0], [0, 0]]

    def test_rare_levels_are_one_with_those_never_seen(self, dtype):
        levels = Levels.of(pd.Series(["a", "a", "rare", "seldom"], dtype=dtype))
        later = pd.Series(["a", "rare", "seldom", "new", None], dtype=dtype)
        assert levels.indicators(later).tolist() == [[1, 0], [0, 1], [0, 1], [0, 1], [0, 1]]

    def test_levels_never_seen_have_no_indicator_if_none_is_rare(self, dtype):
        levels = Levels.of(pd.Series(["a", "a"], dtype=dtype))
        assert levels.indicators(pd.Series(["new", None], dtype=dtype)).tolist() == [[0], [0]]


def test_numbers_as_labels_equal_themselves_in_any_dtype():
    levels = Levels.of(pd.Series([1, 1, 2, 2, None], dtype="category"))
    for later in ([1, 2], [1.0, 2.0], pd.Series([1, 2], dtype="category")):
        assert levels.indicators(pd.Series(later)).tolist() == [[1, 0, 0], [0, 1, 0]]


def test_many_levels():
    """The most frequent ones keep their indicators; those that tie with others do not."""
    often = [f"often {i}" for i in range(MOST_LEVELS - 10)]
    seldom = [f"seldom {i}" for i in range(1000)]
    values = pd.Series(often * 50 + seldom * 3)
    levels = Levels.of(values)
    assert list(levels.names) == often
    assert levels.indicators(values).shape == (len(values), len(often) + 1)
    assert (levels.indicators(values).sum(axis=1) == 1).all()


def test_columns_stay_in_their_order():
    X = pd.DataFrame({"x": [1.0, 2.0], "kind": ["a", "b"], "open": [True, False]})
    categories = Categories.of(pd.concat([X, X]), static=[])
    assert categories.values(X).tolist() == [[1, 1, 0, 1], [2, 0, 1, 0]]
    assert categories.names(["x", "kind", "open"]) == ["x", "kind", "kind", "open"]
    assert categories.values(X[["open", "kind"]]).tolist() == [[1, 1, 0], [0, 0, 1]]
