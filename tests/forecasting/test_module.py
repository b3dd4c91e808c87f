"""Networks of the user's own as forecasters."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
import torch
from forecasting.series import BARE, mean_error, panel, seasonal, weights
from process_state import global_generators
from sktime.forecasting.model_selection import ForecastingGridSearchCV
from sktime.split import SingleWindowSplitter
from torch import nn

from skrnn import Trainer
from skrnn.forecasting import ModuleForecaster

FH = [1, 2, 3, 4]


class Convolution(nn.Module):
    """Features of any width, from a window of any length."""

    def __init__(self, input_size, width=8, p=0.0):
        super().__init__()
        self.convolution = nn.Conv1d(input_size, width, 3, padding=1)
        self.norm = nn.BatchNorm1d(width)
        self.drop = nn.Dropout(p)

    def forward(self, x):
        return self.drop(torch.relu(self.norm(self.convolution(x.transpose(1, 2))))).flatten(1)


class Flat(nn.Module):
    def __init__(self, input_size, n_steps=8, output_size=16):
        super().__init__()
        self.hidden = nn.Linear(input_size * n_steps, output_size)

    def forward(self, x):
        return torch.tanh(self.hidden(x.flatten(1)))


def own(network=Convolution, **params):
    forecaster = ModuleForecaster(module=network, max_epochs=2, random_state=0)
    return forecaster.set_params(**params)


def test_learns_what_the_baseline_cannot_know():
    rng = np.random.default_rng(0)
    known = pd.DataFrame({"known": rng.normal(size=120)})
    past = known["known"].shift(1, fill_value=0)
    y = 3 * past + 0.1 * pd.Series(rng.normal(size=120))
    X = known
    options = {
        **BARE,
        "window_length": 8,
        "covariates__past_columns": ["known"],
        "max_epochs": "auto",
    }
    for network in (Convolution, Flat):
        forecaster = own(network, **options).fit(y[:100], X=X[:100], fh=[1])
        predicted = [forecaster.predict()]
        for t in range(100, 119):
            forecaster.update(y[[t]], X=X.loc[[t]], update_params=False)
            predicted.append(forecaster.predict())
        assert mean_error(predicted, y[100:]) < 0.5 * mean_error(0, y[100:])


@pytest.mark.parametrize("network", [Convolution, Flat])
def test_the_seed_decides_every_bit(network):
    y, before = seasonal(), global_generators()
    fits = [own(network, window_length=8, random_state=s).fit(y, fh=FH) for s in (0, 0, 1)]
    predictions = [f.predict() for f in fits]
    assert global_generators() == before
    assert np.array_equal(weights(fits[0]), weights(fits[1]))
    assert not np.array_equal(weights(fits[0]), weights(fits[2]))
    pd.testing.assert_series_equal(predictions[0], predictions[1])


def test_a_refit_begins_with_the_same_weights():
    built = []

    def remembered(input_size):
        built.append(Convolution(input_size))
        return built[-1]

    own(remembered).fit(seasonal(), fh=FH)
    _tried, *trained = ([v.tolist() for v in b.state_dict().values()] for b in built)
    assert len(trained) == 2
    assert trained[0] == trained[1]


@pytest.mark.parametrize("copied", [lambda f: pickle.loads(pickle.dumps(f)), copy.deepcopy])
def test_copies_predict_and_update_alike(copied):
    y = seasonal()
    forecaster = own(module_params={"p": 0.2}).fit(y[:50], fh=FH)
    twin = copied(forecaster)
    pd.testing.assert_series_equal(twin.predict(), forecaster.predict())
    before = weights(forecaster)
    twin.update(y[50:])
    assert np.array_equal(weights(forecaster), before)
    assert not np.array_equal(weights(twin), before)
    pd.testing.assert_series_equal(twin.predict(), forecaster.update(y[50:]).predict())


@pytest.mark.parametrize("params", [{}, {"strategy": "recursive"}, {"early_stopping": False}])
def test_panels_with_covariates(params):
    y = panel(columns=("a", "b"))
    X = pd.DataFrame({"known": np.sin(np.arange(len(y)))}, index=y.index)
    head = y.groupby(level=0, group_keys=False).apply(lambda series: series[:-4])
    forecaster = own(**params).fit(head, X=X.loc[head.index], fh=FH)
    tail = y.index.difference(head.index)
    predicted = forecaster.predict(X=X.loc[tail])
    assert predicted.index.sort_values().equals(tail)
    assert np.isfinite(predicted.to_numpy()).all()
    interval = forecaster.predict_interval(X=X.loc[tail])
    assert (interval.xs("lower", axis=1, level=2) <= interval.xs("upper", axis=1, level=2)).all(
        axis=None
    )


class Watching(nn.Module):
    seen: list = []

    def __init__(self, input_size):
        super().__init__()
        self.input_size = input_size
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, x, past, future, static, lengths):
        self.seen.append((self.input_size, x, past, future, static, lengths))
        return x[:, -1] * self.weight


def test_what_the_network_reads():
    y = seasonal(40)
    X = pd.DataFrame({"known": np.arange(40.0), "past": np.arange(40.0)[::-1]}, index=y.index)
    Watching.seen.clear()
    forecaster = own(Watching, window_length=5, covariates__past_columns=["past"], module_params={})
    forecaster.fit(y[:36], X=X[:36], fh=FH)
    input_size, x, past, future, static, lengths = Watching.seen[0]
    assert input_size == 4  # values, which of them are observed, two covariates
    assert x.shape[1:] == (5, 4)
    assert torch.equal(x[:, :, 2:], past)
    assert (x[:, :, 1] == 1).all()
    assert future.shape == (len(x), 4, 1)
    assert static is None
    assert (lengths == 5).all()
    assert forecaster.module_.head.from_baseline.in_features == 4  # the steps of the horizon
    assert forecaster.module_.head.from_state.in_features == 2 * 4  # features, and as many of it


def test_float64_and_searches():
    y = seasonal()
    forecaster = own(trainer=Trainer(precision="float64")).fit(y, fh=FH)
    assert {p.dtype for p in forecaster.module_.parameters()} == {torch.float64}
    cv = SingleWindowSplitter(fh=FH, window_length=40)
    for grid in (
        {"module_params": [{"width": 1}, {"width": 4}]},
        {"module_params__width": [1, 4], "trainer__weight_decay": [0.1]},
    ):
        # In this process: others cannot import a class of a test.
        search = ForecastingGridSearchCV(own(), cv=cv, param_grid=grid, backend=None)
        search.fit(y, fh=FH)
        best = search.best_forecaster_
        assert best.module_.module.convolution.out_channels == best.module_params["width"]


BROKEN = {
    "None": ({"module": None}, ValueError, "module=None is no network"),
    "instance": ({"module": nn.Linear(2, 1)}, TypeError, "module is an instance of Linear"),
    "params": ({"module_params": 3}, ValueError, "'module_params' parameter"),
    "known": ({"module_params": {"input_size": 2}}, ValueError, "'input_size', .* leave it out"),
    "needs": (
        {"module": lambda input_size, output_size: nn.Linear(input_size, output_size)},
        TypeError,
        "missing a required argument: 'output_size'.* beside input_size",
    ),
    "steps": (
        {"module": lambda input_size: nn.Linear(input_size, 3)},
        ValueError,
        r"Linear.forward returned the shape \(4, 8, 3\) .* but \(4, w\) is needed; take the last",
    ),
    "window": (
        {"module": Flat, "module_params": {"n_steps": 9}},
        ValueError,
        r"Flat.forward failed on x of shape \(4, 8, 2\)",
    ),
    "pieces": ({"trainer": Trainer(tbptt_steps=2)}, ValueError, "use tbptt_steps=None"),
}


@pytest.mark.parametrize(("params", "error", "text"), BROKEN.values(), ids=BROKEN)
def test_broken_contracts_stop_before_the_training(params, error, text):
    options = {"trainer": Trainer(callback=lambda record: pytest.fail("trained"))}
    forecaster = own(window_length=8, **{**options, **params})
    before = global_generators()
    with pytest.raises(error, match=text):
        forecaster.fit(seasonal(), fh=FH)
    assert global_generators() == before
    assert not forecaster.is_fitted
