"""Whole networks: an encoder and a head."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .contract import Encoder, Module, SequenceBatch, State
from .heads import QuantileForecastHead


class SequenceModel(Module):
    """Encoder and linear head.

    Parameters
    ----------
    encoder : Encoder
        Reads the sequences.
    head : Module
        Reads each of its outputs.

    Shape
    -----
    Input ``batch.x (n, t, c)``; output ``(n, output_size)``, or ``(n, m, output_size)`` if the
    encoder does not pool its m steps.
    """

    def __init__(self, encoder: Encoder, head: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder
        self.head = head
        self.reads_weights = encoder.reads_weights

    @property
    def streams(self) -> bool:
        return self.encoder.streams

    def first_state(self, n: int) -> State:
        return self.encoder.first_state(n)

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        weights = (batch.weights,) if self.reads_weights else ()
        outputs, state = self.encoder(batch.x, batch.lengths, state, *weights)
        if outputs.ndim == 3:  # the order of sums depends on the memory layout
            outputs = outputs.contiguous()
        return self.head(outputs), state


def channels(batch: SequenceBatch) -> Tensor:
    """Return all input channels: values, past covariates, and static features.

    Static features are repeated at each step, so that any encoder can read them.
    """
    parts = [batch.x]
    if batch.past is not None:
        parts.append(batch.past)
    if batch.static is not None:
        parts.append(batch.static[:, None].expand(-1, batch.x.shape[1], -1))
    return torch.cat(parts, dim=-1) if len(parts) > 1 else batch.x


class ForecastModel(Module):
    """Encoder of the window up to the origin and a head for all steps of the horizon.

    Shape
    -----
    Input ``batch.x (n, t, c)``, ``batch.past (n, t, p)`` and ``batch.future (n, h, f)`` where
    there are covariates, ``batch.static (n, s)`` where there are features of the series,
    ``batch.baseline (n, h, k)`` where the head reads it; output ``(n, h, k, q)``.
    """

    def __init__(self, encoder: Encoder, head: QuantileForecastHead) -> None:
        super().__init__()
        self.width = encoder.output_size
        self.encoder = encoder
        self.head = head

    @property
    def streams(self) -> bool:
        return self.encoder.streams

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        outputs, state = self.encoder(channels(batch), batch.lengths, state)
        return self.head(outputs, batch.future, batch.baseline), state


class RollingForecastModel(Module):
    """Stateful encoder, and a head that forecasts the step after each of the last steps.

    Parameters
    ----------
    encoder : Encoder
        Returns all steps, and continues from its state.
    head : QuantileForecastHead
        Head for one step.
    rollout : int
        Number of last steps after which a step is forecast. If there are future covariates or a
        baseline, their number of steps is used instead.

    Shape
    -----
    As `ForecastModel`, with h = `rollout`: the output of a step follows from the input up to there.
    It does not `stream`: the steps of a piece are not all forecast.
    """

    def __init__(self, encoder: Encoder, head: QuantileForecastHead, *, rollout: int) -> None:
        super().__init__()
        self.width = encoder.output_size
        self.encoder = encoder
        self.head = head
        self.rollout = rollout

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        outputs, state = self.encoder(channels(batch), batch.lengths, state)
        ahead = batch.future, batch.baseline
        n_ahead = next((part.shape[1] for part in ahead if part is not None), self.rollout)
        outputs = outputs[:, -n_ahead:]
        n, m, width = outputs.shape
        each = (None if part is None else part.reshape(n * m, 1, -1) for part in ahead)
        output = self.head(outputs.reshape(n * m, width), *each)
        return output.reshape(n, m, *output.shape[2:]), state
