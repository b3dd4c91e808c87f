"""The contract between the networks and the code that trains and calls them.

A network is called as ``forward(batch, state=None)`` and returns ``(output, state)``.

``batch`` has ``x (n, t, c)`` and ``lengths (n,)``, which is None if all rows have t steps. Optional
fields are ``past (n, t, p)``, ``future (n, h, f)``, ``static (n, s)`` and ``baseline (n, h, k)``,
the forecast that the output corrects. Networks that read targets also get ``target`` in training,
those that read weights ``weights (n,)``.
``output`` is ``(n, k)`` for one target per sequence, ``(n, t, k)`` for one per step and
``(n, h, k, q)`` for forecasts of h steps with q quantiles.
``state`` is a tuple of tensors that continues the sequence, or None.

`Module`, the base of all networks and layers of the package, declares everything else. Layers of
torch and of the user do not inherit from it; only `declared` and the setters of `Module` handle
them. The training relies on the attributes and methods of a network, without importing this
package. `ModuleAdapter` adds them to a user's own network.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

import torch
from torch import Tensor, nn

from .threads import KernelThreads

State = tuple[Tensor, ...] | None


class SequenceBatch(Protocol):
    """Fields of a batch that a module may read."""

    x: Tensor
    lengths: Tensor | None
    past: Tensor | None
    future: Tensor | None
    static: Tensor | None
    baseline: Tensor | None
    target: Tensor | None
    weights: Tensor | None


class Module(nn.Module):
    """Base class of networks and layers; its defaults also apply to layers of torch.

    Attributes
    ----------
    streams : bool
        Whether a sequence can be read in pieces, with the state passed from one to the next.
    reads_targets : bool
        Whether a network gets ``batch.target`` in training (teacher forcing).
    reads_weights : bool
        Whether a network gets ``batch.weights`` in training, the weights of the rows.
    progress : float
        Fraction of the training done, in [0, 1). The loop sets it on networks that read targets.
    width : int or None
        Width of what the head of a network reads; None if it is not known.
    sequential : bool
        Whether a layer computes step by step, each step depending on the one before.
    own_threads : KernelThreads or None
        Threads of a sequential layer with compiled kernels; ``own_threads.limit`` is their number
        (None: as many as torch).
    row_invariant : bool
        Whether the result of a row is the same bit for bit in any batch, wherever the row begins in
        memory.
    draws : bool
        Whether a layer draws random numbers and uses the next two attributes.
    generator : torch.Generator or None
        Source of random numbers; None means the process-wide generator.
    sampling : bool
        Whether the network or layer also draws in prediction (Monte-Carlo dropout).
    p : float
        Dropout rate of the layer.
    """

    reads_targets: ClassVar[bool] = False
    reads_weights: bool = False
    sequential: ClassVar[bool] = False
    draws: ClassVar[bool] = False
    progress: float = 0.0
    width: int | None = None
    generator: torch.Generator | None = None
    sampling: bool = False
    p: float = 0.0

    @property
    def streams(self) -> bool:
        """Whether a sequence can be read in pieces, with the state passed on."""
        return False

    def first_state(self, n: int) -> State:
        """Return the state of `n` rows before their first step, None if there is none."""
        return None

    @property
    def row_invariant(self) -> bool:
        """Whether the result of a row is the same bit for bit in any batch."""
        return False

    @property
    def own_threads(self) -> KernelThreads | None:
        """Threads of the layer, None if it has none of its own."""
        return None

    @property
    def has_dropout(self) -> bool:
        """Whether any part has dropout."""
        return any(declared(part).p > 0 for part in self.modules())

    def initialize(self, generator: torch.Generator) -> None:
        """Set those weights that do not start as others do; nothing by default."""

    def declarations(self) -> list[tuple[nn.Module, Module]]:
        """Return all parts, each with the object that declares for it."""
        return [(part, declared(part)) for part in self.modules()]

    def set_generator(self, generator: torch.Generator | None) -> None:
        """Set the generator of every part that draws random numbers."""
        self._set("generator", generator)

    def set_sampling(self, sampling: bool) -> None:
        """Switch drawing in prediction on or off, for this network and every part that draws."""
        self.sampling = sampling
        self._set("sampling", sampling)
        # In evaluation these layers of torch have a shortcut that skips the dropout inside them.
        for part in self.modules():
            if isinstance(part, nn.TransformerEncoderLayer | nn.MultiheadAttention):
                part.training = sampling

    def _set(self, name: str, value: object) -> None:
        """Set an attribute of the parts that draw; a user's part draws if it has the attribute."""
        for part in self.modules():
            if part.draws if isinstance(part, Module) else hasattr(part, name):
                setattr(part, name, value)


class _Stepwise(Module):
    sequential = True


_DEFAULTS, _STEPWISE = Module(), _Stepwise()


def declared(part: nn.Module) -> Module:
    """Return an object with the declarations of a part: itself, or defaults for other layers."""
    if isinstance(part, Module):
        return part
    return _STEPWISE if isinstance(part, nn.RNNBase) else _DEFAULTS


class Encoder(Module):
    """Base class of encoders: one vector per step, or one per sequence if it pools.

    ``encoder(x (n, t, c), lengths (n,) or None, state or None)`` returns the outputs,
    ``(n, m, output_size)`` or ``(n, output_size)``, and the state, None unless it `streams`. One
    that `reads_weights` also takes ``weights (n,)`` or None, after the state.

    Attributes
    ----------
    output_size : int
        Width of an output.
    """

    output_size: int
