"""What is special to the Transformer: sizes, positions, windows, causal targets per step."""

import numpy as np
import pytest
from estimators.cases import make, make_problem, make_ragged, output, same_weights
from selection import mainly
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV

from skrnn import Trainer, TransformerClassifier, TransformerRegressor

BOTH = [TransformerRegressor, TransformerClassifier]
both = pytest.mark.parametrize("cls", mainly(BOTH[:1], BOTH))
problems = pytest.mark.parametrize("problem", [make_problem, make_ragged])
SETTINGS = {
    "one head": {"n_heads": 1},
    "deep": {"n_layers": 4},
    "narrow": {"feedforward_size": 3},
    "dropout": {"dropout": 0.2},
    "segments": {"stem__kernel_size": 2},
    "windows": {"stem__kernel_size": 3, "stem__stride": 1},
    "last": {"pooling": "last"},
    "attention": {"pooling": "attention"},
}
settings = pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)


@both
@settings
def test_learns(cls, params):
    X, y = make_problem(cls, n=48)
    model = make(cls, max_epochs=60, **params).fit(X, y)
    assert model.score(X, y) > (0.85 if is_classifier(model) else 0.7)


@both
@problems
@settings
def test_fits_and_predicts(cls, params, problem):
    X, y = problem(cls, n=37)
    model = make(cls, **params).fit(X, y)
    everything = output(model, X)
    assert np.isfinite(everything).all()
    assert same_weights(model, make(cls, **params).fit(X, y))
    order = np.random.default_rng(0).permutation(37)
    for rows in ([0], [5, 3], range(20), order, [1] * 18):  # batch composition does not matter
        chosen = output(model, [X[i] for i in rows])
        np.testing.assert_allclose(chosen, everything[list(rows)], rtol=1e-5, atol=1e-5)


def test_every_setting_reaches_the_network():
    X, y = make_problem(TransformerRegressor)
    plain = make(TransformerRegressor).fit(X, y).predict(X)
    for name, params in SETTINGS.items():
        changed = make(TransformerRegressor, **params).fit(X, y).predict(X)
        assert np.abs(changed - plain).max() > 1e-3, name


