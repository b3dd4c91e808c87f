"""What a list means does not depend on the lengths in it; names of channels are checked."""

import numpy as np
import pandas as pd
import pytest
from estimators.cases import make, make_problem, output

from skrnn import GRURegressor, LSTMClassifier, Seq2SeqRegressor

RNG = np.random.default_rng(0)
LENGTHS = {"equal": [5] * 12, "unequal": [5, 4] * 6}
lengths = pytest.mark.parametrize("lengths", LENGTHS.values(), ids=LENGTHS)


@lengths
@pytest.mark.parametrize("form", [np.asarray, pd.Series], ids=["arrays", "series"])
def test_a_list_of_targets_has_one_target_per_step(lengths, form):
    X = [RNG.normal(size=(length, 2)) for length in lengths]
    y = [form(x[:, 0].cumsum()) for x in X]
    model = make(GRURegressor).fit(X, y)
    assert model.n_outputs_ == 1
    assert [p.shape for p in model.predict(X)] == [(length,) for length in lengths]
    assert [a.shape for a in model.align_targets(y)] == [(length,) for length in lengths]
    assert np.isfinite(model.score(X, y))
    assert model.fit(X[:1], y[:1]).predict(X[:1])[0].shape == (5,)


@lengths
def test_a_list_of_targets_of_an_encoder_decoder(lengths):
    X = [RNG.normal(size=(length, 2)) for length in lengths]
    model = make(Seq2SeqRegressor).fit(X, [x[:1, 0] for x in X])
    assert model.predict(X).shape == (12, 1)
    model.fit(X, [x[:, 0] for x in X])
    assert model.predict(X).shape == (12, 5)


def test_nested_lists_of_targets_are_rows():
    X, y = make_problem(GRURegressor)
    vectors = np.stack([y] * 6, axis=1)  # as many as steps
    expected = make(GRURegressor).fit(X, vectors).predict(X)
    for form in (X, list(X)):
        np.testing.assert_array_equal(
            make(GRURegressor).fit(form, vectors.tolist()).predict(X), expected
        )
    with pytest.raises(ValueError, match=r"y\[0\] has shape \(6,\), but y\[39\] has \(2,\)"):
        make(GRURegressor).fit(X, [*vectors.tolist()[:-1], [1.0, 2.0]])


@lengths
def test_a_list_of_vectors_has_one_for_each_sequence(lengths):
    """They are no targets per step, of which there would be as many as steps."""
    X = [RNG.normal(size=(length, 2)) for length in lengths]
    vectors = [x.sum(axis=0) for x in X]
    model = make(GRURegressor).fit(X, vectors)
    assert model.predict(X).shape == (12, 2)
    expected = make(GRURegressor).fit(X, np.stack(vectors))
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))


@lengths
@pytest.mark.parametrize("form", [list, np.asarray], ids=["numbers", "arrays"])
def test_a_list_of_rows_has_one_sequence_in_each(lengths, form):
    X = [RNG.normal(size=2 * length) for length in lengths]
    y = [x.sum() for x in X]
    for n_channels in (None, 2):
        expected = [x.reshape(-1, n_channels or 1) for x in X]
        rows = [form(x) for x in X]
        model = make(GRURegressor, n_channels=n_channels).fit(rows, y)
        assert model.n_channels_in_ == (n_channels or 1)
        np.testing.assert_array_equal(model.predict(rows), model.predict(expected))
        # sequences may have another length later, as in any list
        assert model.predict([row[:4] for row in rows]).shape == (12,)
    with pytest.raises(ValueError, match=r"X\[0\] has 10 columns, which is not a multiple of n_ch"):
        make(GRURegressor, n_channels=3).fit(rows, y)


def test_nested_lists_have_columns_as_an_array():
    """A fit on rows of the same length tells the number of columns of a later array."""
    X, y = make_problem(GRURegressor, c=1)
    model = make(GRURegressor).fit(X[:, :, 0].tolist(), y)
    assert model.n_features_in_ == 6
    with pytest.raises(ValueError, match="X has 5 features"):
        model.predict(X[:, :5, 0])
    assert model.predict(X[:, :5, 0].tolist()).shape == (40,)


