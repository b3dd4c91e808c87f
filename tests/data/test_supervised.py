"""Pairs of sequence and target."""

import numpy as np
import pytest

from skrnn.data import PaddedTargets, Sequences, SupervisedSequences

LENGTHS = [3, 1, 2]
WEIGHTS = np.array([1.0, 4.0, 2.0])


def ragged(n_channels=1, start=0):
    return Sequences.from_list(
        [start + np.arange(n * n_channels, dtype=float).reshape(n, -1) + 10 * n for n in LENGTHS]
    )


def pairs(targets):
    return SupervisedSequences(ragged(), targets, WEIGHTS)


VECTORS = np.array([[1.0], [2.0], [3.0]])


def test_one_target_per_sequence():
    inputs, targets, weights = pairs(VECTORS).gather(np.array([2, 0]))
    np.testing.assert_array_equal(inputs.x, ragged().gather(np.array([2, 0])).x)
    assert targets.tolist() == [[3], [1]]
    assert weights.tolist() == [2, 1]
    assert pairs(VECTORS).mean_weight == pytest.approx(7 / 3)


def test_one_target_per_step():
    data = pairs(ragged(2, start=100))
    inputs, targets, weights = data.gather(np.array([1, 0]))
    assert targets.shape == (2, 3, 2)
    assert weights.tolist() == [[4, 0, 0], [1, 1, 1]]
    assert inputs.lengths.tolist() == [1, 3]
    # What a row brings to the loss is its weight for each of its steps.
    assert data.mean_weight == pytest.approx((3 * 1 + 1 * 4 + 2 * 2) / 3)
    _, _, equal = data.gather(np.array([2, 2]))
    assert equal.tolist() == [[2, 2], [2, 2]]


@pytest.mark.parametrize("targets", [VECTORS, ragged(2)], ids=["vectors", "steps"])
def test_take_and_join(targets):
    data = pairs(targets)
    joined = data.take(np.array([2])).join(data.take(np.array([0, 1])))
    for i, j in enumerate([2, 0, 1]):
        for ours, expected in zip(
            joined.gather(np.array([i])), data.gather(np.array([j])), strict=True
        ):
            np.testing.assert_array_equal(
                getattr(ours, "x", ours), getattr(expected, "x", expected)
            )
    assert data.take(np.array([0])).mean_weight < joined.mean_weight


def test_weights_are_one_by_default():
    assert SupervisedSequences(ragged(), VECTORS).weights.tolist() == [1, 1, 1]


def test_targets_of_other_lengths_than_their_inputs():
    """They are padded to a common length; the padding has weight 0."""
    data = PaddedTargets(ragged(), ragged(2, start=100), WEIGHTS, n_steps=4)
    _, targets, weights = data.gather(np.array([1, 0]))
    assert targets.shape == (2, 4, 2)
    assert weights.tolist() == [[4, 0, 0, 0], [1, 1, 1, 0]]
    np.testing.assert_array_equal(targets[weights == 0], 0)
    assert (targets[weights > 0] >= 110).all()
