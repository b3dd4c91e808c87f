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

from skrnn import GRURegressor, LSTMClassifier, Recurrence, RNNClassifier, RNNRegressor, nn
from skrnn._architectures.recurrent import RECURRENT

ALL = {
    "bidirectional": {"bidirectional": True},
    "relu": {"recurrence__activation": "relu"},
    "layer_norm": {"recurrence__layer_norm": True},
    "dropout": {"dropout": 0.2},
    "recurrent_dropout": {"recurrent_dropout": 0.2},
    "glorot": {"recurrence__initializer": "glorot_uniform"},
    "identity": {"recurrence__initializer": "identity"},
    "skip": {"n_layers": 2, "recurrence__connections": "skip"},
    "dense": {"n_layers": 2, "recurrence__connections": "dense"},
    "segments": {"stem__kernel_size": 2},
    "windows": {"stem__kernel_size": 3, "stem__stride": 1},
    "mean": {"pooling": "mean"},
    "attention": {"pooling": "attention"},
    "regularised": {
        "recurrence__layer_norm": True,
        "recurrent_dropout": 0.2,
        "bidirectional": True,
        "n_layers": 2,
        "recurrence__connections": "skip",
    },
    "deep segments": {"n_layers": 3, "recurrence__connections": "dense", "stem__kernel_size": 2},
    "attention both ways": {
        "pooling": "attention",
        "bidirectional": True,
        "stem__kernel_size": 3,
        "stem__stride": 2,
        "recurrence__layer_norm": True,
    },
}
RNN_ONLY = {
    "irnn": {"recurrence__activation": "relu", "recurrence__initializer": "identity"},
    "output to hidden": {"recurrence__feedback": "output-hidden"},
    "output to output": {"recurrence__feedback": "output-output", "recurrence__output_size": 5},
    "narrow feedback": {
        "recurrence__feedback": "output-hidden",
        "recurrence__output_size": 3,
        "bidirectional": True,
        "recurrence__layer_norm": True,
        "n_layers": 2,
        "recurrence__connections": "skip",
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
    # Batch composition does not matter.
    order = np.random.default_rng(0).permutation(37)
    for rows in ([0], [5, 3], range(20), order, [1] * 18):
        chosen = output(model, [X[i] for i in rows])
        np.testing.assert_array_equal(chosen, everything[list(rows)])


@pytest.mark.parametrize("params", [{}, {"stem__kernel_size": 3, "stem__stride": 1}])
@pytest.mark.parametrize("pooling", nn.POOLINGS)
def test_padding_does_not_matter(pooling, params):
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(length, 2)) for length in rng.integers(1, 45, size=37)]
    y = [x.sum() for x in X]
    model = make(GRURegressor, pooling=pooling, **params).fit(X, y)
    alone = np.concatenate([model.predict([x]) for x in X])
    np.testing.assert_array_equal(model.predict(X), alone)


@pytest.mark.parametrize("cls", [RNNRegressor, LSTMClassifier])
def test_search(cls):
    grid = {
        "recurrence__layer_norm": [False, True],
        "recurrent_dropout": [0.0, 0.3],
        "recurrence__connections": [None, *nn.CONNECTIONS],
    }
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
    model = make(RNNRegressor, stem__kernel_size=4, stem__stride=2).fit(X, y)
    first, last = X.copy(), X.copy()
    first[:, 0] += 1  # windows end at the steps 4, 6, 8 and 10: none reads this one
    last[:, -1] += 1
    np.testing.assert_array_equal(model.predict(first), model.predict(X))
    assert (model.predict(last) != model.predict(X)).all()


def test_whole_numbers_may_be_of_numpy():
    X, y = make_problem(RNNRegressor)
    sizes = {"recurrence__output_size": 3, "stem__kernel_size": 2, "stem__stride": 1, "n_layers": 2}
    params = {"recurrence__feedback": "output-hidden", "recurrence__connections": "skip"}
    model = make(RNNRegressor, **params, **sizes).fit(X, y)
    other = {name: np.int64(size) for name, size in sizes.items()}
    assert same_weights(model, make(RNNRegressor, **params, **other).fit(X, y))


GROUPS = {"recurrence": "Recurrence", "stem": "Convolution"}
INVALID = {
    "recurrence__activation": ("gelu", "a str among {'"),
    "recurrence__layer_norm": ("yes", "an instance of 'bool'"),
    "recurrent_dropout": (1.0, "a float in the range [0.0, 1.0)"),
    "recurrence__initializer": ("zeros", "a str among {'"),
    "recurrence__connections": ("residual", "a str among {'"),
    "stem__kernel_size": (0, "an int in the range [1, inf)"),
    "stem__stride": (1.5, "an int in the range [1, inf)"),
    "pooling": (None, "a str among {'"),
}
INVALID_RNN = {
    "recurrence__feedback": ("jordan", "a str among {'"),
    "recurrence__output_size": (0, "an int in the range [1, inf)"),
}


@pytest.mark.parametrize("cls", RECURRENT_ESTIMATORS)
def test_invalid_values(cls):
    X, y = make_problem(cls)
    invalid = {**INVALID, **(INVALID_RNN if cls._cell == "rnn" else {})}
    for name, (value, needed) in invalid.items():
        group, _, field = name.rpartition("__")
        text = f"The '{field}' parameter of {GROUPS.get(group, cls.__name__)}"
        for method in ("fit", "partial_fit"):
            with pytest.raises(ValueError, match=text) as error:
                getattr(make(cls, **{name: value}), method)(X, y)
            assert needed in str(error.value)


@pytest.mark.parametrize(
    "params",
    [{"recurrence__feedback": "output-hidden"}, {"recurrence__output_size": 3}],
)
def test_only_the_simple_network_feeds_back_its_output(params):
    X, y = make_problem(GRURegressor)
    with pytest.raises(ValueError, match=r"of the simple recurrent network, but GRURegressor has"):
        make(GRURegressor, **params).fit(X, y)


@pytest.mark.parametrize("cls", [RNNRegressor, RNNClassifier])
def test_only_an_output_that_is_fed_back_has_a_size(cls):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match=r"output_size=3 .* feedback='hidden' feeds back none"):
        model.set_params(recurrence__output_size=3).fit(X, y)


def test_the_options_are_those_of_the_networks():
    options = {
        name: set(rule.options)
        for name, rules in {**RECURRENT, **Recurrence._parameter_constraints}.items()
        for rule in rules
        if hasattr(rule, "options")
    }
    assert options == {
        "activation": {"tanh", "relu"},
        "initializer": set(nn.INITIALIZERS),
        "connections": set(nn.CONNECTIONS),
        "pooling": set(nn.POOLINGS),
        "feedback": set(nn.RECURRENCES),
    }
