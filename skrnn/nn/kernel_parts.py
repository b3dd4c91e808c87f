"""Building blocks of the compiled recurrences: products, layer normalisation, activations.

Scratch arrays have the shape (rows, `LANES`): one vector for each row of a matrix, one lane for
each sequence of the block. Pass 0 as ``np.intp(0)``, because numba compiles a function again for
a literal 0.
"""

from __future__ import annotations

import numpy as np

from .kernel_vectors import (
    LANES,
    apart,
    fma,
    jit,
    like,
    load,
    n_sums,
    splat,
    sqrt,
    store,
    tanh,
    where_greater,
)

TANH, RELU = 0, 1
EPSILON = 1e-5  # added to the variance in layer normalisation


@jit
def product(weight, first, n, start, stop, v, v_first, out, out_first):
    """Compute ``out = weight[first : first + n, start:stop] @ v``.

    `v` is read from its row `v_first` on, and `out` written from its row `out_first` on. Up to
    `n_sums` rows are computed at once. Each sum runs in the order of the columns, so its bits do
    not depend on how many.
    """
    apart()
    r, o, shift = first, out_first, v_first - start
    while n_sums(v) >= 8 and r + 8 <= first + n:
        a0, a1, a2, a3 = like(v, 0.0), like(v, 0.0), like(v, 0.0), like(v, 0.0)
        a4, a5, a6, a7 = like(v, 0.0), like(v, 0.0), like(v, 0.0), like(v, 0.0)
        for k in range(start, stop):
            x = load(v, (k + shift, 0))
            a0 = fma(splat(weight[r, k]), x, a0)
            a1 = fma(splat(weight[r + 1, k]), x, a1)
            a2 = fma(splat(weight[r + 2, k]), x, a2)
            a3 = fma(splat(weight[r + 3, k]), x, a3)
            a4 = fma(splat(weight[r + 4, k]), x, a4)
            a5 = fma(splat(weight[r + 5, k]), x, a5)
            a6 = fma(splat(weight[r + 6, k]), x, a6)
            a7 = fma(splat(weight[r + 7, k]), x, a7)
        store(out, (o, 0), a0)
        store(out, (o + 1, 0), a1)
        store(out, (o + 2, 0), a2)
        store(out, (o + 3, 0), a3)
        store(out, (o + 4, 0), a4)
        store(out, (o + 5, 0), a5)
        store(out, (o + 6, 0), a6)
        store(out, (o + 7, 0), a7)
        r += 8
        o += 8
    while n_sums(v) >= 6 and r + 6 <= first + n:
        a0, a1, a2, a3 = like(v, 0.0), like(v, 0.0), like(v, 0.0), like(v, 0.0)
        a4, a5 = like(v, 0.0), like(v, 0.0)
        for k in range(start, stop):
            x = load(v, (k + shift, 0))
            a0 = fma(splat(weight[r, k]), x, a0)
            a1 = fma(splat(weight[r + 1, k]), x, a1)
            a2 = fma(splat(weight[r + 2, k]), x, a2)
            a3 = fma(splat(weight[r + 3, k]), x, a3)
            a4 = fma(splat(weight[r + 4, k]), x, a4)
            a5 = fma(splat(weight[r + 5, k]), x, a5)
        store(out, (o, 0), a0)
        store(out, (o + 1, 0), a1)
        store(out, (o + 2, 0), a2)
        store(out, (o + 3, 0), a3)
        store(out, (o + 4, 0), a4)
        store(out, (o + 5, 0), a5)
        r += 6
        o += 6
    while r + 2 <= first + n:
        a0, a1 = like(v, 0.0), like(v, 0.0)
        for k in range(start, stop):
            x = load(v, (k + shift, 0))
            a0 = fma(splat(weight[r, k]), x, a0)
            a1 = fma(splat(weight[r + 1, k]), x, a1)
        store(out, (o, 0), a0)
        store(out, (o + 1, 0), a1)
        r += 2
        o += 2
    while r < first + n:
        a0 = like(v, 0.0)
        for k in range(start, stop):
            a0 = fma(splat(weight[r, k]), load(v, (k + shift, 0)), a0)
        store(out, (o, 0), a0)
        r += 1
        o += 1


@jit
def transposed(matrix):
    """Return a contiguous copy of the transpose, since `product` reads along rows."""
    apart()
    result = np.empty((matrix.shape[1], matrix.shape[0]), matrix.dtype)
    for i in range(matrix.shape[0]):
        for j in range(matrix.shape[1]):
            result[j, i] = matrix[i, j]
    return result


@jit
def affine(pre, first, gate, bias, gain, n, saved, saved_first, t, b):
    """Add the bias of a gate to its `n` rows of `pre`; with a gain, normalise them first.

    From row `saved_first` on, ``saved`` receives the normalised rows of all gates, then the
    inverse standard deviation of each gate.
    """
    apart()
    offset = gate * n
    if gain is None:
        for j in range(n):
            store(pre, (first + j, 0), load(pre, (first + j, 0)) + splat(bias[offset + j]))
        return
    one_nth = like(pre, 1.0 / n)
    mean, variance = like(pre, 0.0), like(pre, 0.0)
    for j in range(n):
        mean = mean + load(pre, (first + j, 0))
    mean = mean * one_nth
    for j in range(n):
        centred = load(pre, (first + j, 0)) - mean
        variance = fma(centred, centred, variance)
    scale = like(pre, 1.0) / sqrt(fma(variance, one_nth, like(pre, EPSILON)))
    for j in range(n):
        normal = (load(pre, (first + j, 0)) - mean) * scale
        row = offset + j
        if saved.size > 0:
            store(saved, (saved_first + row, t, b), normal)
        store(pre, (first + j, 0), fma(normal, splat(gain[row]), splat(bias[row])))
    if saved.size > 0:
        store(saved, (saved_first + gain.size + gate, t, b), scale)


