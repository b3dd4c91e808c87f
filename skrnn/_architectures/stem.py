"""A strided convolution in front of a network."""

from __future__ import annotations

from skrnn._compat import StrOptions
from skrnn._groups import Convolution

STEM: dict[str, list] = {"stem": [Convolution, None]}
AUTO_STEM: dict[str, list] = {"stem": [StrOptions({"auto"}), Convolution, None]}

STEM_TEXT = """
    stem : Convolution, default=None
        Convolution that turns windows of steps into single steps before the first layer. None
        means no convolution.
    """
AUTO_STEM_TEXT = """
    stem : Convolution, "auto" or None, default="auto"
        Convolution that turns segments of the window into single steps before the first layer.
        "auto" divides windows of more than 64 steps into up to 32 segments of whole seasons, and
        reads shorter ones step by step. None means no convolution.
    """


class Stem:
    """An architecture that may have a convolution in front."""

    stem: Convolution | str | None

    def _convolution(self, segment_length):
        """Return kernel and stride, "auto" replaced by the length that the facade suggests."""
        if isinstance(self.stem, Convolution):
            return {"conv_kernel_size": self.stem.kernel_size, "conv_stride": self.stem.stride}
        return {"conv_kernel_size": segment_length, "conv_stride": None}

    def _predicted_steps(self, sequences):
        if not isinstance(self.stem, Convolution):
            return sequences
        kernel_size, stride = self.stem.kernel_size, self.stem.stride
        return sequences.window_ends(kernel_size, kernel_size if stride is None else stride)
