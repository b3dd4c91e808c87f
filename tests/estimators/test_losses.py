"""Losses: what the predictions of each are, those of the user's own, and errors."""

import pickle

import numpy as np
import pytest
import torch
from estimators.cases import (
    ONE_OF_EACH,
    REGRESSORS,
    STREAMING_REGRESSORS,
    make,
    make_problem,
    make_ragged,
    one_classifier,
    one_of_each,
    one_regressor,
    same_weights,
)
from selection import mainly
from sklearn.base import clone
from sklearn.metrics import mean_pinball_loss, mean_poisson_deviance
from sklearn.utils import get_tags

from skrnn import GRURegressor, LSTMClassifier, Seq2SeqRegressor, Trainer

all_regressors = pytest.mark.parametrize(
    "cls", mainly(ONE_OF_EACH, [*REGRESSORS, Seq2SeqRegressor])
)
POISSON = {"loss": "poisson"}
UPPER = {"loss": "quantile", "quantile": 0.9}


def squares(output, target):
    return (output - target) ** 2


def relative(output, target):
    return (output - target) ** 2 / target.abs()


def relative_of_nonzero(output, target):
    return relative(output, torch.where(target == 0, 1.0, target))


def held_out(cls, X, y, **params):
    """Return the targets of the second half, and predictions by a network of the first half."""
    n = len(X) // 2
    model = make(cls, max_epochs=30, **params).fit(X[:n], y[:n])
    return y[n:], model.predict(X[n:])


def counts(n=400):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, 6, 2))
    return X, rng.poisson(np.exp(X[:, :, 0].sum(axis=1)))


@all_regressors
def test_poisson_has_the_lower_deviance(cls):
    X, y = counts()
    plain, poisson = (held_out(cls, X, y, **params) for params in ({}, POISSON))
    assert poisson[1].min() > 0
    positive = plain[1].clip(min=0.01)  # as the deviance needs
    assert mean_poisson_deviance(*poisson) < 0.9 * mean_poisson_deviance(plain[0], positive)


@all_regressors
@pytest.mark.parametrize("level", [0.1, 0.9])
def test_a_quantile_has_the_lower_pinball_loss(cls, level):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 6, 2))
    noise = np.exp(0.5 * X[:, :, 1].sum(axis=1)) * rng.exponential(size=400)
    y = X[:, :, 0].sum(axis=1) + noise
    plain, quantile = (
        held_out(cls, X, y, **params) for params in ({}, {**UPPER, "quantile": level})
    )
    losses = [mean_pinball_loss(*pair, alpha=level) for pair in (plain, quantile)]
    assert losses[1] < 0.85 * losses[0]


@all_regressors
@pytest.mark.parametrize(
    ("params", "statistic"),
    [(POISSON, np.mean), (UPPER, lambda y: np.quantile(y, 0.9))],
)
@pytest.mark.parametrize("scale", [0.1, 1e6])
def test_predictions_are_in_the_units_of_the_targets(cls, params, statistic, scale):
    X, y = np.zeros((300, 1)), scale * np.random.default_rng(0).exponential(size=300)
    model = make(cls, max_epochs=60, learning_rate=0.03, **params).fit(X, y)
    np.testing.assert_allclose(model.predict(X[:1]), statistic(y), rtol=0.05)


@one_regressor
def test_poisson_of_several_targets_with_weights(cls):
    """Each has its own unit, and rows count by their weight."""
    rng = np.random.default_rng(0)
    X, y = np.zeros((200, 1)), rng.poisson([0.5, 2000.0], size=(200, 2))
    weight = rng.integers(0, 3, size=200)
    y[weight == 0] = -1  # an absent row may be anything
    model = make(cls, max_epochs=80, learning_rate=0.03, **POISSON).fit(X, y, weight)
    np.testing.assert_allclose(
        model.predict(X)[0], np.average(y, axis=0, weights=weight), rtol=0.05
    )


@one_regressor
@pytest.mark.parametrize("params", [POISSON, UPPER])
def test_targets_per_step(cls, params):
    X, _ = make_ragged(cls)
    y = [np.random.default_rng(0).poisson(3, size=len(x)) for x in X]
    model = make(cls, **params).fit(X, y)
    predicted = model.predict(X)
    assert np.isfinite(model.score(X, y))
    assert model.history_["loss"][-1] < model.history_["loss"][0]
    if isinstance(predicted, list):
        assert [len(p) for p in predicted] == [len(x) for x in X]
        alone = model.predict(X[:1])[0]  # without padding
        np.testing.assert_allclose(predicted[0], alone, rtol=1e-5)


