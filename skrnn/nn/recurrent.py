"""Recurrent encoder: stacked recurrent layers with dropout, connections and pooling."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .compiled import fill_blocks
from .contract import Encoder, State
from .dropout import Dropout
from .layers import RecurrentLayer, run_through
from .pooling import AttentionPooling, last_step, mean_over_time

CELLS = ("rnn", "lstm", "gru")
CONNECTIONS = ("skip", "dense")


class RecurrentEncoder(Encoder):
    """Stacked recurrent layers.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence; `RecurrentLayer` has the equations.
    input_size, hidden_size, n_layers : int
        Channels of the input, width of each direction, number of layers.
    bidirectional : bool
        Whether to read the sequence also from its end; each row is reversed within its length.
    dropout, recurrent_dropout : float
        Dropout on the outputs of each layer, and on the recurrent state.
    activation : {"tanh", "relu"}
        Nonlinearity of the cells.
    layer_norm : bool
        Layer normalisation inside the cells.
    recurrence : {"hidden", "output-hidden", "output-output"}
        What the simple RNN feeds back.
    output_size : int, optional
        Width of a layer's output when that is fed back; `hidden_size` by default.
    recurrent_initializer : {"orthogonal", "glorot_uniform", "identity"}
        Initial weights of the state.
    connections : {"skip", "dense"}, optional
        "skip" adds to each layer's output what it has read, from the second layer on (He et al.,
        2016); "dense" lets each layer read the sequence and the outputs of all layers before it
        (Huang et al., 2017).
    pooling : {"last", "mean", "attention"}, optional
        How steps become one vector: the last valid step that each direction reads, the mean over
        the valid steps, or `AttentionPooling`. None returns all steps.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, t, output_size)``, where ``output_size`` is the
    width of the last layer, twice that if bidirectional; ``(n, output_size)`` with a pooling. The
    steps after a row's length are meaningless.
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
        recurrent_dropout: float = 0.0,
        activation: str = "tanh",
        layer_norm: bool = False,
        recurrence: str = "hidden",
        output_size: int | None = None,
        recurrent_initializer: str = "orthogonal",
        connections: str | None = None,
        pooling: str | None = None,
    ) -> None:
        super().__init__()
        hidden_size = int(hidden_size)  # torch refuses the integers of NumPy
        self.connections = connections
        self.n_directions = 2 if bidirectional else 1
        self.layers = nn.ModuleList()
        width = input_size
        for _ in range(n_layers):
            directions = [
                RecurrentLayer(
                    cell=cell,
                    input_size=width,
                    hidden_size=hidden_size,
                    recurrence=recurrence,
                    output_size=output_size,
                    activation=activation,
                    layer_norm=layer_norm,
                    recurrent_dropout=recurrent_dropout,
                    recurrent_initializer=recurrent_initializer,
                    reverse=reverse,
                )
                for reverse in ([False, True] if bidirectional else [False])
            ]
            self.layers.append(nn.ModuleList(directions))
            self.output_size = sum(layer.output_size for layer in directions)
            width = width + self.output_size if connections == "dense" else self.output_size
        self.dropout = Dropout(dropout)
        self.pooling = pooling
        self.attention = AttentionPooling(self.output_size) if pooling == "attention" else None

    @property
    def streams(self) -> bool:
        return self.n_directions == 1 and self.pooling not in ("mean", "attention")

    def first_state(self, n: int) -> State:
        layers = self._recurrences() if self.streams else []
        shapes = ((n, layer.cell.state_size, layer.weight.dtype) for layer in layers)
        return tuple(torch.zeros(*size, dtype=dtype) for *size, dtype in shapes) or None

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, state: State = None
    ) -> tuple[Tensor, State]:
        n = len(x)
        x, filled, states = fill_blocks(x, lengths, state)
        drops = self.dropout.p and (self.training or self.dropout.sampling)
        if self.n_directions == 1 and self.connections is None and not drops:
            output, final = run_through(self._recurrences(), x, states, filled)
            output = _head(final[-1], output.shape[-1]) if self.pooling == "last" else output
        else:
            output, final = self._by_layers(x, states, filled)
        if n < len(x):
            output, final = output[:n], [end[:n] for end in final]
        if self.pooling == "mean":
            output = mean_over_time(output, lengths)
        elif self.attention is not None:
            output = self.attention(output, lengths)
        return output, tuple(final) if self.streams else None

    def _recurrences(self) -> list[RecurrentLayer]:
        """Return the layers of all directions."""
        parts = (part for directions in self.layers for part in directions.children())
        return [part for part in parts if isinstance(part, RecurrentLayer)]

    def _by_layers(self, x, states, lengths):
        """Run the layers one by one, with dropout and connections between them."""
        starts = iter(states or ())
        final: list[Tensor] = []
        for i, directions in enumerate(self.layers):
            pairs = [layer(x, next(starts, None), lengths) for layer in directions.children()]
            final += [end for _, end in pairs]
            adds = self.connections == "skip" and i > 0 and x.shape[-1] == self.output_size
            if self.pooling == "last" and i == len(self.layers) - 1:
                output = _join([_head(end, steps.shape[-1]) for steps, end in pairs])
                output = output + self._last(x, lengths) if adds else output
            else:
                output = _join([steps for steps, _ in pairs])
                output = output + x if adds else output
            output = self.dropout(output)
            if i < len(self.layers) - 1:
                x = torch.cat([x, output], dim=-1) if self.connections == "dense" else output
        return output, final

    def _last(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        """Return the step of ``x (n, t, output_size)`` that each direction reads last."""
        forward = last_step(x, lengths)
        if self.n_directions == 1:
            return forward
        h = self.output_size // 2
        return torch.cat([forward[:, :h], x[:, 0, h:]], dim=-1)


def _head(state: Tensor, width: int) -> Tensor:
    """Return the part of a state that is the output of the layer."""
    return state if state.shape[1] == width else state[:, :width]


def _join(parts: list[Tensor]) -> Tensor:
    return parts[0] if len(parts) == 1 else torch.cat(parts, dim=-1)
