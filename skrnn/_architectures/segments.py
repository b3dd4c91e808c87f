"""A strided convolution in front of a network."""

from __future__ import annotations

import re
from numbers import Integral

from skrnn._compat import Interval, StrOptions
from skrnn._parameters import parameters

SEGMENTS: dict[str, list] = {
    "conv_kernel_size": [Interval(Integral, 1, None, closed="left"), None],
    "conv_stride": [Interval(Integral, 1, None, closed="left"), None],
}
AUTO_SEGMENTS: dict[str, list] = {  # where the facade knows the length of its windows
    **SEGMENTS,
    "conv_kernel_size": [StrOptions({"auto"}), *SEGMENTS["conv_kernel_size"]],
}


@parameters
class Segments:
    """Windows of steps, each of which becomes one step of the network."""

    conv_kernel_size: int | str | None = None
    conv_stride: int | None = None

    def _convolution(self, segment_length):
        """Return kernel and stride, "auto" replaced by the length that the facade suggests."""
        kernel = segment_length if self.conv_kernel_size == "auto" else self.conv_kernel_size
        return {
            "conv_kernel_size": kernel,
            "conv_stride": None if kernel is None else self.conv_stride,
        }

    def _check_architecture(self):
        if self.conv_stride is not None and self.conv_kernel_size in (None, "auto"):
            raise ValueError(
                f"conv_stride={self.conv_stride} needs a convolution; pass conv_kernel_size, too, "
                "or leave conv_stride out."
            )

    def _predicted_steps(self, sequences):
        if self.conv_kernel_size is None:
            return sequences
        stride = self.conv_kernel_size if self.conv_stride is None else self.conv_stride
        return sequences.window_ends(self.conv_kernel_size, stride)


def with_auto_segments(texts, name):
    """Return the texts of the parameters, "auto" being the default of the kernel in one of them."""
    text = texts[name].replace(
        "conv_kernel_size : int, default=None", 'conv_kernel_size : int or "auto", default="auto"'
    )
    text = re.sub(
        r"None means\s+no\s+convolution\.",
        'None means no\n        convolution; "auto" reads windows of more than 64 steps in up to '
        "32 segments\n        of whole seasons, and shorter ones step by step.",
        text,
    )
    return {**texts, name: text}
