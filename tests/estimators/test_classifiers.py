"""Classifiers: labels, probabilities, weights of classes."""

import numpy as np
import pytest
from estimators.cases import (
    CLASSIFIERS,
    RECURRENT_CLASSIFIERS,
    assert_close_weights,
    in_float64,
    make,
    make_problem,
    make_ragged,
    one_classifier,
    settings_of,
)
from selection import mainly
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import cross_val_score


def shapes_in_noise(n=120, t=24):
    """Return series with a ramp, a bell or a box somewhere (after Saito, 1994)."""
    rng = np.random.default_rng(0)
    label = rng.choice(["bell", "box", "funnel"], size=n)
    X = rng.normal(scale=0.5, size=(n, t))
    for row, name in zip(X, label, strict=True):
        start, length = rng.integers(1, 8), rng.integers(8, 16)
        rise = np.linspace(0, 1, length)
        row[start : start + length] += 4 * {"bell": rise, "box": 0.5, "funnel": rise[::-1]}[name]
    return X, label


@pytest.mark.parametrize("cls", mainly(RECURRENT_CLASSIFIERS, CLASSIFIERS[:-1]))
def test_learns_by_default(cls):
    X, y = shapes_in_noise()
    params = {"pooling": "mean", "bidirectional": True}
    scores = cross_val_score(cls(random_state=0, **settings_of(cls, params)), X, y, cv=3)
    dummy = cross_val_score(DummyClassifier(), X, y, cv=3)
    assert scores.min() > 0.75 > dummy.max()


@one_classifier
@pytest.mark.parametrize("problem", [make_problem, make_ragged])
@pytest.mark.parametrize(
    "labels", [["down", "up"], [False, True], [7, -3], [2.0, 1.0], np.array(["a", "bb"], object)]
)
def test_labels_come_back(cls, problem, labels):
    X, y = problem(cls)
    y = np.where(y == "up", labels[1], labels[0])
    model = make(cls, max_epochs=80, learning_rate=0.03).fit(X, y)
    np.testing.assert_array_equal(model.classes_, np.unique(y))
    predicted, proba = model.predict(X), model.predict_proba(X)
    assert predicted.dtype == y.dtype
    assert np.mean(predicted == y) > 0.9
    assert proba.shape == (40, 2)
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    assert proba.min() > 0
    np.testing.assert_array_equal(model.classes_[proba.argmax(axis=1)], predicted)
    assert model.score(X, y) == np.mean(predicted == y)


@one_classifier
def test_one_class(cls):
    X, _ = make_problem(cls)
    model = make(cls, early_stopping=True).fit(X, ["only"] * 40)
    assert model.predict(X).tolist() == ["only"] * 40
    assert (model.predict_proba(X) == 1).all()


def unbalanced(cls):
    X, _ = make_problem(cls)
    return X, np.repeat(["rare", "common"], [10, 30])


@one_classifier
def test_weights_of_classes_are_weights_of_rows(cls):
    X, y = unbalanced(cls)
    # Weights of rows would also enter the scaling of the inputs; of these they change nothing.
    X = np.sign(np.concatenate([X, -X]))
    y = np.concatenate([y, y])
    given = {"rare": 2.0, "common": 2 / 3}
    balanced, by_class, by_row = (
        in_float64(cls, max_epochs=15, class_weight=c) for c in ("balanced", given, None)
    )
    by_row.fit(X, y, sample_weight=np.array([given[label] for label in y]))
    assert_close_weights(balanced.fit(X, y), by_row)
    assert_close_weights(by_class.fit(X, y), by_row)
    even = in_float64(cls, max_epochs=15).fit(X, y)
    assert not np.allclose(even.predict_proba(X), by_row.predict_proba(X), rtol=1e-3)


@one_classifier
def test_balanced_counts_rows_by_their_weight(cls):
    X, y = unbalanced(cls)
    weight = np.where(y == "rare", 3.0, 1.0)
    balanced = in_float64(cls, max_epochs=15, class_weight="balanced")
    even = in_float64(cls, max_epochs=15).fit(X, y, sample_weight=weight)
    assert_close_weights(balanced.fit(X, y, sample_weight=weight), even)


@one_classifier
def test_weights_of_classes_move_the_decision(cls):
    X, y = unbalanced(cls)
    X = np.zeros_like(X)
    plain = make(cls, max_epochs=150).fit(X, y).predict_proba(X)[0]
    balanced = make(cls, max_epochs=150, class_weight="balanced").fit(X, y).predict_proba(X)[0]
    np.testing.assert_allclose(plain, [0.75, 0.25], atol=0.02)
    np.testing.assert_allclose(balanced, [0.5, 0.5], atol=0.02)


@one_classifier
def test_weights_of_classes_in_a_training_that_continues(cls):
    """They are those of the parameter now, also for labels that were absent at first."""
    X, y = unbalanced(cls)
    first = in_float64(cls).partial_fit(X[10:], y[10:], classes=np.unique(y))
    second = in_float64(cls, class_weight={"rare": 5.5}).partial_fit(
        X[10:], y[10:], classes=np.unique(y)
    )
    assert_close_weights(first, second)
    weight = np.where(y == "rare", 5.5, 1.0)
    first.partial_fit(X, y, sample_weight=weight)
    assert_close_weights(first, second.partial_fit(X, y))


@one_classifier
def test_a_class_without_weight_is_absent(cls):
    X, y = unbalanced(cls)
    model = make(cls).fit(X, y, sample_weight=(y == "common").astype(int))
    assert model.classes_.tolist() == ["common"]