@pytest.mark.parametrize("cls", mainly([GRURegressor], STREAMING_REGRESSORS))
def test_poisson_step_by_step(cls):
    X, y = make_problem(cls)
    model = make(cls, **POISSON).fit(X, np.exp(y))
    state = None
    for x in X.swapaxes(0, 1):
        predicted, state = model.predict_step(x, state)
    np.testing.assert_allclose(predicted, model.predict(X), rtol=1e-5)


def test_poisson_by_dropout():
    """Mean and deviation are those of predictions, not of their logarithms."""
    X, y = make_problem(GRURegressor)
    model = make(GRURegressor, dropout=0.5, **POISSON).fit(X, 100 * np.exp(y))
    two, deviation_of_two = model.predict(X, return_std=True, mc_samples=2)
    mean, deviation = model.predict(X, return_std=True, mc_samples=3)
    draws = np.stack([two - deviation_of_two, two + deviation_of_two, 3 * mean - 2 * two])
    assert draws.min() > 0
    np.testing.assert_allclose(draws.std(axis=0), deviation, rtol=1e-6)
    assert 0.5 < np.median(mean / model.predict(X)) < 2


def test_the_decoder_reads_its_predictions_and_not_their_logarithms():
    y = np.tile(np.random.default_rng(0).poisson(20, size=(100, 1)), (1, 3))
    X = np.log1p(y[:, :1])
    model = make(Seq2SeqRegressor, max_epochs=60, learning_rate=0.03, **POISSON).fit(X, y)
    assert model.score(X, y) > 0.9
    head = model.module_.head
    output = torch.tensor([[[0.0, 1.0, 1e4]]])
    torch.testing.assert_close(head.feedback(output)[0, 0, :2], torch.tensor([1.0, np.e]).float())
    assert head.feedback(output).isfinite().all()


def test_predictions_far_away_stay_positive_and_finite():
    X, y = counts(60)
    model = make(GRURegressor, max_epochs=2, **POISSON).fit(X, y)
    torch.nn.init.constant_(model.module_.head.bias, -1e3)
    predicted = model.predict(X.astype(np.float32))
    assert predicted.dtype == np.float32
    assert predicted.min() > 0
    torch.nn.init.constant_(model.module_.head.bias, 1e3)
    with pytest.raises(ValueError, match=r"The prediction for X\[0\] is not a finite number"):
        model.predict(X)


@one_regressor
@pytest.mark.parametrize("ragged", [False, True])
@pytest.mark.parametrize("loss", [torch.nn.MSELoss(reduction="none"), squares])
def test_a_loss_of_the_user_is_that_of_its_name(cls, ragged, loss):
    X, y = (make_ragged if ragged else make_problem)(cls)
    y = [np.cumsum(x, axis=0) for x in X] if ragged else y
    named, own = make(cls), clone(make(cls, loss=loss))
    for model in (named, own):
        model.fit(X, y, sample_weight=np.arange(40) % 3)
    np.testing.assert_array_equal(
        np.concatenate(own.predict(X)) if ragged else own.predict(X),
        np.concatenate(named.predict(X)) if ragged else named.predict(X),
    )
    assert own.history_["loss"] == named.history_["loss"]


@one_classifier
def test_a_loss_of_the_user_for_classes(cls):
    X, y = make_problem(cls)
    own = make(cls, loss=torch.nn.CrossEntropyLoss(reduction="none"), class_weight="balanced")
    assert same_weights(own.fit(X, y), make(cls, class_weight="balanced").fit(X, y))


@pytest.mark.parametrize("trainer", [None, Trainer(tbptt_steps=3)])
def test_a_loss_of_the_user_sees_no_padding(trainer):
    """Padding is 0, where this one is infinite."""
    X, _ = make_ragged(GRURegressor)
    y = [np.cumsum(x, axis=0) for x in X]
    first, second = (
        make(GRURegressor, loss=loss, early_stopping=True, trainer=trainer).fit(X, y)
        for loss in (relative, relative_of_nonzero)
    )
    assert same_weights(first, second)
    assert np.isfinite(first.history_["val_loss"]).all()


def test_a_loss_of_the_user_in_pickles():
    X, y = make_problem(GRURegressor)
    model = make(GRURegressor, loss=squares).fit(X, y)
    again = pickle.loads(pickle.dumps(model))
    assert again.loss is squares
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(model.set_params(loss=lambda output, target: squares(output, target)))


