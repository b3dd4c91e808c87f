"""What is special to WaveNet: what it sees, its layers by the data, and steps at their depth."""

import warnings

import numpy as np
import pytest
from estimators.cases import make, make_problem, make_ragged, output, same_weights
from selection import mainly
from sklearn.base import is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

from skrnn import SlidingWindowRegressor, Trainer, WaveNetClassifier, WaveNetRegressor

BOTH = [WaveNetRegressor, WaveNetClassifier]
both = pytest.mark.parametrize("cls", mainly(BOTH[:1], BOTH))
problems = pytest.mark.parametrize("problem", [make_problem, make_ragged])
SETTINGS = {
    "one layer": {"n_layers": 1},
    "blocks": {"n_layers": 1, "n_blocks": 2},
    "wide kernel": {"kernel_size": 3},
    "dropout": {"dropout": 0.2},
    "last": {"pooling": "last"},
    "mean": {"pooling": "mean"},
    "attention": {"pooling": "attention"},
}
settings = pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)


@both
@settings
def test_fits_and_predicts(cls, params):
    X, y = make_ragged(cls, n=37)
    model = make(cls, **params).fit(X, y)
    everything = output(model, X)
    assert np.isfinite(everything).all()
    assert same_weights(model, make(cls, **params).fit(X, y))
    order = np.random.default_rng(0).permutation(37)
    if params.get("pooling") == "attention":  # its exponentials are torch's
        same = np.testing.assert_allclose
    else:
        same = np.testing.assert_array_equal
    for rows in ([0], [5, 3], range(20), order, [1] * 18):  # batch composition does not matter
        same(output(model, [X[i] for i in rows]), everything[list(rows)])


@both
@problems
def test_learns(cls, problem):
    X, y = problem(cls, n=60)
    model = make(cls, max_epochs=60).fit(X, y)
    assert model.score(X, y) > (0.9 if is_classifier(model) else 0.8)


def test_every_setting_reaches_the_network():
    X, y = make_problem(WaveNetRegressor)
    plain = make(WaveNetRegressor).fit(X, y).predict(X)
    changes = {name: params for name, params in SETTINGS.items() if name != "last"}
    for name, params in changes.items():
        changed = make(WaveNetRegressor, **params).fit(X, y).predict(X)
        assert np.abs(changed - plain).max() > 1e-3, name


# -- the receptive field ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("n_steps", "params", "field"),
    [
        (1, {}, 2),
        (2, {}, 2),
        (3, {}, 4),
        (16, {}, 16),
        (17, {}, 32),
        (17, {"kernel_size": 3}, 31),
        (17, {"n_blocks": 2}, 31),
        (1024, {}, 1024),
        (1100, {}, 1024),
    ],
)
def test_the_fewest_layers_that_see_the_longest_sequence(n_steps, params, field):
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(n, 1)) for n in (1, n_steps)]
    model = make(WaveNetRegressor, hidden_size=2, max_epochs=1, **params)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.fit(X, [0.0, 1.0])
    assert model.receptive_field_ == field
    assert model.get_params()["n_layers"] == "auto"


def test_predictions_see_that_many_steps():
    X, y = make_problem(WaveNetRegressor, t=20)
    model = make(WaveNetRegressor, n_layers=3).fit(X, y)
    assert model.receptive_field_ == 8
    expected = model.predict(X)
    changed = X.copy()
    changed[:, :-8] += 1
    np.testing.assert_array_equal(model.predict(changed), expected)
    changed[:, -8] += 1
    assert (model.predict(changed) != expected).any()


def test_no_receptive_field_before_fit():
    assert not hasattr(WaveNetRegressor(), "receptive_field_")
    with pytest.raises(NotFittedError):
        WaveNetRegressor().predict(np.zeros((2, 3)))


@both
@pytest.mark.parametrize("early_stopping", [True, False])
def test_one_warning_if_the_network_sees_more_than_there_is(cls, early_stopping):
    X, y = make_problem(cls, t=6)
    model = make(cls, n_layers=3, early_stopping=early_stopping, refit=True)
    with pytest.warns(UserWarning, match="see 8 steps, but the longest .* has 6; take fewer") as w:
        model.fit(X, y)
    assert len(w) == 1
    assert w[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(X)
        make(cls, n_layers=3).fit([*X[:-1], np.zeros((8, 2))], y)


@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("hidden_size", 0, "an int in the range [1, inf)"),
        ("n_layers", 0, "an int in the range [1, inf)"),
        ("n_layers", "all", "a str among {'auto'}"),
        ("n_blocks", 0, "an int in the range [1, inf)"),
        ("kernel_size", 1, "an int in the range [2, inf)"),
        ("dropout", 1.0, "a float in the range [0.0, 1.0)"),
        ("pooling", None, "a str among {"),
    ],
)
@both
def test_parameters_out_of_range(cls, name, value, needed):
    with pytest.raises(ValueError, match=f"The '{name}' parameter") as caught:
        make(cls, **{name: value}).fit(*make_problem(cls))
    assert needed in str(caught.value)


