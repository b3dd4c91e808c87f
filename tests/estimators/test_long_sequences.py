"""Convolutions that classifiers put before long sequences."""

import numpy as np
import pytest
from estimators.cases import SHORT, make_problem, output
from selection import mainly

from skrnn import (
    Convolution,
    GRUClassifier,
    LSTMClassifier,
    RNNClassifier,
    Trainer,
    TransformerClassifier,
    WaveNetClassifier,
)

CLASSIFIERS = [
    RNNClassifier,
    LSTMClassifier,
    GRUClassifier,
    WaveNetClassifier,
    TransformerClassifier,
]
classifiers = pytest.mark.parametrize("cls", CLASSIFIERS)
one_classifier = pytest.mark.parametrize("cls", mainly([LSTMClassifier], CLASSIFIERS))


def fit(cls, t, n=20, **params):
    X, y = make_problem(cls, n=n, t=t)
    return cls(**{**SHORT, "max_epochs": 1, **params}).fit(X, y), X


def encoder_of(model):
    return model.network_spec_.encoder


@classifiers
def test_sequences_of_more_than_64_steps_are_convolved(cls):
    model, _ = fit(cls, 65)
    stem = encoder_of(model).stem
    assert (stem.kind, stem.settings["stride"]) == ("fully_convolutional", 2)
    assert encoder_of(model).settings["pooling"] == "mean"
    assert encoder_of(model).settings.get("bidirectional", True)


@classifiers
def test_shorter_sequences_are_read_by_the_network_alone(cls):
    model, X = fit(cls, 64)
    alone, _ = fit(cls, 64, stem=None)
    assert encoder_of(model).stem is None
    np.testing.assert_array_equal(output(model, X), output(alone, X))


@pytest.mark.parametrize(("t", "stride"), [(65, 2), (128, 2), (129, 3)])
def test_at_most_64_steps_remain(t, stride):
    assert encoder_of(fit(LSTMClassifier, t)[0]).stem.settings["stride"] == stride


def test_the_longest_training_sequence_counts():
    X, y = make_problem(LSTMClassifier, t=8)
    model = LSTMClassifier(**SHORT).fit([*X[:-1], np.zeros((70, 2))], y)
    assert encoder_of(model).stem is not None
    assert len(model.predict(X)) == len(X)


@pytest.mark.parametrize(
    "params",
    [{"stem": None}, {"stem": Convolution(kernel_size=4)}, {"trainer": Trainer(tbptt_steps=20)}],
)
def test_the_network_of_the_textbook_is_one_parameter_away(params):
    settings = encoder_of(fit(LSTMClassifier, 70, **params)[0]).settings
    assert (settings["pooling"], settings["bidirectional"]) == ("last", False)


def test_what_is_set_stays():
    model, _ = fit(GRUClassifier, 70, pooling="attention", bidirectional=False, batch_size=5)
    settings = encoder_of(model).settings
    assert (settings["pooling"], settings["bidirectional"]) == ("attention", False)
    assert encoder_of(model).stem is not None


@classifiers
def test_steps_need_the_network_alone(cls):
    model, X = fit(cls, 70)
    with pytest.raises(ValueError, match="stem=None"):
        model.predict_step(X[:, 0])


@one_classifier
def test_neither_padding_nor_other_rows_change_a_prediction(cls):
    X, y = make_problem(cls, n=37, t=70)
    ragged = [x[: 34 + i] for i, x in enumerate(X)]
    model = cls(**SHORT).fit(ragged, y)
    everything = output(model, ragged)
    for rows in ([0], [5, 3], range(20)):
        np.testing.assert_array_equal(
            output(model, [ragged[i] for i in rows]), everything[list(rows)]
        )


def test_layers_of_wavenet_see_the_steps_that_remain():
    assert fit(WaveNetClassifier, 128)[0].receptive_field_ == 64
    with pytest.warns(UserWarning, match="see 128 steps, .* has 64 after the stem"):
        fit(WaveNetClassifier, 128, n_layers=7)
