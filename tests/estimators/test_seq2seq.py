"""What is special about the encoder-decoder: targets with steps of their own."""

import re

import numpy as np
import pytest
from estimators.cases import make, make_problem, make_ragged, same_weights
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_score

from skrnn import Seq2SeqRegressor, Trainer
from skrnn.metrics import sequence_scorer


def raises(text):
    return pytest.raises(ValueError, match=re.escape(text))


def make_targets(X, n_steps=4, k=2, seed=0):
    """Return targets of `n_steps` steps that follow from the sequences."""
    maps = np.random.default_rng(seed).normal(size=(n_steps, np.shape(X[0])[-1], k))
    return np.einsum("nc,mck->nmk", np.stack([np.mean(x, axis=0) for x in X]), maps)


def unequal(y, seed=0):
    lengths = np.random.default_rng(seed).integers(1, y.shape[1] + 1, size=len(y))
    lengths[3] = y.shape[1]
    return [steps[:length] for steps, length in zip(y, lengths, strict=True)]


X, _ = make_problem(Seq2SeqRegressor)
Y = make_targets(X)


# -- forms of the targets --------------------------------------------------------------------


@pytest.mark.parametrize("problem", [make_problem, make_ragged])
@pytest.mark.parametrize(
    ("form", "shape"),
    [
        (lambda y: y, (40, 4, 2)),
        (lambda y: y[..., 0], (40, 4)),
        (lambda y: y[:, 0, 0], (40,)),
        (lambda y: y[:, :1], (40, 1, 2)),
        (unequal, (40, 4, 2)),
        (lambda y: unequal(y[..., 0]), (40, 4)),
    ],
    ids=["vectors", "numbers", "one step", "one vector", "list", "list of numbers"],
)
def test_predictions_have_the_form_of_the_targets(problem, form, shape):
    sequences, _ = problem(Seq2SeqRegressor)
    y = form(make_targets(sequences))
    model = make(Seq2SeqRegressor, bidirectional=True).fit(sequences, y)
    assert model.predict(sequences).shape == shape
    assert model.n_steps_ == (shape[1] if len(shape) > 1 else 1)
    assert model.n_outputs_ == (shape[2] if len(shape) > 2 else 1)
    longer = model.predict(sequences, n_steps=7)
    assert longer.shape == (40, 7, *shape[2:])
    first = model.predict(sequences).reshape(40, model.n_steps_, -1)
    np.testing.assert_array_equal(longer.reshape(40, 7, -1)[:, : model.n_steps_], first)
    assert np.isfinite(model.score(sequences, y))
    np.testing.assert_array_equal(model.predict(sequences), first.reshape(shape))


def test_targets_of_unequal_lengths_weigh_what_they_have():
    ragged = unequal(Y)
    model = make(Seq2SeqRegressor, trainer=Trainer(precision="float64")).fit(X, ragged)
    data = model._encode(model._read(X, ragged, None, reset=True))
    _, target, weight = data.gather(np.arange(40))
    assert target.shape == (40, 4, 2)
    lengths = [len(steps) for steps in ragged]
    np.testing.assert_array_equal(weight.sum(axis=1), lengths)
    assert data.mean_weight == pytest.approx(np.mean(lengths))
    for row, steps in zip(target, ragged, strict=True):
        scaled = model._target_scaler.transform(steps, "float64")
        np.testing.assert_array_equal(row[: len(steps)], scaled)


@pytest.mark.parametrize("order", [1, -1])
def test_validation_data_may_be_longer_or_shorter(order):
    parts = [(X[:30], Y[:30]), (X[30:], Y[30:, :2])][::order]
    model = make(Seq2SeqRegressor, early_stopping=True, scheduled_sampling=0.5)
    model.fit(*parts[0], X_val=parts[1][0], y_val=parts[1][1])
    assert model.n_steps_ == 4
    assert len(model.history_["val_loss"]) == 4