@both
def test_a_network_that_sees_too_much_is_refused(cls):
    model = make(cls, n_layers=17)
    with pytest.raises(ValueError, match="kernel_size=2 see 131072 steps, and more than 65536"):
        model.fit(*make_problem(cls))
    assert not hasattr(model, "module_")


# -- steps -----------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize("n", [1, 5])
def test_steps_are_the_sequences(cls, n):
    X, y = make_problem(cls, t=12)
    model = make(cls, pooling="last", n_layers=2, n_blocks=2).fit(X, y)
    state, whole = None, np.random.default_rng(1).normal(size=(n, 40, 2))
    for t in range(40):
        step, state = model.predict_step(whole[:, t], state)
        np.testing.assert_allclose(step, output(model, whole[:, : t + 1]), atol=1e-5)


def test_a_state_can_be_kept_and_its_rows_taken():
    X, y = make_problem(WaveNetRegressor)
    model = make(WaveNetRegressor).fit(X, y)
    _, first = model.predict_step(X[:, 0])
    expected, _ = model.predict_step(X[:, 1], first)
    again, _ = model.predict_step(X[:, 1], first)
    np.testing.assert_array_equal(again, expected)
    rows = [3, 0, 7]
    some, _ = model.predict_step(X[rows, 1], tuple(part[rows] for part in first))
    np.testing.assert_allclose(some, expected[rows], atol=1e-6)


@both
@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_no_steps_of_a_mean(cls, pooling):
    X, y = make_problem(cls)
    model = make(cls, pooling=pooling).fit(X, y)
    with pytest.raises(ValueError, match="predict_step needs a network that reads step by step"):
        model.predict_step(X[:, 0])


@problems
def test_targets_per_step_are_causal(problem):
    X, _ = problem(WaveNetRegressor)
    y = [x.cumsum(axis=0) for x in X] if isinstance(X, list) else X.cumsum(axis=1)
    model = make(WaveNetRegressor, max_epochs=100).fit(X, y)
    assert model.score(X, y) > 0.8
    long = np.random.default_rng(1).normal(size=(3, 9, 2))
    changed = long.copy()
    changed[:, 5:] += 1
    before, after = (model.predict(values) for values in (long, changed))
    np.testing.assert_array_equal(before[:, :5], after[:, :5])
    assert (before[:, 5:] != after[:, 5:]).any()
    state = None
    for t in range(9):
        step, state = model.predict_step(long[:, t], state)
        np.testing.assert_allclose(step, before[:, t], atol=1e-5)


@pytest.mark.parametrize("per_step", [False, True])
def test_truncated_backpropagation(per_step):
    X, y = make_problem(WaveNetRegressor, t=12)
    target = X.cumsum(axis=1) if per_step else y
    model = make(WaveNetRegressor, max_epochs=60, trainer=Trainer(tbptt_steps=5)).fit(X, target)
    assert model.score(X, target) > 0.5


# -- with scikit-learn -----------------------------------------------------------------------------


def test_search_for_layers():
    X, y = make_problem(WaveNetRegressor, n=60)
    search = GridSearchCV(make(WaveNetRegressor), {"n_layers": ["auto", 1, 2]}, cv=3)
    assert np.isfinite(search.fit(X, y).cv_results_["mean_test_score"]).all()


def test_sliding_windows():
    y = np.sin(np.arange(200) / 3)
    model = SlidingWindowRegressor(make(WaveNetRegressor, max_epochs=10), window_length=10)
    model.fit(y[:-1, None], y[1:])
    assert model.estimator_.receptive_field_ == 16
    assert model.score(y[:-1, None], y[1:]) > 0.8


def test_error_bars_by_dropout():
    X, y = make_problem(WaveNetRegressor, n=60)
    model = make(WaveNetRegressor, max_epochs=40, dropout=0.2).fit(X, y)
    mean, deviation = model.predict(X, return_std=True, mc_samples=20)
    assert (deviation > 0).all()
    alone = model.predict(X[5:6], return_std=True, mc_samples=20)
    np.testing.assert_allclose(np.ravel(alone), (mean[5], deviation[5]), rtol=1e-5)
