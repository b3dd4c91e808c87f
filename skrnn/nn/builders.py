"""Reproducible construction of modules, without torch's global generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from .contract import Module

MOST_WEIGHTS = 2**30  # about 16 GB while they are trained

Built = TypeVar("Built", bound=nn.Module)


def materialize(make: Callable[[], Built], generator: torch.Generator) -> Built:
    """Call `make` on the meta device, then allocate and initialise with `generator`.

    On the meta device, the constructors of torch draw no random numbers. ``torch.manual_seed``
    would be process-wide, and thus not safe with threads.
    """
    with torch.device("meta"):
        module = make()
    n_weights = sum(parameter.numel() for parameter in module.parameters())
    if n_weights > MOST_WEIGHTS:
        raise ValueError(
            f"The network would have {n_weights:,} weights, and at most {MOST_WEIGHTS:,} are "
            "trained; take smaller or fewer layers."
        )
    _allocate(module)
    initialize(module, generator)
    return module


def _allocate(module: nn.Module) -> None:
    """Allocate the parameters and buffers of `module` on the CPU.

    ``module.to_empty`` would import torch's symbolic shapes, which takes a quarter of a second.
    """
    made: dict[torch.Tensor, torch.Tensor] = {}  # shared tensors stay shared
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

    Weights are Glorot uniform (Glorot & Bengio, 2010) and biases zero, but for what
    `Module.initialize` of a part sets.
    """
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight, generator=generator)
            nn.init.zeros_(part.bias)
    for part in module.modules():
        if isinstance(part, Module):
            part.initialize(generator)
