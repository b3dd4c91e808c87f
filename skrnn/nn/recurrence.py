"""One recurrent layer in one direction: which code runs it.

The compiled kernels run every cell on the CPU. Where they cannot, a cell that torch has as well
goes to torch (cuDNN on a GPU), and any other one runs step by step.
"""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from .compiled import Compiled, fill_blocks, rows_are_apart
from .native import has_native, native
from .stepwise import stepwise


class Cell(NamedTuple):
    """A recurrence.

    Parameters
    ----------
    kind : {"rnn", "lstm", "gru"}
        The cell.
    hidden_size, output_size : int
        Width of the hidden layer, and of what is returned at each step.
    activation : {"tanh", "relu"}
        Nonlinearity of the new content; gates are logistic.
    reverse : bool
        Whether the sequence is read from its end.
    """

    kind: str
    hidden_size: int
    output_size: int
    activation: str = "tanh"
    reverse: bool = False

    @property
    def n_gates(self) -> int:
        return {"rnn": 1, "lstm": 4, "gru": 3}[self.kind]

    @property
    def state_size(self) -> int:
        """Width of the state: that of an LSTM is the hidden state and then the cell's."""
        return self.output_size * (2 if self.kind == "lstm" else 1)


class Weights(NamedTuple):
    """Parameters of a layer; the module `RecurrentLayer` says what they are."""

    weight: Tensor
    bias: Tensor
    gain: Tensor | None = None
    readout: Tensor | None = None


def recur(
    cell: Cell,
    weights: Weights,
    x: Tensor,
    state: Tensor | None = None,
    lengths: Tensor | None = None,
    mask: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Run a layer over time.

    Behind its length a row's state, and so its output, stays as it is.

    Parameters
    ----------
    x : Tensor of shape (n, t, c)
        Input; the kernels like its memory in the order (c, t, n), which they return.
    state : Tensor of shape (n, state_size), optional
        State to begin with; zeros by default.
    lengths : Tensor of shape (n,), optional
        Valid steps of each row.
    mask : Tensor of shape (n, output_size), optional
        Factors of the recurrent state, the same at all steps.

    Returns
    -------
    output : Tensor of shape (n, t, output_size)
        Output of each step.
    last : Tensor of shape (n, state_size)
        State after the last valid step.
    """
    if rows_are_apart(x):
        return _compiled(cell, weights, x, state, lengths, mask)
    if state is None:
        state = x.new_zeros(len(x), cell.state_size)
    if mask is None and has_native(cell, weights):
        return native(cell, weights, x, state, lengths)
    return stepwise(cell, weights, x, state, lengths, mask)


def _compiled(cell, weights, x, state, lengths, mask):
    """Run the kernels on whole blocks."""
    n = len(x)
    given = tuple(part for part in (state, mask) if part is not None)
    x, lengths, filled = fill_blocks(x, lengths, given)
    parts = iter(filled or ())
    state = None if state is None else next(parts)
    mask = None if mask is None else next(parts)
    output, last = Compiled.apply(cell, x, state, lengths, mask, *weights)
    return (output, last) if n == len(x) else (output[:n], last[:n])
