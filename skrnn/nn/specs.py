"""Specs of networks: plain data from which a network can be built without pickle.

To add a kind of stem, encoder, head or network, add a line to one of the tables here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np
import torch
from torch import nn

from .builders import materialize
from .contract import Encoder, Module
from .convolution import StridedConvolution
from .fully_convolutional import FullyConvolutional
from .heads import QuantileForecastHead
from .lstm_fcn import LSTMFCNEncoder
from .models import ForecastModel, RollingForecastModel, SequenceModel
from .recurrent import CELLS, RecurrentEncoder
from .seq2seq import Seq2SeqModel
from .stemmed import StemmedEncoder
from .transformer import TransformerEncoder
from .wavenet import WaveNetEncoder

Setting = bool | int | float | str | None

LARGEST = {"n_layers": 1000, "n_blocks": 1000, "kernel_size": 2**16}
LARGEST_SIZE = 2**24  # of any other whole number


def _linear(input_size: int, output_size: int) -> nn.Linear:
    return nn.Linear(input_size, output_size)


@dataclass(frozen=True)
class _Spec:
    """Kind of a module, and the arguments of its constructor.

    Parameters
    ----------
    kind : str
        A key of the table `kinds`.
    settings : mapping of str to Setting
        Arguments; NumPy scalars become Python numbers.
    """

    kind: str
    settings: Mapping[str, Setting]

    kinds: ClassVar[Mapping[str, Callable[..., Any]]]

    def __post_init__(self) -> None:
        if self.kind not in self.kinds:
            raise ValueError(
                f"{type(self).__name__} has no kind {self.kind!r}; choose one of "
                f"{', '.join(sorted(self.kinds))}."
            )
        plain = {
            name: value.item() if isinstance(value, np.generic) else value
            for name, value in self.settings.items()
        }
        for name, value in plain.items():
            largest = LARGEST.get(name, LARGEST_SIZE)
            if isinstance(value, int) and value > largest:
                raise ValueError(
                    f"{name}={value} is too large: a network has at most {largest:,}; take a "
                    "smaller value."
                )
        object.__setattr__(self, "settings", plain)

    def _construct(self, **parts: Any) -> Any:
        return self.kinds[self.kind](**parts, **self.settings)


@dataclass(frozen=True)
class StemSpec(_Spec):
    """Spec of a stem, which computes the steps that the encoder reads."""

    kinds = {"convolution": StridedConvolution, "fully_convolutional": FullyConvolutional}

    def make(self) -> Module:
        """Return the stem, its weights not yet initialised."""
        return self._construct()


@dataclass(frozen=True)
class EncoderSpec(_Spec):
    """Spec of an encoder.

    Parameters
    ----------
    kind : {"rnn", "lstm", "gru", "lstm_fcn", "transformer", "wavenet"}
        Which encoder.
    settings : mapping
        Arguments of the encoder's class; `input_size` is its width after the stem.
    stem : StemSpec, optional
        Stem before the encoder.
    """

    stem: StemSpec | None = None

    kinds = {
        **{cell: partial(RecurrentEncoder, cell=cell) for cell in CELLS},
        "lstm_fcn": LSTMFCNEncoder,
        "transformer": TransformerEncoder,
        "wavenet": WaveNetEncoder,
    }

    def make(self) -> Encoder:
        """Return the encoder, its weights not yet initialised."""
        if self.stem is None:
            return self._construct()
        return StemmedEncoder(self.stem.make(), self._construct())

    @property
    def streams(self) -> bool:
        """Whether the encoder can continue from a state."""
        with torch.device("meta"):
            return self.make().streams


@dataclass(frozen=True)
class HeadSpec(_Spec):
    """Spec of a head; its `input_size` is the encoder's `output_size`."""

    kinds = {"linear": _linear, "quantiles": QuantileForecastHead}

    def make(self, input_size: int) -> nn.Module:
        """Return the head, its weights not yet initialised."""
        return self._construct(input_size=input_size)


@dataclass(frozen=True)
class NetworkSpec(_Spec):
    """Spec of a whole network.

    Parameters
    ----------
    kind : {"sequence", "forecast", "rolling_forecast", "seq2seq"}
        Which network.
    settings : mapping
        Its arguments, apart from encoder and head.
    encoder : EncoderSpec, optional
        None for networks that build their own parts ("seq2seq").
    head : HeadSpec, optional
        Used only with an encoder.

    Examples
    --------
    >>> from skrnn.nn import EncoderSpec, NetworkSpec
    >>> encoder = EncoderSpec("gru", {"input_size": 3, "hidden_size": 8, "pooling": "last"})
    >>> spec = NetworkSpec.sequence(encoder, n_outputs=2)
    >>> NetworkSpec.from_json(spec.to_json()) == spec
    True
    >>> spec.build(seed=0).head
    Linear(in_features=8, out_features=2, bias=True)
    """

    encoder: EncoderSpec | None = None
    head: HeadSpec | None = None

    kinds = {
        "sequence": SequenceModel,
        "forecast": ForecastModel,
        "rolling_forecast": RollingForecastModel,
        "seq2seq": Seq2SeqModel,
    }

    @classmethod
    def sequence(cls, encoder: EncoderSpec, *, n_outputs: int) -> NetworkSpec:
        """Describe the network of a regressor or classifier."""
        return cls("sequence", {}, encoder, HeadSpec("linear", {"output_size": n_outputs}))

    @classmethod
    def forecast(cls, encoder: EncoderSpec, *, rollout: int = 0, **sizes: int) -> NetworkSpec:
        """Describe the network of a forecaster, a stateful one with `rollout`.

        `sizes` are arguments of `QuantileForecastHead`.
        """
        head = HeadSpec("quantiles", sizes)
        if rollout:
            return cls("rolling_forecast", {"rollout": rollout}, encoder, head)
        return cls("forecast", {}, encoder, head)

    def build(self, seed: int) -> Module:
        """Return a new network, reproducible by the seed."""
        return materialize(self._make, torch.Generator().manual_seed(seed))

    @property
    def streams(self) -> bool:
        """Whether the network can continue from a state."""
        with torch.device("meta"):
            return self._make().streams

    @property
    def all_settings(self) -> dict[str, Setting]:
        """Settings of the network, its encoder and its stem."""
        stem = None if self.encoder is None else self.encoder.stem
        specs = [spec for spec in (stem, self.encoder, self) if spec is not None]
        return {name: value for spec in specs for name, value in spec.settings.items()}

    def _make(self) -> Module:
        parts: dict[str, nn.Module] = {}
        if self.encoder is not None:
            parts["encoder"] = encoder = self.encoder.make()
            if self.head is not None:
                parts["head"] = self.head.make(encoder.output_size)
        return self._construct(**parts)

    def to_json(self) -> str:
        """Return the spec as text."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> NetworkSpec:
        """Return the spec that `to_json` has written."""
        data = json.loads(text)
        encoder, head = data["encoder"], data["head"]
        if encoder is not None:
            stem = encoder["stem"]
            encoder = EncoderSpec(**{**encoder, "stem": None if stem is None else StemSpec(**stem)})
        return cls(
            data["kind"], data["settings"], encoder, None if head is None else HeadSpec(**head)
        )
