"""Gated convolution of WaveNet as an autograd function, with time as the first axis."""

from __future__ import annotations

import torch

from .compiled import kernels, kernels_apply


class GatedConvolution(torch.autograd.Function):
    r"""A dilated causal convolution and its gate, :math:`\tanh(a_F) \odot \sigma(a_G)`.

    Parameters
    ----------
    h : Tensor of shape (t, n, c)
        Input, contiguous.
    before : Tensor of shape ((k - 1) * dilation, n, c) or None
        Inputs of the steps before; None means zeros.
    weight : Tensor of shape (k, c, 2 * c)
        Weights of filter and gate, from the oldest input to the newest.
    bias : Tensor of shape (2 * c,)
        Biases.
    dilation : int
        Steps from one of the k inputs to the next.

    Returns
    -------
    z : Tensor of shape (t, n, c)
        Gated output.
    """

    @staticmethod
    def forward(ctx, h, before, weight, bias, dilation):
        linear = torch.addmm(bias, h.flatten(0, 1), weight[-1])
        for tap, source, read, written in _shifts(h, before, len(weight), dilation):
            linear[written].addmm_((h, before)[source].flatten(0, 1)[read], weight[tap])
        z = torch.empty_like(h)
        _gate(linear, z.flatten(0, 1))
        ctx.save_for_backward(h, before, weight, linear)
        ctx.dilation = dilation
        return z

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, d_z):
        h, before, weight, gated = ctx.saved_tensors
        d_linear = _gate_backward(d_z.flatten(0, 1), gated)
        d_inputs = [d_linear @ weight[-1].t(), None]
        if before is not None:
            d_inputs[1] = torch.zeros_like(before).flatten(0, 1)
        d_weight = torch.zeros_like(weight)
        torch.mm(h.flatten(0, 1).t(), d_linear, out=d_weight[-1])
        for tap, source, read, written in _shifts(h, before, len(weight), ctx.dilation):
            d_inputs[source][read].addmm_(d_linear[written], weight[tap].t())
            d_weight[tap].addmm_((h, before)[source].flatten(0, 1)[read].t(), d_linear[written])
        d_h, d_before = (
            None if d is None else d.view_as(a) for d, a in zip(d_inputs, (h, before), strict=True)
        )
        return d_h, d_before, d_weight, d_linear.sum(dim=0), None


def _gate(linear, z):
    """Replace filters by their tanh and gates by their sigmoid, and write the products to `z`.

    The last bits of torch's vectorised functions depend on the position of a value in memory. The
    kernel computes all values in the same way, in one pass.
    """
    if kernels_apply(linear):
        kernels().gate_forward(linear.numpy(), z.numpy())
        return
    filters, gates = linear.chunk(2, dim=1)
    torch.mul(filters.tanh_(), gates.sigmoid_(), out=z)


def _gate_backward(d_z, gated):
    """Return the gradient with respect to the input of `_gate`, given its result `gated`."""
    if kernels_apply(gated):
        d_linear = torch.empty_like(gated)
        kernels().gate_backward(d_z.contiguous().numpy(), gated.numpy(), d_linear.numpy())
        return d_linear
    filters, gates = gated.chunk(2, dim=1)
    d_filters = d_z * gates * (1 - filters.square())
    return torch.cat([d_filters, d_z * filters * (gates * (1 - gates))], dim=1)


def _shifts(h, before, kernel_size, dilation):
    """Yield the older inputs of a convolution, apart from those that are zero.

    Yields
    ------
    tap : int
        Index of the input, from the oldest.
    source : int
        Its array: 0 for `h`, 1 for `before`.
    read, written : slice
        Rows of the source and of the output, with steps and sequences flattened to one axis.
    """
    n_steps, n, _ = h.shape
    ring = (kernel_size - 1) * dilation
    for tap in range(kernel_size - 1):
        shift = ring - tap * dilation
        if shift < n_steps:
            yield tap, 0, slice(0, (n_steps - shift) * n), slice(shift * n, n_steps * n)
        if before is not None:
            first, count = ring - shift, min(shift, n_steps)
            yield tap, 1, slice(first * n, (first + count) * n), slice(0, count * n)
