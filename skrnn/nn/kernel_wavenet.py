"""Kernels of WaveNet: the gate, forward and backward, and one step through all layers."""

from __future__ import annotations

import numpy as np

from .kernel_vectors import LANES, fma, jit, kernel, like, load, sigmoid, store, tanh, total


@jit
def _gate(linear, scratch, z):
    """Replace filters by their tanh and gates by their sigmoid, and fill `z` with the products.

    All numbers go through the same vector instructions, whatever the width.
    """
    n = len(z)
    for j in range(0, n - n % LANES, LANES):
        f, g = tanh(load(linear, (j,))), sigmoid(load(linear, (n + j,)))
        store(linear, (j,), f)
        store(linear, (n + j,), g)
        store(z, (j,), f * g)
    first, rest = n - n % LANES, n % LANES
    if rest > 0:
        for j in range(rest):
            scratch[0, j], scratch[1, j] = linear[first + j], linear[n + first + j]
        store(scratch, (0, 0), tanh(load(scratch, (0, 0))))
        store(scratch, (1, 0), sigmoid(load(scratch, (1, 0))))
        for j in range(rest):
            f, g = scratch[0, j], scratch[1, j]
            linear[first + j], linear[n + first + j], z[first + j] = f, g, f * g


@kernel
def gate_forward(linear, z):
    """Apply tanh and sigmoid to the halves of ``linear (rows, 2 c)``; fill ``z (rows, c)``."""
    scratch = np.zeros((2, LANES), z.dtype)
    for row in range(len(z)):
        _gate(linear[row], scratch, z[row])


@kernel
def gate_backward(d_z, gated, d_linear):
    """Fill `d_linear`, the gradient of `gate_forward`; `gated` is its output in `linear`."""
    n = d_z.shape[1]
    one = d_z.dtype.type(1.0)
    for row in range(len(d_z)):
        for j in range(n):
            d, f, g = d_z[row, j], gated[row, j], gated[row, n + j]
            d_linear[row, j] = d * g * (one - f * f)
            d_linear[row, n + j] = d * f * (g * (one - g))


@jit
def _add_product(v, weight, out):
    """Add ``v @ weight`` to `out`, in the order of the elements of `v`."""
    for i in range(len(v)):
        factor = v[i]
        for j in range(len(out)):
            out[j] += factor * weight[i, j]


@jit
def _add_products(weight, v, out):
    """Add ``weight @ v`` to `out`."""
    n = len(v)
    whole = n - n % LANES
    for j in range(len(out)):
        sums = like(v, 0.0)
        for i in range(0, whole, LANES):
            sums = fma(load(weight, (j, i)), load(v, (i,)), sums)
        value = total(sums)
        for i in range(whole, n):
            value += weight[j, i] * v[i]
        out[j] += value


@jit
def _rectify(v):
    for j in range(len(v)):
        v[j] = max(v[j], v.dtype.type(0.0))


@kernel
def wavenet_step(
    dilations, x, rings, taken, then, outputs, front, front_bias, weight, bias,
    residual, residual_bias, skip, skip_bias, out, out_bias,
):  # fmt: skip
    """Fill `outputs`, and replace the oldest input in each ring buffer by the new one.

    Parameters
    ----------
    dilations : ndarray of int, shape (L,)
        Dilation of each layer.
    x : ndarray of shape (N, D)
        Input of the step.
    rings : ndarray of shape (N, total length, C)
        Ring buffers of all layers. That of a layer holds its last (K - 1) * dilation inputs.
    taken, then : ndarray of int, shape (N,)
        Number of steps in the ring buffers before and after the step, modulo the longest one.
    outputs : ndarray of shape (N, C)
        Output of the step.
    front, front_bias, skip, skip_bias, out, out_bias : ndarray
        Shapes (C, D), (C,), (C, L C), (C,), (C, C) and (C,).
    weight, bias, residual, residual_bias : ndarray
        Shapes (L, K, C, 2 C), (L, 2 C), (L - 1, C, C) and (L - 1, C).
    """
    n_layers, n_taps, n, _ = weight.shape
    h, linear, skips = np.empty(n, x.dtype), np.empty(2 * n, x.dtype), np.empty(n, x.dtype)
    gated, scratch = np.empty(n_layers * n, x.dtype), np.zeros((2, LANES), x.dtype)
    for row in range(len(x)):
        h[:] = front_bias
        _add_products(front, x[row], h)
        start = 0
        for layer in range(n_layers):
            ring = (n_taps - 1) * dilations[layer]
            linear[:] = bias[layer]
            for tap in range(n_taps - 1):
                slot = start + (taken[row] + tap * dilations[layer]) % ring
                _add_product(rings[row, slot], weight[layer, tap], linear)
            _add_product(h, weight[layer, n_taps - 1], linear)
            rings[row, start + taken[row] % ring] = h
            z = gated[layer * n : (layer + 1) * n]
            _gate(linear, scratch, z)
            if layer < n_layers - 1:
                for j in range(n):
                    h[j] += residual_bias[layer, j]
                _add_product(z, residual[layer], h)
            start += ring
        skips[:] = skip_bias
        _add_products(skip, gated, skips)
        _rectify(skips)
        outputs[row] = out_bias
        _add_products(out, skips, outputs[row])
        _rectify(outputs[row])
        then[row] = (taken[row] + 1) % ((n_taps - 1) * dilations.max())
