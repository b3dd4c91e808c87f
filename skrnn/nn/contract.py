"""The contract between the rooms and every module.

A module is called as ``forward(batch, state=None)`` and returns ``(output, state)``.

``batch`` carries ``x (n, t, c)``, ``lengths (n,)`` or None when all rows have t steps, and where
they exist ``past (n, t, p)``, ``future (n, h, f)``, ``static (n, s)`` and ``baseline (n, h, k)``,
the forecast that the output corrects. A module with the class attribute ``reads_targets = True``
also gets ``target``, that of the loss, in training only (teacher forcing), and before each update
its attribute ``progress``: the part of the training done, in [0, 1).
A part with ``sequential = True`` takes step by step, each of which waits for the one before; where
it works on threads of its own, ``own_threads.limit`` says how many (None: as many as torch).
``output`` is ``(n, k)`` for one target per sequence, ``(n, t, k)`` for one per step and
``(n, h, k, q)`` for forecasts of h steps with q quantiles.
``state`` is a tuple of tensors that continues the sequence, or None.
"""

from __future__ import annotations

from typing import Protocol

from torch import Tensor

State = tuple[Tensor, ...] | None


class SequenceBatch(Protocol):
    """What a module may read of a batch."""

    x: Tensor
    lengths: Tensor | None
    past: Tensor | None
    future: Tensor | None
    static: Tensor | None
    baseline: Tensor | None
    target: Tensor | None


class Encoder(Protocol):
    """What reads a sequence: one vector per step, or one in all if it pools.

    ``encoder(x (n, t, c), lengths (n,) or None, state or None)`` returns the outputs,
    ``(n, m, output_size)`` or ``(n, output_size)``, and the state.

    Attributes
    ----------
    output_size : int
        Width of an output.
    streams : bool
        Whether a sequence can be read piece by piece, the state of one with the next.
    """

    output_size: int

    @property
    def streams(self) -> bool: ...

    def __call__(
        self, x: Tensor, lengths: Tensor | None = None, state: State = None
    ) -> tuple[Tensor, State]: ...
