"""What a user reads when an argument is wrong."""

import re
from functools import cache

import numpy as np
import pytest
import torch
from estimators.cases import (
    CLASSIFIERS,
    ESTIMATORS,
    make,
    make_problem,
    one_classifier,
    one_of_each,
    one_regressor,
    settings_of,
)
from sklearn.exceptions import NotFittedError

from skrnn import (
    LSTMClassifier,
    LSTMRegressor,
    RNNRegressor,
    Seq2SeqRegressor,
    Trainer,
    TransformerRegressor,
    WaveNetRegressor,
)

LIST = [np.zeros((3, 2)), np.zeros((4, 2))]


@cache
def fitted(cls, **params):
    """Return an estimator that the tests only make predict."""
    return make(cls, **params).fit(*make_problem(cls))


def raises(text, error=ValueError):
    return pytest.raises(error, match=re.escape(text))


PARAMETERS = {
    "hidden_size": (0, "an int in the range [1, inf)"),
    "n_layers": (1.5, "an int in the range [1, inf)"),
    "dropout": (1.0, "a float in the range [0.0, 1.0)"),
    "pooling": ("max", "a str among {'"),
    "n_channels": (0, "an int in the range [1, inf)"),
    "learning_rate": (0.0, "a float in the range (0.0, inf)"),
    "batch_size": ("all", "a str among {'auto'}"),
    "max_epochs": (-1, "a str among {'auto'}"),
    "early_stopping": ("auto", "an instance of 'bool'"),
    "validation_fraction": (1.0, "a float in the range (0.0, 1.0)"),
    "n_iter_no_change": (0, "an int in the range [1, inf)"),
    "refit": ("yes", "an instance of 'bool'"),
    "warm_start": ("yes", "an instance of 'bool'"),
    "trainer": ({"optimizer": "adam"}, "an instance of Trainer"),
    "random_state": ("seed", "an instance of 'numpy.random.mtrand.RandomState'"),
    "verbose": (-1, "an int in the range [0, inf)"),
}


@pytest.mark.parametrize(
    ("cls", "name"),
    [(cls, name) for cls in ESTIMATORS for name in settings_of(cls, PARAMETERS)],
)
def test_parameters(cls, name):
    value, needed = PARAMETERS[name]
    model, (X, y) = make(cls, **{name: value}), make_problem(cls)
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match=f"The '{name}' parameter of {cls.__name__}") as error:
            method(X, y)
        assert needed in str(error.value)
        assert f"Got {value!r}" in str(error.value)


@pytest.mark.parametrize(
    ("cls", "name", "value", "needed"),
    [
        (LSTMRegressor, "loss", "mse", "'squared_error'"),
        (LSTMClassifier, "class_weight", "even", "'balanced'"),
        (RNNRegressor, "recurrence", "irnn", "instance of Recurrence"),
        (LSTMRegressor, "bidirectional", "yes", "'bool'"),
    ],
)
def test_parameters_of_some(cls, name, value, needed):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of {cls.__name__} .*{needed}"):
        make(cls, **{name: value}).fit(*make_problem(cls))


@pytest.mark.parametrize("weight", [-1.0, np.nan, np.inf, 10**400, 1e300, "one", None])
def test_weights_of_classes(weight):
    X, y = make_problem(LSTMClassifier)
    model = make(LSTMClassifier, class_weight={"up": weight, "down": 1.0})
    for method in (model.fit, model.partial_fit):
        with raises(f"class_weight['up'] is {weight!r}; the weight of a class is a number from"):
            method(X, y)
    with raises("class_weight={'up': 0, 'down': 0} is 0 for all labels of the training data"):
        model.set_params(class_weight={"up": 0, "down": 0}).fit(X, y)
    up = np.array(y) == "up"
    with raises("is 0 for all labels of the training data, or of the validation data, ['up']; "):
        model.set_params(class_weight={"up": 0}).fit(X, y, X_val=X[up], y_val=y[up])


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (LSTMRegressor, "n_layers"),
        (LSTMRegressor, "hidden_size"),
        (LSTMRegressor, "stem__kernel_size"),
        (TransformerRegressor, "feedforward_size"),
        (WaveNetRegressor, "n_layers"),
        (WaveNetRegressor, "n_blocks"),
        (WaveNetRegressor, "kernel_size"),
        (Seq2SeqRegressor, "n_layers"),
    ],
)
@pytest.mark.parametrize("value", [10**8, 10**30])
def test_networks_without_end(cls, name, value):
    field = name.rpartition("__")[2]
    with pytest.raises(ValueError, match=f"{field}={value}.*( is too large| are not kept)"):
        make(cls, **{name: value}).fit(*make_problem(cls))


