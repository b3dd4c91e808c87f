"""Example of a user's own network, for the tests."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class LoopNetwork(nn.Module):
    r"""Simple recurrent network as a loop over the steps.

    :math:`h_t = \tanh(W x_t + U h_{t-1} + b)` (Elman, 1990, "Finding structure in time"), read out
    linearly.

    Parameters
    ----------
    input_size, output_size : int
        Channels, and outputs for each row.
    per_step : bool, default=False
        Whether to read out the state of each step.
    hidden_size : int, default=8
        Width of the state.
    dropout : float, default=0.0
        Fraction of the states that is dropped in training.

    Shape
    -----
    Input ``(n, t, input_size)`` and ``(n,)``; output ``(n, output_size)``, or
    ``(n, t, output_size)`` if `per_step`.
    """

    def __init__(
        self,
        input_size: int,
        output_size: int,
        per_step: bool = False,
        hidden_size: int = 8,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.per_step = per_step
        self.read = nn.Linear(input_size, hidden_size)
        self.feed_back = nn.Linear(hidden_size, hidden_size, bias=False)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        inputs = self.read(x)
        h = torch.zeros_like(inputs[:, 0])
        states = []
        for step in inputs.unbind(dim=1):
            h = torch.tanh(step + self.feed_back(h))
            states.append(h)
        h = torch.stack(states, dim=1)
        if not self.per_step:
            h = h[torch.arange(len(h), device=h.device), lengths - 1]
        return self.out(self.drop(h))
