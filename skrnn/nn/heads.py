"""Output layers of the forecasters."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .contract import Module


class EvenLinear(Module, nn.Linear):
    """A linear layer that pads its inputs in prediction, to be fast for any number of inputs.

    In prediction, a row must not depend on other rows. Matrix products of torch guarantee this only
    for rows that begin at multiples of 16 bytes. Otherwise, the whole network would have to run
    again for such rows.
    """

    row_invariant = True

    def forward(self, x: Tensor) -> Tensor:
        missing = 0, -self.in_features % 4
        if self.training or not missing[1]:
            return super().forward(x)
        weight = functional.pad(self.weight, missing)
        return functional.linear(functional.pad(x, missing), weight, self.bias)


class QuantileForecastHead(Module):
    """All steps of the horizon, and all quantiles, from the state at the origin.

    The middle quantile is unconstrained. The others are computed from it by adding positive gaps,
    so that quantiles never cross (Park et al., 2022, "Learning quantile functions without quantile
    crossing for distribution-free time series forecasting"). The last layers are initialised to
    zero: a new head predicts the baseline of the forecaster, with equal gaps.

    The head also reads the forecast of the baseline, through a layer of rectified units. Without
    it, the network would have to compute the baseline from the window before it can correct it.
    Known covariates of a step enter through a small network that all steps share.

    Parameters
    ----------
    input_size : int
        Width of the state at the origin.
    horizon, n_targets, n_quantiles, n_future : int
        Number of steps, target columns, quantiles (odd) and known covariates.
    width : int
        Width of the network that reads the known covariates.
    reads_baseline : bool
        Whether the head reads the forecast of a baseline.

    Shape
    -----
    Input ``(n, input_size)``, ``(n, horizon, n_future)`` or None, and
    ``(n, horizon, n_targets)`` or None; output ``(n, horizon, n_targets, n_quantiles)``.
    """

    def __init__(
        self,
        *,
        input_size: int,
        horizon: int,
        n_targets: int,
        n_quantiles: int,
        n_future: int = 0,
        width: int = 32,
        reads_baseline: bool = False,
    ) -> None:
        super().__init__()
        self.shape = (horizon, n_targets, n_quantiles)
        self.from_baseline: EvenLinear | None = None
        n_features = input_size
        if reads_baseline:
            self.from_baseline = EvenLinear(horizon * n_targets, input_size)
            n_features += input_size
        self.from_state = nn.Linear(n_features, horizon * n_targets * n_quantiles)
        self.from_future: nn.Sequential | None = None
        if n_future:
            self.from_future = nn.Sequential(
                nn.Linear(input_size + n_future, width),
                nn.ReLU(),
                nn.Linear(width, n_targets * n_quantiles),
            )

    def initialize(self, generator: torch.Generator) -> None:
        """Set the last layers to zero."""
        last = [self.from_state, *(list(self.from_future)[-1:] if self.from_future else [])]
        for layer in last:
            for parameter in layer.parameters():
                nn.init.zeros_(parameter)

    def forward(
        self, state: Tensor, future: Tensor | None = None, baseline: Tensor | None = None
    ) -> Tensor:
        features = state
        if self.from_baseline is not None:
            assert baseline is not None, (
                "a head with reads_baseline needs the forecast of the baseline"
            )
            features = torch.cat([state, self.from_baseline(baseline.flatten(1)).relu()], dim=-1)
        raw = self.from_state(features).reshape(len(state), *self.shape)
        if self.from_future is not None:
            assert future is not None, "a head with n_future > 0 needs future covariates"
            repeated = state[:, None].expand(-1, self.shape[0], -1)
            steps = self.from_future(torch.cat([repeated, future], dim=-1))
            raw = raw + steps.reshape(raw.shape)
        return monotone(raw)


def monotone(raw: Tensor) -> Tensor:
    """Turn unconstrained values (..., q) into increasing ones around the middle one."""
    middle = raw.shape[-1] // 2
    center = raw[..., middle : middle + 1]
    gaps = functional.softplus(raw)
    above = center + gaps[..., middle + 1 :].cumsum(dim=-1)
    below = center - gaps[..., :middle].flip(-1).cumsum(dim=-1).flip(-1)
    return torch.cat([below, center, above], dim=-1)