def test_a_network_larger_than_memory():
    with raises("The network would have 14,400,540,001 weights, and at most 1,073,741,824 are"):
        make(LSTMRegressor, hidden_size=60_000).fit(*make_problem(LSTMRegressor, c=1))


TRAINERS = {
    "optimizer": ("rmsprop", "'sgd'"),
    "schedule": ("cosine", "'one_cycle'"),
    "weight_decay": (-0.1, "[0.0, inf)"),
    "clip_norm": (0, "(0.0, inf)"),
    "device": (0, "'str'"),
    "precision": ("float16", "'float64'"),
    "callback": ("print", "callable"),
    "checkpoint_dir": (0, "'str'"),
}


@one_of_each
@pytest.mark.parametrize("name", TRAINERS)
def test_parameters_of_the_trainer(cls, name):
    value, needed = TRAINERS[name]
    model = make(cls, trainer=Trainer(**{name: value}))
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match=f"The '{name}' parameter of Trainer") as error:
            method(*make_problem(cls))
        assert needed in str(error.value)


INPUTS = {
    "empty": (np.zeros((0, 6, 2)), "Found array with 0 sample(s)"),
    "empty, 2-D": (np.zeros((0, 6)), "Found array with 0 sample(s)"),
    "no list entry": ([], "Expected 2D array, got 1D array instead"),
    "one-dimensional": (np.zeros(6), "Expected 2D array, got 1D array instead"),
    "objects that are numbers": (np.zeros(6, dtype=object), "Expected 2D array, got 1D"),
    "four-dimensional": (
        np.zeros((2, 3, 4, 5)),
        "X has shape (2, 3, 4, 5); pass an array of shape (n_samples, n_timesteps, n_channels) "
        "with at least one step of at least one channel, or a 2-D array, or a list of sequences.",
    ),
    "no steps": (np.zeros((2, 0, 3)), "X has shape (2, 0, 3); pass an array of shape"),
    "no channels": (np.zeros((2, 3, 0)), "X has shape (2, 3, 0); pass an array of shape"),
    "no steps, 2-D": (np.zeros((2, 0)), "Found array with 0 feature(s)"),
    "a sequence without steps": (
        [np.zeros((3, 2)), np.zeros((0, 2))],
        "X[1] has shape (0, 2); every array of a list needs the shape (n_timesteps >= 1, 2), or "
        "(n_timesteps,), with as many columns in all of them.",
    ),
    "sequences of unequal channels": (
        [np.zeros((3, 2)), np.zeros((3, 4))],
        "X[1] has shape (3, 4); every array of a list needs the shape (n_timesteps >= 1, 2)",
    ),
    "sequences of no channels": ([np.zeros((3, 0)), np.zeros((2, 0))], "X[0] has shape (3, 0)"),
    "a number among sequences": ([np.zeros(3), 5.0], "X[1] has shape ()"),
    "an array among sequences": ([np.zeros(3), np.zeros((2, 2, 2))], "X[1] has shape (2, 2, 2)"),
    "NaN": (np.full((4, 3, 2), np.nan), "Input X contains NaN"),
    "infinity": (np.full((4, 3, 2), np.inf), "Input X contains infinity"),
    "NaN, 2-D": (np.full((4, 4), np.nan), "Input X contains NaN"),
    "NaN in a list": ([np.zeros((3, 2)), np.full((2, 2), np.nan)], "Input X contains NaN"),
    "strings": (np.full((4, 3, 2), "a"), "could not convert string to float"),
    "strings in a list": ([[["a"]], [["b"], ["c"]]], "could not convert string to float"),
    "complex": (np.zeros((4, 3, 2), dtype=complex), "Complex data not supported"),
    "dates": (np.zeros((4, 3, 2), dtype="M8[D]"), "X has values of type datetime64[D]"),
    "dates in a list": (
        [np.zeros((3, 2)), np.zeros((2, 2), dtype="M8[D]")],
        "X[1] has values of type datetime64[D]",
    ),
    "masked": (np.ma.array(np.zeros((4, 3, 2)), mask=True), "X has masked values"),
    "records": (np.zeros((4, 3), dtype="f8,f8"), "X has values of type [('f0', '<f8')"),
    "no values": (torch.zeros(4, 3, 2, device="meta"), "X is not valid: can't convert meta device"),
    "gradients": (torch.zeros(4, 3, requires_grad=True), "X is not valid: Can't call numpy()"),
    "a dict": ({0: 1.0}, "X is of type dict; pass an array or a list."),
    "wide and not a multiple": (np.zeros((4, 7)), "X has 7 columns, which is not a multiple of "),
}