@one_of_each
@pytest.mark.parametrize(
    ("loss", "error", "text"),
    [
        (lambda o, t: o.sum(), ValueError, r"returned a tensor of shape \(\) for a target of"),
        (lambda o, t: 0 * t.double(), ValueError, "returned a tensor without gradient"),
        (lambda o, t: o.detach().numpy(), TypeError, "returned an object of type ndarray"),
        (lambda o, t: None, TypeError, "returned an object of type NoneType; return a torch"),
        (torch.nn.MSELoss, RuntimeError, "Boolean value of Tensor"),
    ],
)
def test_losses_of_the_user_that_are_none(cls, loss, error, text):
    X, y = make_problem(cls)
    model = make(cls).fit(X, y)
    before = vars(model).copy()
    with pytest.raises(error, match=text) as caught:
        model.set_params(loss=loss).fit(X, y)
    notes = " ".join(getattr(caught.value, "__notes__", []))
    assert "passed as loss" in f"{caught.value} {notes}"
    assert {**vars(model), "loss": None} == {**before, "loss": None}


def test_an_error_of_the_user_passes():
    class Own(Exception):
        pass

    def loss(output, target):
        raise Own("mine")

    with pytest.raises(Own, match="mine") as error:
        make(GRURegressor, loss=loss).fit(*make_problem(GRURegressor))
    assert error.value.__notes__ == ["Raised by the function that was passed as loss."]


@all_regressors
def test_errors_of_poisson(cls):
    X, y = make_problem(cls)
    model = make(cls, **POISSON)
    with pytest.raises(ValueError, match=r"^y has -[\d.]+, but loss='poisson' needs targets from"):
        model.fit(X, y)
    with pytest.raises(ValueError, match=r"X_val or y_val does not fit: y has -1, but loss="):
        model.fit(X, y**2, X_val=X[:2], y_val=[3.0, -1.0])
    with pytest.raises(ValueError, match="y has only zeros in column 1, but loss='poisson' needs"):
        model.fit(X, np.stack([X**2, 0 * X], axis=-1)[:, :, 0])
    model.fit(X, y**2)
    before = model.predict(X)
    model.set_params(loss="huber")
    np.testing.assert_array_equal(model.predict(X), before)
    with pytest.raises(ValueError, match="loss='huber' cannot continue the training"):
        model.partial_fit(X, y**2)
    model.fit(X, y)
    with pytest.raises(ValueError, match="loss='poisson' cannot continue the training"):
        model.set_params(loss="poisson", warm_start=True).fit(X, y**2)


def test_only_poisson_needs_positive_targets():
    tags = [get_tags(make(GRURegressor, **p)).target_tags for p in ({}, POISSON, UPPER)]
    assert [t.positive_only for t in tags] == [False, True, False]


@pytest.mark.parametrize(
    "params",
    [{"loss": "quantile"}, {"quantile": 0.5}, {"quantile": 0.5, "loss": squares}],
)
def test_a_level_belongs_to_quantiles(params):
    with pytest.raises(ValueError, match=r"quantile=.* does not suit loss=.*pass both a level and"):
        make(GRURegressor, **params).fit(*make_problem(GRURegressor))


def test_errors_of_label_smoothing():
    X, y = make_problem(LSTMClassifier)
    with pytest.raises(ValueError, match=r"label_smoothing=0\.1 does not change a loss of your"):
        make(LSTMClassifier, label_smoothing=0.1, loss=squares).fit(X, y)
    with pytest.raises(ValueError, match=r"The 'label_smoothing' parameter .*in the range"):
        make(LSTMClassifier, label_smoothing=1.0).fit(X, y)


@one_classifier
def test_smoothed_labels_bound_the_probabilities(cls):
    X, y = make_problem(cls)
    params = {"max_epochs": 150, "learning_rate": 0.03}
    plain, smooth = (
        make(cls, label_smoothing=s, **params).fit(X, y).predict_proba(X).max(axis=1)
        for s in (0.0, 0.2)
    )
    assert np.median(plain) > 0.98
    np.testing.assert_allclose(np.median(smooth), 0.9, atol=0.03)


@one_classifier
def test_the_focal_loss_is_content_with_less(cls):
    """Its probabilities are nearer to one another, and its classes right."""
    X, y = make_problem(cls)
    X = np.zeros_like(X)
    y = np.repeat(["rare", "common"], [10, 30])
    plain, focal = (
        make(cls, loss=loss, max_epochs=150).fit(X, y).predict_proba(X)[0]
        for loss in ("cross_entropy", "focal")
    )
    np.testing.assert_allclose(plain, [0.75, 0.25], atol=0.02)
    grid = np.linspace(0.01, 0.99, 981)
    expected = 0.75 * (1 - grid) ** 2 * -np.log(grid) + 0.25 * grid**2 * -np.log1p(-grid)
    assert focal[0] == pytest.approx(grid[expected.argmin()], abs=0.02)
