"""The settings of the recurrent encoder, one by one and together, in every estimator."""

import pickle

import numpy as np
import pytest
from estimators.cases import (
    RECURRENT_ESTIMATORS,
    RECURRENT_REGRESSORS,
    make,
    make_problem,
    make_ragged,
    output,
    same_weights,
)
from sklearn.base import is_classifier
from sklearn.model_selection import GridSearchCV

from skrnn import GRURegressor, LSTMClassifier, RNNClassifier, RNNRegressor, nn
from skrnn._architectures.recurrent import RECURRENCE, RECURRENT

ALL = {
    "bidirectional": {"bidirectional": True},
    "relu": {"activation": "relu"},
    "layer_norm": {"layer_norm": True},
    "dropout": {"dropout": 0.2},
    "recurrent_dropout": {"recurrent_dropout": 0.2},
    "glorot": {"recurrent_initializer": "glorot_uniform"},
    "identity": {"recurrent_initializer": "identity"},
    "skip": {"n_layers": 2, "connections": "skip"},
    "dense": {"n_layers": 2, "connections": "dense"},
    "segments": {"conv_kernel_size": 2},
    "windows": {"conv_kernel_size": 3, "conv_stride": 1},
    "mean": {"pooling": "mean"},
    "attention": {"pooling": "attention"},
    "regularised": {
        "layer_norm": True,
        "recurrent_dropout": 0.2,
        "bidirectional": True,
        "n_layers": 2,
        "connections": "skip",
    },
    "deep segments": {"n_layers": 3, "connections": "dense", "conv_kernel_size": 2},
    "attention both ways": {
        "pooling": "attention",
        "bidirectional": True,
        "conv_kernel_size": 3,
        "conv_stride": 2,
        "layer_norm": True,
    },
}
RNN_ONLY = {
    "irnn": {"activation": "relu", "recurrent_initializer": "identity"},
    "output to hidden": {"recurrence": "output-hidden"},
    "output to output": {"recurrence": "output-output", "output_size": 5},
    "narrow feedback": {
        "recurrence": "output-hidden",
        "output_size": 3,
        "bidirectional": True,
        "layer_norm": True,
        "n_layers": 2,
        "connections": "skip",
        "pooling": "mean",
    },
}
# A classifier has the network of its regressor.
CASES = [
    pytest.param(
        cls,
        params,
        id=f"{cls.__name__}-{name}",
        marks=[] if cls in RECURRENT_REGRESSORS else pytest.mark.full,
    )
    for cls in RECURRENT_ESTIMATORS
    for name, params in {**ALL, **(RNN_ONLY if cls._cell == "rnn" else {})}.items()
]
cases = pytest.mark.parametrize(("cls", "params"), CASES)
problems = pytest.mark.parametrize("problem", [make_problem, make_ragged])


@cases
def test_learns(cls, params):
    X, y = make_problem(cls, n=48)
    model = make(cls, max_epochs=40, learning_rate=0.05, **params).fit(X, y)
    assert model.score(X, y) > (0.85 if is_classifier(model) else 0.7)


@problems
@cases
def test_fits_and_predicts(cls, params, problem):
    X, y = problem(cls, n=37)
    model = make(cls, **params)
    before = model.get_params()
    model.fit(X, y)
    assert model.get_params() == before
    assert model.predict(X).shape == (37,)
    everything = output(model, X)
    assert np.isfinite(everything).all()
    # A pickle predicts the same, and the same seed gives the same weights.
    np.testing.assert_array_equal(output(pickle.loads(pickle.dumps(model)), X), everything)
    assert same_weights(model, make(cls, **params).fit(X, y))
    # Company does not matter.
    order = np.random.default_rng(0).permutation(37)
    for rows in ([0], [5, 3], range(20), order, [1] * 18):
        chosen = output(model, [X[i] for i in rows])
        np.testing.assert_array_equal(chosen, everything[list(rows)])


@pytest.mark.parametrize("params", [{}, {"conv_kernel_size": 3, "conv_stride": 1}])
@pytest.mark.parametrize("pooling", nn.POOLINGS)
def test_steps_behind_a_long_row_do_not_matter(pooling, params):
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(length, 2)) for length in rng.integers(1, 45, size=37)]
    y = [x.sum() for x in X]
    model = make(GRURegressor, pooling=pooling, **params).fit(X, y)
    alone = np.concatenate([model.predict([x]) for x in X])
    np.testing.assert_array_equal(model.predict(X), alone)


