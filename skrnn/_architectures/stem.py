"""A strided convolution before the first layer of a network."""

from __future__ import annotations

from typing import Any

from skrnn._compat import StrOptions
from skrnn._groups import Convolution
from skrnn.nn import EncoderSpec, StemSpec

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
    """Mixin for an architecture with an optional convolution before the first layer."""

    stem: Convolution | str | None

    def _stem_spec(self, input_size, n_steps, width, segment_length):
        """Describe the stem before an encoder of up to `n_steps` steps, None if there is none.

        "auto" takes `segment_length`, the length that the forecaster chooses.
        """
        kernel_size, stride = segment_length, None
        if isinstance(self.stem, Convolution):
            kernel_size, stride = self.stem.kernel_size, self.stem.stride
        if kernel_size is None:
            return None
        windows = {
            "input_size": input_size,
            "output_size": width,
            "kernel_size": kernel_size,
            "stride": kernel_size if stride is None else stride,
        }
        return StemSpec("convolution", windows)

    @property
    def _has_auto_stem(self):
        """Whether the forecaster chooses the segments."""
        return isinstance(self.stem, str)

    def _predicted_steps(self: Any, sequences):
        stem = self.network_spec_.encoder.stem
        if stem is None:
            return sequences
        return sequences.window_ends(stem.settings["kernel_size"], stem.settings["stride"])


def stemmed(kind: str, input_size: int, settings: dict, stem: StemSpec | None) -> EncoderSpec:
    """Describe an encoder with these settings after its stem, if there is one."""
    width = input_size if stem is None else stem.settings["output_size"]
    return EncoderSpec(kind, {"input_size": width, **settings}, stem)


def steps_after(stem: StemSpec | None, n_steps: int) -> int:
    """Return the largest number of steps that a stem can make of `n_steps` steps."""
    stride: Any = 1 if stem is None else stem.settings["stride"]
    return -(-n_steps // stride)
