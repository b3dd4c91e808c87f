"""All cells step by step in plain torch, for any device and without compilation."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

PHI = {"tanh": torch.tanh, "relu": torch.relu}


def stepwise(
    cell, weights, x: Tensor, state: Tensor, lengths: Tensor | None, mask: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Run a layer over time; arguments as for `recur`."""
    step = {"rnn": _elman, "lstm": _lstm, "gru": _gru}[cell.kind]
    n_steps = x.shape[1]
    outputs: list = [None] * n_steps
    for t in reversed(range(n_steps)) if cell.reverse else range(n_steps):
        recalled = state[:, : cell.output_size]
        recalled = recalled if mask is None else recalled * mask
        new = step(cell, weights, x[:, t], recalled, state)
        state = new if lengths is None else torch.where((t < lengths)[:, None], new, state)
        outputs[t] = state[:, : cell.output_size]
    return torch.stack(outputs, dim=1), state


def _affine(linear: Tensor, gate: int, weights) -> Tensor:
    """Add the bias of a gate to its linear part; with a gain, normalise the part first."""
    h = linear.shape[-1]
    part = slice(gate * h, (gate + 1) * h)
    if weights.gain is None:
        return linear + weights.bias[part]
    return functional.layer_norm(linear, (h,), weights.gain[part], weights.bias[part])


def _elman(cell, weights, x, recalled, state):
    recurs = weights.weight.shape[1] > x.shape[1]
    inputs = torch.cat([x, recalled], dim=1) if recurs else x
    h = PHI[cell.activation](_affine(inputs @ weights.weight.t(), 0, weights))
    if weights.readout is None:
        return h
    inputs = h if recurs else torch.cat([recalled, h], dim=1)
    return inputs @ weights.readout.t() + weights.bias[cell.hidden_size :]


def _lstm(cell, weights, x, recalled, state):
    phi = PHI[cell.activation]
    linear = (torch.cat([x, recalled], dim=1) @ weights.weight.t()).split(cell.hidden_size, dim=1)
    i, f, g, o = (_affine(part, gate, weights) for gate, part in enumerate(linear))
    c = torch.sigmoid(f) * state[:, cell.hidden_size :] + torch.sigmoid(i) * phi(g)
    return torch.cat([torch.sigmoid(o) * phi(c), c], dim=1)


def _gru(cell, weights, x, recalled, state):
    h, c = cell.hidden_size, x.shape[1]
    gates = torch.cat([x, recalled], dim=1) @ weights.weight[: 2 * h].t()
    r = torch.sigmoid(_affine(gates[:, :h], 0, weights))
    z = torch.sigmoid(_affine(gates[:, h:], 1, weights))
    from_state = recalled @ weights.weight[2 * h :, c:].t() + weights.bias[3 * h :]
    linear = x @ weights.weight[2 * h :, :c].t() + r * from_state
    new = PHI[cell.activation](_affine(linear, 2, weights))
    return new + z * (state - new)
