"""Ragged sequences and windows in one buffer, against lists of arrays."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skrnn.data import Sequences, Windows

lengths = st.lists(st.integers(1, 6), min_size=1, max_size=7)
picks = st.lists(st.integers(0, 6), min_size=1, max_size=9)


def make(lengths, n_channels=2, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(n, n_channels)) for n in lengths]


def assert_same(sequences, arrays):
    assert len(sequences) == len(arrays)
    assert sequences.lengths.tolist() == [len(a) for a in arrays]
    for ours, array in zip(sequences.split(), arrays, strict=True):
        np.testing.assert_array_equal(ours, array)


@given(lengths=lengths, picks=picks)
@settings(deadline=None)
def test_sequences_match_lists_of_arrays(lengths, picks):
    arrays = make(lengths)
    ragged, index = Sequences.from_list(arrays), np.array(picks) % len(arrays)
    chosen = [arrays[i] for i in index]
    assert_same(ragged, arrays)
    assert_same(ragged.take(index), chosen)
    assert_same(ragged.join(ragged.take(index)), arrays + chosen)
    assert_same(ragged.with_values(2 * ragged.values), [2 * a for a in arrays])
    assert ragged.n_channels == 2


@given(lengths=lengths, picks=picks)
@settings(deadline=None)
def test_gather_pads_on_the_right_with_zeros(lengths, picks):
    arrays = make(lengths)
    index = np.array(picks) % len(arrays)
    batch = Sequences.from_list(arrays).gather(index)
    longest = max(len(arrays[i]) for i in index)
    expected = np.zeros((len(index), longest, 2))
    for row, i in enumerate(index):
        expected[row, : len(arrays[i])] = arrays[i]
    np.testing.assert_array_equal(batch.x, expected)
    if batch.lengths is None:
        assert all(len(arrays[i]) == longest for i in index)
    else:
        assert batch.lengths.tolist() == [len(arrays[i]) for i in index]


def test_equal_lengths_are_gathered_from_one_view():
    array = np.arange(24.0).reshape(4, 3, 2)
    sequences = Sequences.from_array(array)
    assert np.shares_memory(sequences.values, array)
    batch = sequences.gather(np.array([2, 0]))
    assert batch.lengths is None
    np.testing.assert_array_equal(batch.x, array[[2, 0]])


def test_steps_have_the_weight_of_their_sequence():
    values, weights = Sequences.from_list(make([2, 1, 3])).weighted_steps(np.array([5.0, 6.0, 7.0]))
    assert weights.tolist() == [5, 5, 6, 7, 7, 7]
    assert len(values) == 6


def test_take_of_no_index_is_empty():
    assert_same(Sequences.from_list(make([2, 1])).take(np.array([], dtype=int)), [])


@given(
    last=st.lists(st.integers(0, 11), min_size=1, max_size=5),
    window_length=st.integers(1, 5),
    sampling_rate=st.integers(1, 3),
)
@settings(deadline=None)
def test_windows_are_rows_of_the_table(last, window_length, sampling_rate):
    table = np.arange(24.0).reshape(12, 2)
    windows = Windows(table, np.array(last), window_length, sampling_rate)
    steps = [[i - sampling_rate * k for k in reversed(range(window_length))] for i in last]
    expected = np.array([[table[max(row, 0)] for row in window] for window in steps])
    np.testing.assert_array_equal(windows.gather(np.arange(len(last))).x, expected)
    np.testing.assert_array_equal(windows.to_table(), expected.reshape(len(last), -1))
    assert windows.reach == sampling_rate * (window_length - 1) + 1
    assert windows.lengths.tolist() == [window_length] * len(last)
    chosen = windows.take(np.array([-1]))
    np.testing.assert_array_equal(chosen.gather(np.array([0])).x, expected[-1:])
    doubled = chosen.with_values(2 * table)
    np.testing.assert_array_equal(doubled.gather(np.array([0])).x, 2 * expected[-1:])


def test_windows_do_not_read_later_rows():
    table = np.arange(10.0)[:, None]
    rows, weights = Windows(table, np.array([3, 6]), 2).weighted_steps(None)
    np.testing.assert_array_equal(rows, table[:7])
    assert weights.tolist() == [1.0] * 7


def test_windows_share_the_table():
    table = np.zeros((1000, 1))
    windows = Windows(table, np.arange(500), 100).take(np.arange(100))
    assert windows.values is table
    with pytest.raises(IndexError):
        windows.gather(np.array([100]))