# -- names of channels -------------------------------------------------------------------------


def frames(columns=("flow", "heat"), n=12):
    rng = np.random.default_rng(1)
    return [
        pd.DataFrame(rng.normal(size=(length, len(columns))), columns=columns)
        for length in rng.integers(3, 8, size=n)
    ]


@pytest.fixture(scope="module", params=[GRURegressor, LSTMClassifier])
def named(request):
    X = frames()
    y = np.array([x["flow"].sum() > 0 for x in X])
    return make(request.param).fit(X, y), X, y


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda x: x[["heat", "flow"]], "X has the columns .'heat', 'flow'., but"),
        (lambda x: x.set_axis(["flow", "cold"], axis=1), "X has the columns .'flow', 'cold'., but"),
        (lambda x: x.assign(other=1.0), "X has the columns .'flow', 'heat', 'other'., but"),
    ],
    ids=["order", "names", "number"],
)
def test_channels_of_other_names_are_refused(named, change, text):
    model, X, y = named
    changed = [change(x) for x in X]
    calls = [
        lambda: model.predict(changed),
        lambda: model.score(changed, y),
        lambda: model.partial_fit(changed, y),
        lambda: model.predict(pd.Series(changed)),
        lambda: make(type(model)).fit(X, y, X_val=changed, y_val=y),
    ]
    for call in calls:
        with pytest.raises(ValueError, match=f"{text} .* was fitted with .'flow', 'heat'."):
            call()
    with pytest.raises(ValueError, match=r"X\[3\] has the columns .*, but X\[0\] has"):
        make(type(model)).fit([*X[:3], *changed[3:]], y)


def test_channels_of_the_same_names(named):
    model, X, _ = named
    assert model.channel_names_in_.tolist() == ["flow", "heat"]
    arrays = [x.to_numpy() for x in X]
    expected = output(model, X)
    with pytest.warns(UserWarning, match=r"no names of channels.*\['flow', 'heat'\]; make sure"):
        np.testing.assert_array_equal(output(model, arrays), expected)


def test_names_are_those_of_the_last_fit():
    X = frames()
    y = [x["flow"].sum() for x in X]
    model = make(GRURegressor).fit(X, y)
    model.predict_step(X[0])
    with pytest.raises(ValueError, match="X has the columns"):
        model.predict_step(X[0][["heat", "flow"]])
    model.fit([x.to_numpy() for x in X], y)
    assert not hasattr(model, "channel_names_in_")
    model.predict([x[["heat", "flow"]] for x in X])
    numbered = [x.set_axis([0, 1], axis=1) for x in X]
    assert not hasattr(model.fit(numbered, y), "channel_names_in_")


def test_targets_of_other_names():
    X = frames()
    y = [x.cumsum() for x in X]
    with pytest.raises(ValueError, match=r"y\[11\] has the columns \['heat', 'flow'\], but y\[0\]"):
        make(GRURegressor).fit(X, [*y[:-1], y[-1][["heat", "flow"]]])


# -- order of the axes -------------------------------------------------------------------------


@pytest.mark.parametrize("form", [np.asarray, list])
def test_a_warning_of_transposed_sequences(form):
    X = RNG.normal(size=(20, 40, 2)).cumsum(axis=1)
    y = X[:, -1, 0]
    model = make(GRURegressor, max_epochs=1).fit(form(X), y)
    with pytest.warns(UserWarning, match="20 sequences of 2 steps and 40 channels.*swapaxes"):
        model.fit(form(np.swapaxes(X, 1, 2)), y)
    flat = np.swapaxes(X, 1, 2).reshape(20, -1)
    make(GRURegressor, n_channels=40, max_epochs=1).fit(flat, y)  # as the user says
