"""Whole networks: an encoder and what reads it."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .contract import SequenceBatch, State
from .heads import QuantileForecastHead
from .recurrent import RecurrentEncoder, mean_over_time

POOLINGS = ("last", "mean")


class SequenceModel(nn.Module):
    """Encoder, pooling over time and a linear head.

    Parameters
    ----------
    encoder : RecurrentEncoder
        Encoder of the sequence.
    output_size : int
        Number of outputs k.
    pooling : {"last", "mean", None}
        Last valid step, mean over the valid steps, or None for one output per step.

    Shape
    -----
    Input ``batch.x (n, t, c)``; output ``(n, k)``, or ``(n, t, k)`` without pooling.
    """

    def __init__(self, encoder: RecurrentEncoder, *, output_size: int, pooling: str | None) -> None:
        super().__init__()
        self.encoder = encoder
        self.pooling = pooling
        self.head = nn.Linear(encoder.output_size, output_size)

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        outputs, state = self.encoder(batch.x, batch.lengths, state)
        if self.pooling == "last":
            outputs = self.encoder.last(outputs, batch.lengths)
        elif self.pooling == "mean":
            outputs = mean_over_time(outputs, batch.lengths)
        return self.head(outputs), state


class ForecastModel(nn.Module):
    """Encoder of the window up to the origin and a head for all steps of the horizon.

    Shape
    -----
    Input ``batch.x (n, t, c)``, ``batch.past (n, t, p)`` and ``batch.future (n, h, f)`` where
    there are covariates; output ``(n, h, k, q)``.
    """

    def __init__(self, encoder: RecurrentEncoder, head: QuantileForecastHead) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        x = batch.x if batch.past is None else torch.cat([batch.x, batch.past], dim=-1)
        outputs, state = self.encoder(x, batch.lengths, state)
        return self.head(self.encoder.last(outputs, batch.lengths), batch.future), state
