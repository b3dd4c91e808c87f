"""Build modules, the same one for the same generator, without touching torch's global one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

Built = TypeVar("Built", bound=nn.Module)


def materialize(make: Callable[[], Built], generator: torch.Generator) -> Built:
    """Call `make` without memory or random numbers, then initialise by `generator`.

    ``torch.manual_seed`` is process-wide and races under threads; on the meta device the
    constructors of torch draw nothing.
    """
    with torch.device("meta"):
        module = make()
    _allocate(module)
    initialize(module, generator)
    return module


def _allocate(module: nn.Module) -> None:
    """Give the parameters and buffers of `module` memory on the CPU.

    ``module.to_empty`` imports a quarter of a second of torch's symbolic shapes.
    """
    made: dict[torch.Tensor, torch.Tensor] = {}  # what parts share stays shared
    for part in module.modules():
        for name, old in part.named_parameters(recurse=False):
            if old not in made:
                new = torch.empty(old.shape, dtype=old.dtype)
                made[old] = nn.Parameter(new, requires_grad=old.requires_grad)
            setattr(part, name, made[old])
        for name, buffer in part.named_buffers(recurse=False):
            if buffer not in made:
                made[buffer] = torch.empty(buffer.shape, dtype=buffer.dtype)
            setattr(part, name, made[buffer])


@torch.no_grad()
def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Initialise every layer.

    Weights are Glorot uniform (Glorot & Bengio, 2010) and biases zero, but for what the parts with
    a method ``initialize(generator)`` say of themselves.
    """
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight, generator=generator)
            nn.init.zeros_(part.bias)
    for part in module.modules():
        own = getattr(part, "initialize", None)
        if own is not None:
            own(generator)