@problems
def test_padding_does_not_matter(problem):
    rng = np.random.default_rng(0)
    X, y = problem(TransformerRegressor)
    model = make(TransformerRegressor).fit(X, y)
    batch = [*X, rng.normal(size=(200, 2))]
    expected = model.predict(batch)[:-1]
    alone = np.concatenate([model.predict([x]) for x in X])
    np.testing.assert_allclose(alone, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("params", [{}, {"stem__kernel_size": 4}])
def test_longer_and_shorter_sequences_than_in_training(params):
    X, y = make_problem(TransformerRegressor, t=12)
    model = make(TransformerRegressor, **params).fit(X, y)
    for n_steps in (1, 3, 300):
        longer = np.random.default_rng(1).normal(size=(5, n_steps, 2))
        assert np.isfinite(model.predict(longer)).all()


@both
def test_the_order_of_the_steps_matters(cls):
    X, y = make_problem(cls)
    model = make(cls).fit(X, y)
    assert np.abs(output(model, X) - output(model, X[:, ::-1])).max() > 1e-3


def test_learns_which_steps_count():
    """The position of a marker says which step is the target: attention has to look it up."""
    rng = np.random.default_rng(0)
    X = np.stack([rng.uniform(-1, 1, size=(400, 12)), np.zeros((400, 12))], axis=-1)
    marked = rng.integers(12, size=400)
    X[np.arange(400), marked, 1] = 1
    y = X[np.arange(400), marked, 0]
    model = TransformerRegressor(hidden_size=16, max_epochs=40, random_state=0)
    assert model.fit(X[:300], y[:300]).score(X[300:], y[300:]) > 0.9


@pytest.mark.parametrize(
    ("n_steps", "kernel", "stride", "steps"),
    [(10, 4, 2, [3, 5, 7, 9]), (11, 4, 2, [4, 6, 8, 10]), (10, 5, None, [4, 9]), (3, 4, 2, [2])],
)
def test_targets_per_step_after_a_convolution(n_steps, kernel, stride, steps):
    X = np.random.default_rng(0).normal(size=(40, n_steps, 1))
    y = X.cumsum(axis=1)
    options = {"stem__kernel_size": kernel, "stem__stride": stride, "max_epochs": 100}
    model = make(TransformerRegressor, **options).fit(X, y)
    np.testing.assert_array_equal(model.align_targets(y), y[:, steps])
    assert model.predict(X).shape == (40, len(steps), 1)
    assert model.score(X, y) > 0.8
    changed = X.copy()
    changed[:, steps[0] + 1 :] += 1  # what comes later has no part in the first prediction
    np.testing.assert_allclose(model.predict(changed)[:, 0], model.predict(X)[:, 0], rtol=1e-6)


def test_ragged_targets_per_step():
    X, _ = make_ragged(TransformerRegressor)
    y = [x.cumsum(axis=0) for x in X]
    model = make(TransformerRegressor, max_epochs=100).fit(X, y)
    assert [p.shape for p in model.predict(X)] == [steps.shape for steps in y]
    assert model.score(X, y) > 0.8


def test_error_bars_by_dropout():
    X, y = make_problem(TransformerRegressor, n=60)
    model = make(TransformerRegressor, max_epochs=60, dropout=0.2).fit(X, y)
    mean, deviation = model.predict(X, return_std=True, mc_samples=20)
    assert mean.shape == deviation.shape == y.shape
    assert (deviation > 0).all()
    alone = model.predict(X[5:6], return_std=True, mc_samples=20)
    np.testing.assert_allclose(np.ravel(alone), (mean[5], deviation[5]), rtol=1e-5, atol=1e-5)


@both
def test_heads_of_unequal_width_are_refused(cls):
    X, y = make_problem(cls)
    model = make(cls, hidden_size=10)
    for method in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="n_heads=4 does not divide hidden_size=10 into heads"):
            method(X, y)
    assert not hasattr(model, "module_")


@both
@pytest.mark.parametrize(
    ("name", "value", "needed"),
    [
        ("n_heads", 0, "an int in the range [1, inf)"),
        ("feedforward_size", 0, "an int in the range [1, inf) or None"),
        ("stem", 3, "an instance of Convolution, as in stem=Convolution(...)"),
        ("pooling", None, "a str among {"),
    ],
)
def test_invalid_values(cls, name, value, needed):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of {cls.__name__}") as error:
        make(cls, **{name: value}).fit(*make_problem(cls))
    assert needed in str(error.value)


@both
def test_nothing_is_read_step_by_step(cls):
    X, y = make_problem(cls)
    with pytest.raises(ValueError, match="predict_step needs a network that reads step by step"):
        make(cls).fit(X, y).predict_step(X[:, 0])
    with pytest.raises(ValueError, match="tbptt_steps needs a network that reads"):
        make(cls, trainer=Trainer(tbptt_steps=3)).fit(X, y)


def test_whole_numbers_may_be_of_numpy():
    X, y = make_problem(TransformerRegressor)
    sizes = {"hidden_size": 8, "n_heads": 2, "n_layers": 2, "feedforward_size": 5}
    sizes |= {"stem__kernel_size": 2, "stem__stride": 1}
    model = make(TransformerRegressor, **sizes).fit(X, y)
    other = {name: np.int64(size) for name, size in sizes.items()}
    assert same_weights(model, make(TransformerRegressor, **other).fit(X, y))


def test_search():
    grid = {"n_heads": [1, 2], "n_layers": [1, 2], "dropout": [0.0, 0.2]}
    search = GridSearchCV(
        make(TransformerRegressor, max_epochs=2), grid, cv=2, error_score="raise"
    ).fit(*make_problem(TransformerRegressor))
    assert len(search.cv_results_["params"]) == 8
