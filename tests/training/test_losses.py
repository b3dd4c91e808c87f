"""Losses against their definitions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import huber, log_softmax
from sklearn.metrics import mean_pinball_loss

from skrnn.training import REGRESSION_LOSSES, PinballLoss, cross_entropy

LEVELS = (0.1, 0.5, 0.8)
DEFINITIONS = {
    "squared_error": np.square,
    "absolute_error": np.abs,
    "huber": lambda error: huber(1, error),
}


def noise(*shape, seed=0):
    return 3 * np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("shape", [(5, 2), (4, 3, 2)])
@pytest.mark.parametrize("name", REGRESSION_LOSSES)
def test_regression_losses(name, shape):
    output, target = noise(*shape), noise(*shape, seed=1)
    losses = REGRESSION_LOSSES[name](torch.from_numpy(output), torch.from_numpy(target))
    np.testing.assert_allclose(losses, DEFINITIONS[name](output - target).mean(axis=-1))


def test_cross_entropy():
    logits, codes = noise(6, 3), np.array([0, 2, 1, 1, 0, 2])
    losses = cross_entropy(torch.from_numpy(logits), torch.from_numpy(codes))
    np.testing.assert_allclose(losses, -log_softmax(logits, axis=1)[np.arange(6), codes])


def test_pinball_loss():
    output, target = noise(7, 4, 2, len(LEVELS)), noise(7, 4, 2, seed=1)
    losses = PinballLoss(LEVELS)(torch.from_numpy(output), torch.from_numpy(target))
    assert losses.shape == target.shape
    expected = np.mean(
        [
            mean_pinball_loss(target.ravel(), output[..., i].ravel(), alpha=level)
            for i, level in enumerate(LEVELS)
        ]
    )
    assert losses.mean().item() == pytest.approx(expected)


@given(level=st.floats(0.05, 0.95))
@settings(deadline=None)
def test_a_quantile_minimises_its_pinball_loss(level):
    target = torch.from_numpy(noise(201))
    candidates = target.sort().values
    losses = torch.stack(
        [PinballLoss([level])(c.expand(201)[:, None], target).mean() for c in candidates]
    )
    best = losses.argmin().item()
    assert abs(best - level * 200) <= 1
