"""The Transformer encoder."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from .contract import Encoder, Module, State
from .dropout import Dropout
from .pooling import Pooling


class SelfAttention(Module):
    r"""Scaled dot-product attention of each step to the steps of its row (Vaswani et al., 2017).

    :math:`W_o [\mathrm{softmax}(Q_i K_i^\top / \sqrt{d}) V_i]_i + b_o` over the heads i, each of
    width :math:`d = \mathrm{size} / \mathrm{n\_heads}`, where :math:`Q, K, V` are linear in x.

    Shape
    -----
    Input ``(n, t, size)`` and the lengths of the rows ``(n,)``, each at least 1, or None when all
    have t steps; output as the input. The steps after a row's length are meaningless.
    """

    def __init__(self, size: int, n_heads: int, causal: bool) -> None:
        super().__init__()
        self.n_heads, self.causal = n_heads, causal
        self.project = nn.Linear(size, 3 * size)
        self.output = nn.Linear(size, size)

    def forward(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        n, n_steps, size = x.shape
        heads = self.project(x).reshape(n, n_steps, 3, self.n_heads, size // self.n_heads)
        heads = heads.permute(2, 0, 3, 1, 4)
        # Only predictions on the CPU must be the same bit for bit; otherwise one call is faster.
        if lengths is None or self.training or x.device.type != "cpu":
            attended = self._attend_masked(heads, lengths)
        else:
            attended = self._attend_by_length(heads, lengths)
        return self.output(attended.transpose(1, 2).reshape(n, n_steps, size))

    def _attend(self, heads, visible=None):
        queries, keys, values = heads
        return functional.scaled_dot_product_attention(
            queries, keys, values, attn_mask=visible, is_causal=self.causal
        )

    def _attend_masked(self, heads, lengths):
        if lengths is None or self.causal:  # causal steps never see the padding
            return self._attend(heads)
        steps = torch.arange(heads.shape[3], device=heads.device)
        return self._attend(heads, steps < lengths[:, None, None, None])

    def _attend_by_length(self, heads, lengths):
        """Attend in the rows of one length at a time.

        The order of additions in torch's kernels, and so the last bits, depends on the padded
        length. With a mask, a row would therefore depend on the other rows of the batch.
        """
        attended = torch.zeros_like(heads[0])
        for length in lengths.unique().tolist():
            rows = torch.nonzero(lengths == length)[:, 0]
            attended[rows, :, :length] = self._attend(heads[:, rows, :, :length])
        return attended


class TransformerLayer(Module):
    r"""Attention and a network for each step, both added to what they read.

    :math:`x \leftarrow x + \mathrm{attention}(\mathrm{norm}(x))`, then
    :math:`x \leftarrow x + W_2\,\mathrm{gelu}(W_1\,\mathrm{norm}(x) + b_1) + b_2`. The layer
    normalisations come first (Xiong et al., 2020), so that gradients have a similar size in all
    layers and the training needs no long warm-up.

    Shape
    -----
    As `SelfAttention`.
    """

    def __init__(
        self, size: int, *, n_heads: int, feedforward_size: int, dropout: float, causal: bool
    ) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(size)
        self.attention = SelfAttention(size, n_heads, causal)
        self.feedforward_norm = nn.LayerNorm(size)
        self.widen = nn.Linear(size, feedforward_size)
        self.narrow = nn.Linear(feedforward_size, size)
        self.dropout = Dropout(dropout)

    def initialize(self, generator: torch.Generator) -> None:
        """Initialise the normalisations without gain and shift."""
        self.attention_norm.reset_parameters()
        self.feedforward_norm.reset_parameters()

    def forward(self, x: Tensor, lengths: Tensor | None) -> Tensor:
        x = x + self.dropout(self.attention(self.attention_norm(x), lengths))
        wide = functional.gelu(self.widen(self.feedforward_norm(x)))
        return x + self.dropout(self.narrow(wide))


class TransformerEncoder(Encoder):
    """Transformer encoder (Vaswani et al., 2017) with pre-normalisation (Xiong et al., 2020).

    A linear layer embeds each step, and the `sinusoidal_encoding` of its position is added. The
    layers and a last normalisation follow.

    Parameters
    ----------
    input_size, hidden_size : int
        Channels of the input, and width of all layers.
    n_heads : int
        Heads of the attention; a divisor of `hidden_size`.
    n_layers : int
        Number of layers.
    feedforward_size : int, optional
        Width inside the networks for each step; twice `hidden_size` by default.
    dropout : float
        Dropout on the embedding and on the outputs of attention and networks.
    causal : bool
        Whether a step attends only to itself and those before.
    pooling : {"last", "mean", "attention"}, optional
        How steps become one vector; see `Pooling`.

    Shape
    -----
    Input ``(n, t, input_size)``; output ``(n, t, hidden_size)``, or ``(n, hidden_size)`` with a
    pooling. The steps after a row's length are meaningless.
    """

    def __init__(
        self,
        *,
        input_size: int,
        hidden_size: int,
        n_heads: int = 4,
        n_layers: int = 2,
        feedforward_size: int | None = None,
        dropout: float = 0.0,
        causal: bool = False,
        pooling: str | None = None,
    ) -> None:
        super().__init__()
        hidden_size = int(hidden_size)  # torch refuses the integers of NumPy
        self.output_size = hidden_size
        self.causal = causal
        self.embedding = nn.Linear(input_size, hidden_size)
        self.dropout = Dropout(dropout)
        self.layers = nn.ModuleList(
            TransformerLayer(
                hidden_size,
                n_heads=n_heads,
                feedforward_size=int(feedforward_size or 2 * hidden_size),
                dropout=dropout,
                causal=causal,
            )
            for _ in range(n_layers)
        )
        self.norm = nn.LayerNorm(hidden_size)
        self.pooling = Pooling(pooling, hidden_size)

    def initialize(self, generator: torch.Generator) -> None:
        """Initialise the last normalisation without gain and shift."""
        self.norm.reset_parameters()

    def forward(
        self, x: Tensor, lengths: Tensor | None = None, state: State = None
    ) -> tuple[Tensor, State]:
        x = self.dropout(self.embedding(x) + sinusoidal_encoding(x.shape[1], self.output_size, x))
        # The softmax of a row without any step would be 0 / 0.
        attended = None if lengths is None else lengths.clamp(min=1)
        for layer in self.layers:
            x = layer(x, attended)
        return self.pooling(self.norm(x), lengths), None


def sinusoidal_encoding(n_steps: int, size: int, like: Tensor) -> Tensor:
    r"""Return the encoding of positions, (n_steps, size), in dtype and device of `like`.

    :math:`\sin(t / 10000^{2i / \mathrm{size}})` in column 2i and the cosine in column 2i + 1
    (Vaswani et al., 2017), for any number of steps.
    """
    columns = torch.arange(0, size, 2, dtype=like.dtype, device=like.device)
    rates = torch.exp(columns * (-math.log(10_000.0) / size))
    angles = torch.arange(n_steps, dtype=like.dtype, device=like.device)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :size]
