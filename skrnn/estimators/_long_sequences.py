"""What classifiers put before long sequences by default."""

from __future__ import annotations

from dataclasses import replace
from numbers import Real
from typing import Any

from skrnn._compat import Interval, StrOptions
from skrnn._groups import Convolution
from skrnn.nn import StemSpec
from skrnn.training import LEAST_UPDATES, convolutional_batch_size, convolutional_epochs

from ._estimator_texts import TEXTS as SHARED

N_FILTERS = 64
MOST_STEPS = 64  # that the network reads one by one

# What "auto" is with convolutions and without.
ENCODERS: dict[str, tuple] = {
    "bidirectional": (True, False),
    "dropout": (0.3, 0.0),
    "pooling": ("mean", "last"),
}
SMOOTHING = 0.1

LONG_SEQUENCES: dict[str, list] = {
    "stem": [StrOptions({"auto"}), Convolution, None],
    "label_smoothing": [StrOptions({"auto"}), Interval(Real, 0, 1, closed="left")],
}
TEXTS = {
    "stem": f"""
    stem : Convolution, "auto" or None, default="auto"
        Convolutions before the first layer. "auto" puts those of a fully convolutional network
        (Wang et al., 2017) before sequences of more than {MOST_STEPS} steps, the longest of
        the training: three, with {N_FILTERS}, {2 * N_FILTERS} and {N_FILTERS} filters and batch
        normalisation. Their stride leaves at most {MOST_STEPS} steps. "auto" of `batch_size` is
        then a tenth of the rows, from 8 to 32, and that of `max_epochs` at least
        {LEAST_UPDATES:,} updates. A `Convolution` turns windows of steps into single steps. None
        is the network alone, which reads step by step, as "auto" does with shorter sequences and
        with truncated backpropagation through time.
    """,
    "classification_loss": SHARED["classification_loss"].replace(
        """label_smoothing : float, default=0.0
        Fraction of each label, in [0, 1), that is spread evenly over all classes (Szegedy et al.,
        2016). Not for a callable `loss`.""",
        f"""label_smoothing : float or "auto", default="auto"
        Fraction of each label, in [0, 1), that is spread evenly over all classes (Szegedy et al.,
        2016). "auto" is {SMOOTHING} after the convolutions of ``stem="auto"``, otherwise 0. Not for
        a callable `loss`.""",
    ),
}


class LongSequences:
    """Mixin for a classifier with convolutions before long sequences.

    It stands before the architecture among the bases.
    """

    stem: Convolution | str | None
    label_smoothing: float | str

    @property
    def _convolves(self: Any):
        """Whether "auto" puts convolutions before the longest sequence of the training."""
        truncates = self.trainer is not None and self.trainer.tbptt_steps is not None
        return self.stem == "auto" and self._longest > MOST_STEPS and not truncates

    def _encoder_spec(self: Any, input_size, n_steps, *, per_step, segment_length=None):
        spec = super()._encoder_spec(input_size, n_steps, per_step=per_step)  # type: ignore[misc]  # of the estimator
        chosen = {
            name: values[0] if self._convolves else values[1]
            for name, values in ENCODERS.items()
            if spec.settings.get(name) == "auto"
        }
        return replace(spec, settings={**spec.settings, **chosen})

    @property
    def _smoothing(self):
        if self.label_smoothing != "auto":
            return self.label_smoothing
        return SMOOTHING if self._convolves else 0.0

    def _stem_spec(self: Any, input_size, n_steps, width, segment_length):
        if not self._convolves:
            return super()._stem_spec(input_size, n_steps, width, segment_length)  # type: ignore[misc]  # of the estimator
        stride = -(-n_steps // MOST_STEPS)
        settings = {"input_size": input_size, "output_size": N_FILTERS, "stride": stride}
        return StemSpec("fully_convolutional", settings)

    def _auto_batch_size(self: Any, n, n_steps=1):
        if self._convolves:
            return convolutional_batch_size(n)
        return super()._auto_batch_size(n, n_steps)  # type: ignore[misc]  # of the estimator

    def _auto_epochs(self: Any, n, n_batches):
        if self._convolves:
            return convolutional_epochs(n, n_batches)
        return super()._auto_epochs(n, n_batches)  # type: ignore[misc]  # of the estimator