def test_absent_rows_do_not_decide_the_number_of_steps():
    weight = np.ones(40)
    weight[[3, 5]] = 0
    ragged = [steps[:2] for steps in Y]
    ragged[3] = Y[3]
    assert make(Seq2SeqRegressor).fit(X, ragged, sample_weight=weight).n_steps_ == 2


def test_learns_a_sequence_of_another_length():
    rng = np.random.default_rng(0)
    sequences = rng.normal(size=(400, 6, 1))
    total = sequences.sum(axis=(1, 2))
    y = np.stack([total * factor for factor in (1.0, -1.0, 0.5)], axis=1)
    model = Seq2SeqRegressor(hidden_size=16, random_state=0).fit(sequences[:300], y[:300])
    assert model.score(sequences[300:], y[300:]) > 0.95


# -- attention -------------------------------------------------------------------------------


def test_reversal_is_learned_by_attention():
    sequences = np.random.default_rng(0).normal(size=(300, 8))
    model = Seq2SeqRegressor(
        cell="gru",
        attention="dot",
        hidden_size=12,
        max_epochs=60,
        batch_size=32,
        learning_rate=0.02,
        random_state=0,
    ).fit(sequences, sequences[:, ::-1])
    weights = model.attention_weights(sequences)
    np.testing.assert_allclose(weights.sum(axis=2), 1, rtol=1e-5)
    mean = weights.mean(axis=0)
    assert np.abs(mean.argmax(axis=1) - np.arange(8)[::-1]).max() <= 1
    assert np.diag(mean[:, ::-1]).mean() > 2 / 8  # twice as much as if all steps were alike


@pytest.mark.parametrize("attention", ["additive", "dot"])
def test_weights_of_ragged_sequences(attention):
    sequences, _ = make_ragged(Seq2SeqRegressor)
    model = make(Seq2SeqRegressor, attention=attention).fit(sequences, make_targets(sequences))
    weights = model.attention_weights(sequences)
    assert [w.shape for w in weights] == [(4, len(x)) for x in sequences]
    for w in weights:
        np.testing.assert_allclose(w.sum(axis=1), 1, rtol=1e-5)
    alone = model.attention_weights(sequences[5:6])
    np.testing.assert_allclose(alone[0], weights[5], atol=1e-5)


@pytest.mark.parametrize("attention", ["additive", "dot"])
@pytest.mark.parametrize("problem", [make_problem, make_ragged])
def test_batch_composition_with_attention(attention, problem):
    sequences, _ = problem(Seq2SeqRegressor, n=37)
    model = make(Seq2SeqRegressor, attention=attention).fit(sequences, make_targets(sequences))
    everything = model.predict(sequences)
    for rows in ([0], [5, 3], range(20)):
        chosen = model.predict([sequences[i] for i in rows])
        np.testing.assert_allclose(chosen, everything[list(rows)], rtol=0, atol=1e-5)


def test_batch_composition_without_attention_changes_no_bit():
    model = make(Seq2SeqRegressor, bidirectional=True, n_layers=2).fit(X, Y)
    everything = model.predict(X)
    for rows in ([0], [5, 3], range(20)):
        np.testing.assert_array_equal(model.predict(X[list(rows)]), everything[list(rows)])


# -- scores, dropout, going on -----------------------------------------------------------------


def test_scores():
    model = make(Seq2SeqRegressor, max_epochs=30).fit(X, Y)
    flat = r2_score(Y.reshape(-1, 2), model.predict(X).reshape(-1, 2))
    assert model.score(X, Y) == pytest.approx(flat)
    assert model.score(X, list(Y)) == pytest.approx(flat)
    weight = np.arange(40) % 3
    rows = np.repeat(np.arange(40), weight)
    assert model.score(X, Y, sample_weight=weight) == pytest.approx(model.score(X[rows], Y[rows]))
    ragged = unequal(Y)
    y_pred = [p[: len(y)] for p, y in zip(model.predict(X), ragged, strict=True)]
    expected = r2_score(np.concatenate(ragged), np.concatenate(y_pred))
    assert model.score(X, ragged) == pytest.approx(expected)
    assert sequence_scorer("r2")(model, X, Y) == pytest.approx(flat)
    numbers = make(Seq2SeqRegressor, max_epochs=30).fit(X, Y[..., 0])
    expected = r2_score(Y[..., 0], numbers.predict(X))
    assert numbers.score(X, Y[..., 0]) == pytest.approx(expected)
    expected = r2_score(Y[:, :3, 0], numbers.predict(X, n_steps=3))
    assert numbers.score(X, Y[:, :3, 0]) == pytest.approx(expected)
    assert cross_val_score(numbers, X, Y[..., 0], cv=2).shape == (2,)


