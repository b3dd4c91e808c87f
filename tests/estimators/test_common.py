"""What every estimator promises."""

import copy
import io
import os
import pickle

import joblib
import numpy as np
import pytest
import torch
from estimators.cases import (
    ESTIMATORS,
    RECURRENT_REGRESSORS,
    REGRESSORS,
    make,
    make_problem,
    make_ragged,
    one_of_each,
    output,
    same_weights,
    settings_of,
    weights,
)
from process_state import global_generators
from sklearn.base import clone

from skrnn import Trainer

estimators = pytest.mark.parametrize("cls", ESTIMATORS)


def through_pickle(model):
    return pickle.loads(pickle.dumps(model))


def through_joblib(model):
    buffer = io.BytesIO()
    joblib.dump(model, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


@estimators
@pytest.mark.parametrize("params", [{}, {"early_stopping": True, "refit": True, "dropout": 0.3}])
def test_the_seed_decides_every_bit(cls, params):
    X, y = make_problem(cls)
    fits = [make(cls, random_state=s, **params).fit(X, y) for s in (0, 0, 1)]
    assert same_weights(fits[0], fits[1])
    assert fits[0].history_ == fits[1].history_
    assert not same_weights(fits[0], fits[2])


@one_of_each
def test_fresh_entropy_and_passed_generators(cls):
    X, y = make_problem(cls)
    fresh = [make(cls, random_state=None).fit(X, y) for _ in range(2)]
    assert not same_weights(*fresh)
    state = np.random.RandomState(0)
    shared = [make(cls, random_state=state).fit(X, y) for _ in range(2)]
    assert not same_weights(*shared)
    again = make(cls, random_state=np.random.RandomState(0)).fit(X, y)
    assert same_weights(shared[0], again)


@one_of_each
@pytest.mark.parametrize("random_state", [None, 0])
def test_global_generators_stay_as_they_were(cls, random_state):
    X, y = make_problem(cls)
    before = global_generators()
    model = make(cls, random_state=random_state, dropout=0.2, early_stopping=True).fit(X, y)
    model.partial_fit(X, y)
    output(model, X)
    assert global_generators() == before


@estimators
@pytest.mark.parametrize("problem", [make_problem, make_ragged])
@pytest.mark.parametrize("params", [{}, {"bidirectional": True, "pooling": "mean"}])
def test_batch_composition_does_not_change_predictions(cls, problem, params):
    X, y = problem(cls, n=37)
    model = make(cls, **settings_of(cls, params)).fit(X, y)
    everything = output(model, X)
    order = np.random.default_rng(0).permutation(37)
    for rows in ([0], [5, 3], range(20), order, [1] * 18):
        chosen = [X[i] for i in rows]
        np.testing.assert_array_equal(output(model, chosen), everything[list(rows)])


@pytest.mark.parametrize(
    ("cls", "params"),
    [(cls, {}) for cls in REGRESSORS]
    + [(cls, {"bidirectional": True}) for cls in RECURRENT_REGRESSORS],
)
def test_a_causal_model_does_not_see_the_future(cls, params):
    X, _ = make_problem(cls, n=10, t=8)
    model = make(cls, **params).fit(X, X.cumsum(axis=1))
    changed = X.copy()
    changed[:, 5:] += 3
    same = model.predict(X) == model.predict(changed)
    assert not same[:, 5:].any()
    assert same[:, :5].all() != bool(params)


@estimators
@pytest.mark.parametrize(
    "copied", [through_pickle, copy.deepcopy, through_joblib], ids=["pickle", "deepcopy", "joblib"]
)
def test_copies_predict_the_same(cls, copied):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True, **settings_of(cls, {"n_layers": 2})).fit(X, y)
    twin = copied(model)
    np.testing.assert_array_equal(output(twin, X), output(model, X))
    before = weights(copy.deepcopy(model))
    # Both go on alike, and each for itself.
    twin.fit(X, y)
    assert all(map(np.array_equal, weights(model), before))
    assert not same_weights(twin, model)
    assert same_weights(twin, model.fit(X, y))


