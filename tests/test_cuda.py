"""What runs on a GPU: the same estimators, weights that load without one."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
import torch

import skrnn
from skrnn import Trainer
from skrnn.forecasting import GRUForecaster, LSTMForecaster, RNNForecaster

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")

CUDA = Trainer(device="cuda")
ESTIMATORS = [
    skrnn.RNNRegressor,
    skrnn.LSTMRegressor,
    skrnn.GRURegressor,
    skrnn.RNNClassifier,
    skrnn.LSTMClassifier,
    skrnn.GRUClassifier,
]


@pytest.fixture(autouse=True)
def _no_warnings():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def _sequences(ragged=False):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 12, 2))
    if ragged:
        lengths = rng.integers(3, 13, size=300)
        X = [x[:n] for x, n in zip(X, lengths, strict=True)]
    total = np.array([x[:, 0].sum() for x in X])
    return X, total


@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("cls", ESTIMATORS)
def test_estimator_learns_on_cuda_and_predicts_the_same_on_the_cpu(cls, bidirectional, ragged):
    X, total = _sequences(ragged)
    classifies = issubclass(cls, skrnn.estimators._classifier.SequenceClassifier)
    y = np.where(total > 0, "up", "down") if classifies else total
    options = {"n_layers": 2, "dropout": 0.1, "bidirectional": bidirectional}
    model = cls(trainer=CUDA, random_state=0, early_stopping=True, **options).fit(X, y)
    assert next(model.module_.parameters()).is_cuda
    assert model.score(X, y) > 0.85
    loaded = pickle.loads(pickle.dumps(model))
    assert not next(loaded.module_.parameters()).is_cuda
    output = "predict_proba" if classifies else "predict"
    np.testing.assert_allclose(
        getattr(loaded, output)(X), getattr(model, output)(X), atol=2e-3 * np.std(total)
    )
    again = cls(trainer=CUDA, random_state=0, early_stopping=True, **options).fit(X, y)
    np.testing.assert_allclose(again.history_["loss"], model.history_["loss"], rtol=1e-2)


@pytest.mark.parametrize("cls", ESTIMATORS[:3])
def test_partial_fit_and_pickled_state_continue(cls):
    X, y = _sequences()
    model = cls(trainer=CUDA, random_state=0).partial_fit(X, y)
    loaded = pickle.loads(pickle.dumps(model))
    loss = [m.partial_fit(X, y).history_["loss"][-1] for m in (model, loaded)]
    assert loss[0] < model.history_["loss"][0]
    assert loss[0] == pytest.approx(loss[1], rel=1e-3)


@pytest.mark.parametrize("cls", [RNNForecaster, LSTMForecaster, GRUForecaster])
def test_forecaster_on_cuda(cls):
    t = np.arange(200)
    y = pd.Series(np.sin(2 * np.pi * t / 12) + 0.01 * t)
    forecaster = cls(trainer=CUDA, random_state=0).fit(y, fh=np.arange(1, 13))
    loaded = pickle.loads(pickle.dumps(forecaster))
    pd.testing.assert_series_equal(loaded.predict(), forecaster.predict(), rtol=1e-3)
    truth = np.sin(2 * np.pi * np.arange(200, 212) / 12) + 0.01 * np.arange(200, 212)
    assert np.abs(forecaster.predict().to_numpy() - truth).mean() < 0.2
