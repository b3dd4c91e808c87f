"""Encoder-decoders."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

from skrnn._compat import Interval, StrOptions
from skrnn.nn import NetworkSpec

SEQ2SEQ: dict[str, list] = {
    "cell": [StrOptions({"rnn", "lstm", "gru"})],
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "n_layers": [Interval(Integral, 1, None, closed="left")],
    "bidirectional": ["boolean"],
    "attention": [StrOptions({"additive", "dot"}), None],
    "scheduled_sampling": [Interval(Real, 0, 1, closed="both")],
    "dropout": [Interval(Real, 0, 1, closed="left")],
}

TEXTS = {
    "seq2seq": r"""
    The decoder starts from the last state of the encoder [1]_ [2]_. At each step it reads the
    target of the step before, :math:`d_j = \mathrm{cell}(y_{j-1}, d_{j-1})`. When it predicts,
    this is its own prediction; in training it is the true target at first and its own prediction
    more and more often (`scheduled_sampling`). With attention, each step computes a weighted mean
    of the outputs of the encoder, :math:`c_j = \sum_t \alpha_{jt} h_t`. The weights come from a
    small network, :math:`\alpha_{jt} \propto \exp(v^\top \tanh(W d_j + U h_t + b))` ("additive"
    [3]_), or from a product, :math:`\alpha_{jt} \propto \exp((W d_j + b)^\top h_t / \sqrt{k})`
    with :math:`h_t` of width :math:`k` ("dot"; the general score of [4]_, scaled). The output is a
    linear map of :math:`[d_j; c_j]`, without attention of :math:`d_j`.
    """,
    "seq2seq_papers": """
    .. [1] Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for
       statistical machine translation. EMNLP.
    .. [2] Sutskever, I., Vinyals, O., Le, Q. V. (2014). Sequence to sequence learning with neural
       networks. NeurIPS.
    .. [3] Bahdanau, D., Cho, K., Bengio, Y. (2015). Neural machine translation by jointly learning
       to align and translate. ICLR.
    .. [4] Luong, M.-T., Pham, H., Manning, C. D. (2015). Effective approaches to attention-based
       neural machine translation. EMNLP.
    """,
    "seq2seq_settings": """
    cell : {"rnn", "lstm", "gru"}, default="lstm"
        Kind of recurrent cell, in encoder and decoder.
    hidden_size : int, default=32
        Width of a layer.
    n_layers : int, default=1
        Number of stacked layers, in encoder and decoder.
    bidirectional : bool, default=False
        Whether the encoder reads the sequence also from its end. The decoder then starts from a
        linear map of the last states of both directions.
    attention : {"additive", "dot"}, default=None
        How the decoder weighs the steps that the encoder has read. None means no attention: the
        decoder knows the sequence only from its initial state.
    scheduled_sampling : float, default=1.0
        Fraction of the decoder's own predictions among the values that it reads at the end of the
        training, in [0, 1]. The fraction rises linearly from 0 with the updates (Bengio et al.,
        2015). With 0 the decoder always reads the true values (teacher forcing), and all steps are
        learned at once. Above 0 the training goes step by step and takes several times as long.
    dropout : float, default=0.0
        Fraction of the outputs of each layer that is dropped in training, in [0, 1), drawn again
        at each step.
    """,
}


class Seq2Seq:
    """A recurrent encoder and a recurrent decoder."""

    def _seq2seq_spec(self, **sizes):
        """Describe the network; `sizes` are the arguments that depend on the data."""
        settings = {name: getattr(self, name) for name in SEQ2SEQ}
        return NetworkSpec("seq2seq", {**settings, **sizes})

    def _check_architecture(self: Any):
        n_steps = None if self.trainer is None else self.trainer.tbptt_steps
        if n_steps is not None:
            raise ValueError(
                f"tbptt_steps={n_steps} of the trainer cuts sequences into pieces, but an "
                "encoder-decoder reads them as a whole; set tbptt_steps=None."
            )
