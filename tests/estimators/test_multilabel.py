"""Classifiers of sequences that have any number of labels."""

import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.metrics import accuracy_score
from sklearn.model_selection import cross_val_score
from torch.nn import functional

from skrnn import GRUClassifier
from skrnn.training import MULTILABEL_LOSSES


@pytest.fixture(scope="module")
def data():
    """Sequences (60, 8, 2) whose three labels depend on their channels."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 8, 2))
    means = X.mean(axis=1)
    Y = np.column_stack([means[:, 0] > 0, means[:, 1] > 0, X[:, -1, 0] > 0.5])
    return X, Y.astype(int)


@pytest.fixture(scope="module")
def fitted(data):
    return GRUClassifier(random_state=0).fit(*data)


def test_labels_are_learned_apart_from_each_other(data, fitted):
    X, Y = data
    proba = fitted.predict_proba(X)
    assert proba.shape == Y.shape
    assert np.ptp(proba.sum(axis=1)) > 1  # they do not sum to 1
    np.testing.assert_array_equal(fitted.predict(X), proba > 0.5)
    np.testing.assert_array_equal(fitted.classes_, [0, 1, 2])
    assert fitted.score(X, Y) > 0.9


def test_score_is_the_accuracy_of_all_labels(data, fitted):
    X, Y = data
    Y = Y.copy()
    Y[::4, 1] ^= 1
    expected = accuracy_score(Y, fitted.predict(X))
    assert fitted.score(X, Y) == expected < 0.9


@pytest.mark.parametrize(
    "form",
    [np.ndarray.tolist, list, csr_array, pd.DataFrame, lambda Y: Y.astype(bool)],
    ids=["lists", "arrays", "sparse", "frame", "bool"],
)
def test_forms_of_the_matrix(data, form):
    X, Y = data
    model = GRUClassifier(max_epochs=2, random_state=0)
    expected = clone(model).fit(X, Y).predict_proba(X)
    np.testing.assert_array_equal(clone(model).fit(X, form(Y)).predict_proba(X), expected)


def test_cross_validation(data):
    scores = cross_val_score(GRUClassifier(max_epochs=30, random_state=0), *data, cv=2)
    assert (scores > 0.3).all()  # by chance 1/8


def test_losses():
    logits = torch.tensor([[2.0, -1.0], [0.5, 3.0]], dtype=torch.float64)
    labels = torch.tensor([[1.0, 0.0], [1.0, 1.0]], dtype=torch.float64)
    p = torch.where(labels > 0, logits.sigmoid(), 1 - logits.sigmoid())
    plain, focal = MULTILABEL_LOSSES["cross_entropy"], MULTILABEL_LOSSES["focal"]
    torch.testing.assert_close(plain(logits, labels), -p.log().mean(dim=1))
    torch.testing.assert_close(focal(logits, labels), -((1 - p) ** 2 * p.log()).mean(dim=1))
    smoothed = plain(logits, labels, label_smoothing=0.2)
    expected = functional.binary_cross_entropy_with_logits(
        logits, 0.8 * labels + 0.1, reduction="none"
    )
    torch.testing.assert_close(smoothed, expected.mean(dim=1))


def test_a_loss_of_the_user(data):
    X, Y = data

    def loss(output, target):
        return functional.binary_cross_entropy_with_logits(output, target, reduction="none")

    settings = {"max_epochs": 2, "random_state": 0}
    own = GRUClassifier(loss=loss, **settings).fit(X, Y)
    np.testing.assert_allclose(
        own.predict_proba(X), GRUClassifier(**settings).fit(X, Y).predict_proba(X), rtol=1e-5
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda Y: 2 * Y, "values other than 0 and 1"),
        (lambda Y: np.where(Y, "yes", "no"), "values other than 0 and 1"),
        (lambda Y: np.where(Y, 1, np.nan), "NaN"),
        (lambda Y: Y[:-1], "inconsistent numbers of samples"),
    ],
)
def test_matrices_that_are_refused(data, change, message):
    X, Y = data
    with pytest.raises(ValueError, match=message):
        GRUClassifier().fit(X, change(Y))


def test_class_weight_is_for_one_label(data):
    with pytest.raises(ValueError, match=r"class_weight='balanced' is for one label .* 3 columns"):
        GRUClassifier(class_weight="balanced").fit(*data)


def test_later_calls_have_the_same_labels(data):
    X, Y = data
    model = GRUClassifier(random_state=0).partial_fit(X, Y)
    with pytest.raises(ValueError, match="one label per sequence, but the training data had 3"):
        model.partial_fit(X, Y[:, 0])
    with pytest.raises(ValueError, match="2 columns of labels, but the training data had 3"):
        model.partial_fit(X, Y[:, :2])
    with pytest.raises(ValueError, match=r"classes=\[0, 1\] is for one label"):
        GRUClassifier().partial_fit(X, Y, classes=[0, 1])
    single = GRUClassifier(random_state=0).partial_fit(X, Y[:, 0])
    with pytest.raises(ValueError, match="3 columns of labels, but the training data had 1"):
        single.partial_fit(X, Y)
    assert model.partial_fit(X, Y).n_iter_ == 2
