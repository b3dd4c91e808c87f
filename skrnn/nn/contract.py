"""The contract between the rooms and every module.

A network is called as ``forward(batch, state=None)`` and returns ``(output, state)``.

``batch`` carries ``x (n, t, c)``, ``lengths (n,)`` or None when all rows have t steps, and where
they exist ``past (n, t, p)``, ``future (n, h, f)``, ``static (n, s)`` and ``baseline (n, h, k)``,
the forecast that the output corrects, and ``target``, that of the loss, in training and only for
networks that read it.
``output`` is ``(n, k)`` for one target per sequence, ``(n, t, k)`` for one per step and
``(n, h, k, q)`` for forecasts of h steps with q quantiles.
``state`` is a tuple of tensors that continues the sequence, or None.

What else the rooms need to know stands on `Module`, the base of all networks and layers of the
package. Layers of torch and of the user do not have it: `declared` and the setters of `Module` are
the only places that handle them. The training gets networks as objects with these attributes and
methods, and so needs no import from here; `ModuleAdapter` gives them to a network of the user.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

import torch
from torch import Tensor, nn

from .threads import KernelThreads

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


class Module(nn.Module):
    """What a network or layer declares; the defaults hold for layers of torch, too.

    Attributes
    ----------
    streams : bool
        Whether a sequence can be read piece by piece, the state of one with the next.
    reads_targets : bool
        Whether a network gets ``batch.target`` in training (teacher forcing).
    progress : float
        Fraction of the training done, in [0, 1). The loop sets it on networks that read targets.
    sequential : bool
        Whether a layer takes step by step, each of which waits for the one before.
    own_threads : KernelThreads or None
        Where a sequential layer works on threads of its own: ``own_threads.limit`` says how many
        (None: as many as torch).
    row_invariant : bool
        Whether the result of a row has the same bits in any batch, wherever the row begins in
        memory.
    draws : bool
        Whether a layer draws random numbers: it uses the next two attributes.
    generator : torch.Generator or None
        What it draws from; the process-wide generator without.
    sampling : bool
        Whether it draws in prediction as well (Monte-Carlo dropout).
    p : float
        Fraction that a layer drops.
    """

    reads_targets: ClassVar[bool] = False
    sequential: ClassVar[bool] = False
    draws: ClassVar[bool] = False
    progress: float = 0.0
    generator: torch.Generator | None = None
    sampling: bool = False
    p: float = 0.0

    @property
    def streams(self) -> bool:
        """Whether a sequence can be read piece by piece, the state of one with the next."""
        return False

    @property
    def row_invariant(self) -> bool:
        """Whether the result of a row has the same bits in any batch."""
        return False

    @property
    def own_threads(self) -> KernelThreads | None:
        """What limits the threads of the layer, None where it has none of its own."""
        return None

    @property
    def has_dropout(self) -> bool:
        """Whether any part drops something."""
        return any(declared(part).p > 0 for part in self.modules())

    def declarations(self) -> list[tuple[nn.Module, Module]]:
        """Return all parts, each with what `declared` returns for it."""
        return [(part, declared(part)) for part in self.modules()]

    def set_generator(self, generator: torch.Generator | None) -> None:
        """Give every part that draws random numbers its generator."""
        self._set("generator", generator)

    def set_sampling(self, sampling: bool) -> None:
        """Switch drawing in prediction on or off, in every part that draws."""
        self._set("sampling", sampling)

    def _set(self, name: str, value: object) -> None:
        """Set an attribute of the parts that draw: those of the user are known by having it."""
        for part in self.modules():
            if part.draws if isinstance(part, Module) else hasattr(part, name):
                setattr(part, name, value)


class _Stepwise(Module):
    sequential = True


_DEFAULTS, _STEPWISE = Module(), _Stepwise()


def declared(part: nn.Module) -> Module:
    """Return what has the attributes of a part: itself, or the defaults for layers of others."""
    if isinstance(part, Module):
        return part
    return _STEPWISE if isinstance(part, nn.RNNBase) else _DEFAULTS


class Encoder(Module):
    """What reads a sequence: one vector per step, or one in all if it pools.

    ``encoder(x (n, t, c), lengths (n,) or None, state or None)`` returns the outputs,
    ``(n, m, output_size)`` or ``(n, output_size)``, and the state, None unless it `streams`.

    Attributes
    ----------
    output_size : int
        Width of an output.
    """

    output_size: int
