"""One recurrent layer in one direction: which code runs it.

The compiled kernels run every cell on the CPU. Where they cannot, a cell that torch has as well
goes to torch (cuDNN on a GPU), and any other one runs step by step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from .compiled import BLOCK, Compiled, fill_blocks, kernels_apply
from .native import has_native, native
from .stepwise import stepwise

# Number of weights from which torch's LSTM trains faster. On two cores with 64 rows, the kernels
# take .87 of torch's time with 70,000 weights, and 1.30 with 525,000.
WIDE = 2**19


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
    """Parameters of a layer, as in `RecurrentLayer`."""

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

    After its length, a row's state and output stay constant.

    Parameters
    ----------
    x : Tensor of shape (n, t, c)
        Input; fastest for the kernels with the memory order (c, t, n), which they return.
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
    output, last = recur_through([cell], [weights], x, [state], lengths, [mask])
    return output, last[0]


def recur_through(
    cells: Sequence[Cell],
    weights: Sequence[Weights],
    x: Tensor,
    states: Sequence[Tensor | None],
    lengths: Tensor | None,
    masks: Sequence[Tensor | None],
) -> tuple[Tensor, list[Tensor]]:
    """Run stacked layers; arguments as for `recur`, one per layer.

    Returns
    -------
    output : Tensor of shape (n, t, output_size)
        Output of the last layer.
    last : list of Tensor
        State of each layer after the last valid step.
    """
    apart = kernels_apply(x)
    plain = lengths is None and all(mask is None for mask in masks)
    if apart and not (plain and torch.is_grad_enabled() and suit_torch(cells, weights)):
        return _compiled(cells, weights, x, states, lengths, masks)
    last = []
    for cell, own, state, mask in zip(cells, weights, states, masks, strict=True):
        if state is None:
            state = x.new_zeros(len(x), cell.state_size)
        if mask is None and has_native(cell, own):
            x, end = native(cell, own, x, state, lengths)
        else:
            x, end = stepwise(cell, own, x, state, lengths, mask)
        last.append(end)
    return x, last


def suit_torch(cells, weights):
    """Return whether torch trains these layers faster: its oneDNN LSTM does if it is wide.

    Only in training: a predicted row has to be the same bit for bit in any batch.
    """
    return all(
        cell.kind == "lstm" and own.weight.numel() >= WIDE and has_native(cell, own)
        for cell, own in zip(cells, weights, strict=True)
    )


def _compiled(cells, weights, x, states, lengths, masks):
    """Run the kernels on whole blocks."""
    n = x.shape[0]
    if n % BLOCK:
        x, lengths, states = fill_blocks(x, lengths, states)
        masks = fill_blocks(x[:n], None, masks)[2]
    tensors = []
    for state, own in zip(states, weights, strict=True):
        tensors += [state, *own]
    output, *last = Compiled.apply(cells, lengths, masks, x, *tensors)
    if n < x.shape[0]:
        return output[:n], [end[:n] for end in last]
    return output, last
