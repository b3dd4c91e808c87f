"""Batch normalisation that knows which steps are valid and how much each row weighs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .contract import Module

EPSILON = 1e-5  # added to the variances
MOMENTUM = 0.1  # of the newest batch in the running statistics


class BatchNorm(Module):
    r"""Batch normalisation (Ioffe & Szegedy, 2015) of sequences.

    :math:`\gamma \odot (x - \mu) / \sqrt{\sigma^2 + 10^{-5}} + \beta` with the mean and the
    variance of each channel: in training over the steps of the batch, each with its share, in
    prediction the running means of these. Padding has no share, and a row of weight 2 has that of
    two rows. A prediction does not depend on the other rows.

    Parameters
    ----------
    size : int
        Number of channels.

    Shape
    -----
    Input ``(n, t, size)``, and the share of each step, ``(n, t)`` with the sum 1; output as the
    input.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(size))
        self.bias = nn.Parameter(torch.empty(size))
        self.register_buffer("running_mean", torch.empty(size))
        self.register_buffer("running_var", torch.empty(size))

    def initialize(self, generator: torch.Generator) -> None:
        """Start as a standardisation, with the running statistics of standardised data."""
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)
        self.running_mean.zero_()
        self.running_var.fill_(1.0)

    def forward(self, x: Tensor, share: Tensor) -> Tensor:
        if not self.training:
            scale = self.weight * (self.running_var + EPSILON).rsqrt()
            return (x - self.running_mean) * scale + self.bias
        output, mean, variance = _Normalize.apply(x, share, self.weight, self.bias)
        with torch.no_grad():
            self.running_mean.lerp_(mean, MOMENTUM)
            self.running_var.lerp_(variance, MOMENTUM)
        return output


class _Normalize(torch.autograd.Function):
    """Normalisation by weighted moments; its gradient in one pass, without copies of the input."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, share: Tensor, gain: Tensor, bias: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        steps, share = x.reshape(-1, x.shape[-1]), share.flatten()
        mean = share @ steps
        centered = steps - mean
        variance = share @ centered.square()
        scale = (variance + EPSILON).rsqrt()
        standard = centered.mul_(scale)
        ctx.save_for_backward(standard, share, gain, scale)
        ctx.mark_non_differentiable(mean, variance)
        return torch.addcmul(bias, standard, gain).view_as(x), mean, variance

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        standard, share, gain, scale = ctx.saved_tensors
        gradient = gradients[0]
        steps = gradient.reshape(standard.shape)
        of_bias, of_gain = steps.sum(0), (steps * standard).sum(0)
        common = torch.addcmul(of_bias, standard, of_gain)
        of_input = torch.addcmul(steps, share[:, None], common, value=-1).mul_(gain * scale)
        return of_input.view(gradient.shape), None, of_gain, of_bias
