"""The contract between the rooms and every module.

A module is called as ``forward(batch, state=None)`` and returns ``(output, state)``.

``batch`` carries ``x (n, t, c)``, ``lengths (n,)`` or None when all rows have t steps, and where
they exist ``past (n, t, p)``, ``future (n, h, f)`` and ``static (n, s)``.
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
