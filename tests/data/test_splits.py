"""Splits into a training and a validation part, and the count of rows."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skrnn.data import n_effective
from skrnn.data.splits import random_split, tail_split


@given(n=st.integers(2, 60), fraction=st.floats(0.01, 0.99), seed=st.integers(0, 9))
@settings(deadline=None)
def test_random_split_is_a_partition(n, fraction, seed):
    train, validation = random_split(n, fraction, seed)
    assert sorted([*train, *validation]) == list(range(n))
    assert len(validation) == min(n - 1, max(1, round(n * fraction)))
    again = random_split(n, fraction, seed)
    assert all(map(np.array_equal, again, (train, validation)))


def test_random_split_depends_on_the_seed():
    splits = {tuple(random_split(20, 0.2, seed)[1]) for seed in range(10)}
    assert len(splits) > 5


def test_random_split_is_stratified():
    classes = np.repeat([0, 1, 2], [60, 30, 10])
    _, validation = random_split(100, 0.2, 0, classes)
    assert np.bincount(classes[validation]).tolist() == [12, 6, 2]


@pytest.mark.parametrize(
    "classes",
    [
        pytest.param([0] * 19 + [1], id="one row of a class"),
        pytest.param(list(range(10)) * 2, id="more classes than validation rows"),
    ],
)
def test_random_split_without_stratification(classes):
    train, validation = random_split(20, 0.1, 0, np.array(classes))
    assert sorted([*train, *validation]) == list(range(20))
    assert len(validation) == 2


@given(n=st.integers(2, 60), fraction=st.floats(0.01, 0.99), gap=st.integers(0, 20))
@settings(deadline=None)
def test_tail_split_keeps_order_and_gap(n, fraction, gap):
    train, validation = tail_split(n, fraction, gap)
    assert train.tolist() == list(range(len(train)))
    assert validation.tolist() == list(range(n - len(validation), n))
    assert len(validation) == min(n - 1, max(1, round(n * fraction)))
    left_out = validation[0] - len(train)
    assert left_out == gap or (len(train) == 1 and 0 <= left_out < gap)


@pytest.mark.parametrize(
    ("weights", "n"),
    [
        ([1, 1, 1], 3),
        ([2, 1, 3], 6),
        ([0.5, 2, 2], 3),
        ([7.0], 7),
        ([10, 10], 20),
        ([1000, 1000], 20),  # at most ten repetitions on average
        ([15, 3], 18),
        ([1e300, 1e300], 20),
    ],
)
def test_integer_weights_count_as_repetitions(weights, n):
    assert n_effective(np.array(weights, dtype=float)) == n
