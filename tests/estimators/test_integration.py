"""The estimators inside what scikit-learn builds from estimators."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.linear_model import Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    TimeSeriesSplit,
    cross_val_predict,
    cross_val_score,
)
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skrnn import (
    GRUClassifier,
    GRURegressor,
    LSTMClassifier,
    LSTMRegressor,
    RNNClassifier,
    RNNRegressor,
    SlidingWindowRegressor,
)
from skrnn.metrics import sequence_scorer

SMALL = {"hidden_size": 8, "max_epochs": 60, "random_state": 0}
N = 120
X3 = np.random.default_rng(0).normal(size=(N, 8, 2))  # only channel 0 matters
Y = X3[:, -3:, 0].sum(axis=1) + 5
LABELS = np.where(Y > 5, "high", "low")
LENGTHS = np.random.default_rng(1).integers(4, 9, size=N)
RAGGED = [steps[-length:] for steps, length in zip(X3, LENGTHS, strict=True)]
OBJECTS = np.empty(N, dtype=object)
OBJECTS[:] = RAGGED
FLAT = X3.reshape(N, -1)


def flat(cls=LSTMRegressor, **params):
    return cls(n_channels=2, **{**SMALL, **params})


def half_score(model, X=FLAT, y=Y):
    """Fit on one half, score on the other."""
    half = N // 2
    return model.fit(X[:half], y[:half]).score(X[half:], y[half:])


def test_dummy_knows_nothing():
    assert half_score(DummyRegressor()) < 0.05
    assert half_score(DummyClassifier(), y=LABELS) < 0.65


# -- searches and splits -----------------------------------------------------------------------


@pytest.mark.parametrize("cls", [RNNRegressor, LSTMRegressor, GRURegressor])
def test_pipeline(cls):
    assert half_score(make_pipeline(StandardScaler(), flat(cls))) > 0.6


@pytest.mark.parametrize("cls", [RNNClassifier, LSTMClassifier, GRUClassifier])
def test_pipeline_of_classifier(cls):
    assert half_score(make_pipeline(StandardScaler(), flat(cls)), y=LABELS) > 0.8


def test_search_over_pipeline_and_trainer():
    pipeline = Pipeline([("scale", StandardScaler()), ("net", flat(GRURegressor))])
    grid = {"net__hidden_size": [2, 8], "net__trainer__weight_decay": [0.0, 1.0]}
    assert pipeline["net"].trainer is None
    search = GridSearchCV(pipeline, grid, cv=2).fit(FLAT, Y)
    assert search.best_score_ > 0.6
    assert search.best_params_["net__trainer__weight_decay"] == 0
    scores = search.cv_results_["mean_test_score"]
    assert len(set(scores)) == 4
    assert pipeline["net"].trainer is None


@pytest.mark.parametrize("X", [X3, RAGGED, OBJECTS], ids=["3-D", "list", "objects"])
def test_search_over_sequences(X):
    model = RNNRegressor(**SMALL)
    search = GridSearchCV(model, {"trainer__weight_decay": [0.0, 1.0]}, cv=3)
    search.fit(X, Y)
    assert search.best_score_ > 0.6
    assert search.best_params_ == {"trainer__weight_decay": 0.0}
    assert search.score(X, Y) > 0.8
    assert cross_val_score(RNNClassifier(**SMALL), X, LABELS, cv=3).mean() > 0.8


def test_halving_search_over_epochs():
    search = HalvingGridSearchCV(
        flat(RNNRegressor, max_epochs=1),
        {"learning_rate": [1e-5, 1e-2]},
        resource="max_epochs",
        factor=2,
        min_resources=30,
        max_resources=60,
        cv=2,
        random_state=0,
    ).fit(FLAT, Y)
    assert search.n_resources_ == [30, 60]
    assert search.best_params_ == {"learning_rate": 1e-2, "max_epochs": 60}
    assert search.best_score_ > 0.6


def test_two_workers_give_the_same():
    grid = {"hidden_size": [4, 8]}
    model = LSTMRegressor(early_stopping=True, dropout=0.2, **{**SMALL, "max_epochs": 20})
    one, two = (GridSearchCV(model, grid, cv=2, n_jobs=n_jobs).fit(RAGGED, Y) for n_jobs in (1, 2))
    for name in ("split0_test_score", "split1_test_score"):
        np.testing.assert_array_equal(one.cv_results_[name], two.cv_results_[name])
    np.testing.assert_array_equal(one.predict(RAGGED), two.predict(RAGGED))


def test_time_series_split():
    rng = np.random.default_rng(2)
    series = np.sin(np.arange(240) / 3) + 0.1 * rng.normal(size=240)
    X = np.lib.stride_tricks.sliding_window_view(series, 10)[:-1]
    scores = cross_val_score(RNNRegressor(**SMALL), X, series[10:], cv=TimeSeriesSplit(3))
    assert scores.min() > 0.8
    rows = series[:, None]
    model = make_pipeline(
        StandardScaler(), SlidingWindowRegressor(RNNRegressor(**SMALL), window_length=3)
    )
    grid = {
        "slidingwindowregressor__window_length": [1, 10],
        "slidingwindowregressor__estimator__trainer__weight_decay": [0.0, 1.0],
    }
    search = GridSearchCV(model, grid, cv=TimeSeriesSplit(2)).fit(rows, series)
    assert search.best_score_ > 0.8
    assert list(search.best_params_.values()) == [0.0, 10]


def test_per_step_targets():
    y = np.cumsum(X3[..., :1], axis=1)
    ragged = [steps[-length:] for steps, length in zip(y, LENGTHS, strict=True)]
    for X, targets, step in ((X3, y, None), (RAGGED, ragged, -1)):
        search = GridSearchCV(
            RNNRegressor(**SMALL),
            {"hidden_size": [1, 8]},
            scoring=sequence_scorer("r2", step=step),
            cv=2,
        ).fit(X, targets)
        assert search.best_score_ > 0.6
        assert search.best_params_ == {"hidden_size": 8}


# -- estimators of estimators ------------------------------------------------------------------


@pytest.mark.parametrize(
    "model",
    [
        BaggingRegressor(flat(), n_estimators=3, random_state=0),
        StackingRegressor([("net", flat(GRURegressor)), ("ridge", Ridge())], cv=2),
        VotingRegressor([("gru", flat(GRURegressor)), ("rnn", flat(RNNRegressor))]),
        TransformedTargetRegressor(flat(GRURegressor), func=np.arcsinh, inverse_func=np.sinh),
        TransformedTargetRegressor(flat(GRURegressor), transformer=StandardScaler()),
    ],
    ids=lambda model: type(model).__name__,
)
def test_regressors_of_regressors(model):
    assert half_score(model) > 0.6


def test_stacking_rests_on_the_network():
    X = np.random.default_rng(2).normal(size=(400, 3))
    squares = X[:, -1] ** 2  # nothing for Ridge
    model = StackingRegressor([("net", GRURegressor(**SMALL)), ("ridge", Ridge())], cv=3)
    assert Ridge().fit(X[:300], squares[:300]).score(X[300:], squares[300:]) < 0.1
    assert model.fit(X[:300], squares[:300]).score(X[300:], squares[300:]) > 0.6


@pytest.mark.parametrize(
    "model",
    [
        BaggingClassifier(flat(LSTMClassifier), n_estimators=3, random_state=0),
        VotingClassifier(
            [("gru", flat(GRUClassifier)), ("rnn", flat(RNNClassifier))], voting="soft"
        ),
        CalibratedClassifierCV(flat(GRUClassifier), cv=2, ensemble=False),
    ],
    ids=lambda model: type(model).__name__,
)
def test_classifiers_of_classifiers(model):
    assert half_score(model, y=LABELS) > 0.8


def test_three_dimensions_in_estimators_of_estimators():
    models = [
        StackingRegressor([("a", GRURegressor(**SMALL)), ("b", RNNRegressor(**SMALL))], cv=2),
        TransformedTargetRegressor(GRURegressor(**SMALL), transformer=StandardScaler()),
        VotingRegressor([("a", GRURegressor(**SMALL)), ("b", RNNRegressor(**SMALL))]),
        make_pipeline(FunctionTransformer(np.tanh), LSTMRegressor(**SMALL)),
    ]
    for model in models:
        assert half_score(model, X3) > 0.6


def test_calibration_of_sequences():
    model = CalibratedClassifierCV(RNNClassifier(**SMALL), cv=3)
    proba = cross_val_predict(model, X3, LABELS, cv=2, method="predict_proba")
    assert log_loss(LABELS, proba) < 0.5


def test_several_outputs_one_by_one():
    targets = np.column_stack([Y, -Y, X3[:, -1, 0]])
    for X in (FLAT, X3):
        model = flat(RNNRegressor) if X.ndim == 2 else RNNRegressor(**SMALL)
        assert half_score(MultiOutputRegressor(model), X, targets) > 0.6
        assert half_score(model, X, targets) > 0.6


def test_permutation_importance_by_column():
    model = flat(RNNRegressor).fit(FLAT, Y)
    result = permutation_importance(model, FLAT, Y, n_repeats=2, random_state=0)
    importances = result.importances_mean.reshape(8, 2)
    read = importances[-3:, 0].copy()
    importances[-3:, 0] = 0
    assert read.min() > 0.2
    assert abs(importances).max() < 0.2
