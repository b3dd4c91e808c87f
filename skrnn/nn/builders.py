"""Build modules, the same one for the same generator, without touching torch's global one."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from .contract import Encoder
from .heads import QuantileForecastHead
from .models import ForecastModel, RollingForecastModel, SequenceModel


def materialize(make: Callable[[], nn.Module], generator: torch.Generator) -> nn.Module:
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


def reads_on(make_encoder: Callable[[], Encoder]) -> bool:
    """Whether the encoder that is made can go on from a state; nothing is allocated."""
    with torch.device("meta"):
        return make_encoder().streams


def build_sequence_model(
    make_encoder: Callable[[], Encoder], *, n_outputs: int, generator: torch.Generator
) -> nn.Module:
    """Build the network of a regressor or classifier around the encoder that is made."""
    return materialize(lambda: SequenceModel(make_encoder(), output_size=n_outputs), generator)


def build_forecast_model(
    make_encoder: Callable[[], Encoder],
    *,
    horizon: int,
    n_targets: int,
    n_quantiles: int,
    n_future: int,
    generator: torch.Generator,
    rollout: int = 0,
    reads_baseline: bool = False,
) -> nn.Module:
    """Build the network of a forecaster around the encoder that is made.

    With `rollout` it is one that reads on from step to step.
    """

    def make():
        body = make_encoder()
        head = QuantileForecastHead(
            input_size=body.output_size,
            horizon=horizon,
            n_targets=n_targets,
            n_quantiles=n_quantiles,
            n_future=n_future,
            reads_baseline=reads_baseline,
        )
        if rollout:
            return RollingForecastModel(body, head, rollout=rollout)
        return ForecastModel(body, head)

    return materialize(make, generator)
