"""Losses without reduction: one value per weight.

Each takes ``(output, target)`` and returns a tensor of the shape of the weights, so that the loop
can apply weights to rows and steps exactly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

Loss = Callable[[Tensor, Tensor], Tensor]


def weighted(loss: Loss, output: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    """Return the sum of the losses, each times its weight."""
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


def cross_entropy(logits: Tensor, codes: Tensor) -> Tensor:
    """Cross-entropy of ``logits (n, k)`` and class codes ``(n,)``."""
    return functional.cross_entropy(logits, codes, reduction="none")


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


REGRESSION_LOSSES: dict[str, Loss] = {
    "squared_error": squared_error,
    "absolute_error": absolute_error,
    "huber": huber,
}
