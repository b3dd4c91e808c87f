"""LSTM-FCN."""

from __future__ import annotations

from numbers import Integral, Real

from skrnn._compat import Interval, StrOptions
from skrnn.nn import EncoderSpec

MOST_FEATURE_STEPS = 128  # for stride="auto"

LSTM_FCN: dict[str, list] = {
    "n_filters": [Interval(Integral, 1, None, closed="left")],
    "hidden_size": [Interval(Integral, 1, None, closed="left"), None],
    "stride": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
    "dropout": [Interval(Real, 0, 1, closed="left")],
}

TEXTS = {
    "lstm_fcn": """
    Three convolutions over time, each with batch normalisation and a rectifier, compute features of
    each step. Their mean over time stands beside the mean of a bidirectional LSTM that reads them,
    and a linear layer reads both [2]_ [3]_. In the paper [3]_ the LSTM reads the whole series as
    one step, which needs a fixed length.
    """,
    "lstm_fcn_network": """
    n_filters : int, default=64
        Filters of the first and the last convolution; the second has twice as many.
    hidden_size : int or None, default=8
        Width of each direction of the LSTM; None leaves it out, which is the fully convolutional
        network.
    stride : int or "auto", default="auto"
        Steps from one window of the first convolution to the next. "auto" takes the smallest one
        with which the longest training sequence has at most 128 of them.
    dropout : float, default=0.8
        Fraction of the outputs of the LSTM that is dropped in training, in [0, 1). Default and
        width are those of the paper.
    """,
    "lstm_fcn_papers": """
    .. [1] Dempster, A., Schmidt, D. F., Webb, G. I. (2021). MiniRocket: a very fast (almost)
       deterministic transform for time series classification. KDD.
    .. [2] Wang, Z., Yan, W., Oates, T. (2017). Time series classification from scratch with deep
       neural networks: a strong baseline. IJCNN.
    .. [3] Karim, F., Majumdar, S., Darabi, H., Chen, S. (2018). LSTM fully convolutional networks
       for time series classification. IEEE Access 6.
    """,
}


class LSTMFCN:
    """Convolutions, and an LSTM that reads their features."""

    n_filters: int
    hidden_size: int | None
    stride: int | str
    dropout: float

    def _encoder_spec(self, input_size, n_steps, *, per_step):
        if per_step:
            raise ValueError(
                f"y has one target per step, but {type(self).__name__} has one output per "
                "sequence; pass one target per sequence, or use a recurrent regressor."
            )
        settings = {name: getattr(self, name) for name in LSTM_FCN}
        if self.stride == "auto":
            settings["stride"] = -(-n_steps // MOST_FEATURE_STEPS)
        return EncoderSpec("lstm_fcn", {"input_size": input_size, **settings})
