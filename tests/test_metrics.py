"""Scores for targets at every step."""

import pickle

import numpy as np
import pytest
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score
from sklearn.model_selection import cross_validate

from skrnn import RNNRegressor
from skrnn.metrics import sequence_scorer

RNG = np.random.default_rng(0)
TRUE, PREDICTED = RNG.normal(size=(2, 6, 5, 2))
LENGTHS = [3, 5, 1, 4, 2, 5]


class Given(RegressorMixin, BaseEstimator):
    """Predicts given values, whatever X is."""

    def __init__(self, prediction):
        self.prediction = prediction

    def predict(self, X):
        return self.prediction


def ragged(array, kind=list):
    sequences = [steps[:length] for steps, length in zip(array, LENGTHS, strict=True)]
    if kind is list:
        return sequences
    objects = np.empty(len(sequences), dtype=object)
    objects[:] = sequences
    return objects


METRICS = {
    "neg_mean_squared_error": lambda *args: -mean_squared_error(*args),
    "neg_mean_absolute_error": lambda *args: -mean_absolute_error(*args),
    "neg_root_mean_squared_error": lambda *args: (
        -np.sqrt(mean_squared_error(*args, multioutput="raw_values")).mean()
    ),
    "r2": r2_score,
}


@pytest.mark.parametrize("name", METRICS)
@pytest.mark.parametrize("step", [None, 0, -1])
def test_values(name, step):
    scorer, metric = sequence_scorer(name, step), METRICS[name]
    pick = slice(None) if step is None else [step]
    flat = (array[:, pick].reshape(-1, 2) for array in (TRUE, PREDICTED))
    assert scorer(Given(PREDICTED), None, TRUE) == pytest.approx(metric(*flat))
    flat = [np.concatenate([s[pick] for s in ragged(array)]) for array in (TRUE, PREDICTED)]
    for kind in (list, object):
        score = scorer(Given(ragged(PREDICTED)), None, ragged(TRUE, kind))
        assert score == pytest.approx(metric(*flat))


def test_targets_without_a_last_axis():
    scorer = sequence_scorer("r2")
    true, predicted = TRUE[..., 0], PREDICTED[..., 0]
    score = scorer(Given(ragged(predicted)), None, ragged(true))
    assert score == scorer(Given(ragged(PREDICTED[..., :1])), None, ragged(TRUE[..., :1]))


def test_weights_belong_to_sequences():
    scorer = sequence_scorer("neg_mean_squared_error")
    weights = np.array([1, 0, 2, 0, 0, 0])
    chosen = [0, 2, 2]
    expected = scorer(
        Given([ragged(PREDICTED)[i] for i in chosen]), None, [ragged(TRUE)[i] for i in chosen]
    )
    score = scorer(Given(ragged(PREDICTED)), None, ragged(TRUE), sample_weight=weights)
    assert score == pytest.approx(expected)


def test_repr_pickle_clone():
    scorer = sequence_scorer("r2", step=-1)
    assert repr(scorer) == "sequence_scorer('r2', step=-1)"
    assert repr(sequence_scorer("neg_max_error")) == "sequence_scorer('neg_max_error')"
    for other in (pickle.loads(pickle.dumps(scorer)), clone(scorer, safe=False)):
        assert other(Given(PREDICTED), None, TRUE) == scorer(Given(PREDICTED), None, TRUE)


def test_several_scores_at_once():
    X = RNG.normal(size=(40, 6, 1))
    y = np.cumsum(X, axis=1)
    scoring = {
        "all": sequence_scorer("r2"),
        "first": sequence_scorer("r2", 0),
        "last": sequence_scorer("r2", -1),
    }
    model = RNNRegressor(hidden_size=8, max_epochs=40, random_state=0)
    results = cross_validate(model, X, y, scoring=scoring, cv=2, return_estimator=True)
    assert results["test_all"].min() > 0.7
    expected = [model.score(X[i], y[i]) for model, i in _folds(results, 40)]
    np.testing.assert_allclose(results["test_all"], expected)
    assert not np.allclose(results["test_first"], results["test_last"])


def _folds(results, n):
    halves = np.arange(n // 2), np.arange(n // 2, n)
    return zip(results["estimator"], halves, strict=True)


@pytest.mark.parametrize("name", ["accuracy", "neg_log_loss", "rand_score", "mse", None])
def test_name_of_another_scorer(name):
    with pytest.raises(ValueError, match=f"name={name!r} is not a regression scorer; pass"):
        sequence_scorer(name)


@pytest.mark.parametrize("step", [0.5, "last", True])
def test_step_that_is_not_an_integer(step):
    with pytest.raises(ValueError, match=f"step={step!r} is not a step of a sequence; pass an int"):
        sequence_scorer("r2", step)


@pytest.mark.parametrize(
    ("step", "true", "predicted", "message"),
    [
        (None, TRUE[:, 0], PREDICTED, r"y has shape \(6, 2\), but .* needs one target per step"),
        (None, list(TRUE[0, 0]), PREDICTED, r"y has items of shape \[\(\)\], but"),
        (None, [], PREDICTED, r"y has items of shape \[\], but"),
        (None, TRUE, PREDICTED[:, 0], r"The prediction has shape \(6, 2\), but"),
        (None, TRUE, PREDICTED[:3], "y has 6 sequences, but the prediction has 3"),
        (
            None,
            TRUE,
            PREDICTED[:, :4],
            r"y has shape \(5, 2\) in sequence 0, but the prediction \(4, 2\); pass",
        ),
        (-1, TRUE[:, :4], PREDICTED, r"y has shape \(4, 2\) in sequence 0, but the prediction \(5"),
        (2, ragged(TRUE), ragged(PREDICTED), "step=2 is out of range for sequence 2, which has 1"),
        (-2, ragged(TRUE), ragged(PREDICTED), "step=-2 is out of range for sequence 2"),
        (None, TRUE * 1e300, PREDICTED, r"y has a value of size .*e\+300, whose square overflows"),
    ],
)
def test_errors_of_scoring(step, true, predicted, message):
    with pytest.raises(ValueError, match=message):
        sequence_scorer("r2", step)(Given(predicted), None, true)
