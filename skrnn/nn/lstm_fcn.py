"""The encoder of an LSTM-FCN: features of convolutions, and a recurrent network that reads them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from .contract import Encoder, State
from .dropout import Dropout
from .fully_convolutional import FullyConvolutional
from .pooling import mean_over_time
from .recurrent import RecurrentEncoder

POOLED_STEPS = 4  # features whose mean is one step of the recurrent network


class LSTMFCNEncoder(Encoder):
    """Convolutions, whose mean over time stands beside that of an LSTM which reads them.

    The two branches are those of the LSTM-FCN (Karim, Majumdar, Darabi & Chen, 2018, "LSTM fully
    convolutional networks for time series classification"). There the LSTM reads the whole series
    as one step, so that it needs a fixed length; here it reads means of the convolutions' features,
    in both directions.

    Parameters
    ----------
    input_size : int
        Channels of the input.
    n_filters : int
        Filters of the first and the last convolution; the second has twice as many.
    hidden_size : int or None
        Width of each direction of the LSTM; without one if it is None.
    stride : int
        Steps from one output of the first convolution to the next.
    dropout : float
        Fraction of the LSTM's outputs that is dropped in training.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, output_size)``.
    """

    reads_weights = True

    def __init__(
        self,
        *,
        input_size: int,
        n_filters: int,
        hidden_size: int | None,
        stride: int,
        dropout: float,
    ) -> None:
        super().__init__()
        self.convolutions = FullyConvolutional(input_size, n_filters, stride)
        self.output_size = n_filters
        self.recurrent: RecurrentEncoder | None = None
        if hidden_size is not None:
            self.recurrent = RecurrentEncoder(
                cell="lstm",
                input_size=n_filters,
                hidden_size=hidden_size,
                bidirectional=True,
                pooling="mean",
            )
            self.output_size += self.recurrent.output_size
        self.dropout = Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        lengths: Tensor | None = None,
        state: State = None,
        weights: Tensor | None = None,
    ) -> tuple[Tensor, State]:
        features, lengths = self.convolutions(x, lengths, weights)
        parts = [self._mean(features, lengths)]
        if self.recurrent is not None:
            parts.append(self.dropout(self.recurrent(*_pool(features, lengths))[0]))
        return torch.cat(parts, dim=-1), None

    def _mean(self, features: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the mean over time; in training by a plain sum, which is faster."""
        if not self.training:
            return mean_over_time(features, lengths)
        return features.sum(1) / (features.shape[1] if lengths is None else lengths[:, None])


def _pool(x: Tensor, lengths: Tensor | None) -> tuple[Tensor, Tensor | None]:
    """Return the means of `POOLED_STEPS` steps each, and the number of means of each row.

    The last mean of a row may be of fewer steps. Those of ``x (n, t, c)`` after a row's length are
    zero.
    """
    n, t, _ = x.shape
    ends = torch.full((n,), t, device=x.device) if lengths is None else lengths
    x = functional.pad(x, (0, 0, 0, -t % POOLED_STEPS))
    total = x.unflatten(1, (-1, POOLED_STEPS)).sum(2)
    starts = POOLED_STEPS * torch.arange(total.shape[1], device=x.device)
    counts = (ends[:, None] - starts).clamp(1, POOLED_STEPS).to(x.dtype)
    n_pooled = None if lengths is None else (lengths + POOLED_STEPS - 1) // POOLED_STEPS
    return total / counts[..., None], n_pooled
