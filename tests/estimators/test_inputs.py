"""The forms that sequences and targets come in."""

import numpy as np
import pandas as pd
import pytest
from estimators.cases import (
    CLASSIFIERS,
    ESTIMATORS,
    make,
    make_problem,
    one_of_each,
    output,
)

from skrnn import GRURegressor
from skrnn.estimators._inputs import read_sequences

estimators = pytest.mark.parametrize("cls", ESTIMATORS)


def objects(arrays):
    array = np.empty(len(arrays), dtype=object)
    array[:] = list(arrays)
    return array


def read_only(X):
    X = X.copy()
    X.flags.writeable = False
    return X


FORMS = {
    "list": list,
    "tuple": tuple,
    "object array": objects,
    "nested lists": lambda X: X.tolist(),
    "list of lists": lambda X: [x.tolist() for x in X],
    "Series of arrays": lambda X: pd.Series(list(X), index=range(7, 7 + len(X))),
    "list of frames": lambda X: [pd.DataFrame(x) for x in X],
    "Fortran order": np.asfortranarray,
    "negative strides": lambda X: X[::-1].copy()[::-1],
    "read-only": read_only,
    "object dtype": lambda X: X.astype(object),
}
FLAT_FORMS = {
    "array": lambda X: X,
    "frame": pd.DataFrame,
    "nested lists": lambda X: X.tolist(),
    "3-D": lambda X: X[:, :, None],
    "list of columns": lambda X: [x[:, None] for x in X],
    "object array": lambda X: objects([x[:, None] for x in X]),
}


def reading(X):
    """Return the estimator that has read the sequences, their values, and where each begins."""
    model = make(GRURegressor)
    sequences = read_sequences(model, X, reset=True)
    return model, sequences.values, sequences.offsets


def assert_read_alike(first, second):
    (_, values, offsets), (_, expected, where) = reading(first), reading(second)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(offsets, where)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_forms_of_many_channels(form):
    X, _ = make_problem(GRURegressor)
    assert_read_alike(form(X), X)
    model, values, _ = reading(form(X))
    np.testing.assert_array_equal(values, X.reshape(-1, 2))
    assert model.n_channels_in_ == 2
    assert not hasattr(model, "n_features_in_")


@pytest.mark.parametrize("form", FLAT_FORMS.values(), ids=FLAT_FORMS)
def test_forms_of_one_channel(form):
    X, _ = make_problem(GRURegressor, c=1)
    X = X[:, :, 0]
    assert_read_alike(form(X), X)
    assert reading(form(X))[0].n_channels_in_ == 1
    assert reading(X)[0].n_features_in_ == 6


@one_of_each
def test_any_form_is_fitted(cls):
    X, y = make_problem(cls)
    expected = make(cls).fit(X, y)
    for form in (list, objects):
        np.testing.assert_array_equal(output(make(cls).fit(form(X), y), X), output(expected, X))
        np.testing.assert_array_equal(output(expected, form(X)), output(expected, X))


@one_of_each
def test_flattened_channels(cls):
    X, y = make_problem(cls)
    expected = output(make(cls).fit(X, y), X)
    model = make(cls, n_channels=2).fit(X.reshape(40, -1), y)
    np.testing.assert_array_equal(output(model, X.reshape(40, -1)), expected)
    np.testing.assert_array_equal(output(model, X), expected)
    assert (model.n_features_in_, model.n_channels_in_) == (12, 2)


def test_ragged_forms():
    rng = np.random.default_rng(0)
    X = [rng.normal(size=n) for n in rng.integers(1, 9, size=40)]
    for form in (X, [x.tolist() for x in X], objects(X), tuple(X)):
        assert_read_alike(form, [x[:, None] for x in X])


@estimators
def test_other_lengths_than_in_training(cls):
    X, y = make_problem(cls)
    model = make(cls).fit(X, y)
    for length in (1, 3, 11):
        other = np.random.default_rng(1).normal(size=(7, length, 2))
        expected = np.concatenate([output(model, [x]) for x in other])
        np.testing.assert_array_equal(output(model, other), expected)
        assert np.isfinite(expected).all()
    # What "last" reads depends on the whole sequence, so a prefix changes the prediction.
    longer = np.concatenate([np.ones((40, 4, 2)), X], axis=1)
    assert not np.array_equal(output(model, longer), output(model, X))


@estimators
def test_sequences_of_one_step(cls):
    X, y = make_problem(cls, t=1)
    model = make(cls, max_epochs=200).fit(X, y)
    assert model.score(X, y) > 0.9


@one_of_each
def test_one_sequence(cls):
    X, y = make_problem(cls, n=1)
    model = make(cls).fit(X, y)
    prediction = model.predict(X)
    assert prediction.shape == (1,)
    assert (prediction == y) if cls in CLASSIFIERS else np.allclose(prediction, y, atol=1.5)


@estimators
def test_constant_sequences(cls):
    _, y = make_problem(cls)
    X = np.full((40, 6, 2), 3.7)
    prediction = output(make(cls, max_epochs=150).fit(X, y), X)
    assert len(np.unique(prediction, axis=0)) == 1
    mean = [np.mean(y == "down"), np.mean(y == "up")] if cls in CLASSIFIERS else np.mean(y)
    np.testing.assert_allclose(prediction[0], mean, atol=0.05)


@one_of_each
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, bool])
def test_dtype_of_the_output(cls, dtype):
    X, y = make_problem(cls)
    X = (10 * X).astype(dtype)
    model = make(cls).fit(X, y)
    expected = np.float32 if dtype == np.float32 else np.float64
    assert output(model, X).dtype == expected
    assert output(model, list(X)).dtype == expected
    assert output(model, X.astype(np.float64)).dtype == np.float64


@one_of_each
def test_feature_names(cls):
    X, y = make_problem(cls, c=1)
    frame = pd.DataFrame(X[:, :, 0], columns=[f"t{i}" for i in range(6)])
    model = make(cls).fit(frame, y)
    assert model.feature_names_in_.tolist() == frame.columns.tolist()
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(frame[frame.columns[::-1]])
    model.fit(X, y)
    assert not hasattr(model, "feature_names_in_")


@one_of_each
def test_targets_in_other_forms(cls):
    X, y = make_problem(cls)
    expected = make(cls).fit(X, y)
    forms = [y.tolist(), pd.Series(y, index=range(100, 140))]
    if cls not in CLASSIFIERS:
        forms += [y.astype(object), objects(y)]
    for form in forms:
        np.testing.assert_array_equal(output(make(cls).fit(X, form), X), output(expected, X))


@one_of_each
def test_inputs_are_standardised(cls):
    """Units do not matter: other units, same predictions."""
    X, y = make_problem(cls)
    units = X * [1e-3, 1e4] + [5, -7e5]
    expected = output(make(cls).fit(X, y), X)
    np.testing.assert_allclose(output(make(cls).fit(units, y), units), expected, atol=1e-3)


@one_of_each
def test_inputs_stay_as_they_were(cls):
    X, y = make_problem(cls)
    before, targets = X.copy(), y.copy()
    make(cls).fit(X, y).predict(X)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(y, targets)
