"""The compiled recurrences as a torch function: buffers, threads, gradients of the weights."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from skrnn._warnings import warn

from .threads import BLOCK, THREADS, divide

ACTIVATIONS = {"tanh": 0, "relu": 1}
FLOATS = (torch.float32, torch.float64)
# Size of the two factors of a weight gradient up to which the AVX512 kernel beats BLAS.
SMALL_PRODUCT = 2**18


@cache
def kernels() -> Any:
    """Return the kernels' module, or None after a warning if numba is not installed."""
    try:
        from . import kernels as module
    except ImportError:
        warn(
            "numba is not installed, so recurrences run in torch and are several times slower; "
            "pip install numba.",
            RuntimeWarning,
        )
        return None
    return module


def kernels_apply(x: Tensor) -> bool:
    """Whether the kernels run tensors like `x`, each row in its own vector lane."""
    return x.device.type == "cpu" and x.dtype in FLOATS and kernels() is not None


def fill_blocks(
    x: Tensor, lengths: Tensor | None, states: Sequence[Tensor | None] | None
) -> tuple[Tensor, Tensor | None, Sequence[Tensor | None] | None]:
    """Pad the batch with rows of length 0 to a multiple of the kernels' block size."""
    n, n_steps, _ = x.shape
    missing = -n % BLOCK
    if not missing or not kernels_apply(x):
        return x, lengths, states
    x = functional.pad(x, (0, 0, 0, 0, 0, missing))
    lengths = torch.full((n,), n_steps) if lengths is None else lengths
    if states is not None:
        states = [
            None if state is None else functional.pad(state, (0, 0, 0, missing)) for state in states
        ]
    return x, functional.pad(lengths, (0, missing)), states


