"""A small problem for the loop, and a short way to run it."""

import numpy as np
import torch

from skrnn.data import Sequences, SupervisedSequences
from skrnn.nn import EncoderSpec, NetworkSpec
from skrnn.training import REGRESSION_LOSSES, Settings, fit_module

SQUARED = REGRESSION_LOSSES["squared_error"]


def make_data(n=40, ragged=False, per_step=False, weights=None, seed=0):
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, 6, size=n) if ragged else np.full(n, 5)
    X = [rng.normal(size=(t, 2)) for t in lengths]
    targets = np.array([[x[:, 0].sum()] for x in X])
    if per_step:
        targets = Sequences.from_list([x[:, :1].cumsum(axis=0) for x in X])
    return SupervisedSequences(Sequences.from_list(X), targets, weights)


def make_module(pooling="last", dropout=0.0, cell="gru", stem=None, **encoder):
    options = {"input_size": 2, "hidden_size": 8, "dropout": dropout, "pooling": pooling, **encoder}
    return NetworkSpec.sequence(EncoderSpec(cell, options, stem), n_outputs=1).build(0)


def make_settings(**settings):
    defaults = {"n_epochs": 4, "batch_size": 16, "learning_rate": 0.02, "precision": "float64"}
    return Settings(**{**defaults, **settings})


def fit(data=None, module=None, *, seed=0, loss=SQUARED, **settings):
    options = {k: settings.pop(k) for k in ("validation", "optimizer_state") if k in settings}
    module = make_module() if module is None else module
    data = make_data() if data is None else data
    return fit_module(module, data, loss, make_settings(**settings), seed=seed, **options)


def flat(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])
