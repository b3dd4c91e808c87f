"""Standardisation of each sequence by itself."""

import numpy as np
import pytest
from estimators.cases import in_float64, make, make_problem, make_ragged, one_of_each, output

from skrnn import GRURegressor, Inputs, LSTMClassifier, LSTMRegressor

EACH = Inputs(normalize=True)


def moved(X, seed=0):
    """Return sequences with other levels and scales."""
    rng = np.random.default_rng(seed)
    return [5 * rng.normal(size=2) + np.exp(rng.normal(size=2)) * x for x in X]


@one_of_each
@pytest.mark.parametrize("problem", [make_problem, make_ragged])
def test_level_and_scale_of_a_sequence_do_not_matter(cls, problem):
    X, y = problem(cls)
    model = in_float64(cls, inputs=EACH).fit(X, y)
    np.testing.assert_allclose(output(model, moved(X)), output(model, list(X)), rtol=1e-7)


def test_a_constant_sequence_is_zero():
    X, y = make_problem(GRURegressor)
    model = make(GRURegressor, inputs=EACH).fit(X, y)
    constant = np.full((3, 6, 2), [[[0.1]], [[-1e8]], [[0.0]]])
    assert len(set(model.predict(constant))) == 1


def labelled(n=60, t=70, difference=0.0):
    """Return noise with random levels, and two classes whose levels differ."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    level = rng.normal(size=n) + difference * y
    return rng.normal(size=(n, t, 1)) + 3 * level[:, None, None], y


@pytest.mark.parametrize(
    ("difference", "params", "normalizes"),
    [
        (0.0, {}, True),
        (3.0, {}, False),
        (3.0, {"inputs": EACH}, True),
        (0.0, {"inputs": Inputs(normalize=False)}, False),
        (0.0, {"stem": None}, False),
    ],
)
def test_classifiers_normalize_what_tells_nothing_of_the_classes(difference, params, normalizes):
    X, y = labelled(difference=difference)
    model = LSTMClassifier(hidden_size=4, max_epochs=1, random_state=0, **params).fit(X, y)
    same = np.array_equal(model.predict_proba(X), model.predict_proba(X + 100))
    close = np.allclose(model.predict_proba(X), model.predict_proba(X + 100), rtol=1e-3)
    assert (same or close) == normalizes


def test_regressors_do_not_by_default():
    X, y = make_problem(GRURegressor)
    moved = make(GRURegressor).fit(X, y).predict(X + 1)
    assert not np.allclose(moved, make(GRURegressor).fit(X, y).predict(X))


def test_not_for_targets_per_step():
    X, _ = make_problem(GRURegressor)
    with pytest.raises(ValueError, match=r"Inputs\(normalize=True\) needs one target"):
        make(GRURegressor, inputs=EACH).fit(X, X)


def test_not_step_by_step():
    X, y = make_problem(LSTMRegressor)
    model = make(LSTMRegressor, inputs=EACH).fit(X, y)
    with pytest.raises(ValueError, match=r"without inputs=Inputs\(normalize=True\)"):
        model.predict_step(X[:, 0])
