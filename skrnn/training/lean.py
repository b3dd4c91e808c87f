"""Optimisers of torch without what costs more than a step; the one door to its private names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch

OptimizerFactory = Callable[..., torch.optim.Optimizer]


def without_compiler(cls: Any) -> OptimizerFactory:
    """Return the same optimiser without its hooks for torch's compiler.

    Their first use imports the compiler, which takes time and memory in every process that trains.
    """
    hooked = ("add_param_group", "load_state_dict", "state_dict", "zero_grad")
    methods = {name: inspect.unwrap(getattr(cls, name)) for name in hooked}
    return type(cls.__name__, (cls,), {**methods, "step": _as_step(inspect.unwrap(cls.step))})


def of_one_buffer(cls: Any, private_name: str) -> OptimizerFactory:
    """Return a kind of Adam that updates one buffer by one call of torch's fused update.

    The update is private to torch. Where it is missing, torch's own step takes its place, with
    the same result. That step collects all parameters first, which slows the training of small
    networks down. Adam written with public operations on tensors is slower too, and rounds
    differently. The first step, which makes the state, is torch's.

    Parameters
    ----------
    cls : type of torch.optim.Optimizer
        The kind of Adam.
    private_name : str
        Name of its fused update in torch.
    """
    lean: Any = without_compiler(cls)
    update = getattr(torch, private_name, None)
    if update is None:
        return lean
    torch_step = lean.step

    def step(self):
        group = self.param_groups[0]
        parameter = group["params"][0]
        state = self.state[parameter]
        if not state or len(group["params"]) > 1:
            return torch_step(self)
        state["step"] += 1
        update(
            [parameter], [parameter.grad], [state["exp_avg"]], [state["exp_avg_sq"]], [],
            [state["step"]],
            lr=group["lr"], beta1=group["betas"][0], beta2=group["betas"][1],
            weight_decay=group["weight_decay"], eps=group["eps"],
            amsgrad=False, maximize=False,
        )  # fmt: skip

    return type(cls.__name__, (lean,), {"step": _as_step(step)})


def _as_step(function: Callable) -> Any:
    """Return `function` as the step of an optimiser, which torch does not wrap to profile it."""
    step: Any = torch.no_grad()(function)
    step.hooked = True
    return step
