"""Recurrent networks."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any, ClassVar

from skrnn._compat import Interval, StrOptions
from skrnn._parameters import parameters
from skrnn.nn import RecurrentEncoder

from .segments import SEGMENTS, Segments

RECURRENT: dict[str, list] = {
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "n_layers": [Interval(Integral, 1, None, closed="left")],
    "bidirectional": ["boolean"],
    "activation": [StrOptions({"tanh", "relu"})],
    "layer_norm": ["boolean"],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
    "recurrent_initializer": [StrOptions({"orthogonal", "glorot_uniform", "identity"})],
    "connections": [StrOptions({"skip", "dense"}), None],
    **SEGMENTS,
    "pooling": [StrOptions({"last", "mean", "attention"})],
}
RECURRENCE: dict[str, list] = {  # of the simple recurrent network
    "recurrence": [StrOptions({"hidden", "output-hidden", "output-output"})],
    "output_size": [Interval(Integral, 1, None, closed="left"), None],
}

WIDTH, WIDTH_OF_SEGMENTS = 32, 128

TEXTS = {
    "rnn": r"""
    The output of a step is the hidden state, :math:`h_t = \phi(W_x x_t + W_h h_{t-1} + b)`
    (Elman [1]_). With ``recurrence="output-hidden"`` it is :math:`o_t = V h_t + b_o`, which is fed
    back in place of the hidden state, :math:`h_t = \phi(W_x x_t + W_o o_{t-1} + b)` (Jordan [2]_);
    with "output-output" it is fed back into itself, :math:`h_t = \phi(W_x x_t + b)` and
    :math:`o_t = V h_t + U o_{t-1} + b_o`.
    """,
    "rnn_papers": """
    .. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science 14.
    .. [2] Jordan, M. I. (1986). Serial order: a parallel distributed processing approach. ICS
       Report 8604, University of California, San Diego.
    """,
    "lstm": r"""
    Three gates :math:`i_t, f_t, o_t = \sigma(W_x x_t + W_h h_{t-1} + b)`, each with its own
    weights, decide what the cell :math:`c_t = f_t \odot c_{t-1} + i_t \odot g_t` takes in, forgets
    and shows as :math:`h_t = o_t \odot \phi(c_t)` [1]_ [2]_. The new content is :math:`g_t =
    \phi(W_x x_t + W_h h_{t-1} + b)`, with weights of its own, too; the forget gate starts open
    (bias 1).
    """,
    "lstm_papers": """
    .. [1] Hochreiter, S., Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9.
    .. [2] Gers, F., Schmidhuber, J., Cummins, F. (2000). Learning to forget: continual prediction
       with LSTM. Neural Computation 12.
    """,
    "gru": r"""
    An update gate :math:`z_t` mixes old state and candidate [1]_, :math:`h_t = z_t \odot h_{t-1} +
    (1 - z_t) \odot n_t`. As in torch, the reset gate :math:`r_t` acts after the product with the
    state, :math:`n_t = \phi(W_x x_t + b + r_t \odot (W_h h_{t-1} + b_h))`; the paper resets before
    it, :math:`n_t = \phi(W_x x_t + W_h (r_t \odot h_{t-1}) + b)`, which is another network. The
    :math:`z_t` of textbooks that write :math:`h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t` [2]_
    is :math:`1 - z_t` here.
    """,
    "gru_papers": """
    .. [1] Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for
       statistical machine translation. EMNLP.
    .. [2] Chung, J. et al. (2014). Empirical evaluation of gated recurrent neural networks on
       sequence modeling. NIPS deep learning workshop.
    """,
    "recurrent": """
    hidden_size : int, default=32
        Width of a layer, in each direction.
    n_layers : int, default=1
        Number of stacked recurrent layers.
    bidirectional : bool, default=False
        Whether to read the sequence also from its end.
    """,
    "recurrence": """
    recurrence : {"hidden", "output-hidden", "output-output"}, default="hidden"
        What is fed back: the hidden state into itself (Elman, 1990), the output into the hidden
        layer (Jordan, 1986), or the output into itself.
    output_size : int, default=None
        Width of the output that is fed back; None means `hidden_size`. Only where `recurrence` is
        not "hidden".
    """,
    "settings": r"""
    activation : {"tanh", "relu"}, default="tanh"
        Nonlinearity :math:`\phi` of the cell; gates stay logistic.
    layer_norm : bool, default=False
        Whether to normalise each linear part of the cell over its units, gate by gate (Ba et al.,
        2016).
    dropout : float, default=0.0
        Part of the outputs of each layer that is dropped in training, in [0, 1), drawn anew for
        each step.
    recurrent_dropout : float, default=0.0
        Part of the recurrent state that is dropped in training, in [0, 1): one mask for each
        sequence and layer, the same at every step (Gal & Ghahramani, 2016).
    recurrent_initializer : {"orthogonal", "glorot_uniform", "identity"}, default="orthogonal"
        How the weights of the recurrent state start, gate by gate: as an orthogonal matrix (Saxe
        et al., 2014), uniform as all others (Glorot & Bengio, 2010), or as the identity (Le et
        al., 2015). The IRNN of the latter is a simple recurrent network with ``activation="relu"``
        and ``recurrent_initializer="identity"``.
    connections : {"skip", "dense"}, default=None
        What joins the layers beside their order: "skip" adds to the output of each layer, from the
        second on, what it has read (He et al., 2016); "dense" lets each layer read the sequence
        and the outputs of all layers before it (Huang et al., 2017).
    conv_kernel_size : int, default=None
        Steps of a window that a convolution in front of the first layer turns into one vector of
        width `hidden_size`, at least 1. The last window ends with the last step. None means no
        convolution.
    conv_stride : int, default=None
        Steps from one window to the next, at least 1. None means `conv_kernel_size`: segments that
        do not overlap (Lin et al., 2023).
    pooling : {"last", "mean", "attention"}, default="last"
        What the output is read from: the last step that each direction reads, the mean over the
        steps, or a mean with learned weights (Yang et al., 2016).
    """,
}


@parameters
class Recurrent(Segments):
    """Simple RNN, LSTM or GRU; a subclass names its cell."""

    hidden_size: int | str = WIDTH
    n_layers: int = 1
    bidirectional: bool = False
    activation: str = "tanh"
    layer_norm: bool = False
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    recurrent_initializer: str = "orthogonal"
    connections: str | None = None
    pooling: str = "last"

    _cell: ClassVar[str]

    def _make_encoder(self, input_size, n_steps, *, per_step, segment_length=None):
        settings = self._encoder_settings() | self._convolution(segment_length)
        if settings["hidden_size"] == "auto":
            settings["hidden_size"] = WIDTH if segment_length is None else WIDTH_OF_SEGMENTS
        if per_step:
            settings["pooling"] = None
        return RecurrentEncoder(cell=self._cell, input_size=input_size, **settings)

    def _encoder_settings(self) -> dict[str, Any]:
        """Return the arguments of the encoder that the estimator has as parameters."""
        names = RECURRENT.keys() | RECURRENCE.keys()
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    def _check_architecture(self):
        super()._check_architecture()
        settings = self._encoder_settings()
        width = settings.get("output_size")
        if width is not None and settings["recurrence"] == "hidden":
            raise ValueError(
                f"output_size={width} is the width of an output that is fed back, but "
                "recurrence='hidden' feeds back none; choose another recurrence, or leave "
                "output_size out."
            )