@jit
def affine_backward(d, first, gate, gain, n, saved, saved_first, t, b, sums):
    """Replace the gradient of the output of `affine` by that of its input, in place.

    ``sums (rows, sequences)`` accumulates the gradients of all biases, then of the gains.
    """
    apart()
    offset = gate * n
    for j in range(n):
        row = (offset + j, b)
        store(sums, row, load(sums, row) + load(d, (first + j, 0)))
    if gain is None:
        return
    gains = sums.shape[0] - gain.size
    one_nth = like(d, 1.0 / n)
    mean, correlation = like(d, 0.0), like(d, 0.0)
    for j in range(n):
        dy, normal = load(d, (first + j, 0)), load(saved, (saved_first + offset + j, t, b))
        row = (gains + offset + j, b)
        store(sums, row, fma(dy, normal, load(sums, row)))
        scaled = dy * splat(gain[offset + j])
        store(d, (first + j, 0), scaled)
        mean = mean + scaled
        correlation = fma(scaled, normal, correlation)
    mean, correlation = mean * one_nth, correlation * one_nth
    scale = load(saved, (saved_first + gain.size + gate, t, b))
    for j in range(n):
        normal = load(saved, (saved_first + offset + j, t, b))
        centred = load(d, (first + j, 0)) - fma(normal, correlation, mean)
        store(d, (first + j, 0), centred * scale)


@jit
def activate(x, activation):
    """Return tanh, or max(x, 0)."""
    if activation == RELU:
        return where_greater(like(x, 0.0), x, like(x, 0.0), x)  # keeps a NaN
    return tanh(x)


@jit
def slope(y, activation):
    """Return the derivative of the activation, given its value `y`."""
    if activation == RELU:
        return where_greater(y, like(y, 0.0), like(y, 1.0), like(y, 0.0))
    return like(y, 1.0) - y * y


@jit
def write(values, n, out, first, t, b):
    """Copy `n` scratch rows to step `t` of ``out``, from row `first` on."""
    apart()
    for j in range(n):
        store(out, (first + j, t, b), load(values, (j, 0)))


@jit
def read(x, state, mask, t, b, v, saved):
    """Copy step `t` of ``x (channels, steps, rows)`` and the state to the scratch `v`.

    Recurrent dropout is applied to the state. If ``saved`` is not empty, its first rows receive
    the same values.
    """
    apart()
    n_channels = x.shape[0]
    for k in range(n_channels):
        store(v, (k, 0), load(x, (k, t, b)))
    for j in range(state.shape[0]):
        value = load(state, (j, 0))
        if mask.size > 0:
            value = value * load(mask, (j, b))
        store(v, (n_channels + j, 0), value)
    if saved.size > 0:
        write(v, n_channels + state.shape[0], saved, np.intp(0), t, b)


@jit
def block_lengths(lengths, x, b):
    """Return the lengths of the block's rows as a vector, and the longest."""
    apart()
    longest = float(x.shape[1])
    if lengths.size == 0:
        return like(x, longest), longest
    longest = 0.0
    for i in range(b, b + LANES):
        if lengths[i] > longest:
            longest = float(lengths[i])
    return load(lengths, (b,)), longest


@jit
def clear(out, t, b):
    """Write zeros to step `t` of ``out``."""
    apart()
    for j in range(out.shape[0]):
        store(out, (j, t, b), like(out, 0.0))


@jit
def take(state, first, n, b, out):
    """Copy `n` rows of ``state (rows, sequences)``, from row `first` on, to the scratch `out`.

    An empty state counts as zero.
    """
    apart()
    for j in range(n):
        store(out, (j, 0), load(state, (first + j, b)) if state.size > 0 else like(out, 0.0))


@jit
def give(values, n, state, first, b):
    """Copy scratch rows back to ``state``, unless it is empty; the inverse of `take`."""
    apart()
    if state.size > 0:
        for j in range(n):
            store(state, (first + j, b), load(values, (j, 0)))


@jit
def receive(d, n, d_out, t, b):
    """Add the gradient of the output at step `t`, unless it is empty, to that of the state."""
    apart()
    if d_out.size > 0:
        for j in range(n):
            store(d, (j, 0), load(d, (j, 0)) + load(d_out, (j, t, b)))


@jit
def read_backward(back, first, n, mask, b, d):
    """Add the gradient that flows through `read` to that of the state."""
    apart()
    for j in range(n):
        value = load(back, (first + j, 0))
        if mask.size > 0:
            value = value * load(mask, (j, b))
        store(d, (j, 0), load(d, (j, 0)) + value)
