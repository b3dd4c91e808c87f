"""The description of a network that a class of the user makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

from .adapter import ModuleAdapter, construct
from .builders import materialize
from .specs import HeadSpec


@dataclass(frozen=True)
class OwnModuleSpec:
    """A network of the user's own: it can be built, but JSON cannot hold its class.

    Parameters
    ----------
    module : callable
        What makes the network; `construct` calls it.
    params : mapping or None
        Arguments that the user has given for it.
    known : mapping
        Sizes that are known from the data.
    width : int
        Width of its output; only where a head follows.
    head : HeadSpec, optional
        A head for forecasts.
    """

    module: Callable[..., nn.Module]
    params: Mapping[str, Any] | None
    known: Mapping[str, int]
    width: int = 0
    head: HeadSpec | None = None

    streams = False  # nothing is known of a state that could be continued

    def build(self, seed: int) -> ModuleAdapter:
        """Return a new network, the same one for the same seed."""
        generator = torch.Generator().manual_seed(seed)
        network = construct(self.module, self.params, generator=generator, **self.known)
        head = None
        if self.head is not None:
            head = materialize(partial(self.head.make, self.width), generator)
        return ModuleAdapter(network, head)

    def to_json(self) -> str:
        """Refuse: the class of the user cannot be written as JSON.

        Raises
        ------
        ValueError
            Always.
        """
        name = getattr(self.module, "__name__", repr(self.module))
        raise ValueError(
            f"The network of module={name} cannot be rebuilt from JSON, which does not hold your "
            "class; pickle the estimator instead."
        )
