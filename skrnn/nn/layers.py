"""One recurrent layer in one direction, with its parameters."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from .compiled import kernels_apply
from .contract import Module
from .dropout import Dropout
from .recurrence import Cell, Weights, recur_through, suit_torch
from .threads import THREADS, KernelThreads

RECURRENCES = ("hidden", "output-hidden", "output-output")
INITIALIZERS = ("orthogonal", "glorot_uniform", "identity")


class RecurrentLayer(Module):
    r"""A recurrent layer.

    With :math:`[a; b]` for one vector above the other, :math:`\odot` for the product by elements,
    :math:`\phi` the activation and :math:`\sigma` the logistic function, the cells are

    - simple RNN (Elman, 1990): :math:`h_t = \phi(W [x_t; h_{t-1}] + b)`. With
      ``recurrence="output-hidden"`` (Jordan, 1986) the output returns instead,
      :math:`h_t = \phi(W [x_t; o_{t-1}] + b)` and :math:`o_t = V h_t + b_o`; with "output-output"
      it returns to itself, :math:`h_t = \phi(W x_t + b)` and :math:`o_t = V [o_{t-1}; h_t] + b_o`.
    - LSTM (Hochreiter & Schmidhuber, 1997; forget gate of Gers et al., 2000):
      :math:`(i, f, g, o) = W [x_t; h_{t-1}] + b`, :math:`c_t = \sigma(f) \odot c_{t-1} + \sigma(i)
      \odot \phi(g)`, :math:`h_t = \sigma(o) \odot \phi(c_t)`.
    - GRU (Cho et al., 2014): :math:`(r, z) = \sigma(W_{rz} [x_t; h_{t-1}] + b_{rz})`,
      :math:`n = \phi(W_n x_t + b_n + r \odot (U_n h_{t-1} + b_q))`, :math:`h_t = (1 - z) \odot n
      + z \odot h_{t-1}`. As in torch the reset gate comes after the product with the state.
      Textbooks that write :math:`\tilde h = \phi(W [r \odot h_{t-1}; x_t])` reset before it, which
      is another network, and those that write :math:`h_t = (1 - z) \odot h_{t-1} + z \odot
      \tilde h` call our :math:`1 - z` their :math:`z`.

    Layer normalisation (Ba et al., 2016) replaces each linear part :math:`a + b`, gate by gate, by
    :math:`\gamma \odot (a - \mathrm{mean}\, a) / \sqrt{\mathrm{var}\, a + 10^{-5}} + b`.
    Recurrent dropout (Gal & Ghahramani, 2016) multiplies the state that the linear parts read by
    one mask for each sequence, the same at all steps.

    Parameters
    ----------
    cell : {"rnn", "lstm", "gru"}
        Kind of recurrence.
    input_size, hidden_size : int
        Channels of the input, width of the hidden layer.
    recurrence : {"hidden", "output-hidden", "output-output"}
        What the simple RNN feeds back.
    output_size : int, optional
        Width of the output of "output-hidden" and "output-output"; `hidden_size` by default.
    activation : {"tanh", "relu"}
        The nonlinearity.
    layer_norm : bool
        Whether to normalise inside the cell.
    recurrent_dropout : float
        Fraction of the recurrent state that is dropped in training.
    recurrent_initializer : {"orthogonal", "glorot_uniform", "identity"}
        Initial weights of the state, gate by gate: orthogonal (Saxe et al., 2014), Glorot
        uniform (Glorot & Bengio, 2010) like all other weights, or the identity (Le et al., 2015).
    reverse : bool
        Whether to read each row from its end.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, t, output_size)`` and the state after the last valid
    step, ``(n, state_size)``.
    """

    sequential = True  # each step waits for the one before

    def __init__(
        self,
        *,
        cell: str,
        input_size: int,
        hidden_size: int,
        recurrence: str = "hidden",
        output_size: int | None = None,
        activation: str = "tanh",
        layer_norm: bool = False,
        recurrent_dropout: float = 0.0,
        recurrent_initializer: str = "orthogonal",
        reverse: bool = False,
    ) -> None:
        super().__init__()
        h = hidden_size
        self.recurrent_initializer = recurrent_initializer
        o = h if recurrence == "hidden" or output_size is None else output_size
        self.cell = Cell(cell, h, o, activation, reverse)
        self.input_size, self.output_size = input_size, o
        n_rows = self.cell.n_gates * h
        n_recurrent = 0 if recurrence == "output-output" else o
        n_biases = n_rows + (h if cell == "gru" else 0) + (o if recurrence != "hidden" else 0)
        self.weight = nn.Parameter(torch.empty(n_rows, input_size + n_recurrent))
        self.bias = nn.Parameter(torch.empty(n_biases))
        self.gain = nn.Parameter(torch.empty(n_rows)) if layer_norm else None
        self.readout = None
        if recurrence != "hidden":
            self.readout = nn.Parameter(torch.empty(o, h + o - n_recurrent))
        self.recurrent_dropout = Dropout(recurrent_dropout)
        self._mask: Tensor | None = None

    @torch.no_grad()
    def initialize(self, generator: torch.Generator) -> None:
        """Initialise the parameters.

        The forget gate of the LSTM starts open, at a bias of 1 (Jozefowicz et al., 2015).
        """
        start = {
            "orthogonal": lambda part: nn.init.orthogonal_(part, generator=generator),
            "glorot_uniform": lambda part: nn.init.xavier_uniform_(part, generator=generator),
            "identity": nn.init.eye_,
        }[self.recurrent_initializer]
        h = self.cell.hidden_size
        nn.init.zeros_(self.bias)
        if self.gain is not None:
            nn.init.ones_(self.gain)
        for gate in self.weight.split(h):
            nn.init.xavier_uniform_(gate[:, : self.input_size], generator=generator)
            if gate.shape[1] > self.input_size:
                start(gate[:, self.input_size :])
        if self.readout is not None:
            n_recurrent = self.readout.shape[1] - h
            nn.init.xavier_uniform_(self.readout[:, n_recurrent:], generator=generator)
            if n_recurrent:
                start(self.readout[:, :n_recurrent])
        if self.cell.kind == "lstm":
            self.bias[h : 2 * h] = 1.0

    @property
    def row_invariant(self) -> bool:
        """Whether the result of a row is the same bit for bit in any batch."""
        return kernels_apply(self.weight)

    @property
    def own_threads(self) -> KernelThreads | None:
        """Threads of the kernels, None if torch may run instead."""
        if not kernels_apply(self.weight) or suit_torch([self.cell], [self.weights]):
            return None
        return THREADS

    def train(self, mode: bool = True) -> RecurrentLayer:
        self._mask = None
        return super().train(mode)

    def forward(
        self, x: Tensor, state: Tensor | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        output, last = run_through([self], x, [state], lengths)
        return output, last[0]

    def mask(self, x: Tensor, goes_on: bool) -> Tensor | None:
        """Return the factors of the recurrent state for the rows of `x`.

        A sequence that continues from a state keeps the factors of its beginning.
        """
        if self.recurrent_dropout.p == 0:
            return None
        if not goes_on or self._mask is None or len(self._mask) != len(x):
            self._mask = self.recurrent_dropout.factors(x, (len(x), self.output_size))
        return self._mask

    @property
    def weights(self) -> Weights:
        """The parameters in the form that the recurrence takes."""
        return Weights(self.weight, self.bias, self.gain, self.readout)


def run_through(
    layers: Sequence[RecurrentLayer],
    x: Tensor,
    states: Sequence[Tensor | None] | None = None,
    lengths: Tensor | None = None,
) -> tuple[Tensor, list[Tensor]]:
    """Run stacked layers. Return the output of the last layer and the final state of each."""
    first = layers[0]
    if x.shape[-1] != first.input_size or x.dtype != first.weight.dtype:
        raise ValueError(
            f"x has {x.shape[-1]} channels of {x.dtype}, but the layer reads {first.input_size} of "
            f"{first.weight.dtype}."
        )
    cells = [layer.cell for layer in layers]
    states = [None] * len(layers) if states is None else states
    for cell, state in zip(cells, states, strict=True):
        if state is not None and state.shape != (len(x), cell.state_size):
            raise ValueError(
                f"state has the shape {tuple(state.shape)}, but {len(x)} rows of this layer need "
                f"({len(x)}, {cell.state_size})."
            )
    masks = [layer.mask(x, s is not None) for layer, s in zip(layers, states, strict=True)]
    return recur_through(cells, [layer.weights for layer in layers], x, states, lengths, masks)
