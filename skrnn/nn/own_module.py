"""Spec of a user's own network."""

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
    """Spec of a user's own network. It cannot be written as JSON, which does not hold a class.

    Parameters
    ----------
    module : callable
        Class or function that returns the network; `construct` calls it.
    params : mapping
        Arguments given by the user.
    known : mapping
        Sizes that are known from the data.
    width : int
        Width of its output; used only with a head.
    head : HeadSpec, optional
        A head for forecasts.
    """

    module: Callable[..., nn.Module]
    params: Mapping[str, Any]
    known: Mapping[str, int]
    width: int = 0
    head: HeadSpec | None = None

    streams = False  # a state of the user's network is not known

    def build(self, seed: int) -> ModuleAdapter:
        """Return a new network, reproducible by the seed."""
        generator = torch.Generator().manual_seed(seed)
        network = construct(self.module, self.params, generator=generator, **self.known)
        head = None
        if self.head is not None:
            head = materialize(partial(self.head.make, self.width), generator)
        return ModuleAdapter(network, head)

    @property
    def all_settings(self) -> dict[str, Any]:
        """The module and its arguments."""
        return {"module": self.module, **self.params}

    def to_json(self) -> str:
        """Raise an error, as the class of the user cannot be written as JSON.

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