@one_of_each
@pytest.mark.parametrize(("X", "text"), INPUTS.values(), ids=INPUTS)
def test_inputs(cls, X, text):
    y = np.arange(len(X)) % 2 if cls in CLASSIFIERS else np.zeros(len(X))
    model = make(cls, n_channels=2)
    with raises(text, (TypeError, ValueError)):
        model.fit(X, y)
    with raises(text, (TypeError, ValueError)):
        fitted(cls, n_channels=2).predict(X)


@one_of_each
def test_columns_and_channels(cls):
    with raises(
        "X has 7 columns, which is not a multiple of n_channels=2; pass n_timesteps * n_channels "
        "columns, or an array of shape (n_samples, n_timesteps, n_channels)."
    ):
        make(cls, n_channels=2).fit(np.zeros((4, 7)), np.arange(4) % 2)
    model = fitted(cls)
    for X in (np.zeros((5, 6, 3)), [np.zeros((2, 3)), np.zeros((4, 3))]):
        with raises(
            f"X has 3 channels, but {cls.__name__} was fitted with 2; the last axis of "
            "(n_samples, n_timesteps, n_channels) has to agree."
        ):
            model.predict(X)
    flat = make(cls).fit(np.arange(24.0).reshape(4, 6), np.arange(4) % 2)
    with raises("X has 5 features, but"):
        flat.predict(np.zeros((4, 5)))


@one_of_each
@pytest.mark.parametrize("method", ["predict", "score"])
def test_unfitted(cls, method):
    X, y = make_problem(cls)
    arguments = (X, y) if method == "score" else (X,)
    with raises(f"This {cls.__name__} instance is not fitted yet", NotFittedError):
        getattr(cls(), method)(*arguments)


@one_of_each
def test_lengths_of_targets_and_weights(cls):
    X, y = make_problem(cls)
    with raises("Found input variables with inconsistent numbers of samples: [40, 39]"):
        make(cls).fit(X, y[:-1])
    with raises("requires y to be passed, but the target y is None"):
        make(cls).fit(X, None)
    for weight, text in [
        (np.ones(39), "sample_weight.shape == (39,), expected (40,)"),
        (np.zeros(40), "zero"),
        (-np.ones(40), "Negative values in data passed to `sample_weight`"),
        (np.full(40, np.nan), "sample_weight contains NaN"),
        (np.full(40, 1e308), "sample_weight has the value 1e+308; pass numbers from 0 to 1e+100."),
    ]:
        with raises(text):
            make(cls).fit(X, y, sample_weight=weight)


@one_of_each
def test_validation_data(cls):
    X, y = make_problem(cls)
    for arguments in ({"X_val": X}, {"y_val": y}):
        with raises("X_val and y_val have to be passed together."):
            make(cls).fit(X, y, **arguments)
    with raises(f"X_val or y_val does not fit: X has 1 channels, but {cls.__name__} was fitted"):
        make(cls).fit(X, y, X_val=X[:, :, :1], y_val=y)
    with raises("X_val or y_val does not fit: y is not valid: Found input variables with incons"):
        make(cls).fit(X, y, X_val=X, y_val=y[:3])
    with raises(
        "early_stopping=True needs at least 2 samples to set one aside, but got 1; pass X_val and "
        "y_val, or early_stopping=False."
    ):
        make(cls, early_stopping=True).fit(X[:1], y[:1])


PER_STEP = np.zeros((40, 6, 1))
TARGETS = {
    "NaN": (np.full(40, np.nan), "Input y contains NaN"),
    "infinity": (np.full(40, np.inf), "Input y contains infinity"),
    "strings": (np.full(40, "a"), "y is not valid: could not convert string to float"),
    "dates": (np.zeros(40, dtype="M8[s]"), "y has values of type datetime64[s]"),
    "masked": (np.ma.array(np.zeros(40), mask=True), "y has masked values"),
    "no columns": (np.zeros((40, 0)), "y has shape (40, 0); pass (n_samples,)"),
    "four-dimensional": (
        np.zeros((40, 6, 2, 2)),
        "y has shape (40, 6, 2, 2); pass (n_samples,) or (n_samples, k) for one target per "
        "sequence, or (n_samples, n_timesteps, k) for one per step.",
    ),
    "other steps": (
        PER_STEP[:, :5],
        "y[0] has 5 steps, but X[0] has 6; a target per step needs as many steps as its sequence.",
    ),
    "other steps in a list": (
        [*PER_STEP[:-1], PER_STEP[-1, :2]],
        "y[39] has 2 steps, but X[39] has 6",
    ),
    "unequal columns": (
        [*PER_STEP[:-1], np.zeros((6, 2))],
        "y[39] has shape (6, 2); every array of a list needs the shape (n_timesteps >= 1, 1)",
    ),
    "too few": (PER_STEP[:-1], "Found input variables with inconsistent numbers of samples"),
}