@one_of_each
def test_a_model_predicts_where_its_device_is_missing(cls):
    X, y = make_problem(cls)
    model = make(cls).fit(X, y)
    expected = output(model, X)
    loaded = through_pickle(model.set_params(trainer__device="cuda:77"))
    np.testing.assert_array_equal(output(loaded, X), expected)
    with pytest.raises(
        ValueError, match="device='cuda:77' is not available here; use device='cpu'"
    ):
        loaded.fit(X, y)
    with pytest.raises(ValueError, match="device='cuda:77' is not available here"):
        loaded.partial_fit(X, y)


class ElsewhereTensor(torch.Tensor):
    """A tensor that cannot be pickled where it is."""

    def __reduce_ex__(self, protocol):
        raise AssertionError("pickled on its device")

    def cpu(self):
        return self.as_subclass(torch.Tensor)


def test_a_pickle_holds_no_tensor_of_the_device():
    X, y = make_problem(REGRESSORS[0])
    model = make(REGRESSORS[0], warm_start=True).fit(X, y)
    moments = model._optimizer_state["state"][0]
    moments["exp_avg"] = moments["exp_avg"].as_subclass(ElsewhereTensor)
    loaded = through_pickle(model)
    torch.testing.assert_close(
        loaded._optimizer_state["state"][0]["exp_avg"], moments["exp_avg"].cpu()
    )


@one_of_each
def test_fit_changes_no_parameter(cls):
    X, y = make_problem(cls)
    trainer = Trainer(weight_decay=0.01)
    model = make(cls, trainer=trainer, early_stopping=True, refit=True)
    before = model.get_params()
    copied = copy.deepcopy({k: v for k, v in before.items() if k != "trainer"})
    trainer_before = dict(vars(trainer))
    model.fit(X, y)
    after = model.get_params()
    assert {k: v for k, v in after.items() if k != "trainer"} == copied
    assert after["trainer"] is trainer
    assert vars(trainer) == trainer_before
    assert "module_" not in vars(clone(model))


def not_finite(record):
    raise ValueError("as asked")


FAILURES = {
    "parameter": ({"batch_size": 0}, None, "batch_size"),
    "trainer": ({"trainer": Trainer(device="cuda:77")}, None, "device"),
    "input": ({}, np.full((40, 6, 2), np.nan), "NaN"),
    "channels": ({"n_channels": 4}, np.zeros((40, 6)), "n_channels"),
    "training": ({"trainer": Trainer(callback=not_finite)}, None, "as asked"),
}


@one_of_each
@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize("warm_start", [False, True])
@pytest.mark.parametrize(("params", "bad", "text"), FAILURES.values(), ids=FAILURES)
def test_a_failed_fit_leaves_the_estimator_as_it_was(cls, params, bad, text, warm_start, fitted):
    X, y = make_problem(cls)
    model = make(cls, warm_start=warm_start)
    if fitted:
        model.fit(X, y)
    expected = output(model, X) if fitted else None
    model.set_params(**params)
    before = dict(vars(model))
    # Where training does not go on, other channels: what a half-done fit would leave shows.
    wider = np.concatenate([X, X], axis=2)
    for method, goes_on in ((model.fit, warm_start), (model.partial_fit, True)):
        X_new = X if fitted and goes_on else wider
        with pytest.raises(ValueError, match=text):
            method(X_new if bad is None else bad, y)
        assert vars(model).keys() == before.keys()
        assert all(vars(model)[name] is value for name, value in before.items())
    if fitted:
        np.testing.assert_array_equal(output(model, X), expected)


@one_of_each
def test_quiet_and_without_traces(cls, capfd, tmp_path, monkeypatch, recwarn):
    monkeypatch.chdir(tmp_path)
    X, y = make_problem(cls)
    output(make(cls, early_stopping=True).fit(X, y), X)
    assert capfd.readouterr() == ("", "")
    assert not os.listdir(tmp_path)
    assert not recwarn.list


def test_verbose_shows_progress(capfd):
    X, y = make_problem(REGRESSORS[0])
    make(REGRESSORS[0], verbose=1, early_stopping=True, max_epochs=3).fit(X, y)
    shown = capfd.readouterr()
    assert shown.out == ""
    assert "3/3" in shown.err
    assert "val_loss=" in shown.err
