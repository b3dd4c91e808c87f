"""Recurrent networks."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

from skrnn._compat import Interval, StrOptions
from skrnn._groups import Recurrence

from .stem import Stem, stemmed

RECURRENT: dict[str, list] = {
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "n_layers": [Interval(Integral, 1, None, closed="left")],
    "bidirectional": ["boolean"],
    "recurrence": [Recurrence, None],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
    "pooling": [StrOptions({"last", "mean", "attention"})],
}

WIDTH, WIDTH_OF_SEGMENTS = 32, 128

TEXTS = {
    "rnn": r"""
    The output of a step is the hidden state, :math:`h_t = \phi(W_x x_t + W_h h_{t-1} + b)`
    (Elman [1]_). With ``Recurrence(feedback="output-hidden")`` the output is :math:`o_t = V h_t +
    b_o`, which is fed back in place of the hidden state, :math:`h_t = \phi(W_x x_t + W_o o_{t-1} +
    b)` (Jordan [2]_). With "output-output" it is fed back into itself, :math:`h_t = \phi(W_x x_t +
    b)` and :math:`o_t = V h_t + U o_{t-1} + b_o`.
    """,
    "rnn_papers": """
    .. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science 14.
    .. [2] Jordan, M. I. (1986). Serial order: a parallel distributed processing approach. ICS
       Report 8604, University of California, San Diego.
    """,
    "lstm": r"""
    Three gates :math:`i_t, f_t, o_t = \sigma(W_x x_t + W_h h_{t-1} + b)`, each with its own
    weights, control what the cell :math:`c_t = f_t \odot c_{t-1} + i_t \odot g_t` takes in, forgets
    and returns as :math:`h_t = o_t \odot \phi(c_t)` [1]_ [2]_. The new content is :math:`g_t =
    \phi(W_x x_t + W_h h_{t-1} + b)`, also with its own weights. The forget gate starts open (bias
    1).
    """,
    "lstm_papers": """
    .. [1] Hochreiter, S., Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9.
    .. [2] Gers, F., Schmidhuber, J., Cummins, F. (2000). Learning to forget: continual prediction
       with LSTM. Neural Computation 12.
    """,
    "gru": r"""
    An update gate :math:`z_t` mixes the old state and a candidate [1]_, :math:`h_t = z_t \odot
    h_{t-1} + (1 - z_t) \odot n_t`. As in torch, the reset gate :math:`r_t` acts after the product
    with the state, :math:`n_t = \phi(W_x x_t + b + r_t \odot (W_h h_{t-1} + b_h))`. The paper
    resets before the product, :math:`n_t = \phi(W_x x_t + W_h (r_t \odot h_{t-1}) + b)`, which is a
    different network. Textbooks that write :math:`h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t`
    [2]_ call :math:`z_t` what is :math:`1 - z_t` here.
    """,
    "gru_papers": """
    .. [1] Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for
       statistical machine translation. EMNLP.
    .. [2] Chung, J. et al. (2014). Empirical evaluation of gated recurrent neural networks on
       sequence modeling. NIPS deep learning workshop.
    """,
    "recurrent": """
    n_layers : int, default=1
        Number of stacked recurrent layers.
    bidirectional : bool, default=False
        Whether to read the sequence also from its end.
    recurrence : Recurrence, default=None
        Settings of the layers: activation, initial weights, normalisation, connections. None
        means ``Recurrence()``.
    """,
    "dropout": """
    dropout : float, default=0.0
        Fraction of the outputs of each layer that is dropped in training, in [0, 1), drawn again
        at each step.
    recurrent_dropout : float, default=0.0
        Fraction of the recurrent state that is dropped in training, in [0, 1): one mask for each
        sequence and layer, the same at every step (Gal & Ghahramani, 2016).
    """,
}


class Recurrent(Stem):
    """Simple RNN, LSTM or GRU; a subclass names its cell."""

    hidden_size: int | str
    n_layers: int
    bidirectional: bool | str
    recurrence: Recurrence | None
    dropout: float | str
    recurrent_dropout: float
    pooling: str

    _cell: ClassVar[str]

    def _encoder_spec(self, input_size, n_steps, *, per_step, segment_length=None):
        settings = self._encoder_settings()
        if settings["hidden_size"] == "auto":
            settings["hidden_size"] = WIDTH if segment_length is None else WIDTH_OF_SEGMENTS
        if per_step:
            settings["pooling"] = None
        stem = self._stem_spec(input_size, n_steps, settings["hidden_size"], segment_length)
        return stemmed(self._cell, input_size, settings, stem)

    def _encoder_settings(self) -> dict[str, Any]:
        """Return the arguments of the encoder that are not sizes of the data."""
        recurrence = self.recurrence or Recurrence()
        settings = {
            "hidden_size": self.hidden_size,
            "n_layers": self.n_layers,
            "bidirectional": self.bidirectional,
            "activation": recurrence.activation,
            "layer_norm": recurrence.layer_norm,
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "recurrent_initializer": recurrence.initializer,
            "connections": recurrence.connections,
            "pooling": self.pooling,
        }
        if self._cell == "rnn":
            settings["recurrence"] = recurrence.feedback
            settings["output_size"] = recurrence.output_size
        return settings

    def _check_architecture(self):
        recurrence = self.recurrence or Recurrence()
        feedback, width = recurrence.feedback, recurrence.output_size
        if self._cell != "rnn" and (feedback, width) != ("hidden", None):
            raise ValueError(
                f"feedback={feedback!r} and output_size={width} of Recurrence are settings of the "
                f"simple recurrent network, but {type(self).__name__} has another cell; leave them "
                "out, or use an estimator of the RNN family."
            )
        if width is not None and feedback == "hidden":
            raise ValueError(
                f"output_size={width} of Recurrence is the width of an output that is fed back, "
                "but feedback='hidden' feeds back none; choose another feedback, or leave "
                "output_size out."
            )
