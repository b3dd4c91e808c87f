"""Build modules, the same one for the same generator, without touching torch's global one."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from .heads import QuantileForecastHead
from .models import ForecastModel, SequenceModel
from .recurrent import RecurrentEncoder


def materialize(make: Callable[[], nn.Module], generator: torch.Generator) -> nn.Module:
    """Call `make` without memory or random numbers, then initialise by `generator`.

    ``torch.manual_seed`` is process-wide and races under threads; on the meta device the
    constructors of torch draw nothing.
    """
    with torch.device("meta"):
        module = make()
    module = module.to_empty(device="cpu")
    initialize(module, generator)
    return module


@torch.no_grad()
def initialize(module: nn.Module, generator: torch.Generator) -> None:
    """Initialise every layer.

    Recurrent weights are orthogonal gate by gate (Saxe et al., 2014), other weights Glorot
    uniform (Glorot & Bengio, 2010), biases zero, and the forget gate of the LSTM starts at 1
    (Jozefowicz et al., 2015).
    """
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.xavier_uniform_(part.weight, generator=generator)
            nn.init.zeros_(part.bias)
        elif isinstance(part, nn.RNNBase):
            _initialize_recurrent(part, generator)
    for part in module.modules():
        if isinstance(part, QuantileForecastHead):
            part.initialize()


def _initialize_recurrent(layer: nn.RNNBase, generator: torch.Generator) -> None:
    h = layer.hidden_size
    weights = dict(layer.named_parameters())
    for gate in weights["weight_ih_l0"].split(h):
        nn.init.xavier_uniform_(gate, generator=generator)
    for gate in weights["weight_hh_l0"].split(h):
        nn.init.orthogonal_(gate, generator=generator)
    nn.init.zeros_(weights["bias_ih_l0"])
    nn.init.zeros_(weights["bias_hh_l0"])
    if isinstance(layer, nn.LSTM):
        weights["bias_ih_l0"][h : 2 * h] = 1.0


def build_sequence_model(
    *, output_size: int, pooling: str | None, generator: torch.Generator, **encoder
) -> nn.Module:
    """Build the network of a regressor or classifier; `encoder` as `RecurrentEncoder` has it."""
    return materialize(
        lambda: SequenceModel(
            RecurrentEncoder(**encoder), output_size=output_size, pooling=pooling
        ),
        generator,
    )


def build_forecast_model(
    *,
    horizon: int,
    n_targets: int,
    n_quantiles: int,
    n_future: int,
    generator: torch.Generator,
    **encoder,
) -> nn.Module:
    """Build the network of a forecaster; `encoder` as `RecurrentEncoder` has it."""

    def make():
        body = RecurrentEncoder(**encoder)
        head = QuantileForecastHead(
            input_size=body.output_size,
            horizon=horizon,
            n_targets=n_targets,
            n_quantiles=n_quantiles,
            n_future=n_future,
        )
        return ForecastModel(body, head)

    return materialize(make, generator)
