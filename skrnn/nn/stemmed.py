"""Encoders with a stem, which computes the steps that the encoder reads."""

from __future__ import annotations

from torch import Tensor

from .contract import Encoder, Module, State


class StemmedEncoder(Encoder):
    """An encoder after a stem.

    Parameters
    ----------
    stem : Module
        ``stem(x, lengths)`` returns the steps of the encoder, ``(n, m, c)``, and how many of them
        each row has, ``(n,)`` or None. It `streams` if it treats each step alone. One that
        `reads_weights` also takes the weights of the rows.
    encoder : Encoder
        Reads these steps.

    Shape
    -----
    Input as the stem; output as the encoder.
    """

    def __init__(self, stem: Module, encoder: Encoder) -> None:
        super().__init__()
        self.stem = stem
        self.encoder = encoder
        self.output_size = encoder.output_size
        self.reads_weights = stem.reads_weights

    @property
    def streams(self) -> bool:
        return self.stem.streams and self.encoder.streams

    def forward(
        self,
        x: Tensor,
        lengths: Tensor | None = None,
        state: State = None,
        weights: Tensor | None = None,
    ) -> tuple[Tensor, State]:
        read = (weights,) if self.reads_weights else ()
        output, state = self.encoder(*self.stem(x, lengths, *read), state)
        return output, state if self.streams else None
