"""The compiled recurrences as a function of torch: buffers, threads, gradients of the weights."""

from __future__ import annotations

import os
import warnings
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from .contract import State

BLOCK = 16  # rows in a block: a multiple of those that the kernels work on side by side
ACTIVATIONS = {"tanh": 0, "relu": 1}
FLOATS = (torch.float32, torch.float64)
# Multiply-adds of a call above which a second thread pays.
WORTH_A_SECOND_THREAD = 4_000_000


@cache
def kernels() -> Any:
    """Return the module of the kernels; without numba None, after a warning."""
    try:
        from . import kernels as module
    except ImportError:
        warnings.warn(
            "numba is not installed: recurrences run in torch, several times slower; "
            "pip install numba.",
            RuntimeWarning,
            stacklevel=2,
        )
        return None
    return module


def rows_are_apart(x: Tensor) -> bool:
    """Whether the kernels run what is like `x`: each row then has its lane."""
    return x.device.type == "cpu" and x.dtype in FLOATS and kernels() is not None


def fill_blocks(
    x: Tensor, lengths: Tensor | None, state: State
) -> tuple[Tensor, Tensor | None, State]:
    """Add rows of length 0 until the kernels, if they run, have whole blocks."""
    n, n_steps, _ = x.shape
    missing = -n % BLOCK
    if not missing or not rows_are_apart(x):
        return x, lengths, state
    x = functional.pad(x, (0, 0, 0, 0, 0, missing))
    lengths = torch.full((n,), n_steps) if lengths is None else lengths
    if state is not None:
        state = tuple(functional.pad(part, (0, 0, 0, missing)) for part in state)
    return x, functional.pad(lengths, (0, missing)), state


class Compiled(torch.autograd.Function):
    """The kernels with their hand-written way back.

    Small networks spend more time around the kernels than in them: so every tensor becomes an
    array once, and what is absent is an empty array that all share.
    """

    @staticmethod
    def forward(ctx, cell, x, state, lengths, mask, weight, bias, gain, readout):
        n, t, c = x.shape
        empty = _empty(x.dtype)
        inputs = (
            _rows_last(x),
            empty[2] if state is None else _rows_last(state),
            weight.detach().numpy(),
            bias.detach().numpy(),
            empty[1] if gain is None else gain.detach().numpy(),
            empty[2] if readout is None else readout.detach().numpy(),
            empty[2] if mask is None else _rows_last(mask),
            empty[1] if lengths is None else lengths.to(x.dtype).numpy(),
        )
        out, last = x.new_empty(cell.output_size, t, n), x.new_empty(cell.state_size, n)
        outputs = [out.numpy(), empty[3], last.numpy()]
        if any(ctx.needs_input_grad):
            ctx.saved = x.new_empty(_n_saved(cell, c, inputs[4].size), t, n)
            outputs[1] = ctx.saved.numpy()
            ctx.cell, ctx.arrays = cell, (*inputs, *outputs[:2])
            ctx.save_for_backward(x, weight, bias, gain, readout)
            ctx.set_materialize_grads(False)
        _launch(kernels().FORWARD[cell.kind], cell, n, weight.numel() * t * n, inputs, outputs)
        return out.permute(2, 1, 0), last.t()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_out, d_last):
        cell, arrays, saved = ctx.cell, ctx.arrays, ctx.saved
        _ = ctx.saved_tensors  # raises if one has changed
        _, of_x, of_state, *_ = ctx.needs_input_grad
        x, _, weight, bias, gain, readout = arrays[:6]
        (c, t, n), empty = x.shape, _empty(saved.dtype)
        d_pre = saved.new_empty(len(bias) if cell.kind == "rnn" else 4 * cell.hidden_size, t, n)
        d_x = saved.new_empty((c, t, n) if of_x else (0, 0, 0))
        d_state = saved.new_empty((cell.state_size, n) if of_state else (0, 0))
        sums = np.zeros((len(bias) + len(gain), n), x.dtype)
        inputs = (
            empty[3] if d_out is None else _rows_last(d_out),
            empty[2] if d_last is None else _rows_last(d_last),
            *arrays,
        )
        outputs = (d_pre.numpy(), d_x.numpy(), d_state.numpy(), sums)
        _launch(kernels().BACKWARD[cell.kind], cell, n, weight.size * t * n, inputs, outputs)
        d_bias = torch.from_numpy(sums.sum(axis=1))
        d_weight, d_readout = _weight_gradients(cell, weight, readout, d_pre, saved, c)
        return (
            None,
            d_x.permute(2, 1, 0) if of_x else None,
            d_state.t() if of_state else None,
            None,
            None,
            d_weight,
            d_bias[: len(bias)] if len(gain) else d_bias,
            d_bias[len(bias) :] if len(gain) else None,
            d_readout,
        )


@cache
def _empty(dtype):
    """Empty arrays of each number of dimensions."""
    return [torch.empty((0,) * n, dtype=dtype).numpy() for n in range(4)]


def _rows_last(x):
    """Turn (n, t, c) to an array (c, t, n), and (n, c) to (c, n)."""
    x = x.t() if x.ndim == 2 else x.permute(2, 1, 0)
    return x.contiguous().detach().numpy()


def _n_saved(cell, n_channels, n_gains):
    """Rows that the way back of a cell needs, and the layer normalisation behind them."""
    rows = cell.hidden_size * {"rnn": 1, "lstm": 5, "gru": 4}[cell.kind]
    normal = n_gains + cell.n_gates if n_gains else 0
    return n_channels + cell.output_size + rows + normal


def _weight_gradients(cell, weight, readout, d_pre, saved, c):
    """Matrix products over all steps and rows: of linear parts with what was read for them."""
    h, d, read = cell.hidden_size, d_pre.flatten(1), saved.flatten(1).t()
    if cell.kind == "lstm":
        return d @ read[:, : c + h], None
    if cell.kind == "gru":  # linear parts in the order q, r, z, n: the state meets the first three
        of_state = d[: 3 * h] @ read[:, c : c + h]
        return torch.cat([d[h:] @ read[:, :c], of_state.roll(-h, 0)], dim=1), None
    d_weight = d[:h] @ read[:, : weight.shape[1]]
    if not readout.size:
        return d_weight, None
    end = c + cell.output_size + h
    return d_weight, d[h:] @ read[:, end - readout.shape[1] : end]


def _launch(kernel, cell, n, work, inputs, outputs):
    """Run a kernel on all blocks, on two or more threads where the work is worth it."""
    run = partial(kernel, *inputs, *outputs, ACTIVATIONS[cell.activation], cell.reverse)
    n_threads = 1
    if work > WORTH_A_SECOND_THREAD:
        n_threads = min(torch.get_num_threads(), n // BLOCK)
    bounds = [BLOCK * (n // BLOCK * i // n_threads) for i in range(n_threads + 1)]
    others = [_pool().submit(run, start, stop) for start, stop in pairwise(bounds[1:])]
    run(0, bounds[1])
    for other in others:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="skrnn")


if hasattr(os, "register_at_fork"):  # a forked process has none of the threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
