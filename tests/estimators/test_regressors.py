"""Regressors: targets of all forms, losses, scores."""

import numpy as np
import pytest
from estimators.cases import (
    RECURRENT_REGRESSORS,
    REGRESSORS,
    in_float64,
    make,
    make_problem,
    make_ragged,
    one_regressor,
)
from selection import mainly
from sklearn.dummy import DummyRegressor
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score

from skrnn import GRURegressor, LSTMRegressor, RNNRegressor

regressors = pytest.mark.parametrize("cls", REGRESSORS)


def noisy_waves(n=150, t=30):
    """Return waves of unequal period, phase and height under noise; the target is the period."""
    rng = np.random.default_rng(0)
    period, phase, height = rng.uniform((4, 0, 0.5), (16, 6.3, 2), size=(n, 3)).T[:, :, None]
    X = height * np.sin(2 * np.pi * np.arange(t) / period + phase)
    return X + 0.1 * rng.normal(size=(n, t)), period[:, 0]


@pytest.mark.parametrize("cls", mainly(RECURRENT_REGRESSORS, REGRESSORS[:-1]))
def test_learns_by_default(cls):
    X, y = noisy_waves()
    scores = cross_val_score(cls(random_state=0), X, y, cv=3)
    dummy = cross_val_score(DummyRegressor(), X, y, cv=3)
    assert scores.min() > 0.6 > dummy.max()


@regressors
@pytest.mark.parametrize("ragged", [False, True])
def test_one_target_per_step(cls, ragged):
    X, _ = (make_ragged if ragged else make_problem)(cls, n=80)
    y = [np.stack([x[:, 0].cumsum(), x[:, 1]], axis=1) for x in X]
    X_test, y_test = X[60:], y[60:]
    model = make(cls, max_epochs=150, learning_rate=0.03)
    model.fit(X[:60], y[:60] if ragged else np.array(y[:60]))
    predicted = model.predict(X_test)
    assert isinstance(predicted, list) == ragged
    assert [p.shape for p in predicted] == [steps.shape for steps in y_test]
    expected = r2_score(np.concatenate(y_test), np.concatenate(predicted))
    assert model.score(X_test, y_test) == pytest.approx(expected)
    assert expected > 0.8
    # A score weighs the steps of a sequence by the weight of the sequence.
    weight = np.arange(20)
    repeated = [i for i in range(20) for _ in range(i)]
    assert model.score(X_test, y_test, sample_weight=weight) == pytest.approx(
        model.score([X_test[i] for i in repeated], [y_test[i] for i in repeated])
    )


@regressors
def test_shapes_of_the_output(cls):
    X, y = make_problem(cls)
    steps = X.cumsum(axis=1)
    ragged = list(X[:, :5]) + list(X)
    for target, expected in [
        (y, (40,)),
        (np.stack([y, -y, y], axis=1), (40, 3)),
        (steps, (40, 6, 2)),
        (steps[:, :, :1], (40, 6, 1)),
        ([s[:, 0] for s in steps], (40, 6)),
    ]:
        model = make(cls).fit(X, target)
        assert model.predict(X).shape == expected
        assert np.isfinite(model.score(X, target))
    per_step = make(cls).fit(ragged, [x[:, 0] for x in ragged])
    assert [p.shape for p in per_step.predict(ragged)] == [(5,)] * 40 + [(6,)] * 40
    assert per_step.predict(X).shape == (40, 6)


@one_regressor
def test_a_column_is_a_vector_with_a_warning(cls):
    X, y = make_problem(cls)
    with pytest.warns(UserWarning, match="A column-vector y was passed"):
        model = make(cls).fit(X, y[:, None])
    np.testing.assert_array_equal(model.predict(X), make(cls).fit(X, y).predict(X))


@one_regressor
def test_steps_of_a_list_and_of_an_array_are_the_same(cls):
    X, _ = make_problem(cls)
    y = X.cumsum(axis=1)
    array, ragged = make(cls).fit(X, y), make(cls).fit(list(X), list(y))
    np.testing.assert_array_equal(array.predict(X), np.array(ragged.predict(list(X))))
    assert array.score(X, y) == pytest.approx(ragged.score(list(X), list(y)))


@one_regressor
def test_units_of_the_target_do_not_matter(cls):
    X, y = make_problem(cls)
    expected = in_float64(cls, max_epochs=20).fit(X, y).predict(X)
    other = in_float64(cls, max_epochs=20).fit(X, 1e6 * y - 5e7).predict(X)
    np.testing.assert_allclose((other + 5e7) / 1e6, expected, atol=1e-6)


@one_regressor
@pytest.mark.parametrize("value", [0.0, 5.5, -1e6 / 3])
def test_constant_targets(cls, value):
    X, _ = make_problem(cls)
    model = make(cls, max_epochs="auto").fit(X, np.full(40, value))
    np.testing.assert_allclose(model.predict(X), value, rtol=1e-3, atol=0.1)
    partly = np.stack([np.full(40, value), X.sum(axis=(1, 2))], axis=1)
    predicted = make(cls, max_epochs="auto").fit(X, partly).predict(X)
    np.testing.assert_allclose(predicted[:, 0], value, rtol=1e-2, atol=0.2)


def test_losses():
    """The absolute error finds the median, the squared error the mean."""
    rng = np.random.default_rng(0)
    X, y = np.zeros((300, 1)), rng.exponential(size=300)
    for loss, expected in [("squared_error", np.mean(y)), ("absolute_error", np.median(y))]:
        model = make(GRURegressor, loss=loss, max_epochs=40, learning_rate=0.03).fit(X, y)
        assert model.predict(X)[0] == pytest.approx(expected, abs=0.05)
    model = make(GRURegressor, loss="huber", max_epochs=40, learning_rate=0.03).fit(X, y)
    assert np.median(y) + 0.05 < model.predict(X)[0] < np.mean(y) - 0.02


def test_activation():
    X, y = make_problem(RNNRegressor)
    predictions = [
        make(RNNRegressor, recurrence__activation=a).fit(X, y).predict(X) for a in ("tanh", "relu")
    ]
    assert not np.allclose(*predictions)


@pytest.mark.parametrize(
    "params", [{"n_layers": 2}, {"bidirectional": True}, {"pooling": "mean"}, {"dropout": 0.2}]
)
def test_parameters_of_the_network_take_part(params):
    X, y = make_problem(LSTMRegressor)
    plain, other = (make(LSTMRegressor, **p).fit(X, y) for p in ({}, params))
    assert not np.allclose(plain.predict(X), other.predict(X))
    trained = make(LSTMRegressor, max_epochs=150, learning_rate=0.03, **params).fit(X, y)
    assert trained.score(X, y) > 0.9


def test_numpy_numbers_are_parameters():
    X, y = make_problem(LSTMRegressor)
    params = {"hidden_size": np.int64(8), "n_layers": np.int32(2), "max_epochs": np.int64(4)}
    params |= {"batch_size": np.int64(16), "dropout": np.float64(0.1), "n_channels": np.int64(2)}
    params |= {"learning_rate": np.float64(0.05), "random_state": np.int64(0)}
    model = LSTMRegressor(**params).fit(X.reshape(40, -1), y)
    plain = LSTMRegressor(**{k: v.item() for k, v in params.items()}).fit(X.reshape(40, -1), y)
    np.testing.assert_array_equal(model.predict(X), plain.predict(X))
