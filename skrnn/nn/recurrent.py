"""The recurrent encoder: simple RNN, LSTM and GRU, stacked and in one or both directions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .contract import State
from .dropout import Dropout

CELLS = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}


class RecurrentEncoder(nn.Module):
    r"""Stacked recurrent layers.

    The simple RNN (Elman, 1990) computes :math:`h_t = \phi(W_x x_t + W_h h_{t-1} + b)`; LSTM is
    Hochreiter & Schmidhuber (1997) with the forget gate of Gers et al. (2000), GRU is Cho et al.
    (2014) with the reset gate after the matrix product, as in ``torch.nn.GRU``.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence.
    input_size, hidden_size, n_layers : int
        Channels of the input, width of each direction, number of layers.
    bidirectional : bool
        Read the sequence also from its end; every row is reversed within its own length.
    dropout : float
        Dropout on the outputs of each layer.
    activation : {"tanh", "relu"}
        Nonlinearity of the simple RNN.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, t, output_size)``, where ``output_size`` is
    ``hidden_size``, twice that if bidirectional. The steps behind a row's length hold no
    meaning.
    """

    def __init__(
        self,
        *,
        cell: str,
        input_size: int,
        hidden_size: int,
        n_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        activation: str = "tanh",
    ) -> None:
        super().__init__()
        hidden_size = int(hidden_size)  # torch refuses the integers of NumPy
        self.n_directions = 2 if bidirectional else 1
        self.hidden_size = hidden_size
        self.output_size = hidden_size * self.n_directions
        options = {"nonlinearity": activation} if cell == "rnn" else {}
        widths = [input_size] + [self.output_size] * (n_layers - 1)
        # One torch layer for each layer and direction: rows of unequal length are then reversed
        # by index, and need no packing (which costs torch its fast path).
        self.layers = nn.ModuleList(
            nn.ModuleList(
                CELLS[cell](width, hidden_size, **options) for _ in range(self.n_directions)
            )
            for width in widths
        )
        self.dropout = Dropout(dropout)

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, state: State = None
    ) -> tuple[Tensor, State]:
        x = x.transpose(0, 1).contiguous()  # torch's recurrences take the time first
        reverse = self._reversal(x, lengths) if self.n_directions == 2 else None
        final: list[Tensor] = []
        for i, directions in enumerate(self.layers.children()):
            outputs = []
            for j, layer in enumerate(directions.children()):
                start = self._layer_state(state, i * self.n_directions + j, layer)
                order = reverse if j == 1 else None
                output, end = layer(_reorder(x, order), start)
                outputs.append(_reorder(output, order))
                final.extend(end if isinstance(end, tuple) else (end,))
            x = self.dropout(torch.cat(outputs, dim=-1) if len(outputs) > 1 else outputs[0])
        # The state of a padded row has seen its padding, and a reversed one the sequence's end.
        continues = lengths is None and self.n_directions == 1
        return x.transpose(0, 1), tuple(final) if continues else None

    @staticmethod
    def _layer_state(state: State, i: int, layer: nn.Module):
        if state is None:
            return None
        if isinstance(layer, nn.LSTM):
            return state[2 * i], state[2 * i + 1]
        return state[i]

    @staticmethod
    def _reversal(x: Tensor, lengths: Tensor | None) -> Tensor:
        """Index (t, n, 1) that reverses each row within its length; it is its own inverse."""
        steps = torch.arange(x.shape[0], device=x.device)[:, None]
        if lengths is None:
            return (x.shape[0] - 1 - steps).expand(-1, x.shape[1])[..., None]
        mirrored = lengths[None, :] - 1 - steps
        return torch.where(mirrored >= 0, mirrored, steps)[..., None]

    def last(self, output: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the output of the last step that each direction reads, (n, output_size)."""
        forward = last_step(output, lengths)
        if self.n_directions == 1:
            return forward
        h = self.hidden_size
        return torch.cat([forward[:, :h], output[:, 0, h:]], dim=-1)


def _reorder(x: Tensor, index: Tensor | None) -> Tensor:
    return x if index is None else x.gather(0, index.expand(-1, -1, x.shape[-1]))


def last_step(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Return the last valid step of ``x (n, t, c)``, shape (n, c)."""
    if lengths is None:
        return x[:, -1]
    return x[torch.arange(len(x), device=x.device), lengths - 1]


def mean_over_time(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Return the mean of the valid steps of ``x (n, t, c)``, shape (n, c).

    The cumulative sum adds step by step, so that a row's mean has the same bits whatever
    padding follows; the order in which a plain sum adds depends on the padded length.
    """
    counts = x.shape[1] if lengths is None else lengths[:, None].to(x.dtype)
    return last_step(x.cumsum(dim=1), lengths) / counts