@one_regressor
@pytest.mark.parametrize(("y", "text"), TARGETS.values(), ids=TARGETS)
def test_targets_of_regressors(cls, y, text):
    X, _ = make_problem(cls)
    for method in (make(cls).fit, fitted(cls).score):
        with raises(text, (TypeError, ValueError)):
            method(X, y)


@one_regressor
def test_targets_of_another_form_than_before(cls):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True).fit(X, y)
    rest = f"{cls.__name__} was fitted with 1 target per sequence; pass targets of that form"
    for method in (model.fit, model.partial_fit):
        with raises(f"y has 2 targets per sequence, but {rest}, or train a new estimator."):
            method(X, np.stack([y, y], axis=1))
        with raises(f"y has 1 target per step, but {rest}"):
            method(X, PER_STEP)


@one_classifier
def test_labels(cls):
    X, y = make_problem(cls)
    with raises("Unknown label type: continuous"):
        make(cls).fit(X, np.linspace(0, 1, 40))
    for value, text in [(np.nan, "Input y contains NaN"), (np.inf, "Input y contains infinity")]:
        with raises(text):
            make(cls).fit(X, np.where(np.arange(40) > 30, value, 1.0))
    for labels in (PER_STEP.astype(int), [[0, 1], [1, 1, 0]] * 20):
        with raises("y has more than one label per sequence; pass an array of shape (n_samples,)."):
            make(cls).fit(X, labels)
    with raises("y has shape (40, 2) and values other than 0 and 1; pass one label per sequence"):
        make(cls).fit(X, np.stack([y, y], axis=1))
    model = make(cls, warm_start=True).fit(X, y)
    for method in (model.fit, model.partial_fit):
        with raises(
            "y has the label 'sideways', which is not among the classes ['down', 'up']; pass all "
            "classes to the first partial_fit, or train a new estimator."
        ):
            method(X, np.where(np.arange(40) < 2, "sideways", y))
    with raises("X_val or y_val does not fit: y has the label 'sideways'"):
        make(cls).fit(X, y, X_val=X[:2], y_val=["sideways", "up"])


@one_regressor
def test_diverging_training(cls):
    X, y = make_problem(cls)
    model = make(cls, learning_rate=1e30, trainer=Trainer(optimizer="sgd", clip_norm=None))
    with raises("lower learning_rate, and keep Trainer(clip_norm=1.0), the default."):
        model.fit(X, y)


def test_scores_of_labels():
    X, y = make_problem(LSTMClassifier)
    model = fitted(LSTMClassifier)
    assert model.score(X, y) == np.mean(model.predict(X) == y)
    weight = np.arange(40) % 3
    right = np.average(model.predict(X) == y, weights=weight)
    assert model.score(X, y, sample_weight=weight) == pytest.approx(right)
    for arguments, text in [
        ({"y": y[1:]}, "y is not valid: Found input variables with inconsistent numbers"),
        ({"y": y, "sample_weight": -np.ones(40)}, "Negative values in data passed to `sample_w"),
        ({"y": np.zeros(40, dtype="f8,f8")}, "y has values of type"),
    ]:
        with raises(text, (TypeError, ValueError)):
            model.score(X, **arguments)


def test_a_score_of_huge_targets_is_finite():
    X, y = make_problem(LSTMRegressor)
    score = fitted(LSTMRegressor).score(X, np.where(np.arange(40) == 3, 1e300, y))
    assert score == pytest.approx(-1 / 39, abs=1e-6)
    far = np.where(np.arange(40) == 3, 1e-300, 0.0)
    assert np.isfinite(fitted(LSTMRegressor).score(X, far))


def test_flags_and_counts():
    X, y = make_problem(LSTMRegressor)
    model = make(LSTMRegressor, dropout=0.2).fit(X, y)
    with raises("return_std='no' is of type str; pass True or False."):
        model.predict(X, return_std="no")
    with raises("mc_samples=True is of type bool; pass an int."):
        model.predict(X, return_std=True, mc_samples=True)
