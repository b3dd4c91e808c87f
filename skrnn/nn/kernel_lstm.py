"""Kernels of the LSTM; `kernels` describes the arguments."""

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
from .kernel_vectors import LANES, fma, kernel, like, load, sigmoid, store, where_greater


@kernel
def lstm_forward(
    x, state, weight, bias, gain, readout, mask, lengths, out, saved, last,
    activation, reverse, start, stop,
):  # fmt: skip
    """Compute c = f c + i g and h = o phi(c), gates in the order i, f, g, o.

    The rows of ``saved`` are the inputs [x; h], the gates, the cell state, and the values of layer
    normalisation.
    """
    top = np.intp(0)
    (n_channels, n_steps, _), n = x.shape, out.shape[0]
    first = n_channels + n
    v, pre = np.empty((first, LANES), x.dtype), np.empty((4 * n, LANES), x.dtype)
    h, c = np.empty((n, LANES), x.dtype), np.empty((n, LANES), x.dtype)
    for b in range(start, stop, LANES):
        ends, longest = block_lengths(lengths, x, b)
        take(state, top, n, b, h)
        take(state, n, n, b, c)
        for step in range(n_steps):
            t = n_steps - 1 - step if reverse else step
            if t < longest:
                read(x, h, mask, t, b, v, saved)
                product(weight, top, 4 * n, top, first, v, top, pre, top)
                for gate in range(4):
                    affine(pre, gate * n, gate, bias, gain, n, saved, first + 5 * n, t, b)
                now = like(x, t)
                for j in range(n):
                    i = sigmoid(load(pre, (j, 0)))
                    f = sigmoid(load(pre, (n + j, 0)))
                    g = activate(load(pre, (2 * n + j, 0)), activation)
                    o = sigmoid(load(pre, (3 * n + j, 0)))
                    new = fma(f, load(c, (j, 0)), i * g)
                    value = o * activate(new, activation)
                    store(h, (j, 0), where_greater(ends, now, value, load(h, (j, 0))))
                    store(c, (j, 0), where_greater(ends, now, new, load(c, (j, 0))))
                    if saved.size > 0:
                        store(saved, (first + j, t, b), i)
                        store(saved, (first + n + j, t, b), f)
                        store(saved, (first + 2 * n + j, t, b), g)
                        store(saved, (first + 3 * n + j, t, b), o)
                        store(saved, (first + 4 * n + j, t, b), load(c, (j, 0)))
            else:
                clear(saved, t, b)
            write(h, n, out, top, t, b)
        give(h, n, last, top, b)
        give(c, n, last, n, b)


@kernel
def lstm_backward(
    d_out, d_last, x, state, weight, bias, gain, readout, mask, lengths, out, saved,
    d_pre, d_x, d_state, sums, activation, reverse, start, stop,
):  # fmt: skip
    """Compute the gradients of `lstm_forward`."""
    top = np.intp(0)
    (n_channels, n_steps, _), n = x.shape, out.shape[0]
    first = n_channels + n
    weight_t = transposed(weight)
    zero, one = like(x, 0.0), like(x, 1.0)
    d, back = np.empty((4 * n, LANES), x.dtype), np.empty((n, LANES), x.dtype)
    dh, dc = np.empty((n, LANES), x.dtype), np.empty((n, LANES), x.dtype)
    begin = np.empty((n, LANES), x.dtype)
    back_x = np.empty((n_channels, LANES), x.dtype)
    for b in range(start, stop, LANES):
        ends, longest = block_lengths(lengths, x, b)
        take(state, n, n, b, begin)
        take(d_last, top, n, b, dh)
        take(d_last, n, n, b, dc)
        for step in range(n_steps):
            t = step if reverse else n_steps - 1 - step
            before = t + 1 if reverse else t - 1
            receive(dh, n, d_out, t, b)
            if t >= longest:
                clear(d_pre, t, b)
                clear(d_x, t, b)
                continue
            now, from_state = like(x, t), step == n_steps - 1 or before >= longest
            for j in range(n):
                i, f = load(saved, (first + j, t, b)), load(saved, (first + n + j, t, b))
                g = load(saved, (first + 2 * n + j, t, b))
                o = load(saved, (first + 3 * n + j, t, b))
                old = load(begin, (j, 0))
                if not from_state:
                    old = load(saved, (first + 4 * n + j, before, b))
                y = activate(load(saved, (first + 4 * n + j, t, b)), activation)
                dy, dc_after = load(dh, (j, 0)), load(dc, (j, 0))
                dn = fma(dy * o, slope(y, activation), dc_after)
                di, df = dn * g * (i * (one - i)), dn * old * (f * (one - f))
                dg, do = dn * i * slope(g, activation), dy * y * (o * (one - o))
                store(d, (j, 0), where_greater(ends, now, di, zero))
                store(d, (n + j, 0), where_greater(ends, now, df, zero))
                store(d, (2 * n + j, 0), where_greater(ends, now, dg, zero))
                store(d, (3 * n + j, 0), where_greater(ends, now, do, zero))
                store(dh, (j, 0), where_greater(ends, now, zero, dy))
                store(dc, (j, 0), where_greater(ends, now, dn * f, dc_after))
            for gate in range(4):
                affine_backward(d, gate * n, gate, gain, n, saved, first + 5 * n, t, b, sums)
            write(d, 4 * n, d_pre, top, t, b)
            if d_x.size > 0:
                product(weight_t, top, n_channels, top, 4 * n, d, top, back_x, top)
                write(back_x, n_channels, d_x, top, t, b)
            product(weight_t, n_channels, n, top, 4 * n, d, top, back, top)
            read_backward(back, top, n, mask, b, dh)
        give(dh, n, d_state, top, b)
        give(dc, n, d_state, n, b)
