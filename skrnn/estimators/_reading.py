"""How an estimator reads its sequences: the parameter `inputs`."""

from __future__ import annotations

from typing import Any

from skrnn._groups import Inputs
from skrnn.data import Sequences

from ._input_scaler import InputScaler


class ReadsInputs:
    """Mixin of an estimator with the parameter `inputs`."""

    inputs: Inputs | None

    @property
    def _masks(self):
        """Whether values may be missing."""
        return self.inputs is not None and self.inputs.missing == "mask"

    @property
    def _causal(self: Any):
        """Whether an output must not depend on later steps."""
        return self._per_step

    @property
    def _n_channels_read(self: Any):
        """Channels that the network reads."""
        return self.n_channels_in_ * (2 if self._masks else 1)

    @property
    def _convolves(self):
        """Whether ``stem="auto"`` puts convolutions before the network."""
        return False

    def _fit_input_scaler(self, data):
        self._input_scaler = InputScaler.fit(
            data.inputs, data.weights, normalizes=self._normalizes(data), masks=self._masks
        )

    def _normalizes(self: Any, data):
        """Whether each sequence is normalised; "auto" asks the estimator."""
        given = "auto" if self.inputs is None else self.inputs.normalize
        if given == "auto":
            return isinstance(data.inputs, Sequences) and self._suits_normalization(data)
        if given and (self._causal or not isinstance(data.inputs, Sequences)):
            raise ValueError(
                "inputs=Inputs(normalize=True) needs one target per sequence, since mean and "
                "standard deviation are those of the whole sequence, and no sliding windows of a "
                "table; set it to False."
            )
        return bool(given)

    @property
    def _streams(self: Any):
        """Whether the fitted network reads step by step."""
        return self.module_.streams and not self._input_scaler.normalizes

    def _suits_normalization(self, data):
        return False

    def _encode_inputs(self: Any, inputs):
        return self._input_scaler.encode(inputs, self._precision)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()  # type: ignore[misc]  # of the estimator
        tags.input_tags.allow_nan = self._masks
        return tags
