"""Missing values in sequences."""

import numpy as np
import pytest
from estimators.cases import ESTIMATORS, make, make_problem, make_ragged, one_of_each, output
from sklearn.utils import get_tags

from skrnn import GRUClassifier, GRURegressor, Inputs, LSTMRegressor, Seq2SeqRegressor
from skrnn.adapters import PanelClassifier

MASK = Inputs(missing="mask")


def with_gaps(X, seed=1):
    rng = np.random.default_rng(seed)
    gaps = [np.where(rng.random(np.shape(x)) < 0.2, np.nan, x) for x in X]
    for x, gap in zip(X, gaps, strict=True):
        gap[0] = x[0]  # no sequence is without a value
    return np.stack(gaps) if isinstance(X, np.ndarray) else gaps


@one_of_each
@pytest.mark.parametrize("problem", [make_problem, make_ragged])
def test_other_rows_do_not_change_a_prediction(cls, problem):
    X, y = problem(cls)
    X = with_gaps(X)
    model = make(cls, inputs=MASK).fit(X, y)
    everything = output(model, X)
    assert np.isfinite(np.concatenate([np.ravel(rows) for rows in everything])).all()
    np.testing.assert_array_equal(output(model, [X[5], X[2]]), [everything[5], everything[2]])


@pytest.mark.parametrize("cls", ESTIMATORS)
def test_the_error_names_place_and_parameter(cls):
    X, y = make_problem(cls)
    X[3, 2, 1] = np.nan
    with pytest.raises(
        ValueError, match=r"X\[3\] has nan at step 2 of channel 1; .*Inputs\(missing='mask'\)"
    ):
        make(cls).fit(X, y)
    model = make(cls, inputs=MASK).fit(X, y)
    assert model.n_channels_in_ == 2
    model.predict(X)
    X[1] = np.nan
    with pytest.raises(ValueError, match=r"X\[1\] has no value"):
        model.predict(X)
    with pytest.raises(ValueError, match="infinity"):
        model.predict(np.full_like(X, np.inf))


def test_what_is_missing_can_be_the_signal():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(80, 6, 1))
    y = rng.random(80) < 0.5
    X[y, 2] = np.nan
    model = GRUClassifier(inputs=MASK, hidden_size=8, max_epochs=150, random_state=0)
    assert model.fit(X[:40], y[:40]).score(X[40:], y[40:]) > 0.9


def test_the_value_of_a_missing_step_is_the_mean_of_those_observed():
    X, y = make_problem(GRURegressor)
    X[:, 0, 0] = np.nan
    encoded = make(GRURegressor, inputs=MASK).fit(X, y)._encode_inputs
    values, observed = np.split(read(encoded, X), 2, axis=1)
    np.testing.assert_array_equal(observed, ~np.isnan(X.reshape(-1, 2)))
    assert (values[observed == 0] == 0).all()
    np.testing.assert_allclose(values.sum(axis=0), 0, atol=1e-3)
    there = values[:, 0][observed[:, 0] == 1]
    assert there.std() == pytest.approx(1, rel=1e-5)


def read(encode, X):
    from skrnn.data import Sequences

    return encode(Sequences.from_array(X)).values


def test_missing_values_at_the_end_are_not_padding():
    X, y = make_problem(GRURegressor)
    model = make(GRURegressor, inputs=MASK).fit(with_gaps(X), y)
    longer = np.concatenate([X, np.full((len(X), 2, 2), np.nan)], axis=1)
    assert (model.predict(longer) != model.predict(X)).all()


def test_a_channel_without_values():
    X, y = make_problem(GRURegressor)
    X[..., 1] = np.nan
    model = make(GRURegressor, inputs=MASK).fit(X, y)
    assert np.isfinite(model.predict(X)).all()


def test_a_step_may_be_missing_in_a_stream():
    X, y = make_problem(LSTMRegressor)
    X[:, 3] = np.nan
    model = make(LSTMRegressor, inputs=MASK).fit(X, y)
    state = None
    for x in X.swapaxes(0, 1):
        last, state = model.predict_step(x, state)
    np.testing.assert_allclose(last, model.predict(X), rtol=1e-5)


def test_targets_are_never_missing():
    X, y = make_problem(Seq2SeqRegressor)
    y[0] = np.nan
    with pytest.raises(ValueError, match="y contains NaN"):
        make(GRURegressor, inputs=MASK).fit(X, y)


@pytest.mark.parametrize("missing", ["error", "mask"])
def test_tags(missing):
    model = GRUClassifier(inputs=Inputs(missing=missing))
    assert get_tags(model).input_tags.allow_nan == (missing == "mask")
    assert PanelClassifier(model).get_tag("capability:missing_values") == (missing == "mask")
