"""Whole networks: an encoder and what reads it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .contract import Encoder, SequenceBatch, State
from .heads import QuantileForecastHead


class SequenceModel(nn.Module):
    """Encoder and a linear head.

    Shape
    -----
    Input ``batch.x (n, t, c)``; output ``(n, output_size)``, or ``(n, m, output_size)`` if the
    encoder does not pool its m steps.
    """

    def __init__(self, encoder: Encoder, *, output_size: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.output_size, output_size)

    @property
    def streams(self) -> bool:
        """Whether a sequence can be read piece by piece, the state of one with the next."""
        return self.encoder.streams

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        outputs, state = self.encoder(batch.x, batch.lengths, state)
        if outputs.ndim == 3:  # torch adds up another memory layout in another order
            outputs = outputs.contiguous()
        return self.head(outputs), state


class ForecastModel(nn.Module):
    """Encoder of the window up to the origin and a head for all steps of the horizon.

    Shape
    -----
    Input ``batch.x (n, t, c)``, ``batch.past (n, t, p)`` and ``batch.future (n, h, f)`` where
    there are covariates; output ``(n, h, k, q)``.
    """

    def __init__(self, encoder: Encoder, head: QuantileForecastHead) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    @property
    def streams(self) -> bool:
        """Whether a sequence can be read piece by piece, the state of one with the next."""
        return self.encoder.streams

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        x = batch.x if batch.past is None else torch.cat([batch.x, batch.past], dim=-1)
        outputs, state = self.encoder(x, batch.lengths, state)
        return self.head(outputs, batch.future), state
