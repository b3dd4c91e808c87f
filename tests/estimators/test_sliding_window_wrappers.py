"""Networks inside of other estimators read windows as windows."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.decomposition import PCA
from sklearn.ensemble import (
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401 (for HalvingGridSearchCV)
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor, RegressorChain
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skrnn import GRUClassifier, GRURegressor, SlidingWindowClassifier, SlidingWindowRegressor
from skrnn.estimators._base import SequenceEstimator

ROWS = np.random.default_rng(0).normal(size=(60, 3))
Y = np.roll(ROWS[:, 0], 1)
LENGTH = 4
WINDOWS = np.stack([ROWS[i - LENGTH : i] for i in range(LENGTH, 60)])
SMALL = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}
NET, CLASSIFIER = GRURegressor(**SMALL), GRUClassifier(**SMALL)
GRID = {"hidden_size": [4]}


@pytest.fixture
def shapes(monkeypatch):
    """Steps and channels that networks have learned."""
    seen = set()
    check_lengths = SequenceEstimator._check_lengths

    def spy(self, longest):
        seen.add((longest, self.n_channels_in_))
        check_lengths(self, longest)

    monkeypatch.setattr(SequenceEstimator, "_check_lengths", spy)
    return seen


@pytest.mark.parametrize(
    "wrapper",
    [
        TransformedTargetRegressor(NET),
        GridSearchCV(NET, GRID, cv=2),
        make_pipeline("passthrough", NET),
        GridSearchCV(make_pipeline(TransformedTargetRegressor(NET)), {"memory": [None]}, cv=2),
        GridSearchCV(Pipeline([("model", Ridge())]), [{"model": [NET]}], cv=2),
    ],
    ids=["target", "search", "pipeline", "nested", "network in the grid"],
)
def test_a_wrapper_that_changes_nothing_predicts_as_the_network(wrapper):
    model = SlidingWindowRegressor(wrapper, LENGTH).fit(ROWS, Y)
    alone = GRURegressor(**SMALL).fit(WINDOWS, Y[LENGTH:])
    np.testing.assert_array_equal(model.predict(ROWS)[LENGTH:], alone.predict(WINDOWS))


@pytest.mark.parametrize(
    "wrapper",
    [
        RandomizedSearchCV(NET, GRID, n_iter=1, cv=2),
        HalvingGridSearchCV(NET, {"hidden_size": [4, 5]}, cv=2, min_resources=20),
        make_pipeline(StandardScaler(), NET),
        BaggingRegressor(NET, n_estimators=2),
        VotingRegressor([("net", NET), ("ridge", Ridge())]),
        StackingRegressor([("net", NET), ("ridge", Ridge())], cv=2),
        MultiOutputRegressor(NET),
    ],
    ids=lambda wrapper: type(wrapper).__name__,
)
def test_regressors(wrapper, shapes):
    y = np.stack([Y, -Y], axis=1) if isinstance(wrapper, MultiOutputRegressor) else Y
    SlidingWindowRegressor(wrapper, LENGTH).fit(ROWS, y).predict(ROWS)
    assert shapes == {(LENGTH, 3)}


@pytest.mark.parametrize(
    "wrapper",
    [
        CalibratedClassifierCV(CLASSIFIER, cv=2),
        OneVsRestClassifier(CLASSIFIER),
        VotingClassifier([("net", CLASSIFIER)], voting="soft"),
        StackingClassifier([("net", CLASSIFIER)], cv=2),
    ],
    ids=lambda wrapper: type(wrapper).__name__,
)
def test_classifiers(wrapper, shapes):
    labels = np.array(["a", "b", "c"])[np.digitize(Y, [-0.5, 0.5])]
    SlidingWindowClassifier(wrapper, LENGTH).fit(ROWS, labels).predict(ROWS)
    assert shapes == {(LENGTH, 3)}


def test_a_final_estimator_reads_predictions(shapes):
    stack = StackingRegressor([("a", Ridge()), ("b", Ridge(2))], final_estimator=NET, cv=2)
    SlidingWindowRegressor(stack, LENGTH).fit(ROWS, Y).predict(ROWS)
    assert shapes == {(2, 1)}


def test_what_the_user_chose_stays(shapes):
    wrapper = make_pipeline(PCA(6), GRURegressor(n_channels=1, **SMALL))
    SlidingWindowRegressor(wrapper, LENGTH).fit(ROWS, Y)
    assert shapes == {(6, 1)}
    reshape = FunctionTransformer(lambda X: X.reshape(len(X), LENGTH, 3))
    SlidingWindowRegressor(make_pipeline(reshape, NET), LENGTH).fit(ROWS, Y)
    assert shapes == {(6, 1), (LENGTH, 3)}
    frozen = FrozenEstimator(GRURegressor(n_channels=None, **SMALL).fit(WINDOWS[:, :, 0], Y[4:]))
    SlidingWindowRegressor(frozen, LENGTH).fit(ROWS[:, :1], Y)
    assert frozen.n_channels is None
    assert NET.n_channels is None


@pytest.mark.parametrize(
    "wrapper",
    [make_pipeline(PCA(3), NET), BaggingRegressor(NET, n_estimators=1, max_features=0.25)],
)
def test_columns_that_are_not_windows_are_refused(wrapper):
    model = SlidingWindowRegressor(wrapper, LENGTH)
    name = type(wrapper).__name__
    with pytest.raises(ValueError, match=f"12 columns, but GRURegressor inside of {name} gets 3"):
        model.fit(ROWS, Y)
    assert not hasattr(model, "estimator_")
    assert model.fit(ROWS[:, :1], Y)  # one channel: any columns are steps


def test_extra_columns_are_refused():
    model = SlidingWindowRegressor(RegressorChain(NET), LENGTH)
    with pytest.raises(ValueError, match="X has 13 columns, which is not a multiple"):
        model.fit(ROWS, np.stack([Y, -Y], axis=1))


@pytest.mark.parametrize("inner", [NET, Ridge()], ids=["windows", "copy"])
def test_settings_of_a_fitted_model_wait_for_the_next_fit(inner):
    model = SlidingWindowRegressor(inner, LENGTH).fit(ROWS, Y)
    before = model.predict(ROWS)
    changes = {"window_length": 2, "sampling_rate": 3, "horizon": 0}
    for params in [*({name: value} for name, value in changes.items()), {"estimator": Ridge(9)}]:
        np.testing.assert_array_equal(model.set_params(**params).predict(ROWS), before)
    assert not np.array_equal(model.fit(ROWS, Y).predict(ROWS), before)


def test_an_estimator_without_predict():
    with pytest.raises(ValueError, match="has no predict; SlidingWindowRegressor needs a reg"):
        SlidingWindowRegressor(StandardScaler(), LENGTH).fit(ROWS, Y)