@pytest.mark.parametrize("cls", [RNNRegressor, LSTMClassifier])
def test_search(cls):
    grid = {"layer_norm": [False, True], "recurrent_dropout": [0.0, 0.3], "connections": [None]}
    grid["connections"] += nn.CONNECTIONS
    search = GridSearchCV(make(cls, n_layers=2, max_epochs=2), grid, cv=2, error_score="raise")
    search.fit(*make_problem(cls))
    assert len(search.cv_results_["params"]) == 12
    assert all(search.best_estimator_.get_params()[k] == v for k, v in search.best_params_.items())


@pytest.mark.parametrize("cls", RECURRENT_REGRESSORS)
def test_every_setting_reaches_the_network(cls):
    X, y = make_problem(cls)
    plain = make(cls, n_layers=2).fit(X, y).predict(X)
    for name, params in {**ALL, **(RNN_ONLY if cls._cell == "rnn" else {})}.items():
        changed = make(cls, **{"n_layers": 2, **params}).fit(X, y).predict(X)
        assert np.abs(changed - plain).max() > 1e-3, name


def test_a_convolution_reads_up_to_the_end():
    X, y = make_problem(RNNRegressor, t=11)
    model = make(RNNRegressor, conv_kernel_size=4, conv_stride=2).fit(X, y)
    first, last = X.copy(), X.copy()
    first[:, 0] += 1  # windows end at the steps 4, 6, 8 and 10: none reads this one
    last[:, -1] += 1
    np.testing.assert_array_equal(model.predict(first), model.predict(X))
    assert (model.predict(last) != model.predict(X)).all()


def test_whole_numbers_may_be_of_numpy():
    X, y = make_problem(RNNRegressor)
    sizes = {"output_size": 3, "conv_kernel_size": 2, "conv_stride": 1, "n_layers": 2}
    params = {"recurrence": "output-hidden", "connections": "skip"}
    model = make(RNNRegressor, **params, **sizes).fit(X, y)
    other = {name: np.int64(size) for name, size in sizes.items()}
    assert same_weights(model, make(RNNRegressor, **params, **other).fit(X, y))


INVALID = {
    "activation": ("gelu", "a str among {'"),
    "layer_norm": ("yes", "an instance of 'bool'"),
    "recurrent_dropout": (1.0, "a float in the range [0.0, 1.0)"),
    "recurrent_initializer": ("zeros", "a str among {'"),
    "connections": ("residual", "a str among {'"),
    "conv_kernel_size": (0, "an int in the range [1, inf)"),
    "conv_stride": (1.5, "an int in the range [1, inf)"),
    "pooling": (None, "a str among {'"),
}
INVALID_RNN = {
    "recurrence": ("jordan", "a str among {'"),
    "output_size": (0, "an int in the range [1, inf)"),
}


@pytest.mark.parametrize("cls", RECURRENT_ESTIMATORS)
def test_invalid_values(cls):
    X, y = make_problem(cls)
    invalid = {**INVALID, **(INVALID_RNN if cls._cell == "rnn" else {})}
    for name, (value, needed) in invalid.items():
        text = f"The '{name}' parameter of {cls.__name__}"
        for method in ("fit", "partial_fit"):
            with pytest.raises(ValueError, match=text) as error:
                getattr(make(cls, **{name: value}), method)(X, y)
            assert needed in str(error.value)


@pytest.mark.parametrize("cls", RECURRENT_ESTIMATORS)
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_a_stride_needs_a_convolution(cls, method):
    X, y = make_problem(cls)
    with pytest.raises(ValueError, match="conv_stride=2 needs a convolution; pass conv_kernel_siz"):
        getattr(make(cls, conv_stride=2), method)(X, y)


@pytest.mark.parametrize("cls", [RNNRegressor, RNNClassifier])
def test_only_an_output_that_is_fed_back_has_a_size(cls):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match=r"output_size=3 .* recurrence='hidden' feeds back none"):
        model.set_params(output_size=3).fit(X, y)


def test_the_options_are_those_of_the_networks():
    options = {
        name: set(rule.options)
        for name, rules in {**RECURRENT, **RECURRENCE}.items()
        for rule in rules
        if hasattr(rule, "options")
    }
    assert options == {
        "activation": {"tanh", "relu"},
        "recurrent_initializer": set(nn.INITIALIZERS),
        "connections": set(nn.CONNECTIONS),
        "pooling": set(nn.POOLINGS),
        "recurrence": set(nn.RECURRENCES),
    }
