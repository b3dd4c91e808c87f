"""Losses against their definitions."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import huber, log_softmax
from sklearn.metrics import mean_pinball_loss, mean_poisson_deviance
from torch.autograd import gradcheck

from skrnn.training import REGRESSION_LOSSES, CustomLoss, PinballLoss, QuantileLoss, cross_entropy
from skrnn.training.losses import focal, weighted

LEVELS = (0.1, 0.5, 0.8)
DEFINITIONS = {
    "squared_error": lambda output, target: (output - target) ** 2,
    "absolute_error": lambda output, target: np.abs(output - target),
    "huber": lambda output, target: huber(1, output - target),
    "poisson": lambda output, target: np.exp(output) - target * output,
}


def noise(*shape, seed=0):
    return 3 * np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("shape", [(5, 2), (4, 3, 2)])
@pytest.mark.parametrize("name", REGRESSION_LOSSES)
def test_regression_losses(name, shape):
    output, target = noise(*shape), noise(*shape, seed=1)
    losses = REGRESSION_LOSSES[name](torch.from_numpy(output), torch.from_numpy(target))
    np.testing.assert_allclose(losses, DEFINITIONS[name](output, target).mean(axis=-1))


def test_cross_entropy():
    logits, codes = noise(6, 3), np.array([0, 2, 1, 1, 0, 2])
    losses = cross_entropy(torch.from_numpy(logits), torch.from_numpy(codes))
    np.testing.assert_allclose(losses, -log_softmax(logits, axis=1)[np.arange(6), codes])


def test_smoothed_cross_entropy():
    logits, codes = noise(6, 3), np.array([0, 2, 1, 1, 0, 2])
    losses = cross_entropy(torch.from_numpy(logits), torch.from_numpy(codes), 0.3)
    labels = 0.7 * np.eye(3)[codes] + 0.1
    np.testing.assert_allclose(losses, -(labels * log_softmax(logits, axis=1)).sum(axis=1))


@pytest.mark.parametrize("smoothing", [0.0, 0.3])
def test_focal_loss(smoothing):
    logits, codes = noise(6, 3), np.array([0, 2, 1, 1, 0, 2])
    losses = focal(torch.from_numpy(logits), torch.from_numpy(codes), smoothing)
    log_proba = log_softmax(logits, axis=1)
    labels = (1 - smoothing) * np.eye(3)[codes] + smoothing / 3
    expected = -(labels * (1 - np.exp(log_proba)) ** 2 * log_proba).sum(axis=1)
    np.testing.assert_allclose(losses, expected)


def test_poisson_loss_is_half_the_deviance_up_to_a_constant():
    target = np.random.default_rng(0).poisson(3, size=(50, 1)).astype(float)
    first, second = noise(50, 1, seed=1), noise(50, 1, seed=2)
    losses = [
        REGRESSION_LOSSES["poisson"](torch.from_numpy(o), torch.from_numpy(target)).mean()
        for o in (first, second)
    ]
    deviances = [mean_poisson_deviance(target[:, 0], np.exp(o[:, 0])) for o in (first, second)]
    assert float(losses[0] - losses[1]) == pytest.approx((deviances[0] - deviances[1]) / 2)


@pytest.mark.parametrize("size", [1.0, 100.0, 1e4])
@pytest.mark.parametrize("sign", [-1, 1])
def test_losses_of_large_outputs_are_finite(size, sign):
    """So are their gradients, which still point the right way."""
    output = torch.full((3, 2), sign * size, requires_grad=True)
    target = torch.ones(3, 2)
    for loss in [*REGRESSION_LOSSES.values(), QuantileLoss(0.9)]:
        value = loss(output, target).sum()
        (gradient,) = torch.autograd.grad(value, output)
        assert value.isfinite()
        assert gradient.isfinite().all()
        assert size == sign == 1 or (gradient * sign > 0).all()
    scores, codes = sign * size * torch.eye(3), torch.tensor([0, 2, 1])
    scores.requires_grad_()
    for loss in (cross_entropy, focal):
        for smoothing in (0.0, 0.1):
            value = loss(scores, codes, smoothing).sum()
            (gradient,) = torch.autograd.grad(value, scores)
            assert value.isfinite()
            assert gradient.isfinite().all()


def test_gradients():
    output = torch.from_numpy(noise(5, 2)).requires_grad_()
    target = torch.from_numpy(np.abs(noise(5, 2, seed=1)))
    own = CustomLoss(lambda o, t: torch.log(torch.cosh(o - t)), multioutput=True)
    for loss in [*REGRESSION_LOSSES.values(), QuantileLoss(0.9), own]:
        assert gradcheck(lambda o, loss=loss: loss(o, target), [output])
    codes = torch.tensor([0, 1, 1, 0, 1])
    for loss in (cross_entropy, focal):
        assert gradcheck(lambda o, loss=loss: loss(o, codes, 0.1), [output])


def test_a_loss_of_the_user_is_not_seen_at_steps_without_weight():
    output = torch.from_numpy(noise(2, 3, 1)).requires_grad_()
    target = torch.tensor([[[1.0], [2.0], [0.0]], [[3.0], [0.0], [0.0]]], dtype=torch.float64)
    weight = torch.tensor([[2.0, 2.0, 0.0], [1.0, 0.0, 0.0]], dtype=torch.float64)
    seen = []

    def loss(o, t):
        seen.append(t)
        return (o - t) ** 2 / t

    value = weighted(CustomLoss(loss, multioutput=True), output, target, weight)
    (gradient,) = torch.autograd.grad(value, output)
    assert seen[0].min() > 0
    counts = weight > 0
    o, t, w = (x.detach()[counts].ravel() for x in (output, target, weight))
    assert value.item() == pytest.approx((w * (o - t) ** 2 / t).sum().item())
    torch.testing.assert_close(gradient[counts].ravel(), 2 * w * (o - t) / t)
    assert (gradient[~counts] == 0).all()


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


def test_quantile_loss():
    output, target = noise(7, 4, 2), noise(7, 4, 2, seed=1)
    losses = QuantileLoss(0.8)(torch.from_numpy(output), torch.from_numpy(target))
    assert losses.shape == (7, 4)
    expected = mean_pinball_loss(target.ravel(), output.ravel(), alpha=0.8)
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
