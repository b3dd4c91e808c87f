"""Optimisers and the schedule of the learning rate."""

from __future__ import annotations

import math
from typing import Any

import torch

from .lean import OptimizerFactory, of_one_buffer, without_compiler

OPTIMIZERS: dict[str, OptimizerFactory] = {
    "adam": of_one_buffer(torch.optim.Adam, "_fused_adam_"),
    "adamw": of_one_buffer(torch.optim.AdamW, "_fused_adamw_"),
    "sgd": without_compiler(torch.optim.SGD),
}
PEAK = 0.3  # fraction of the training after which the one-cycle schedule falls


def make_optimizer(
    parameters: list[torch.nn.Parameter], name: str, learning_rate: float, weight_decay: float
) -> torch.optim.Optimizer:
    """Return a fused optimiser."""
    options: dict[str, Any] = {"momentum": 0.9, "nesterov": True} if name == "sgd" else {}
    return OPTIMIZERS[name](
        parameters, lr=learning_rate, weight_decay=weight_decay, fused=True, **options
    )


def one_cycle(progress: float) -> float:
    """Return the rate at `progress` in [0, 1], as a fraction of the peak rate.

    Half a cosine up from 1/25 and half a cosine down to nearly nothing (Smith & Topin, 2019).
    """
    if progress < PEAK:
        low, high, position = 1 / 25, 1.0, progress / PEAK
    else:
        low, high, position = 1.0, 1e-4, (progress - PEAK) / (1 - PEAK)
    return low + (high - low) * (1 - math.cos(math.pi * position)) / 2


def constant(progress: float) -> float:
    """Return the peak rate, whatever the progress."""
    return 1.0


SCHEDULES = {"one_cycle": one_cycle, "constant": constant}
