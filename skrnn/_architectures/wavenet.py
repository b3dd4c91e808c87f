"""WaveNet."""

from __future__ import annotations

from numbers import Integral, Real

from skrnn._compat import Interval, StrOptions
from skrnn._groups import Convolution
from skrnn._warnings import warn

from .stem import Stem, stemmed, steps_after

MOST_LAYERS = 10  # for "auto": 1,024 steps with the smallest kernel
MOST_STEPS = 2**16  # vectors of a state

WAVENET: dict[str, list] = {
    "hidden_size": [Interval(Integral, 1, None, closed="left")],
    "n_layers": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "n_blocks": [Interval(Integral, 1, None, closed="left")],
    "kernel_size": [Interval(Integral, 2, None, closed="left")],
    "dropout": [Interval(Real, 0, 1, closed="left")],
    "pooling": [StrOptions({"last", "mean", "attention"})],
}

TEXTS = {
    "wavenet": r"""
    Layer :math:`l` reads `kernel_size` of the outputs of the layer before, at a distance (dilation)
    of 1 step in the first layer, 2 in the second, 4, 8, ... [1]_: :math:`z_t = \tanh(F * h_t)
    \odot \sigma(G * h_t)`, where :math:`*` is this convolution. The layer adds :math:`R z_t` to
    :math:`h_t` for the layer above, and :math:`S z_t` to the sum of all layers that the output is
    read from. No step sees the future, and each step sees ``1 + (kernel_size - 1) * n_blocks *
    (2**n_layers - 1)`` steps: its own and those before. The cost of predicting one more step
    depends on the number of layers, not on the number of steps that they see [2]_.
    """,
    "wavenet_papers": """
    .. [1] van den Oord, A. et al. (2016). WaveNet: a generative model for raw audio.
       arXiv:1609.03499.
    .. [2] Le Paine, T. et al. (2016). Fast WaveNet generation algorithm. arXiv:1611.09482.
    """,
    "layers": """
    hidden_size : int, default=32
        Width of all layers.
    n_layers : int or "auto", default="auto"
        Number of layers in a block, with dilations 1, 2, 4, ... "auto" takes as few layers as see
        the whole of the longest sequence or window of the training, at most 10. A network may see
        up to 65,536 steps.
    n_blocks : int, default=1
        Number of blocks of layers; dilations begin again at 1 in each.
    kernel_size : int, default=2
        Number of steps that a layer reads, at least 2.
    dropout : float, default=0.0
        Fraction of the gated values of each layer that is dropped in training, in [0, 1), drawn
        again at each step.
    """,
    "wavenet_fitted": """
    receptive_field_ : int
        Number of steps that the network sees, counted after the stem if there is one.
    """,
}


class WaveNet(Stem):
    """Gated dilated convolutions; a forecaster has no stem."""

    hidden_size: int
    n_layers: int | str
    n_blocks: int
    kernel_size: int
    dropout: float
    pooling: str
    stem: Convolution | str | None = None

    def _encoder_spec(self, input_size, n_steps, *, per_step, segment_length=None):
        stem = self._stem_spec(input_size, n_steps, self.hidden_size, segment_length)
        settings = {name: getattr(self, name) for name in WAVENET}
        settings["n_layers"] = self._resolve_layers(steps_after(stem, n_steps))
        if per_step:
            settings["pooling"] = None
        return stemmed("wavenet", input_size, settings, stem)

    def _resolve_layers(self, n_steps):
        """Return the number of layers in a block."""
        if self.n_layers != "auto":
            return self.n_layers
        enough = (n for n in range(1, MOST_LAYERS) if self._sees(n) >= n_steps)
        return next(enough, MOST_LAYERS)

    def _sees(self, n_layers):
        """Return the number of steps that a network with `n_layers` layers in a block sees."""
        return 1 + (self.kernel_size - 1) * self.n_blocks * (2**n_layers - 1)

    def _check_architecture(self):
        most_layers = MOST_STEPS.bit_length()
        n_layers = 1 if self.n_layers == "auto" else min(self.n_layers, most_layers)
        if self._sees(n_layers) > MOST_STEPS:
            at_least = "at least " if n_layers != self.n_layers else ""
            raise ValueError(
                f"n_layers={self.n_layers!r}, n_blocks={self.n_blocks} and "
                f"kernel_size={self.kernel_size} see {at_least}{self._sees(n_layers)} steps, and "
                f"more than {MOST_STEPS} are not kept; take fewer layers or blocks."
            )

    def _check_lengths(self, longest):
        if self.n_layers == "auto":
            return
        size = self._sees(self.n_layers)
        stem = self._stem_spec(1, longest, self.hidden_size, None)
        n_steps = steps_after(stem, longest)
        where = "" if stem is None else " after the stem"
        if size > n_steps:
            warn(
                f"n_layers={self.n_layers}, n_blocks={self.n_blocks} and "
                f"kernel_size={self.kernel_size} see {size} steps, but the longest sequence of the "
                f"training has {n_steps}{where}; take fewer layers or blocks, n_layers='auto', or "
                "longer sequences (a forecaster's window_length).",
            )

    @property
    def receptive_field_(self):
        """Steps that the network sees."""
        settings = self.network_spec_.encoder.settings  # type: ignore[attr-defined]
        return self._sees(settings["n_layers"])
