"""The convolutional network of Wang et al. (2017) as a stem: three convolutions over time."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .batch_norm import BatchNorm
from .contract import Module

KERNEL_SIZES = (9, 5, 3)  # the first is the stride if that is more
WIDTHS = (1, 2, 1)  # in multiples of the number of filters
LEAST_WEIGHT = 1e-30  # of a row, so that a batch of rows without weight has statistics


class Convolution(Module):
    """A convolution over time, centred on each step; zeros surround the sequence.

    Parameters
    ----------
    input_size, output_size : int
        Channels of the input and of the output.
    kernel_size : int
        Steps that it reads, an odd number.
    stride : int
        Steps from one output to the next.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, m, output_size)`` with m = t / stride, rounded up.
    """

    def __init__(self, input_size: int, output_size: int, kernel_size: int, stride: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(output_size, input_size, kernel_size))
        self.stride, self.margin = stride, kernel_size // 2

    def initialize(self, generator: torch.Generator) -> None:
        """Draw the weights so that rectified outputs keep their scale (He et al., 2015)."""
        nn.init.kaiming_uniform_(self.weight, nonlinearity="relu", generator=generator)

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            return self._convolve(x)
        # torch's convolutions round a row differently in other batches; matrix products of
        # `training.predict_module` do not.
        windows = functional.pad(x, (0, 0, self.margin, self.margin))
        windows = windows.unfold(1, self.weight.shape[2], self.stride).flatten(2)
        missing = 0, -windows.shape[2] % 4
        weight = functional.pad(self.weight.flatten(1), missing)
        return functional.linear(functional.pad(windows, missing), weight)

    def _convolve(self, x: Tensor) -> Tensor:
        """Convolve in two dimensions, one of them of length 1.

        Only these kernels of torch run on channels that are next to each other in memory.
        """
        images = x.transpose(1, 2).unsqueeze(2)
        images = functional.conv2d(
            images, self.weight.unsqueeze(2), stride=(1, self.stride), padding=(0, self.margin)
        )
        return images.squeeze(2).transpose(1, 2).contiguous()


class FullyConvolutional(Module):
    """Three convolutions, each with batch normalisation and a rectifier.

    They are those of the fully convolutional network (Wang, Yan & Oates, 2017, "Time series
    classification from scratch with deep neural networks"), with an odd first kernel and fewer
    filters.

    Parameters
    ----------
    input_size : int
        Channels of the input.
    output_size : int
        Filters of the first and the last convolution; the second has twice as many.
    stride : int
        Steps from one output of the first convolution to the next.

    Shape
    -----
    Input ``(n, t, input_size)``, the lengths ``(n,)`` or None, and in training the weights of the
    rows ``(n,)`` or None; output ``(n, m, output_size)`` with m = t / stride, rounded up, and the
    lengths of its rows, or None. The steps after a row's length are zero.
    """

    reads_weights = True

    def __init__(self, input_size: int, output_size: int, stride: int = 1) -> None:
        super().__init__()
        self.stride = stride
        widths = [input_size, *(multiple * output_size for multiple in WIDTHS)]
        strides = [stride, 1, 1]
        first, *others = KERNEL_SIZES
        kernels = [max(first, stride | 1), *others]  # no step between two windows is skipped
        sizes = zip(widths[:-1], widths[1:], kernels, strides, strict=True)
        self.convolutions = nn.ModuleList(Convolution(*each) for each in sizes)
        self.norms = nn.ModuleList(BatchNorm(width) for width in widths[1:])

    def forward(
        self, x: Tensor, lengths: Tensor | None, weights: Tensor | None = None
    ) -> tuple[Tensor, Tensor | None]:
        n_steps = (x.shape[1] + self.stride - 1) // self.stride
        valid = x.new_ones(len(x), n_steps)
        if lengths is not None:
            lengths = (lengths + self.stride - 1) // self.stride
            valid *= torch.arange(n_steps, device=x.device) < lengths[:, None]
        share = _share(valid, weights)
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = norm(convolution(x), share).relu()
            x = x if lengths is None else x * valid[..., None]
        return x, lengths


def _share(valid: Tensor, weights: Tensor | None) -> Tensor:
    """Return the share of each step in the statistics, with the sum 1; padding has none."""
    share = valid
    if weights is not None:
        share = share * weights.clamp(min=LEAST_WEIGHT)[:, None]
    return share / share.sum()
