"""Dropout that draws from its own generator."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from .contract import Module


class Dropout(Module):
    """Zero elements with probability `p` in training and scale the rest by ``1 / (1 - p)``.

    ``torch.nn.Dropout`` draws from the process-wide generator. This layer draws from its attribute
    `generator`, which the training loop sets; the default None means the process-wide one. While
    the attribute `sampling` is set, the layer also drops in prediction, the same units in all rows
    and steps (Gal & Ghahramani, 2016). One draw is then one network, applied to all rows.

    Shape: any, unchanged; units on the last axis.
    """

    draws = True

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def factors(self, x: Tensor, shape: Sequence[int]) -> Tensor | None:
        """Return 0 or ``1 / (1 - p)`` for each element of `shape`, or None if nothing drops."""
        if self.p == 0 or not (self.training or self.sampling):
            return None
        drawn = [1] * (len(shape) - 1) + [shape[-1]] if self.sampling else shape
        keep = x.new_empty(drawn).bernoulli_(1 - self.p, generator=self.generator)
        return (keep / (1 - self.p)).expand(shape)

    def forward(self, x: Tensor) -> Tensor:
        factors = self.factors(x, x.shape)
        return x if factors is None else x * factors
