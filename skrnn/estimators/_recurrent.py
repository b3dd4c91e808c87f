"""Network and constraints that the recurrent regressors and classifiers share."""

from __future__ import annotations

from skrnn._compat import StrOptions
from skrnn._parameters import RECURRENT
from skrnn.nn import POOLINGS, build_sequence_model
from skrnn.training import torch_generator

CONSTRAINTS: dict = {
    **RECURRENT,
    "bidirectional": ["boolean"],
    "pooling": [StrOptions(set(POOLINGS))],
}
ACTIVATION: dict = {"activation": [StrOptions({"tanh", "relu"})]}


def recurrent_model(estimator, seed, *, output_size, per_step):
    return build_sequence_model(
        cell=estimator._cell,
        input_size=estimator.n_channels_in_,
        hidden_size=estimator.hidden_size,
        n_layers=estimator.n_layers,
        bidirectional=estimator.bidirectional,
        dropout=estimator.dropout,
        activation=getattr(estimator, "activation", "tanh"),
        output_size=output_size,
        pooling=None if per_step else estimator.pooling,
        generator=torch_generator(seed),
    )
