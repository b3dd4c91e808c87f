"""Transformer encoders."""

from __future__ import annotations

from numbers import Integral, Real

from skrnn._compat import Interval, StrOptions
from skrnn._parameters import parameters
from skrnn.nn import TransformerEncoder

from .segments import SEGMENTS, Segments

TRANSFORMER: dict[str, list] = {
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "n_heads": [Interval(Integral, 1, None, closed="left")],
    "n_layers": [Interval(Integral, 1, None, closed="left")],
    "feedforward_size": [Interval(Integral, 1, None, closed="left"), None],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    **SEGMENTS,
    "pooling": [StrOptions({"last", "mean", "attention"})],
}

TEXTS = {
    "transformer": r"""
    Every step is embedded in `hidden_size` numbers, and sines and cosines of its position are
    added [1]_, so that a network reads sequences of any length. Each layer adds two things to its
    steps: what their attention finds in the other steps,
    :math:`\mathrm{softmax}(Q K^\top / \sqrt{d})\, V` in `n_heads` parts of width d with :math:`Q,
    K, V` linear in the steps, and :math:`W_2\,\mathrm{gelu}(W_1 x + b_1) + b_2`, step by step.
    Both read the steps behind a layer normalisation [2]_. Time and, on a GPU, memory grow with
    the square of the length; `conv_kernel_size` divides the length.
    """,
    "transformer_papers": """
    .. [1] Vaswani, A. et al. (2017). Attention is all you need. NIPS.
    .. [2] Xiong, R. et al. (2020). On layer normalization in the Transformer architecture. ICML.
    """,
    "layers": """
    hidden_size : int, default=32
        Width of all layers.
    n_heads : int, default=4
        Heads of the attention; it has to divide `hidden_size`.
    n_layers : int, default=2
        Number of layers. Many of them may need a lower `learning_rate`, such as 0.003.
    feedforward_size : int, default=None
        Width inside the network that each layer applies to every step. None means twice
        `hidden_size`.
    dropout : float, default=0.0
        Part of the embedding, and of what each layer adds, that is dropped in training, in
        [0, 1), drawn anew for each step.
    conv_kernel_size : int, default=None
        Steps of a window that a convolution in front turns into one step of the layers (Nie et
        al., 2023), at least 1. The last window ends with the last step. None means no
        convolution.
    conv_stride : int, default=None
        Steps from one window to the next, at least 1. None means `conv_kernel_size`: windows that
        do not overlap.
    """,
    "pooling": """
    pooling : {"last", "mean", "attention"}, default="mean"
        What the output is read from: the last step, the mean over the steps, or a mean with
        learned weights (Yang et al., 2016).
    """,
}


@parameters
class Transformer(Segments):
    """Transformer encoder."""

    hidden_size: int = 32
    n_heads: int = 4
    n_layers: int = 2
    feedforward_size: int | None = None
    dropout: float = 0.0
    pooling: str = "mean"

    def _make_encoder(self, input_size, n_steps, *, per_step, segment_length=None):
        settings = {name: getattr(self, name) for name in TRANSFORMER}
        settings |= self._convolution(segment_length)
        if per_step:
            settings |= {"causal": True, "pooling": None}
        return TransformerEncoder(input_size=input_size, **settings)

    def _check_architecture(self):
        super()._check_architecture()
        if self.hidden_size % self.n_heads:
            raise ValueError(
                f"n_heads={self.n_heads} does not divide hidden_size={self.hidden_size} into heads "
                "of equal width; choose a divisor of hidden_size, or a multiple of n_heads."
            )
