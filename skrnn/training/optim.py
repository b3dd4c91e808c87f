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
    return type(cls.__name__, (cls,), {**methods, "step": _as_step(inspect.unwrap(cls.step))})


def _as_step(function: Callable) -> Any:
    """Return the step of an optimiser, which torch does not wrap to be seen by its profiler."""
    step: Any = torch.no_grad()(function)
    step.hooked = True
    return step


def _of_one_buffer(cls: Any, update: Callable) -> Callable[..., torch.optim.Optimizer]:
    """Return a kind of Adam that steps by one call of torch's fused update.

    With all parameters in one buffer, most of the time of torch's own step goes into looking for
    them; the first step, which makes the state, is torch's.
    """
    lean: Any = _without_compiler(cls)
    first_step = lean.step

    def step(self):
        group = self.param_groups[0]
        parameter = group["params"][0]
        state = self.state[parameter]
        if not state or len(group["params"]) > 1:
            return first_step(self)
        state["step"] += 1
        update(
            [parameter], [parameter.grad], [state["exp_avg"]], [state["exp_avg_sq"]], [],
            [state["step"]],
            lr=group["lr"], beta1=group["betas"][0], beta2=group["betas"][1],
            weight_decay=group["weight_decay"], eps=group["eps"],
            amsgrad=False, maximize=False,
        )  # fmt: skip

    return type(cls.__name__, (lean,), {"step": _as_step(step)})


OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "adam": _of_one_buffer(torch.optim.Adam, torch._fused_adam_),
    "adamw": _of_one_buffer(torch.optim.AdamW, torch._fused_adamw_),
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
