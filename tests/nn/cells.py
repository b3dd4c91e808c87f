"""Recurrent layers with random weights, and the equations of `RecurrentLayer` written out."""

from contextlib import contextmanager

import torch
from torch import nn

from skrnn.nn import RecurrentLayer
from skrnn.nn.recurrence import Weights

PHI = {"tanh": torch.tanh, "relu": torch.relu}
# All recurrences there are, as options of a layer.
VARIANTS = {
    "rnn": {"cell": "rnn"},
    "output-hidden": {"cell": "rnn", "recurrence": "output-hidden", "output_size": 2},
    "output-output": {"cell": "rnn", "recurrence": "output-output", "output_size": 2},
    "lstm": {"cell": "lstm"},
    "gru": {"cell": "gru"},
}


def noise(*shape, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(*shape, dtype=torch.float64, generator=generator).to(dtype)


def some_lengths(n, longest, shortest=1, seed=0):
    """Return random lengths; the last row is longer than all others, where that can be."""
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(shortest, max(longest, shortest + 1), (n,), generator=generator)
    lengths[-1] = longest
    return lengths


def some_mask(layer, n, seed=0):
    """Return factors of recurrent dropout: 0 or 2."""
    return 2 * (noise(n, layer.output_size, seed=seed) > 0).to(layer.weight.dtype)


def randomize(module, seed=0):
    """Make all parameters random, those too that start at 0 or 1."""
    with torch.no_grad():
        for i, parameter in enumerate(module.parameters()):
            parameter.copy_(0.6 * noise(*parameter.shape, seed=100 * seed + i))
    return module


def make_layer(cell, c=3, h=4, dtype=torch.float64, seed=0, **options):
    layer = RecurrentLayer(cell=cell, input_size=c, hidden_size=h, **options).to(dtype)
    return randomize(layer, seed)


def weights_of(layer):
    return Weights(layer.weight, layer.bias, layer.gain, layer.readout)


def valid_steps(x, lengths):
    return torch.arange(x.shape[1]) < lengths[:, None]


@contextmanager
def poisoned_memory():
    """Let torch fill new memory with NaN."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(True)
    try:
        assert torch.empty(1).isnan()
        yield
    finally:
        torch.use_deterministic_algorithms(before)


def values_and_gradients(run, inputs, parameters):
    """Return what `run` makes of the inputs, and gradients with respect to those and parameters."""
    inputs = [None if x is None else x.detach().clone().requires_grad_() for x in inputs]
    outputs = run(*inputs)
    loss = sum((y * noise(*y.shape, seed=i, dtype=y.dtype)).sum() for i, y in enumerate(outputs))
    wanted = [x for x in [*inputs, *parameters] if x is not None]
    gradients = torch.autograd.grad(loss, wanted, allow_unused=True)
    zeros = [
        torch.zeros_like(x) if d is None else d for x, d in zip(wanted, gradients, strict=True)
    ]
    return [*outputs, *zeros]


def by_rows(layer, x, state=None, lengths=None, mask=None):
    """Run each row alone, cut at its length, by the equations; arguments as `recur` has them."""
    rows = []
    for i, row in enumerate(x):
        length = len(row) if lengths is None else int(lengths[i])
        start = x.new_zeros(layer.cell.state_size) if state is None else state[i]
        rows.append(_one_row(layer, row, length, start, 1.0 if mask is None else mask[i]))
    outputs, lasts = zip(*rows, strict=True)
    return torch.stack(outputs), torch.stack(lasts)


def _one_row(layer, x, length, start, factors):
    step = {"rnn": _simple, "lstm": _lstm, "gru": _gru}[layer.cell.kind]
    outputs, state = {}, start
    for t in reversed(range(length)) if layer.cell.reverse else range(length):
        state = step(layer, x[t], state, factors)
        outputs[t] = state
    behind = start if layer.cell.reverse else state
    steps = torch.stack([outputs.get(t, behind) for t in range(len(x))])
    return steps[:, : layer.output_size], state


def _linear(layer, gate, a):
    """Return the linear part of a gate, a + b, or what layer normalisation makes of it."""
    h = layer.cell.hidden_size
    part = slice(gate * h, gate * h + h)
    if layer.gain is not None:
        a = layer.gain[part] * (a - a.mean()) / (a.var(correction=0) + 1e-5).sqrt()
    return a + layer.bias[part]


def _simple(layer, x, o, factors):
    phi, n = PHI[layer.cell.activation], layer.cell.hidden_size
    recalled, b_o = o * factors, layer.bias[n:]
    if layer.readout is None:
        return phi(_linear(layer, 0, layer.weight @ torch.cat([x, recalled])))
    if layer.readout.shape[1] == n:  # the output returns to the hidden layer
        h = phi(_linear(layer, 0, layer.weight @ torch.cat([x, recalled])))
        return layer.readout @ h + b_o
    h = phi(_linear(layer, 0, layer.weight @ x))
    return layer.readout @ torch.cat([recalled, h]) + b_o


def _lstm(layer, x, state, factors):
    phi = PHI[layer.cell.activation]
    h, c = state.chunk(2)
    parts = (layer.weight @ torch.cat([x, h * factors])).chunk(4)
    i, f, g, o = (_linear(layer, gate, a) for gate, a in enumerate(parts))
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * phi(g)
    return torch.cat([torch.sigmoid(o) * phi(c), c])


def _gru(layer, x, h, factors):
    phi, c = PHI[layer.cell.activation], len(x)
    w_r, w_z, w_n = layer.weight.chunk(3)
    b_q = layer.bias.chunk(4)[3]
    r = torch.sigmoid(_linear(layer, 0, w_r @ torch.cat([x, h * factors])))
    z = torch.sigmoid(_linear(layer, 1, w_z @ torch.cat([x, h * factors])))
    n = phi(_linear(layer, 2, w_n[:, :c] @ x + r * (w_n[:, c:] @ (h * factors) + b_q)))
    return (1 - z) * n + z * h


def torch_weights(layer, suffix="_l0"):
    """Return the parameters of a plain layer as torch names and splits them."""
    c, n_rows = layer.input_size, len(layer.weight)
    b_q = layer.bias[n_rows:]  # of the GRU; torch has a second bias everywhere
    second = torch.cat([layer.bias.new_zeros(n_rows - len(b_q)), b_q])
    return {
        f"weight_ih{suffix}": layer.weight[:, :c],
        f"weight_hh{suffix}": layer.weight[:, c:],
        f"bias_ih{suffix}": layer.bias[:n_rows],
        f"bias_hh{suffix}": second,
    }


def torch_module(layer, n_layers=1, bidirectional=False):
    """Return torch's module of the same kind, in the dtype of `layer`."""
    kind = {"rnn": nn.RNN, "lstm": nn.LSTM, "gru": nn.GRU}[layer.cell.kind]
    options = {"nonlinearity": layer.cell.activation} if kind is nn.RNN else {}
    return kind(
        layer.input_size,
        layer.cell.hidden_size,
        n_layers,
        bidirectional=bidirectional,
        batch_first=True,
        dtype=layer.weight.dtype,
        **options,
    )
