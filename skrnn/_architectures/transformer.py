"""Transformer encoders."""

from __future__ import annotations

from numbers import Integral, Real

from skrnn._compat import Interval, StrOptions

from .stem import Stem, stemmed

TRANSFORMER: dict[str, list] = {
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "n_heads": [Interval(Integral, 1, None, closed="left")],
    "n_layers": [Interval(Integral, 1, None, closed="left")],
    "feedforward_size": [Interval(Integral, 1, None, closed="left"), None],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "pooling": [StrOptions({"last", "mean", "attention"})],
}

TEXTS = {
    "transformer": r"""
    A linear map embeds every step in `hidden_size` numbers, and sines and cosines of its position
    are added [1]_, so that the network reads sequences of any length. Each layer adds two terms to
    each step. The first is attention to the other steps,
    :math:`\mathrm{softmax}(Q K^\top / \sqrt{d})\, V`, in `n_heads` heads of width d with
    :math:`Q, K, V` linear in the steps. The second is a feed-forward network,
    :math:`W_2\,\mathrm{gelu}(W_1 x + b_1) + b_2`. Layer normalisation comes before both [2]_. Time
    and, on a GPU, memory grow with the square of the length, which a `stem` divides.
    """,
    "transformer_papers": """
    .. [1] Vaswani, A. et al. (2017). Attention is all you need. NIPS.
    .. [2] Xiong, R. et al. (2020). On layer normalization in the Transformer architecture. ICML.
    .. [3] Nie, Y. et al. (2023). A time series is worth 64 words: long-term forecasting with
       Transformers. ICLR.
    """,
    "layers": """
    hidden_size : int, default=32
        Width of all layers.
    n_heads : int, default=4
        Number of attention heads; a divisor of `hidden_size`.
    n_layers : int, default=2
        Number of layers. Many layers may need a lower `learning_rate`, such as 0.003.
    feedforward_size : int, default=None
        Width of the feed-forward network. None means twice `hidden_size`.
    dropout : float, default=0.0
        Fraction of the embedding, and of what each layer adds, that is dropped in training, in
        [0, 1), drawn again at each step.
    """,
}


class Transformer(Stem):
    """Transformer encoder."""

    hidden_size: int
    n_heads: int
    n_layers: int
    feedforward_size: int | None
    dropout: float
    pooling: str

    def _encoder_spec(self, input_size, n_steps, *, per_step, segment_length=None):
        settings = {name: getattr(self, name) for name in TRANSFORMER}
        if per_step:
            settings |= {"causal": True, "pooling": None}
        stem = self._stem_spec(input_size, n_steps, settings["hidden_size"], segment_length)
        return stemmed("transformer", input_size, settings, stem)

    def _check_architecture(self):
        if self.hidden_size % self.n_heads:
            raise ValueError(
                f"n_heads={self.n_heads} does not divide hidden_size={self.hidden_size} into heads "
                "of equal width; choose a divisor of hidden_size, or a multiple of n_heads."
            )
