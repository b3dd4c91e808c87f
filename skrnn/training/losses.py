"""Losses without reduction: one value per weight.

Each takes ``(output, target)`` and returns a tensor of the shape of the weights, so that the loop
can apply weights to rows and steps exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from .custom_loss import CustomLoss

Loss = Callable[[Tensor, Tensor], Tensor]
LARGEST_LOG = 30.0  # from here on, the Poisson loss is linear: its exponential would overflow


def weighted(loss: Loss, output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the sum of the losses, each times its weight."""
    if isinstance(loss, CustomLoss):
        output, target = loss.without_padding(output, target, weight)
    return loss(output, target).flatten().dot(weight.flatten())


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Squared error, mean over the outputs."""
    return functional.mse_loss(output, target, reduction="none").mean(dim=-1)


def absolute_error(output: Tensor, target: Tensor) -> Tensor:
    """Absolute error, mean over the outputs."""
    return (output - target).abs().mean(dim=-1)


def huber(output: Tensor, target: Tensor) -> Tensor:
    """Huber loss (Huber, 1964) with threshold 1, mean over the outputs."""
    return functional.huber_loss(output, target, reduction="none").mean(dim=-1)


def poisson(output: Tensor, target: Tensor) -> Tensor:
    """Poisson loss of the logarithm of the mean, mean over the outputs.

    It is half the deviance, up to a constant of the targets.
    """
    log = output.clamp(max=LARGEST_LOG)
    mean = log.exp() * (1 + output - log)
    return (mean - target * output).mean(dim=-1)


def cross_entropy(logits: Tensor, codes: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Cross-entropy of ``logits (n, k)`` and class codes ``(n,)``."""
    return functional.cross_entropy(
        logits, codes, reduction="none", label_smoothing=label_smoothing
    )


def focal(logits: Tensor, codes: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Focal loss (Lin et al., 2017) with exponent 2 of ``logits (n, k)`` and class codes ``(n,)``.

    The loss of a class is its cross-entropy times ``(1 - p) ** 2``, where p is its probability.
    """
    log_proba = functional.log_softmax(logits, dim=-1)
    losses = -log_proba * torch.expm1(log_proba) ** 2
    own = losses.gather(-1, codes[:, None]).squeeze(-1)
    return (1 - label_smoothing) * own + label_smoothing * losses.mean(dim=-1)


def binary_cross_entropy(logits: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Cross-entropy of labels ``(n, k)``, each 0 or 1, mean over the labels."""
    labels = labels * (1 - label_smoothing) + label_smoothing / 2
    losses = functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    return losses.mean(dim=-1)


def binary_focal(logits: Tensor, labels: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Focal loss with exponent 2 of labels ``(n, k)``, each 0 or 1, mean over the labels."""
    labels = labels * (1 - label_smoothing) + label_smoothing / 2
    present = -functional.logsigmoid(logits) * torch.sigmoid(-logits) ** 2
    absent = -functional.logsigmoid(-logits) * torch.sigmoid(logits) ** 2
    return (labels * present + (1 - labels) * absent).mean(dim=-1)


class PinballLoss:
    """Mean pinball loss over quantiles (Koenker & Bassett, 1978).

    Parameters
    ----------
    levels : sequence of float
        Quantile levels in (0, 1), in the order of the last axis of the output.
    """

    def __init__(self, levels: Sequence[float]) -> None:
        self.levels = tuple(levels)

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        levels = torch.tensor(self.levels, dtype=output.dtype, device=output.device)
        error = target[..., None] - output
        return torch.maximum(levels * error, (levels - 1) * error).mean(dim=-1)


class QuantileLoss:
    """Pinball loss of one quantile, mean over the outputs.

    Parameters
    ----------
    level : float
        Level of the quantile, in (0, 1).
    """

    def __init__(self, level: float) -> None:
        self._pinball = PinballLoss([level])

    def __call__(self, output: Tensor, target: Tensor) -> Tensor:
        return self._pinball(output[..., None], target).mean(dim=-1)


REGRESSION_LOSSES: dict[str, Loss] = {
    "squared_error": squared_error,
    "absolute_error": absolute_error,
    "huber": huber,
    "poisson": poisson,
}
CLASSIFICATION_LOSSES: dict[str, Callable[..., Tensor]] = {
    "cross_entropy": cross_entropy,
    "focal": focal,
}
MULTILABEL_LOSSES: dict[str, Callable[..., Tensor]] = {
    "cross_entropy": binary_cross_entropy,
    "focal": binary_focal,
}
