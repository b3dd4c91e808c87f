"""Sizes that are rules of the data."""

import pytest

from skrnn.training import (
    auto_batch_size,
    auto_epochs,
    convolutional_batch_size,
    convolutional_epochs,
    overlapping_epochs,
)


@pytest.mark.parametrize(
    ("n", "size"),
    [(1, 64), (64, 64), (65, 32), (16_383, 32), (16_384, 64), (10**5, 128), (10**9, 512)],
)
def test_batch_size(n, size):
    assert auto_batch_size(n) == size


@pytest.mark.parametrize(
    ("n_steps", "size"), [(1, 256), (50, 256), (100, 128), (500, 32), (10**5, 32)]
)
def test_batches_of_long_sequences_are_smaller(n_steps, size):
    assert auto_batch_size(300_000, n_steps) == size


@pytest.mark.parametrize(
    ("n", "n_batches", "epochs"),
    [(20, 1, 300), (100, 4, 75), (900, 29, 32), (10**6, 2000, 15), (10**8, 10**6, 5)],
)
def test_epochs(n, n_batches, epochs):
    assert auto_epochs(n, n_batches) == epochs


@pytest.mark.parametrize(("n", "size"), [(1, 8), (80, 8), (100, 10), (319, 31), (10**6, 32)])
def test_batches_of_convolutions_are_small(n, size):
    assert convolutional_batch_size(n) == size


@pytest.mark.parametrize(("n", "n_batches", "epochs"), [(20, 3, 667), (10**4, 300, 10)])
def test_convolutions_have_at_least_2000_updates(n, n_batches, epochs):
    assert convolutional_epochs(n, n_batches) == epochs


def test_few_rows_of_great_weight_get_their_updates():
    assert auto_epochs(10_000, 1) == 3000


@pytest.mark.parametrize(
    ("n", "n_batches", "effort", "expected"),
    [
        (20, 1, 1.0, (300, 1)),
        (900, 29, 1.0, (32, 29)),
        (10**6, 2000, 1.0, (40, 50)),
        (10**6, 2000, 0.5, (40, 50)),
        (10**4, 313, 0.5, (30, 50)),
        (20, 1, 0.5, (300, 1)),
    ],
)
def test_epochs_of_overlapping_windows(n, n_batches, effort, expected):
    assert overlapping_epochs(n, n_batches, effort) == expected
