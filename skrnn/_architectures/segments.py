"""A strided convolution in front of a network."""

from __future__ import annotations

from numbers import Integral

from skrnn._compat import Interval
from skrnn._parameters import parameters

SEGMENTS: dict[str, list] = {
    "conv_kernel_size": [Interval(Integral, 1, None, closed="left"), None],
    "conv_stride": [Interval(Integral, 1, None, closed="left"), None],
}


@parameters
class Segments:
    """Windows of steps, each of which becomes one step of the network."""

    conv_kernel_size: int | None = None
    conv_stride: int | None = None

    def _check_architecture(self):
        if self.conv_stride is not None and self.conv_kernel_size is None:
            raise ValueError(
                f"conv_stride={self.conv_stride} needs a convolution; pass conv_kernel_size, too, "
                "or leave conv_stride out."
            )

    def _predicted_steps(self, sequences):
        if self.conv_kernel_size is None:
            return sequences
        stride = self.conv_kernel_size if self.conv_stride is None else self.conv_stride
        return sequences.window_ends(self.conv_kernel_size, stride)
