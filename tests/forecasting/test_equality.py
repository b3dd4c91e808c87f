"""Same seed, same numbers: through pickles, clones, searches and repeated calls."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    every_architecture,
    one_forecaster,
    panel,
    quick,
    seasonal,
    weights,
)
from process_state import global_generators
from selection import mainly
from sktime.base import load
from sktime.forecasting.model_selection import ForecastingGridSearchCV
from sktime.split import ExpandingWindowSplitter

from skrnn import Trainer
from skrnn.forecasting import LSTMForecaster

Y = seasonal(50)
FH = [1, 2, 3]
DATA = {
    "series": Y,
    "frame": pd.DataFrame({"a": Y, "b": Y[::-1].to_numpy()}),
    "panel": panel(),
}


def assert_same(left, right):
    """Check that all that two fitted forecasters can say is the same, bit for bit."""
    np.testing.assert_array_equal(weights(left), weights(right))
    assert_same_forecasts(left, right)


def assert_same_forecasts(left, right):
    for of in (
        lambda f: f.predict(FH),
        lambda f: f.predict([-3, 0, 1]),
        lambda f: f.predict_quantiles(FH, alpha=[0.1, 0.7]),
    ):
        a, b = of(left), of(right)
        assert a.index.equals(b.index)
        np.testing.assert_array_equal(a.to_numpy(), b.to_numpy())


@pytest.mark.parametrize("kind", mainly(["panel"], DATA))
@every_architecture
def test_same_seed_same_weights(cls, kind):
    y = DATA[kind]
    assert_same(quick(cls, dropout=0.2).fit(y, fh=FH), quick(cls, dropout=0.2).fit(y, fh=FH))


@every_architecture
def test_other_seed_other_weights(cls):
    one, other = (quick(cls, random_state=seed).fit(Y, fh=FH) for seed in (0, 1))
    assert not np.array_equal(weights(one), weights(other))
    assert not np.array_equal(one.predict(), other.predict())


def test_a_passed_generator_advances():
    rng = np.random.RandomState(0)
    forecaster = quick(random_state=rng)
    first = weights(forecaster.fit(Y, fh=FH))
    assert not np.array_equal(first, weights(forecaster.fit(Y, fh=FH)))
    again = quick(random_state=np.random.RandomState(0)).fit(Y, fh=FH)
    np.testing.assert_array_equal(first, weights(again))


@pytest.mark.parametrize("random_state", [None, 0])
def test_global_generators_are_untouched(random_state):
    before = global_generators()
    forecaster = quick(random_state=random_state, dropout=0.2).fit(Y, fh=FH)
    forecaster.predict()
    forecaster.predict_interval()
    forecaster.update(Y[-3:], update_params=True)
    assert global_generators() == before


@pytest.mark.parametrize("y", DATA.values(), ids=DATA)
@pytest.mark.parametrize("way", ["pickle", "deepcopy", "save", "save to a file"])
def test_round_trips_predict_the_same(way, y, tmp_path):
    forecaster = quick().fit(y, fh=FH)
    other = {
        "pickle": lambda: pickle.loads(pickle.dumps(forecaster)),
        "deepcopy": lambda: copy.deepcopy(forecaster),
        "save": lambda: load(forecaster.save()),
        "save to a file": lambda: forecaster.save(tmp_path / "a") and load(tmp_path / "a.zip"),
    }[way]()
    assert_same(forecaster, other)
    assert other.module_ is not forecaster.module_
    other.update(y[-1:], update_params=False)
    assert_same_forecasts(forecaster, other)


def test_unfitted_round_trips():
    forecaster = quick(trainer=Trainer(weight_decay=0.1))
    for other in (forecaster.clone(), copy.deepcopy(forecaster), load(forecaster.save())):
        assert other.trainer is not forecaster.trainer
        assert other.get_params(deep=True)["trainer__weight_decay"] == 0.1
        assert not other.is_fitted
        assert_same(other.fit(Y, fh=FH), quick(trainer=Trainer(weight_decay=0.1)).fit(Y, fh=FH))


@one_forecaster
def test_fit_does_not_change_parameters(cls):
    forecaster = quick(cls, trainer=Trainer(clip_norm=0.5), covariates__past_columns=["b"])
    X = pd.DataFrame({"a": Y, "b": Y})
    before = forecaster.get_params()
    groups = {name: before.pop(name) for name in ("trainer", "covariates")}
    before = copy.deepcopy(before)
    forecaster.fit(Y, X=X, fh=FH).update(Y, X=X)
    after = forecaster.get_params()
    assert all(after.pop(name) is group for name, group in groups.items())
    assert after == before
    assert groups["trainer"].get_params() == Trainer(clip_norm=0.5).get_params()


def test_fit_twice_is_fit_once():
    once = quick().fit(Y, fh=FH)
    twice = quick().fit(seasonal(30, seed=5), fh=[1]).fit(Y, fh=FH)
    assert_same(once, twice)


def test_predict_twice_is_predict_once():
    forecaster = quick().fit(Y, fh=FH)
    assert_same_forecasts(forecaster, forecaster)


def test_horizon_in_fit_or_in_predict():
    """Without a horizon a season is trained, at least 12 steps: the same as passing it."""
    early, late = quick(sp=4).fit(Y, fh=np.arange(1, 13)), quick(sp=4).fit(Y)
    np.testing.assert_array_equal(weights(early), weights(late))
    pd.testing.assert_series_equal(early.predict(), late.predict(np.arange(1, 13)))


def test_the_container_of_y_does_not_matter():
    series, frame = quick().fit(Y, fh=FH), quick().fit(Y.to_frame("a"), fh=FH)
    array = quick().fit(Y.to_numpy(), fh=FH)
    np.testing.assert_array_equal(series.predict(), frame.predict()["a"])
    assert isinstance(array.predict(), np.ndarray)
    assert array.predict().shape == (3, 1)


class TestTrainer:
    def test_nested_parameters_while_there_is_none(self):
        forecaster = quick()
        forecaster.set_params(trainer__weight_decay=0.3, hidden_size=5)
        assert (forecaster.trainer.weight_decay, forecaster.hidden_size) == (0.3, 5)
        decayed = weights(forecaster.fit(Y, fh=FH))
        plain = weights(quick(hidden_size=5).fit(Y, fh=FH))
        assert not np.array_equal(decayed, plain)

    def test_in_a_search(self):
        grid = {"trainer__weight_decay": [0.0, 10.0], "hidden_size": [2]}
        cv = ExpandingWindowSplitter(fh=FH, initial_window=40, step_length=4)
        search = ForecastingGridSearchCV(quick(early_stopping=False), cv=cv, param_grid=grid)
        search.fit(Y, fh=FH)
        assert len(search.cv_results_) == 2
        scores = search.cv_results_.filter(like="mean_test").iloc[:, 0]
        assert scores.nunique() == 2
        best = search.best_params_["trainer__weight_decay"]
        alone = quick(early_stopping=False, hidden_size=2, trainer=Trainer(weight_decay=best))
        np.testing.assert_array_equal(search.predict(), alone.fit(Y, fh=FH).predict())


class Interrupt:
    """A callback that stops the training with an error once it is armed."""

    armed = False

    def __call__(self, record):
        if self.armed:
            raise RuntimeError("stopped by the callback")


class TestFailedFit:
    @pytest.mark.parametrize(
        ("params", "y"),
        [({}, Y.replace(Y.iloc[3], np.inf)), ({"transform": "log"}, -Y), ({}, Y)],
        ids=["infinite", "logarithm", "stopped"],
    )
    def test_leaves_it_unfitted(self, params, y, request):
        callback = Interrupt()
        forecaster = quick(trainer=Trainer(callback=callback), **params).fit(Y, fh=FH)
        before = forecaster.get_params()
        callback.armed = True
        reason = request.node.callspec.id
        with pytest.raises((ValueError, RuntimeError), match=reason):
            forecaster.fit(y, fh=FH)
        assert not forecaster.is_fitted
        assert forecaster.get_params() == before
        callback.armed = False
        assert_same(forecaster.fit(Y, fh=FH), quick(**params).fit(Y, fh=FH))

    def test_update_that_fails_changes_nothing(self):
        forecaster = LSTMForecaster(hidden_size=4, max_epochs=2, transform="log", random_state=0)
        before = forecaster.fit(Y, fh=FH).predict_quantiles(alpha=[0.2, 0.5])
        later = pd.Series([1.0, np.inf], index=Y.index[-2:] + 2)
        with pytest.raises(ValueError, match="infinite"):
            forecaster.update(later)
        pd.testing.assert_frame_equal(forecaster.predict_quantiles(alpha=[0.2, 0.5]), before)
