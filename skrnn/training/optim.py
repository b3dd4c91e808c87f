"""Optimisers and the schedule of the learning rate."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any

import torch


def _without_compiler(cls: Any) -> Callable[..., torch.optim.Optimizer]:
    """Return the same optimiser without its hooks for torch's compiler.

    Their first use imports the compiler: a second and 70 MB in every process that trains.
    """
    hooked = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")
    methods = {name: inspect.unwrap(getattr(cls, name)) for name in hooked}
    step = torch.no_grad()(inspect.unwrap(cls.step))
    return type(cls.__name__, (cls,), {**methods, "step": step})


OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": _without_compiler(torch.optim.Adam),
    "adamw": _without_compiler(torch.optim.AdamW),
    "sgd": _without_compiler(torch.optim.SGD),
}
PEAK = 0.3  # part of the training after which the one-cycle schedule falls


def make_optimizer(
    parameters: list[torch.nn.Parameter], name: str, learning_rate: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Return a fused optimiser."""
    options: dict[str, Any] = {"momentum": 0.9, "nesterov": True} if name == "sgd" else {}
    return OPTIMIZERS[name](
        parameters, lr=learning_rate, weight_decay=weight_decay, fused=True, **options
    )


def one_cycle(progress: float) -> float:
    """Return the rate at `progress` in [0, 1], as a part of the peak rate.

    Half a cosine up from 1/25 and half a cosine down to nearly nothing (Smith & Topin, 2019).
    """
    if progress < PEAK:
        low, high, position = 1 / 25, 1.0, progress / PEAK
    else:
        low, high, position = 1.0, 1e-4, (progress - PEAK) / (1 - PEAK)
    return low + (high - low) * (1 - math.cos(math.pi * position)) / 2


def constant(progress: float) -> float:
    """Return the peak rate at any time."""
    return 1.0


SCHEDULES = {"one_cycle": one_cycle, "constant": constant}
