"""Pooling of one vector per step to one vector per sequence."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .contract import Module

POOLINGS = ("last", "mean", "attention")


def last_step(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Return the last valid step of ``x (n, t, c)``, shape (n, c)."""
    if lengths is None:
        return x[:, -1]
    return x[torch.arange(len(x), device=x.device), lengths - 1]


def mean_over_time(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Return the mean of the valid steps of ``x (n, t, c)``, shape (n, c).

    A cumulative sum adds step by step, so that a row's mean is the same bit for bit with any
    padding. The order of additions in a plain sum depends on the padded length.
    """
    counts = x.shape[1] if lengths is None else lengths[:, None].to(x.dtype)
    return last_step(x.cumsum(dim=1), lengths) / counts


class AttentionPooling(Module):
    r"""Weighted mean over the valid steps, with learned weights (Yang et al., 2016).

    :math:`\alpha = \mathrm{softmax}_t(v^\top \tanh(W h_t + b))`, result
    :math:`\sum_t \alpha_t h_t`. :math:`v` starts at zero, so that the pooling starts as the mean.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, input_size)``.
    """

    def __init__(self, input_size: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(input_size, input_size)
        self.score = nn.Parameter(torch.empty(input_size))

    def initialize(self, generator: torch.Generator) -> None:
        """Start as the mean."""
        nn.init.zeros_(self.score)

    def forward(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        scores = torch.tanh(self.hidden(x.contiguous())) @ self.score
        if lengths is not None:
            valid = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
            scores = scores.masked_fill(~valid, -torch.inf)
        weights = (scores - scores.amax(dim=1, keepdim=True)).exp()[..., None]
        # Their mean divided by the mean weight; see `mean_over_time` for why not a plain sum.
        return mean_over_time(weights * x, lengths) / mean_over_time(weights, lengths)


class Pooling(Module):
    """One vector per sequence by a pooling of `POOLINGS`; all steps if it is None.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, input_size)``, or the input if `pooling` is None.
    """

    def __init__(self, pooling: str | None, input_size: int) -> None:
        super().__init__()
        self.pooling = pooling
        self.attention = AttentionPooling(input_size) if pooling == "attention" else None

    def forward(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        if self.attention is not None:
            return self.attention(x, lengths)
        if self.pooling == "last":
            return last_step(x, lengths)
        return mean_over_time(x, lengths) if self.pooling == "mean" else x
