"""All parameters of a module in one buffer, for one operation on all of them."""

from __future__ import annotations

import torch

STRIDE = 16  # parameters begin at multiples of 16 numbers, 64 bytes in float32


class FlatParameters:
    """Make the trainable parameters of a module, and their gradients, views of one buffer.

    A step of the optimiser, a norm or a reset is then one operation, whatever the number of
    layers. The gaps between the parameters are zeros without a gradient.

    Parameters
    ----------
    module : torch.nn.Module
        The module. `release` gives its parameters their own memory again.

    Attributes
    ----------
    parameter : torch.nn.Parameter
        The buffer; its ``grad`` holds the gradients, zero at first.
    """

    def __init__(self, module: torch.nn.Module) -> None:
        self._parameters = [p for p in module.parameters() if p.requires_grad]
        starts, size = [], 0
        for parameter in self._parameters:
            starts.append(size)
            size += -(-parameter.numel() // STRIDE) * STRIDE
        like = self._parameters[0]
        self.parameter = torch.nn.Parameter(torch.zeros(size, dtype=like.dtype, device=like.device))
        self.parameter.grad = torch.zeros_like(self.parameter)
        for start, parameter in zip(starts, self._parameters, strict=True):
            part = slice(start, start + parameter.numel())
            view = self.parameter.detach()[part].view_as(parameter)
            view.copy_(parameter.detach())
            parameter.data = view
            parameter.grad = self.parameter.grad[part].view_as(parameter)

    @property
    def grad(self) -> torch.Tensor:
        """Gradients of all parameters."""
        gradient = self.parameter.grad
        assert gradient is not None
        return gradient

    def release(self) -> None:
        """Give each parameter memory of its own."""
        for parameter in self._parameters:
            parameter.data = parameter.detach().clone()
            parameter.grad = None
