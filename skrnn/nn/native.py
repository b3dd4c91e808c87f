"""Recurrences by torch's own layers, for GPUs (cuDNN) and CPUs without compiled kernels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence


def has_native(cell, weights) -> bool:
    """Whether torch has a layer for this cell."""
    activation = cell.activation == "tanh" or cell.kind == "rnn"
    return activation and weights.gain is None and weights.readout is None


def native(cell, weights, x: Tensor, state: Tensor, lengths: Tensor | None):
    """Run a layer in torch; the arguments are those of `recur`."""
    order = _reversal(x, lengths) if cell.reverse else None
    inputs: Any = _reorder(x, order)
    if lengths is not None:
        steps = lengths.clamp(min=1).cpu()  # torch rejects length 0
        inputs = pack_padded_sequence(inputs, steps, True, enforce_sorted=False)
    layer, parameters = _layer(cell, weights, x.shape[2])
    states = tuple(part[None].contiguous() for part in state.split(cell.hidden_size, dim=1))
    start = states if len(states) > 1 else states[0]
    output, last = torch.func.functional_call(layer, parameters, (inputs, start))
    if lengths is not None:
        output, _ = pad_packed_sequence(output, True, total_length=x.shape[1])
    parts = last if isinstance(last, tuple) else (last,)
    last = torch.cat([part[0] for part in parts], dim=1)
    if lengths is not None:
        last = torch.where((lengths > 0)[:, None], last, state)
    output = _reorder(output, order)
    if lengths is not None:
        valid = torch.arange(x.shape[1], device=x.device) < lengths[:, None]
        padding = state if cell.reverse else last
        output = torch.where(valid[..., None], output, padding[:, None, : cell.output_size])
    return output, last


def _layer(cell, weights, input_size):
    """Return torch's layer, and our weights under torch's names."""
    kinds = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}
    options = {"nonlinearity": cell.activation} if cell.kind == "rnn" else {}
    with torch.device("meta"):
        layer = kinds[cell.kind](input_size, cell.hidden_size, batch_first=True, **options)
    weight, bias = weights.weight, weights.bias
    rows = len(weight)
    recurrent_bias = torch.zeros_like(bias[:rows])
    if cell.kind == "gru":
        recurrent_bias = torch.cat([recurrent_bias[: 2 * cell.hidden_size], bias[rows:]])
    return layer, {
        "weight_ih_l0": weight[:, :input_size],
        "weight_hh_l0": weight[:, input_size:],
        "bias_ih_l0": bias[:rows],
        "bias_hh_l0": recurrent_bias,
    }


def _reversal(x: Tensor, lengths: Tensor | None) -> Tensor:
    """Return an index (n, t, 1) that reverses each row within its length (an involution)."""
    n, n_steps = x.shape[:2]
    steps = torch.arange(n_steps, device=x.device)
    ends = x.new_full((n, 1), n_steps, dtype=torch.int64) if lengths is None else lengths[:, None]
    mirrored = ends - 1 - steps
    return torch.where(mirrored >= 0, mirrored, steps)[..., None]


def _reorder(x: Tensor, index: Tensor | None) -> Tensor:
    return x if index is None else x.gather(1, index.expand(-1, -1, x.shape[-1]))
