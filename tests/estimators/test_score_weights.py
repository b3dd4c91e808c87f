"""Weights of a baseline and a network, chosen on rows that they have not seen."""

import numpy as np
import pytest

from skrnn.estimators._score_weights import additive_weights, mixture_weights
from skrnn.training import CLASSIFICATION_LOSSES, REGRESSION_LOSSES

RNG = np.random.default_rng(0)
LABELS = RNG.integers(0, 3, 200)
RIGHT = np.eye(3)[LABELS] + RNG.normal(scale=0.3, size=(200, 3))
NOISE = RNG.normal(size=(200, 3))
EVEN = np.ones(200)


@pytest.mark.parametrize("first", [True, False])
def test_noise_has_no_weight(first):
    loss = CLASSIFICATION_LOSSES["cross_entropy"]
    pair = (RIGHT, NOISE) if first else (NOISE, RIGHT)
    weights = additive_weights(*pair, LABELS, EVEN, loss)
    assert weights[first] < 0.1 * weights[not first]
    squared = mixture_weights(*pair, np.eye(3)[LABELS], EVEN, REGRESSION_LOSSES["squared_error"])
    assert squared[first] < 0.1
    assert sum(squared) == pytest.approx(1)


def test_two_equal_scores_without_error_have_finite_weights():
    right = np.eye(3)[LABELS]
    weights = additive_weights(right, right, LABELS, EVEN, CLASSIFICATION_LOSSES["cross_entropy"])
    assert 1 < sum(weights) < 20


def test_weights_of_rows_count():
    """Half of the rows, of weight 0, say the opposite."""
    labels = np.where(np.arange(200) < 100, LABELS, (LABELS + 1) % 3)
    weights = additive_weights(
        RIGHT, NOISE, labels, EVEN * (np.arange(200) < 100), CLASSIFICATION_LOSSES["cross_entropy"]
    )
    assert weights[0] > 3
