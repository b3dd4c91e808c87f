"""Sliding windows as estimators of scikit-learn: its checks, parameters, pickles, errors."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import SVC
from sklearn.utils.estimator_checks import parametrize_with_checks

from skrnn import RNNRegressor, SlidingWindowClassifier, SlidingWindowRegressor, Trainer

ROWS = np.random.default_rng(0).normal(size=(120, 2))
Y = np.random.default_rng(1).normal(size=120)
ORDER = "Windows read the rows before a row, so that its prediction depends on its neighbours."
WEIGHTS = {
    "check_sample_weight_equivalence_on_dense_data": "Removing or repeating a row changes the "
    "windows of the rows after it; a weight of the target does not."
}
SCALING = {
    "check_sample_weight_equivalence_on_dense_data": "The recurrent estimators scale windows by "
    "the rows that they share, each counted once whatever the targets weigh."
}
ORDERED = {
    "check_methods_sample_order_invariance": ORDER,
    "check_methods_subset_invariance": ORDER,
    **WEIGHTS,
}


def small_network(max_epochs=20, **params):
    return RNNRegressor(hidden_size=8, max_epochs=max_epochs, random_state=0, **params)


def frame(index=None):
    return pd.DataFrame(ROWS, columns=["a", "b"], index=index)


@pytest.fixture(params=["copy", "windows"])
def model(request):
    inner = Ridge() if request.param == "copy" else small_network(max_epochs=2)
    return SlidingWindowRegressor(inner, window_length=3, sampling_rate=2, horizon=1)


def expected_failures(model):
    if isinstance(model.estimator, RNNRegressor):
        return SCALING
    return ORDERED if model.window_length > 1 else {}


@parametrize_with_checks(
    [
        SlidingWindowRegressor(Ridge(), window_length=1, horizon=0),
        SlidingWindowRegressor(Ridge(), window_length=2, horizon=0),
        SlidingWindowClassifier(LogisticRegression(), window_length=1, horizon=0),
        SlidingWindowClassifier(LogisticRegression(), window_length=2, horizon=0),
        SlidingWindowRegressor(
            small_network(trainer=Trainer(precision="float64")), window_length=1, horizon=0
        ),
    ],
    expected_failed_checks=expected_failures,
)
def test_sklearn_checks(estimator, check):
    check(estimator)


def test_parameters_are_nested():
    model = SlidingWindowRegressor(small_network())
    model.set_params(estimator__trainer__weight_decay=0.5, window_length=7)
    assert clone(model).get_params()["estimator__trainer__weight_decay"] == 0.5
    assert repr(clone(model)) == repr(model)
    assert model.get_params()["window_length"] == 7
    before = model.estimator.get_params()
    model.fit(ROWS, Y)
    assert model.estimator.get_params() == before
    assert not hasattr(model.estimator, "module_")


def test_names_of_columns(model):
    model.fit(frame(), Y)
    assert model.n_features_in_ == 2
    assert model.feature_names_in_.tolist() == ["a", "b"]


@pytest.mark.filterwarnings("error")
def test_pickle_is_small_and_predicts_the_same():
    rng = np.random.default_rng(5)
    X, y = pd.DataFrame(rng.normal(size=(50_000, 2)), columns=["a", "b"]), rng.normal(size=50_000)
    model = SlidingWindowRegressor(Ridge(), window_length=5).fit(X[:40_000], y[:40_000])
    dump = pickle.dumps(model)
    assert len(dump) < 10_000
    for rows in (X[:40_000], X[40_000:], X):
        np.testing.assert_array_equal(pickle.loads(dump).predict(rows), model.predict(rows))


def test_float32_stays(model):
    X = ROWS.astype(np.float32)
    assert model.fit(X, Y).predict(X[:5]).dtype in (np.float32, np.float64)
    np.testing.assert_allclose(
        model.predict(X), clone(model).fit(ROWS, Y).predict(ROWS), rtol=1e-2, atol=1e-4
    )


# -- errors ------------------------------------------------------------------------------------


def test_unfitted(model):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        model.predict(ROWS)


def fails(message, X=ROWS, y=Y, *, inner=None, cls=SlidingWindowRegressor, weight=None, **params):
    with pytest.raises(ValueError, match=message):
        cls(Ridge() if inner is None else inner, **params).fit(X, y, weight)


def test_errors_of_fit():
    fails(
        "n_samples=24 rows, but window_length=24, sampling_rate=1 and horizon=1 need at least 25",
        ROWS[:24],
        Y[:24],
    )
    for name, value in {"window_length": 0, "sampling_rate": 0.5, "horizon": -1}.items():
        fails(f"'{name}' parameter of SlidingWindowRegressor must be an int", **{name: value})
    fails("'estimator' parameter of SlidingWindowRegressor must be an obj", inner="ridge")
    fails("is a classifier, but SlidingWindowRegressor needs a regressor", inner=SVC())
    fails("is a regressor, but .* use SlidingWindowRegressor", cls=SlidingWindowClassifier)
    fails("Unknown label type: continuous", cls=SlidingWindowClassifier, inner=LogisticRegression())
    fails("contains NaN", np.where(ROWS > 2, np.nan, ROWS))
    fails("Expected 2D array, got 1D array", ROWS[:, 0])
    fails("inconsistent numbers of samples", ROWS, Y[1:])
    fails("KNeighborsRegressor takes none in fit", inner=KNeighborsRegressor(), weight=Y**2)


def test_errors_of_an_index():
    days = pd.date_range("2020-01-01", periods=120)
    fails("index of X does not rise: row 1 has 2020-04-28 .*sort", frame(days)[::-1])
    fails("index of X has 2020-01-01 00:00:00 twice", frame(days[:1].repeat(120)))
    model = SlidingWindowRegressor(Ridge(), window_length=3).fit(frame(days)[:50], Y[:50])
    with pytest.raises(ValueError, match="does not fit the training rows: they are 1 days"):
        model.predict(frame(days + pd.Timedelta("1h")))
    with pytest.raises(ValueError, match="The index of X holds integers, that of the training"):
        model.predict(frame())


def test_errors_of_predict(model):
    model.fit(frame(), Y)
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame().rename(columns={"a": "c"}))
    model.fit(ROWS, Y)
    with pytest.raises(ValueError, match=r"X has 1 features, but .* is expecting 2"):
        model.predict(ROWS[:, :1])
    with pytest.raises(ValueError, match="contains NaN"):
        model.predict(ROWS * np.nan)


def test_a_failed_fit_changes_nothing(model):
    model.fit(ROWS, Y)
    before = model.predict(ROWS)
    with pytest.raises(ValueError, match="need at least"):
        model.fit(np.ones((5, 3)), Y[:5])
    np.testing.assert_array_equal(model.predict(ROWS), before)
    fresh = clone(model)
    with pytest.raises(ValueError, match="need at least"):
        fresh.fit(np.ones((5, 3)), Y[:5])
    assert not hasattr(fresh, "n_features_in_")
