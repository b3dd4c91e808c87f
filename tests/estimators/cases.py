"""Small problems and short settings for the tests of the estimators."""

import numpy as np
import pytest
from selection import mainly
from sklearn.base import is_classifier

from skrnn import (
    GRUClassifier,
    GRURegressor,
    LSTMClassifier,
    LSTMFCNClassifier,
    LSTMFCNRegressor,
    LSTMRegressor,
    ModuleClassifier,
    ModuleRegressor,
    RNNClassifier,
    RNNRegressor,
    Seq2SeqRegressor,
    Trainer,
    TransformerClassifier,
    TransformerRegressor,
    WaveNetClassifier,
    WaveNetRegressor,
)
from skrnn.nn import LoopNetwork

RECURRENT_REGRESSORS = [RNNRegressor, LSTMRegressor, GRURegressor]
RECURRENT_CLASSIFIERS = [RNNClassifier, LSTMClassifier, GRUClassifier]
RECURRENT_ESTIMATORS = RECURRENT_REGRESSORS + RECURRENT_CLASSIFIERS
# Those with one target per sequence, or per step that they read.
REGRESSORS = [*RECURRENT_REGRESSORS, TransformerRegressor, WaveNetRegressor, ModuleRegressor]
CLASSIFIERS = [
    *RECURRENT_CLASSIFIERS,
    LSTMFCNClassifier,
    TransformerClassifier,
    WaveNetClassifier,
    ModuleClassifier,
]
ESTIMATORS = [*REGRESSORS, LSTMFCNRegressor, Seq2SeqRegressor, *CLASSIFIERS]
# One of each kind, on which what all share is tested: reading, weights, validation, errors.
ONE_OF_EACH = [GRURegressor, Seq2SeqRegressor, LSTMClassifier]
one_of_each = pytest.mark.parametrize("cls", mainly(ONE_OF_EACH, ESTIMATORS))
one_regressor = pytest.mark.parametrize("cls", mainly(ONE_OF_EACH, REGRESSORS))
one_classifier = pytest.mark.parametrize("cls", mainly(ONE_OF_EACH, CLASSIFIERS))
# Those whose networks read step by step.
STREAMING_REGRESSORS = [*RECURRENT_REGRESSORS, WaveNetRegressor]
STREAMING_CLASSIFIERS = [cls for cls in CLASSIFIERS if getattr(cls(), "pooling", None) == "auto"]
SHORT = {"hidden_size": 8, "max_epochs": 4, "random_state": 0}


def make(cls, **params):
    """Return an estimator that trains for a moment."""
    return cls().set_params(**with_network(cls, **{**SHORT, **params}))


def with_network(cls, **params):
    """Return `params`; what an estimator of any network does not have belongs to the network."""
    if cls in (
        LSTMFCNRegressor,
        LSTMFCNClassifier,
    ):  # one small network, one batch
        alone = {"baseline": None, "n_members": 1, "batch_size": 64}
        return {"n_filters": 8, "dropout": 0.0, **alone, **params}
    if cls not in (ModuleRegressor, ModuleClassifier):
        return params
    own = settings_of(cls, params)
    rest = {name: value for name, value in params.items() if name not in own}
    return {"module": LoopNetwork, "module_params": rest, **own}


def settings_of(cls, params):
    """Return those of `params` that the class has."""
    return {name: value for name, value in params.items() if hasattr(cls(), name.split("__")[0])}


def in_float64(cls, **params):
    return make(cls, trainer=Trainer(precision="float64"), **params)


def make_y(cls, X):
    """Return what is to be found in the sequences: the sum of their first channel."""
    total = np.array([np.sum(np.reshape(x, (len(x), -1))[:, 0]) for x in X])
    if is_classifier(cls()):
        return np.where(total > 0, "up", "down")
    return total


def make_problem(cls, n=40, t=6, c=2, seed=0):
    X = np.random.default_rng(seed).normal(size=(n, t, c))
    return X, make_y(cls, X)


def make_ragged(cls, n=40, c=2, seed=0):
    rng = np.random.default_rng(seed)
    X = [rng.normal(size=(length, c)) for length in rng.integers(1, 9, size=n)]
    return X, make_y(cls, X)


def output(estimator, X):
    """Return the finest prediction: probabilities, or values."""
    return getattr(estimator, "predict_proba", estimator.predict)(X)


def weights(estimator):
    return [p.detach().cpu().numpy() for p in estimator.module_.parameters()]


def same_weights(first, second):
    pairs = zip(weights(first), weights(second), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def assert_close_weights(first, second, rtol=1e-7, atol=1e-9):
    for a, b in zip(weights(first), weights(second), strict=True):
        np.testing.assert_allclose(a, b, rtol=rtol, atol=atol)
