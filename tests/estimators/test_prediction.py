"""Prediction step by step, with dropout, and after a convolution; training piece by piece."""

import pickle

import numpy as np
import pytest
import torch
from estimators.cases import (
    STREAMING_CLASSIFIERS,
    STREAMING_REGRESSORS,
    make,
    make_problem,
    make_ragged,
    output,
)
from sklearn.metrics import r2_score

from skrnn import GRURegressor, LSTMRegressor, RNNRegressor, Trainer, WaveNetRegressor
from skrnn.metrics import sequence_scorer

estimators = pytest.mark.parametrize("cls", STREAMING_REGRESSORS + STREAMING_CLASSIFIERS)
regressors = pytest.mark.parametrize("cls", STREAMING_REGRESSORS)


def stream(model, X, state=None):
    """Return the predictions after each step, (n_timesteps, n_samples, ...), and the state."""
    predictions = []
    for t in range(X.shape[1]):
        y, state = model.predict_step(X[:, t], state)
        predictions.append(y)
    return np.stack(predictions), state


def make_steps(n=40, t=10, seed=0):
    X = np.random.default_rng(seed).normal(size=(n, t, 1))
    return X, X.cumsum(axis=1)


@estimators
def test_a_stream_has_the_predictions_of_the_sequences(cls):
    X, y = make_problem(cls)
    model = make(cls, n_layers=2).fit(X, y)
    found, _ = stream(model, X)
    atol = 1e-6 if cls is WaveNetRegressor else 0  # whose steps add up in another order
    for t in range(X.shape[1]):
        np.testing.assert_allclose(found[t], output(model, X[:, : t + 1]), rtol=0, atol=atol)


@regressors
def test_a_stream_of_targets_per_step(cls):
    X, y = make_steps()
    model = make(cls).fit(X, y)
    found, _ = stream(model, X)
    np.testing.assert_allclose(found, model.predict(X).swapaxes(0, 1), rtol=1e-6, atol=1e-6)


def test_a_state_outlives_its_process():
    X, y = make_problem(LSTMRegressor)
    model = make(LSTMRegressor).fit(X, y)
    _, state = stream(model, X[:, :4])
    twin, state = pickle.loads(pickle.dumps((model, state)))
    found, _ = stream(twin, X[:, 4:], state)
    np.testing.assert_array_equal(found[-1], model.predict(X))


def test_a_step_of_one_channel_may_be_flat():
    X, y = make_steps()
    model = make(GRURegressor).fit(X, y[:, -1, 0])
    np.testing.assert_array_equal(model.predict_step(X[:, 0, 0])[0], model.predict(X[:, :1]))


@pytest.mark.parametrize(
    "params", [{"bidirectional": True}, {"stem__kernel_size": 2}, {"pooling": "mean"}]
)
def test_what_reads_everything_at_once_has_no_stream(params):
    X, y = make_problem(LSTMRegressor)
    model = make(LSTMRegressor, **params).fit(X, y)
    with pytest.raises(ValueError, match="predict_step needs a network that reads step by step"):
        model.predict_step(X[:, 0])


def test_errors_of_a_step():
    X, y = make_problem(LSTMRegressor)
    model = make(LSTMRegressor).fit(X, y)
    _, state = model.predict_step(X[:, 0])
    with pytest.raises(ValueError, match="state belongs to 40 sequences, but x has 3 rows"):
        model.predict_step(X[:3, 1], state)
    with pytest.raises(ValueError, match=r"x has shape \(40,\); pass one step"):
        model.predict_step(X[:, 0, 0])
    with pytest.raises(ValueError, match="x is not valid: X has 1 channels"):
        model.predict_step(X[:, 0, :1])


@pytest.mark.parametrize("cls", [LSTMRegressor, WaveNetRegressor])
def test_states_in_other_forms(cls):
    X, y = make_problem(cls)
    model = make(cls).fit(X, y)
    _, state = model.predict_step(X[:, 0])

    def copies(convert):  # the network may reuse the arrays of a state
        return [convert(part.copy()) for part in state]

    expected, _ = model.predict_step(X[:, 1], tuple(copies(np.asarray)))
    for convert in (np.float64, np.asfortranarray, np.ndarray.tolist, torch.from_numpy):
        prediction, _ = model.predict_step(X[:, 1], copies(convert))
        np.testing.assert_array_equal(prediction, expected)
    for wrong in [
        copies(lambda part: part * np.nan),
        copies(lambda part: part.astype("M8[s]")),
        copies(lambda part: part.astype(complex)),
        copies(lambda part: part[..., None]),
        [*state, state[0]],
        state[0],
        {"h": state[0]},
        1.0,
    ]:
        with pytest.raises((TypeError, ValueError), match="state"):
            model.predict_step(X[:, 1], wrong)