def test_monte_carlo_dropout():
    model = make(Seq2SeqRegressor, dropout=0.3, n_layers=2).fit(X, Y)
    mean, deviation = model.predict(X, return_std=True, mc_samples=10)
    assert mean.shape == deviation.shape == (40, 4, 2)
    assert (deviation > 0).all()
    for a, b in zip((mean, deviation), model.predict(X, True, 10, n_steps=4), strict=True):
        np.testing.assert_array_equal(a, b)
    alone = model.predict(X[:3], return_std=True, mc_samples=10)
    np.testing.assert_allclose(alone[0], mean[:3], rtol=1e-6)
    longer = model.predict(X, n_steps=6, return_std=True, mc_samples=10)
    np.testing.assert_allclose(longer[0][:, :4], mean, rtol=1e-6)


@pytest.mark.parametrize("scheduled_sampling", [0.0, 1.0])
def test_training_continues_with_longer_targets(scheduled_sampling):
    model = make(Seq2SeqRegressor, warm_start=True, scheduled_sampling=scheduled_sampling)
    model.fit(X, Y[:, :3])
    assert model.predict(X).shape == (40, 3, 2)
    model.partial_fit(X, Y)
    assert model.predict(X).shape == (40, 4, 2)
    model.fit(X, Y[:, :2])
    assert model.predict(X).shape == (40, 4, 2)
    assert model.n_iter_ == 9


def test_scheduled_sampling_changes_the_weights_of_longer_targets_only():
    for y, same in ((Y, False), (Y[:, 0, 0], True)):
        fits = [make(Seq2SeqRegressor, scheduled_sampling=s).fit(X, y) for s in (0.0, 1.0)]
        assert same_weights(*fits) == same


def test_prediction_is_another_object_s_business():
    """To ask for other steps changes nothing of the estimator."""
    model = make(Seq2SeqRegressor, attention="dot").fit(X, Y)
    before = dict(vars(model))
    model.predict(X, n_steps=9)
    model.score(X, Y[:, :1])
    assert vars(model) == before
    assert model.module_.n_steps == 4


# -- errors ----------------------------------------------------------------------------------


def test_errors():
    model = make(Seq2SeqRegressor).fit(X, Y)
    with raises("attention_weights needs attention, but the network was trained with attention=No"):
        model.attention_weights(X)
    with raises("predict_step needs a network that predicts while it reads"):
        model.predict_step(X[:, 0])
    with raises("n_steps=0 is out of range; pass an int from 1 on."):
        model.predict(X, n_steps=0)
    with raises("return_std=True needs dropout"):
        model.predict(X, return_std=True)
    with raises("y has one number per step, but Seq2SeqRegressor was fitted with vectors of 2"):
        model.partial_fit(X, Y[..., 0])
    with raises("y has vectors of 1 targets per step, but Seq2SeqRegressor was fitted with"):
        model.score(X, Y[..., :1])
    with raises("inconsistent numbers of samples"):
        model.fit(X, Y[:30])
    with raises("tbptt_steps=3 of the trainer cuts sequences into pieces"):
        make(Seq2SeqRegressor, trainer=Trainer(tbptt_steps=3)).fit(X, Y)
    for params, text in (
        ({"attention": "none"}, "The 'attention' parameter"),
        ({"cell": "LSTM"}, "The 'cell' parameter"),
        ({"scheduled_sampling": 1.5}, "The 'scheduled_sampling' parameter"),
    ):
        with raises(text):
            make(Seq2SeqRegressor, **params).fit(X, Y)
