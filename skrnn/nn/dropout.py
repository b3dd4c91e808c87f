"""Dropout that draws from a generator of its own."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dropout(nn.Module):
    """Zero elements with probability `p` in training and scale the rest by ``1 / (1 - p)``.

    ``torch.nn.Dropout`` draws from the process-wide generator; this one draws from its attribute
    `generator`, which the training loop sets, and from the process-wide one only without it.

    Shape: any, returned as it came.
    """

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p
        self.generator: torch.Generator | None = None

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        keep = torch.empty_like(x).bernoulli_(1 - self.p, generator=self.generator)
        return x * keep / (1 - self.p)