@pytest.mark.parametrize("params", [{"dropout": 0.3}, {"recurrent_dropout": 0.3}])
def test_error_bars_by_dropout(params):
    X, y = make_problem(GRURegressor, n=60)
    model = make(GRURegressor, max_epochs=60, **params).fit(X, y)
    mean, deviation = model.predict(X, return_std=True, mc_samples=30)
    assert mean.shape == deviation.shape == y.shape
    assert (deviation > 0).all()
    assert r2_score(y, mean) > 0.5
    assert np.abs(mean - model.predict(X)).mean() < 2 * deviation.mean()
    again = model.predict(X, return_std=True, mc_samples=30)
    np.testing.assert_array_equal(again, (mean, deviation))
    alone = model.predict(X[5:6], return_std=True, mc_samples=30)
    np.testing.assert_allclose(np.ravel(alone), (mean[5], deviation[5]), rtol=1e-5)
    before = model.predict(X)
    np.testing.assert_array_equal(before, model.predict(X))


def test_error_bars_of_targets_per_step_and_ragged_sequences():
    X, _ = make_ragged(GRURegressor)
    y = [x.cumsum(axis=0) for x in X]
    model = make(GRURegressor, dropout=0.2, max_epochs=10).fit(X, y)
    mean, deviation = model.predict(X, return_std=True, mc_samples=5)
    assert [m.shape for m in mean] == [d.shape for d in deviation] == [a.shape for a in y]


def test_error_bars_need_dropout_and_draws():
    X, y = make_problem(GRURegressor)
    with pytest.raises(ValueError, match="return_std=True needs dropout"):
        make(GRURegressor).fit(X, y).predict(X, return_std=True)
    with pytest.raises(ValueError, match="mc_samples=1 is out of range; pass an int from 2 on"):
        make(GRURegressor, dropout=0.1).fit(X, y).predict(X, return_std=True, mc_samples=1)


@pytest.mark.parametrize(
    ("n_steps", "kernel", "stride", "steps"),
    [(10, 4, 2, [3, 5, 7, 9]), (11, 4, 2, [4, 6, 8, 10]), (10, 5, None, [4, 9]), (3, 4, 2, [2])],
)
def test_targets_after_a_convolution(n_steps, kernel, stride, steps):
    X, y = make_steps(t=n_steps)
    model = make(GRURegressor, stem__kernel_size=kernel, stem__stride=stride, max_epochs=150)
    model.fit(X, y)
    np.testing.assert_array_equal(model.align_targets(y), y[:, steps])
    assert model.predict(X).shape == (40, len(steps), 1)
    assert model.score(X, y) > 0.8
    assert sequence_scorer("r2")(model, X, y) == pytest.approx(model.score(X, y))
    changed = X.copy()
    changed[:, steps[0] + 1 :] += 1  # what comes later has no part in the first prediction
    np.testing.assert_allclose(model.predict(changed)[:, 0], model.predict(X)[:, 0], rtol=1e-6)


def test_settings_of_a_fitted_model_wait_for_the_next_fit():
    X, y = make_steps()
    model = make(GRURegressor, stem__kernel_size=4, trainer__precision="float64").fit(X, y)
    before = model.predict(X)
    for params in [
        {"trainer__precision": "float32"},
        {"stem__stride": 1},
        {"stem": None},
        {"hidden_size": 3, "n_layers": 2, "pooling": "mean", "loss": "huber", "random_state": 7},
    ]:
        np.testing.assert_array_equal(model.set_params(**params).predict(X), before)
        assert model.align_targets(y).shape == before.shape


def test_ragged_targets_after_a_convolution():
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(length, 1)) for length in rng.integers(1, 12, size=40)]
    y = [x.cumsum(axis=0) for x in X]
    model = make(LSTMRegressor, stem__kernel_size=3, stem__stride=1, max_epochs=80).fit(X, y)
    predicted, true = model.predict(X), model.align_targets(y)
    assert [p.shape for p in predicted] == [t.shape for t in true]
    assert all(t[-1] == full[-1] for t, full in zip(true, y, strict=True))
    assert model.score(X, y) > 0.6


@regressors
@pytest.mark.parametrize("per_step", [True, False])
def test_truncated_backpropagation(cls, per_step):
    X, y = make_steps(n=60, t=24)
    y = y if per_step else X[:, -4:, 0].sum(axis=1)
    trainer = Trainer(tbptt_steps=8, gradient_norms=True)
    model = make(cls, max_epochs=60, trainer=trainer).fit(X, y)
    assert model.score(X, y) > 0.8
    assert len(model.history_["gradient_norm"]) == model.n_iter_


def test_updates_of_pieces_are_counted():
    X, y = make_steps(n=64, t=40)
    whole, cut = (
        GRURegressor(hidden_size=2, trainer=Trainer(tbptt_steps=k)).fit(X, y).n_iter_
        for k in (None, 4)
    )
    assert (whole, cut) == (300, 30)


def test_truncation_is_refused_where_it_cannot_be():
    X, y = make_problem(RNNRegressor)
    for params in ({"bidirectional": True}, {"pooling": "attention"}, {"stem__kernel_size": 2}):
        model = make(RNNRegressor, trainer=Trainer(tbptt_steps=3), **params)
        with pytest.raises(ValueError, match="tbptt_steps needs a network that reads"):
            model.fit(X, y)
        assert not hasattr(model, "module_")


@pytest.mark.parametrize("cls", STREAMING_CLASSIFIERS)
def test_steps_of_a_classifier_are_probabilities(cls):
    X, y = make_problem(cls)
    proba, _ = make(cls).fit(X, y).predict_step(X[:, 0])
    np.testing.assert_allclose(proba.sum(axis=1), 1, rtol=1e-6)
