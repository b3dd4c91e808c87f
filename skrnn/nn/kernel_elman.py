"""Kernels of the simple recurrent network; `kernels` describes the arguments."""

from __future__ import annotations

import numpy as np

from .kernel_parts import (
    activate,
    affine,
    affine_backward,
    block_lengths,
    clear,
    give,
    product,
    read,
    read_backward,
    receive,
    slope,
    take,
    transposed,
    write,
)
from .kernel_vectors import LANES, kernel, like, load, splat, store, where_greater


@kernel
def elman_forward(
    x, state, weight, bias, gain, readout, mask, lengths, out, saved, last,
    activation, reverse, start, stop,
):  # fmt: skip
    """Compute h = phi(W [x; s] + b) with s = h, or with a read-out s = V [s; h] + b_o.

    The rows of ``saved`` are the inputs [x; s], the hidden layer h if there is a read-out, and the
    values of layer normalisation.
    """
    top = np.intp(0)
    (c, n_steps, _), n, n_state = x.shape, weight.shape[0], out.shape[0]
    v, h = np.empty((c + n_state + n, LANES), x.dtype), np.empty((n, LANES), x.dtype)
    n_read = readout.shape[1]
    normal = c + n_state + (n if readout.size > 0 else 0)
    s, new = np.empty((n_state, LANES), x.dtype), np.empty((n_state, LANES), x.dtype)
    for b in range(start, stop, LANES):
        ends, longest = block_lengths(lengths, x, b)
        take(state, top, n_state, b, s)
        for i in range(n_steps):
            t = n_steps - 1 - i if reverse else i
            if t < longest:
                read(x, s, mask, t, b, v, saved)
                product(weight, top, n, top, weight.shape[1], v, top, h, top)
                affine(h, top, top, bias, gain, n, saved, normal, t, b)
                for j in range(n):
                    store(h, (j, 0), activate(load(h, (j, 0)), activation))
                if readout.size > 0:
                    if saved.size > 0:
                        write(h, n, saved, c + n_state, t, b)
                    for j in range(n):
                        store(v, (c + n_state + j, 0), load(h, (j, 0)))
                    first = c + n_state + n - n_read
                    product(readout, top, n_state, top, n_read, v, first, new, top)
                    for j in range(n_state):
                        store(new, (j, 0), load(new, (j, 0)) + splat(bias[n + j]))
                now = like(x, t)
                for j in range(n_state):
                    value = load(new, (j, 0)) if readout.size > 0 else load(h, (j, 0))
                    store(s, (j, 0), where_greater(ends, now, value, load(s, (j, 0))))
            else:
                clear(saved, t, b)
            write(s, n_state, out, top, t, b)
        give(s, n_state, last, top, b)


@kernel
def elman_backward(
    d_out, d_last, x, state, weight, bias, gain, readout, mask, lengths, out, saved,
    d_pre, d_x, d_state, sums, activation, reverse, start, stop,
):  # fmt: skip
    """Compute the gradients of `elman_forward`; `d_pre` is that of h, then of the read-out."""
    top = np.intp(0)
    (c, n_steps, _), n, n_state = x.shape, weight.shape[0], out.shape[0]
    weight_t, readout_t = transposed(weight), transposed(readout)
    hidden_recurs = weight_t.shape[0] > c
    start_h = 0 if hidden_recurs else n_state
    normal = c + n_state + (n if readout.size > 0 else 0)
    zero = like(x, 0.0)
    d, ds = np.empty((n, LANES), x.dtype), np.empty((n_state, LANES), x.dtype)
    d_new = np.empty((n_state, LANES), x.dtype)
    back_x = np.empty((c, LANES), x.dtype)
    back = np.empty((n + n_state, LANES), x.dtype)
    for b in range(start, stop, LANES):
        ends, longest = block_lengths(lengths, x, b)
        take(d_last, top, n_state, b, ds)
        for i in range(n_steps):
            t = i if reverse else n_steps - 1 - i
            receive(ds, n_state, d_out, t, b)
            if t >= longest:
                clear(d_pre, t, b)
                clear(d_x, t, b)
                continue
            now = like(x, t)
            for j in range(n_state):
                value = load(ds, (j, 0))
                store(d_new, (j, 0), where_greater(ends, now, value, zero))
                store(ds, (j, 0), where_greater(ends, now, zero, value))
            if readout_t.size > 0:
                write(d_new, n_state, d_pre, n, t, b)
                for j in range(n_state):
                    store(sums, (n + j, b), load(sums, (n + j, b)) + load(d_new, (j, 0)))
                product(readout_t, top, readout_t.shape[0], top, n_state, d_new, top, back, top)
                if not hidden_recurs:
                    read_backward(back, top, n_state, mask, b, ds)
            else:
                for j in range(n):
                    store(back, (j, 0), load(d_new, (j, 0)))
            for j in range(n):
                y = load(out, (j, t, b))
                if readout.size > 0:
                    y = load(saved, (c + n_state + j, t, b))
                store(d, (j, 0), load(back, (start_h + j, 0)) * slope(y, activation))
            affine_backward(d, top, top, gain, n, saved, normal, t, b, sums)
            write(d, n, d_pre, top, t, b)
            if d_x.size > 0:
                product(weight_t, top, c, top, n, d, top, back_x, top)
                write(back_x, c, d_x, top, t, b)
            if hidden_recurs:
                product(weight_t, c, n_state, top, n, d, top, back, top)
                read_backward(back, top, n_state, mask, b, ds)
        give(ds, n_state, d_state, top, b)
