"""WaveNet: gated causal convolutions with doubling dilations, and ring buffers for steps."""

from __future__ import annotations

from itertools import accumulate, repeat
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from .compiled import kernels, kernels_apply
from .contract import Encoder, State
from .dropout import Dropout
from .gated import GatedConvolution
from .pooling import Pooling, last_step

# Number of values of a layer that fit the cache until they are read again.
CACHED_VALUES = 2**18
MULTIPLE = 16  # matrix products of multiples of 16 rows agree in every bit


class WaveNetEncoder(Encoder):
    r"""Stacked dilated causal convolutions (van den Oord et al., 2016).

    A linear layer maps the input to `hidden_size` channels, :math:`h^1_t = W x_t + b`. Layer
    :math:`l` with dilation :math:`d` reads :math:`k` of its inputs,

    .. math::

        z^l_t = \tanh(\textstyle\sum_{j<k} F^l_j h^l_{t-jd} + b^l_F) \odot
                \sigma(\sum_{j<k} G^l_j h^l_{t-jd} + b^l_G), \qquad
        h^{l+1}_t = h^l_t + R^l z^l_t + b^l_R,

    where :math:`h^l` is zero before the sequence begins. The output at :math:`t` is
    :math:`\mathrm{ReLU}(U\, \mathrm{ReLU}(\sum_l S^l z^l_t + b_S) + b_U)`. Dilations are 1, 2, 4,
    ... within a block, and begin again with each block.

    A sequence can be continued from its last state. The cost of a step depends on the depth of the
    network and not on its receptive field: each layer keeps its inputs in a ring buffer, in which
    the new input replaces the oldest one. In ``torch.inference_mode``, a step overwrites the given
    state, which must not be used again; otherwise, the given state is unchanged.

    Parameters
    ----------
    input_size, hidden_size : int
        Channels of the input, and of all layers after it.
    n_layers : int
        Number of layers in a block.
    n_blocks : int
        Number of blocks.
    kernel_size : int
        Inputs :math:`k` that a layer reads for a step; at least 2.
    dropout : float
        Dropout on the gated outputs :math:`z` of each layer.
    pooling : {"last", "mean", "attention"}, optional
        How steps become one vector; see `Pooling`. With "last", the output is computed from
        :math:`z` only at the last step.

    Attributes
    ----------
    receptive_field : int
        Number of input steps that affect an output, including its own:
        ``1 + (kernel_size - 1) * n_blocks * (2**n_layers - 1)``.
    output_size : int
        Width of an output, `hidden_size`.
    streams : bool
        Whether a sequence can be read piece by piece: with `pooling` None or "last".

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, t, hidden_size)``, or ``(n, hidden_size)`` with a
    pooling. The steps after a row's length are meaningless. The state consists of the ring buffers,
    ``(n, receptive_field - 1, hidden_size)``, the number of steps read, ``(n,)`` and modulo the
    longest ring, and with pooling "last" the output, ``(n, hidden_size)``.

    Raises
    ------
    ValueError
        If a state does not have these shapes.

    References
    ----------
    van den Oord, A., Dieleman, S., Zen, H., Simonyan, K., Vinyals, O., Graves, A., Kalchbrenner,
    N., Senior, A., & Kavukcuoglu, K. (2016). WaveNet: A generative model for raw audio.
    arXiv:1609.03499.

    Le Paine, T., Khorrami, P., Chang, S., Zhang, Y., Ramachandran, P., Hasegawa-Johnson, M. A., &
    Huang, T. S. (2016). Fast WaveNet generation algorithm. arXiv:1611.09482.
    """

    def __init__(
        self,
        *,
        input_size: int,
        hidden_size: int,
        n_layers: int,
        n_blocks: int = 1,
        kernel_size: int = 2,
        dropout: float = 0.0,
        pooling: str | None = None,
    ) -> None:
        super().__init__()
        c, k = int(hidden_size), int(kernel_size)  # torch refuses the integers of NumPy
        self.dilations = [2**i for _ in range(n_blocks) for i in range(n_layers)]
        depth = len(self.dilations)
        self.rings = [(k - 1) * dilation for dilation in self.dilations]
        self.receptive_field = 1 + sum(self.rings)
        self.output_size = c
        self.front = nn.Linear(input_size, c)
        self.gates = nn.Parameter(torch.empty(depth, k, c, 2 * c))
        self.gate_bias = nn.Parameter(torch.empty(depth, 2 * c))
        self.residual = nn.Parameter(torch.empty(depth - 1, c, c))  # the last layer has none
        self.residual_bias = nn.Parameter(torch.empty(depth - 1, c))
        self.skip = nn.Linear(depth * c, c)  # the sum over the layers
        self.out = nn.Linear(c, c)
        self.dropout = Dropout(dropout)
        self.pooling = Pooling(pooling, c)
        self._arrays: tuple[list[int], list[np.ndarray]] | None = None

    @torch.no_grad()
    def initialize(self, generator: torch.Generator) -> None:
        """Draw the weights of the layers: Glorot uniform, as those of convolutions.

        The two biases before a ReLU are initialised above zero, so that gradients pass even for a
        sequence of zeros.
        """
        _, k, c, _ = self.gates.shape
        bound = (6 / (k * c + k * c)) ** 0.5  # filter and gate each read and serve k inputs
        self.gates.uniform_(-bound, bound, generator=generator)
        for weight in self.residual:
            nn.init.xavier_uniform_(weight, generator=generator)
        nn.init.zeros_(self.gate_bias)
        nn.init.zeros_(self.residual_bias)
        for layer in (self.skip, self.out):
            nn.init.constant_(layer.bias, 0.01)

    @property
    def streams(self) -> bool:
        return self.pooling.pooling in (None, "last")

    def first_state(self, n: int) -> State:
        if not self.streams:
            return None
        dtype = self.gates.dtype
        rings = torch.zeros(n, self.receptive_field - 1, self.output_size, dtype=dtype)
        outputs = torch.zeros(n, self.output_size, dtype=dtype)
        return self._state(rings, torch.zeros(n, dtype=torch.int64), outputs)

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, state: State = None
    ) -> tuple[Tensor, State]:
        if state is not None:
            self._check(state, len(x))
            if x.shape[1] == 1 and lengths is None:
                return self._step(x, state[0], state[1].long())
        rows = self._rows_at_once(x)
        if len(x) <= rows:
            return self._run(x, lengths, state)
        parts = zip(
            x.split(rows),
            repeat(None) if lengths is None else lengths.split(rows),
            repeat(None) if state is None else zip(*(p.split(rows) for p in state), strict=True),
            strict=False,
        )
        outputs, states = zip(*(self._run(*part) for part in parts), strict=True)
        state = tuple(map(torch.cat, zip(*states, strict=True))) if self.streams else None
        return torch.cat(outputs), state

    # -- many steps at once: time is the first axis, so that a shift in time is a slice -------

    def _rows_at_once(self, x):
        """Return the number of rows that fit the cache, or all rows while dropout samples."""
        if self.dropout.sampling:
            return len(x)
        rows = CACHED_VALUES // (x.shape[1] * self.output_size)
        return max(rows - rows % MULTIPLE, MULTIPLE)

    def _run(self, x, lengths, state):
        past = None if state is None else list(self._unroll(state[0], state[1].long()))
        skips, rings = self._read(x, lengths, past)
        outputs = self._read_out(skips)
        if self.pooling.pooling != "last":
            outputs = self.pooling(outputs.transpose(0, 1), lengths)
        elif state is not None and lengths is not None:
            outputs = torch.where((lengths > 0)[:, None], outputs, state[2])
        if not self.streams:
            return outputs, None
        taken = torch.zeros(len(x), dtype=torch.int64, device=x.device)
        return outputs, self._state(torch.cat(rings).transpose(0, 1), taken, outputs)

    def _read(self, x, lengths, past):
        """Return the sum of the skips, and the contents (ring, n, c) of each ring buffer."""
        h = self.front(x.transpose(0, 1).contiguous())
        rings: list[Tensor] = []
        skips: Tensor = self.skip.bias
        layers = zip(self.gates, self.gate_bias, self._skip_weights(), strict=True)
        for layer, (weight, bias, skip) in enumerate(layers):
            before = None if past is None else past[layer]
            if self.streams:
                rings.append(_latest(h, self.rings[layer], lengths, before))
            z = GatedConvolution.apply(h, before, weight, bias, self.dilations[layer])
            z = self.dropout(z)
            seen = z
            if self.pooling.pooling == "last":
                seen = last_step(z.transpose(0, 1), lengths)
            skips = torch.addmm(skips, seen.flatten(0, -2), skip)
            if layer < len(self.residual):
                h = self._residual(layer, z.flatten(0, 1)).add_(h.flatten(0, 1)).view_as(h)
        return skips.view_as(seen), rings

    def _skip_weights(self):
        """Return the weights from each layer to the sum of the skips."""
        return self.skip.weight.t().chunk(len(self.dilations))

    def _residual(self, layer, z):
        return torch.addmm(self.residual_bias[layer], z, self.residual[layer])

    def _read_out(self, skips):
        return functional.relu(self.out(functional.relu(skips)))

    # -- the state ------------------------------------------------------------------------------

    def _check(self, state, n):
        needed = [(n, self.receptive_field - 1, self.output_size), (n,)]
        if self.pooling.pooling == "last":
            needed.append((n, self.output_size))
        shapes = [tuple(part.shape) for part in state]
        if shapes != needed:
            raise ValueError(
                f"state has the shapes {shapes}, but {n} rows of this network need {needed}."
            )

    def _state(self, rings, taken, outputs):
        return (rings, taken, outputs) if self.pooling.pooling == "last" else (rings, taken)

    def _starts(self):
        """Return the start of each layer's ring buffer in the state."""
        return list(accumulate(self.rings[:-1], initial=0))

    def _unroll(self, rings, taken):
        """Yield the ring (ring, n, c) of each layer, its oldest input first."""
        by_time, rows = rings.transpose(0, 1), torch.arange(len(rings), device=rings.device)
        for start, ring in zip(self._starts(), self.rings, strict=True):
            places = torch.arange(ring, device=rings.device)[:, None] + taken
            yield by_time[start + places % ring, rows]

    # -- one step ---------------------------------------------------------------------------------

    def _step(self, x, rings, taken):
        """Run one step; the inputs of the layers replace the oldest ones in the ring buffers."""
        rings, x = rings.contiguous(), x[:, 0].contiguous()
        if not torch.is_inference_mode_enabled():
            rings = rings.clone()
        step = self._compiled_step if self._runs_compiled(x) else self._torch_step
        outputs, taken = step(x, rings, taken)
        state = self._state(rings, taken, outputs)
        return outputs if self.pooling.pooling == "last" else outputs[:, None], state

    def _runs_compiled(self, x):
        drops = self.dropout.p > 0 and (self.training or self.dropout.sampling)
        return not torch.is_grad_enabled() and not drops and kernels_apply(x)

    def _compiled_step(self, x, rings, taken):
        outputs, then = x.new_empty(len(x), self.output_size), torch.empty_like(taken)
        arrays = [tensor.numpy() for tensor in (x, rings, taken, then, outputs)]
        kernels().wavenet_step(np.array(self.dilations), *arrays, *self._weight_arrays())
        return outputs, then

    def _weight_arrays(self):
        """Return the parameters as arrays; cached, as creating them takes as long as the kernel."""
        weights = self._weights()
        places = [weight.data_ptr() for weight in weights]
        if self._arrays is None or self._arrays[0] != places:
            self._arrays = places, [weight.numpy(force=True) for weight in weights]
        return self._arrays[1]

    def __getstate__(self):
        return {**self.__dict__, "_arrays": None}

    def _weights(self):
        """Return the parameters in the order of the kernel.

        Looking them up as attributes would take longer than the kernel.
        """
        parts: Any = self._modules
        front, skip, out = (parts[name]._parameters for name in ("front", "skip", "out"))
        return [weight for part in (front, self._parameters, skip, out) for weight in part.values()]

    def _torch_step(self, x, rings, taken):
        h = self.front(x)
        rows, taken = torch.arange(len(h), device=h.device)[:, None], taken[:, None]
        taps = torch.arange(self.gates.shape[1] - 1, device=h.device)
        gated, inputs, places = [], [], []
        for layer, start in enumerate(self._starts()):
            slots = start + (taken + taps * self.dilations[layer]) % self.rings[layer]
            read = torch.cat([rings[rows, slots].flatten(1), h], dim=1)
            filters, gates = torch.addmm(
                self.gate_bias[layer], read, self.gates[layer].flatten(0, 1)
            ).chunk(2, dim=1)
            gated.append(self.dropout(torch.tanh(filters) * torch.sigmoid(gates)))
            inputs.append(h)
            places.append(slots[:, :1])
            if layer < len(self.residual):
                h = h + self._residual(layer, gated[-1])
        rings[rows, torch.cat(places, dim=1)] = torch.stack(inputs, dim=1)
        outputs = self._read_out(self.skip(torch.cat(gated, dim=1)))
        return outputs, (taken[:, 0] + 1) % max(self.rings)


def _latest(h, ring, lengths, before):
    """Return the last inputs (ring, n, c) of a layer that has read `h` after `before`."""
    n_steps, n, c = h.shape
    if lengths is None and n_steps >= ring:
        return h[n_steps - ring :]
    inputs = torch.cat([h.new_zeros(ring, n, c) if before is None else before, h])
    if lengths is None:
        return inputs[n_steps:]
    places = torch.arange(ring, device=h.device)[:, None] + lengths
    return inputs[places, torch.arange(n, device=h.device)]