class Compiled(torch.autograd.Function):
    """A stack of recurrent layers run by the kernels, with a hand-written backward pass.

    Small networks spend more time around the kernels than in them. So the whole stack is one
    torch function, and its tensors are converted to arrays once.

    Parameters
    ----------
    cells : sequence of Cell
        The layers.
    lengths : Tensor of shape (n,) or None
        Number of valid steps of each row.
    masks : sequence of Tensor of shape (n, output_size) or None
        Recurrent dropout mask of each layer.
    x : Tensor of shape (n, t, c)
        Input.
    *tensors : Tensor or None
        For each layer its initial state, (n, state_size), and its `Weights`.

    Returns
    -------
    output : Tensor of shape (n, t, output_size)
        Output of the last layer.
    *last : Tensor of shape (n, state_size)
        State of each layer after the last valid step.
    """

    @staticmethod
    def forward(ctx, cells, lengths, masks, x, *tensors):
        training = any(ctx.needs_input_grad)
        n, out = len(tensors) // len(cells), x
        ends = _empty(x.dtype)[1] if lengths is None else lengths.to(x.dtype).numpy()
        layers = []
        for i, cell in enumerate(cells):
            layer = _Layer(cell, _rows_last(out), ends, masks[i], *tensors[i * n : (i + 1) * n])
            layers.append(layer)
            out = layer.forward(training)
        if training:
            ctx.layers = layers
            ctx.save_for_backward(x, *tensors)
            ctx.set_materialize_grads(False)
        return out, *(layer.last.t() for layer in layers)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_out, *d_last):
        _ = ctx.saved_tensors  # raises if one was modified in place
        gradients: list[Tensor | None] = []
        of_states = ctx.needs_input_grad[4 :: len(ctx.saved_tensors[1:]) // len(ctx.layers)]
        for i, layer in reversed([*enumerate(ctx.layers)]):
            of_x = i > 0 or ctx.needs_input_grad[3]
            d_out, *of_layer = layer.backward(d_out, d_last[i], of_x, of_states[i])
            gradients = of_layer + gradients
        return None, None, None, d_out, *gradients


class _Layer:
    """Forward and backward pass of one layer. The rows of the batch are the last axis."""

    def __init__(self, cell, x, lengths, mask, state, weight, bias, gain, readout):
        self.cell = cell
        self.like = weight
        self.empty = _empty(weight.dtype)
        self.inputs = (
            x,
            self.empty[2] if state is None else _rows_last(state),
            weight.detach().numpy(),
            bias.detach().numpy(),
            None if gain is None else gain.detach().numpy(),
            self.empty[2] if readout is None else readout.detach().numpy(),
            self.empty[2] if mask is None else _rows_last(mask),
            lengths,
        )

    def forward(self, training):
        """Return the output, (n, t, output_size); the state is `last`, (state_size, n)."""
        cell, (c, t, n) = self.cell, self.inputs[0].shape
        out = self.like.new_empty(cell.output_size, t, n)
        self.last = self.like.new_empty(cell.state_size, n)
        self.out, saved = out.numpy(), self.empty[3]
        if training:
            n_saved = _n_saved(cell, c, *self.inputs[4:6])
            self.saved = self.like.new_empty(n_saved, t, n)
            saved = self.saved.numpy()
        self.work = self.like.numel() * t * n
        arguments = (*self.inputs, self.out, saved, self.last.numpy())
        _launch(kernels().FORWARD[cell.kind], cell, n, self.work, arguments)
        return out.permute(2, 1, 0)

    def backward(self, d_out, d_last, of_x, of_state):
        """Return the gradients of x, of the state and of the weights; None if not needed."""
        cell, x, empty = self.cell, self.inputs[0], self.empty
        _, _, weight, bias, gain, readout, *_ = self.inputs
        c, t, n = x.shape
        d_linear = len(bias) if cell.kind == "rnn" else 4 * cell.hidden_size
        d_pre = self.like.new_empty(d_linear, t, n)
        d_x = self.like.new_empty(c, t, n) if of_x else None
        d_state = self.like.new_empty(cell.state_size, n) if of_state else None
        n_gains = 0 if gain is None else len(gain)
        sums = np.zeros((len(bias) + n_gains, n), x.dtype)
        arguments = (
            empty[3] if d_out is None else _rows_last(d_out),
            empty[2] if d_last is None else _rows_last(d_last),
            *self.inputs,
            self.out,
            self.saved.numpy(),
            d_pre.numpy(),
            empty[3] if d_x is None else d_x.numpy(),
            empty[2] if d_state is None else d_state.numpy(),
            sums,
        )
        _launch(kernels().BACKWARD[cell.kind], cell, n, self.work, arguments)
        d_bias = torch.from_numpy(sums.sum(axis=1))
        d_weight, d_readout = _weight_gradients(cell, weight, readout, d_pre, self.saved, c)
        return (
            None if d_x is None else d_x.permute(2, 1, 0),
            None if d_state is None else d_state.t(),
            d_weight,
            d_bias[: len(bias)] if n_gains else d_bias,
            d_bias[len(bias) :] if n_gains else None,
            d_readout,
        )


@cache
def _empty(dtype):
    """Return empty arrays of 0 to 3 dimensions."""
    return [torch.empty((0,) * n, dtype=dtype).numpy() for n in range(4)]


def _rows_last(x):
    """Return a tensor (n, t, c) as an array (c, t, n), or (n, c) as (c, n)."""
    x = x.t() if x.ndim == 2 else x.permute(2, 1, 0)
    return x.contiguous().detach().numpy()


def _n_saved(cell, n_channels, gain, readout):
    """Return the number of rows to save for the backward pass, layer normalisation included."""
    rows = cell.hidden_size * {"rnn": int(readout.size > 0), "lstm": 5, "gru": 4}[cell.kind]
    normal = 0 if gain is None else len(gain) + cell.n_gates
    return n_channels + cell.output_size + rows + normal


def _weight_gradients(cell, weight, readout, d_pre, saved, c):
    """Return the gradients of weight and readout, summed over all steps and rows."""
    h, d, read = cell.hidden_size, d_pre.flatten(1), saved.flatten(1)
    if cell.kind == "lstm":
        return _correlation(d, read[: c + h]), None
    if cell.kind == "gru":  # pre-activations in the order q, r, z, n; the state enters q, r and z
        of_state = _correlation(d[: 3 * h], read[c : c + h])
        return torch.cat([_correlation(d[h:], read[:c]), of_state.roll(-h, 0)], dim=1), None
    d_weight = _correlation(d[:h], read[: weight.shape[1]])
    if not readout.size:
        return d_weight, None
    end = c + cell.output_size + h
    return d_weight, _correlation(d[h:], read[end - readout.shape[1] : end])


def _correlation(a, b):
    """Return ``a @ b.T``, by a kernel if it is faster: with AVX512 and factors in the cache."""
    result = a.new_empty(len(a), len(b))
    if kernels().AVX512 and a.numel() + b.numel() <= SMALL_PRODUCT:
        kernels().correlation(a.numpy(), b.numpy(), result.numpy())
        return result

    def multiply(start, stop):
        torch.mm(a[start:stop], b.t(), out=result[start:stop])

    # Without a limit, torch uses several threads by itself.
    divide(multiply, len(a), a.numel() * len(b), THREADS.limit or 1)
    return result


def _launch(kernel, cell, n, work, arguments):
    """Run a kernel on all blocks, on several threads if the work is large enough."""
    run = partial(kernel, *arguments, ACTIVATIONS[cell.activation], cell.reverse)
    divide(run, n, work, THREADS.limit or torch.get_num_threads())
