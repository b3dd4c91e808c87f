"""What the recurrent regressors and classifiers share."""

from __future__ import annotations

from skrnn._parameters import check_recurrent, recurrent_settings
from skrnn.nn import build_sequence_model
from skrnn.training import torch_generator

from ._base import SequenceEstimator


class RecurrentEstimator(SequenceEstimator):
    """Checks of the parameters, and the network; a subclass names its cell."""

    _cell: str

    def _validate_params(self):
        super()._validate_params()
        check_recurrent(self)

    def _predicted_steps(self, sequences):
        if self.conv_kernel_size is None:
            return sequences
        stride = self.conv_kernel_size if self.conv_stride is None else self.conv_stride
        return sequences.window_ends(self.conv_kernel_size, stride)

    def _recurrent_model(self, seed, *, n_outputs, **changed):
        return build_sequence_model(
            cell=self._cell,
            input_size=self.n_channels_in_,
            n_outputs=n_outputs,
            generator=torch_generator(seed),
            **{**recurrent_settings(self), **changed},
        )
