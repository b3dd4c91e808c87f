"""Kernels of the GRU; `kernels` describes the arguments."""

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
from .kernel_vectors import LANES, fma, kernel, like, load, sigmoid, splat, store, where_greater


@kernel
def gru_forward(
    x, state, weight, bias, gain, readout, mask, lengths, out, saved, last,
    activation, reverse, start, stop,
):  # fmt: skip
    """Compute h = n + z (h - n), n = phi(W_n x + b_n + r q), q = U_n h + b_q; gates r, z, n.

    Pre-activations are in the order q, r, z, n: the first three depend on h, the last three on x.
    The rows of ``saved`` are the inputs [x; h], then r, z, n, q, and the values of layer
    normalisation.
    """
    top = np.intp(0)
    (c, n_steps, _), n = x.shape, out.shape[0]
    first = c + n
    v, pre = np.empty((c + n, LANES), x.dtype), np.empty((4 * n, LANES), x.dtype)
    h = np.empty((n, LANES), x.dtype)
    for b in range(start, stop, LANES):
        ends, longest = block_lengths(lengths, x, b)
        take(state, top, n, b, h)
        for step in range(n_steps):
            t = n_steps - 1 - step if reverse else step
            if t < longest:
                read(x, h, mask, t, b, v, saved)
                product(weight, top, 2 * n, top, c + n, v, top, pre, n)
                product(weight, 2 * n, n, top, c, v, top, pre, 3 * n)
                product(weight, 2 * n, n, c, c + n, v, c, pre, top)
                for gate in range(2):
                    affine(pre, (gate + 1) * n, gate, bias, gain, n, saved, first + 4 * n, t, b)
                for j in range(n):
                    r = sigmoid(load(pre, (n + j, 0)))
                    q = load(pre, (j, 0)) + splat(bias[3 * n + j])
                    store(pre, (3 * n + j, 0), fma(r, q, load(pre, (3 * n + j, 0))))
                    if saved.size > 0:
                        store(saved, (first + j, t, b), r)
                        store(saved, (first + 3 * n + j, t, b), q)
                affine(pre, 3 * n, np.intp(2), bias, gain, n, saved, first + 4 * n, t, b)
                now = like(x, t)
                for j in range(n):
                    z = sigmoid(load(pre, (2 * n + j, 0)))
                    new = activate(load(pre, (3 * n + j, 0)), activation)
                    old = load(h, (j, 0))
                    value = fma(z, old - new, new)
                    store(h, (j, 0), where_greater(ends, now, value, old))
                    if saved.size > 0:
                        store(saved, (first + n + j, t, b), z)
                        store(saved, (first + 2 * n + j, t, b), new)
            else:
                clear(saved, t, b)
            write(h, n, out, top, t, b)
        give(h, n, last, top, b)


@kernel
def gru_backward(
    d_out, d_last, x, state, weight, bias, gain, readout, mask, lengths, out, saved,
    d_pre, d_x, d_state, sums, activation, reverse, start, stop,
):  # fmt: skip
    """Compute the gradients of `gru_forward`."""
    top = np.intp(0)
    (c, n_steps, _), n = x.shape, out.shape[0]
    first = c + n
    weight_t = transposed(weight)
    zero, one = like(x, 0.0), like(x, 1.0)
    d, dh = np.empty((4 * n, LANES), x.dtype), np.empty((n, LANES), x.dtype)
    back, add = np.empty((n, LANES), x.dtype), np.empty((n, LANES), x.dtype)
    begin = np.empty((n, LANES), x.dtype)
    back_x = np.empty((c, LANES), x.dtype)
    for b in range(start, stop, LANES):
        ends, longest = block_lengths(lengths, x, b)
        take(state, top, n, b, begin)
        take(d_last, top, n, b, dh)
        for step in range(n_steps):
            t = step if reverse else n_steps - 1 - step
            before = t + 1 if reverse else t - 1
            receive(dh, n, d_out, t, b)
            if t >= longest:
                clear(d_pre, t, b)
                clear(d_x, t, b)
                continue
            now, from_state = like(x, t), step == n_steps - 1
            for j in range(n):
                z, new = load(saved, (first + n + j, t, b)), load(saved, (first + 2 * n + j, t, b))
                old = load(begin, (j, 0)) if from_state else load(out, (j, before, b))
                dy = load(dh, (j, 0))
                alive = where_greater(ends, now, dy, zero)
                store(d, (2 * n + j, 0), alive * (old - new) * (z * (one - z)))
                store(d, (3 * n + j, 0), alive * (one - z) * slope(new, activation))
                store(dh, (j, 0), where_greater(ends, now, dy * z, dy))
            affine_backward(d, 3 * n, np.intp(2), gain, n, saved, first + 4 * n, t, b, sums)
            for j in range(n):
                r, q = load(saved, (first + j, t, b)), load(saved, (first + 3 * n + j, t, b))
                dn = load(d, (3 * n + j, 0))
                dq = dn * r
                store(d, (j, 0), dq)
                store(d, (n + j, 0), dn * q * (r * (one - r)))
                store(sums, (3 * n + j, b), load(sums, (3 * n + j, b)) + dq)
            affine_backward(d, n, top, gain, n, saved, first + 4 * n, t, b, sums)
            affine_backward(d, 2 * n, np.intp(1), gain, n, saved, first + 4 * n, t, b, sums)
            write(d, 4 * n, d_pre, top, t, b)
            if d_x.size > 0:
                product(weight_t, top, c, top, 3 * n, d, n, back_x, top)
                write(back_x, c, d_x, top, t, b)
            product(weight_t, c, n, top, 2 * n, d, n, back, top)
            product(weight_t, c, n, 2 * n, 3 * n, d, top, add, top)
            read_backward(back, top, n, mask, b, dh)
            read_backward(add, top, n, mask, b, dh)
        give(dh, n, d_state, top, b)
