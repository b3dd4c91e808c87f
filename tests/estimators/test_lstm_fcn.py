"""Hybrids of a ridge regression on random convolutions and networks."""

import pickle

import numpy as np
import pytest
from estimators.cases import same_weights
from sklearn.base import clone

from skrnn import LSTMFCNClassifier, LSTMFCNRegressor, SlidingWindowRegressor

SHORT = {"n_filters": 4, "hidden_size": 2, "max_epochs": 2, "random_state": 0}


def bumps(n=40, t=24, seed=0):
    """Return noise, with a bump somewhere in half of the rows, and where it is."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, t))
    place = rng.integers(4, t - 8, n)
    for row in range(0, n, 2):
        X[row, place[row] : place[row] + 4] += 3
    return X, np.where(np.arange(n) % 2, "noise", "bump")


X, Y = bumps()


@pytest.fixture(scope="module")
def hybrid():
    return LSTMFCNClassifier(**SHORT).fit(X, Y)


def test_the_baseline_carries_a_network_that_has_learned_nothing():
    model = LSTMFCNClassifier(**SHORT, learning_rate=1e-9).fit(X, Y)
    others, labels = bumps(seed=1)
    assert model.score(others, labels) > 0.8
    assert model.set_params(baseline=None).fit(X, Y).score(others, labels) < 0.8


def test_a_network_that_has_learned_gets_weight():
    labels = np.where(X[:, 2] > 0, "up", "down")  # which the share of steps cannot tell
    model = LSTMFCNClassifier(**SHORT).set_params(max_epochs=40, n_filters=8).fit(X, labels)
    assert model.score_weights_["network"] > 0


def test_predictions_do_not_depend_on_other_rows(hybrid):
    proba = hybrid.predict_proba(X)
    for rows in ([3], [5, 1], slice(7, 30)):
        np.testing.assert_array_equal(hybrid.predict_proba(X[rows]), proba[rows])
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(hybrid)).predict_proba(X), proba)


def test_a_seed_decides_and_the_global_generator_stays(hybrid):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - it must not change
    again = clone(hybrid).fit(X, Y)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002 - as above
    np.testing.assert_array_equal(again.predict_proba(X), hybrid.predict_proba(X))


def test_a_single_network_is_trained_again_on_all_rows():
    one = LSTMFCNClassifier(**SHORT, n_members=1).fit(X, Y)
    alone = LSTMFCNClassifier(**SHORT, n_members=1, baseline=None).fit(X, Y)
    assert same_weights(one, alone)
    assert set(one.score_weights_) == {"baseline", "network"}


def test_members_are_trained_without_their_fold():
    with_it = LSTMFCNClassifier(**SHORT, n_members=2).fit(X, Y)
    alone = LSTMFCNClassifier(**SHORT, n_members=2, baseline=None).fit(X, Y)
    assert len(with_it.module_.members) == len(alone.module_.members) == 2
    assert not same_weights(with_it, alone)


def test_a_refit_fits_the_baseline_to_all_rows():
    model = LSTMFCNClassifier(**SHORT, n_members=2, early_stopping=True, refit=True).fit(X, Y)
    assert len(model.baseline_.left_out_) == len(X)


def test_ragged_and_multivariate_and_short_sequences():
    rng = np.random.default_rng(0)
    rows = [rng.normal(size=(length, 2)) for length in rng.integers(1, 20, 30)]
    labels = np.array([row[:, 0].mean() > 0 for row in rows])
    model = LSTMFCNClassifier(**SHORT).fit(rows, labels)
    np.testing.assert_array_equal(model.predict_proba(rows[:1]), model.predict_proba(rows)[:1])


def test_several_labels():
    labels = np.column_stack([Y == "bump", Y == "noise"]).astype(int)
    model = LSTMFCNClassifier(**SHORT).fit(X, labels)
    assert model.baseline_ is not None
    assert model.score(X, labels) > 0.8


def test_class_weights_of_zero():
    model = LSTMFCNClassifier(**SHORT, class_weight={"bump": 1, "noise": 0}).fit(X, Y)
    assert (model.predict(X) == "bump").all()


def test_a_regressor_with_deviations():
    target = X.mean(axis=1)
    model = LSTMFCNRegressor(**SHORT).fit(X, target)
    assert sum(model.score_weights_.values()) == pytest.approx(1)
    mean, deviation = model.predict(X, return_std=True, mc_samples=50)
    assert mean.shape == deviation.shape == (40,)
    assert np.abs(mean - model.predict(X)).max() < 6 * deviation.max() + 1e-9


@pytest.mark.parametrize(
    "params", [{"loss": "poisson"}, {"loss": "quantile", "quantile": 0.9}, {"baseline": None}]
)
def test_without_a_baseline(params):
    model = LSTMFCNRegressor(**SHORT, **params).fit(X, np.abs(X).sum(axis=1))
    assert model.baseline_ is None
    assert model.score_weights_ == {"network": 1.0}


def test_few_rows_and_windows_of_a_table_have_no_baseline():
    assert LSTMFCNClassifier(**SHORT).fit(X[:8], Y[:8]).baseline_ is None
    windows = SlidingWindowRegressor(LSTMFCNRegressor(**SHORT), window_length=10)
    assert windows.fit(X, X[:, 0]).estimator_.baseline_ is None


def test_what_a_hybrid_cannot_do():
    with pytest.raises(AttributeError) as error:
        LSTMFCNClassifier(**SHORT).partial_fit(X, Y)
    assert "set baseline=None" in str(error.value.__cause__)
    with pytest.raises(ValueError, match="one output per sequence"):
        LSTMFCNRegressor(**SHORT).fit(X[..., None], X[..., None])
    model = LSTMFCNClassifier(**SHORT, baseline=None, warm_start=True).fit(X, Y)
    with pytest.raises(ValueError, match="n_members=2 cannot continue the training of 3 networks"):
        model.set_params(n_members=2).fit(X, Y)


def test_training_goes_on():
    model = LSTMFCNClassifier(**SHORT, n_members=2, warm_start=True).fit(X, Y)
    assert model.fit(X, Y).n_iter_ == 4
