"""Weights, validation, refit, and continued training."""

import numpy as np
import pytest
from estimators.cases import (
    CLASSIFIERS,
    assert_close_weights,
    in_float64,
    make,
    make_problem,
    make_ragged,
    one_classifier,
    one_of_each,
    one_regressor,
    output,
    same_weights,
)
from sklearn import config_context
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skrnn import GRURegressor, LSTMClassifier, LSTMRegressor, Trainer

# -- weights -------------------------------------------------------------------------------


@one_of_each
@pytest.mark.parametrize(
    ("problem", "max_epochs"), [(make_problem, "auto"), (make_problem, 30), (make_ragged, 30)]
)
def test_a_weight_is_a_number_of_repetitions(cls, problem, max_epochs):
    X, y = problem(cls, n=15)
    counts = np.random.default_rng(0).integers(0, 4, size=15)
    assert {0, 2} <= set(counts)
    rows = np.repeat(np.arange(15), counts)
    weighted = in_float64(cls, max_epochs=max_epochs).fit(X, y, sample_weight=counts)
    repeated = in_float64(cls, max_epochs=max_epochs).fit([X[i] for i in rows], y[rows])
    assert weighted.n_iter_ == repeated.n_iter_
    np.testing.assert_allclose(weighted.history_["loss"], repeated.history_["loss"], 1e-6, 1e-12)
    np.testing.assert_allclose(output(weighted, X), output(repeated, X), rtol=1e-6, atol=1e-8)
    even = in_float64(cls, max_epochs=30).fit(X, y)
    assert not np.allclose(output(even, X), output(weighted, X), rtol=1e-3)


@one_of_each
@pytest.mark.parametrize("params", [{}, {"early_stopping": True, "refit": True}])
def test_a_sequence_without_weight_is_absent(cls, params):
    X, y = make_problem(cls, n=100)  # several batches
    present = np.arange(100) % 3 > 0
    with_it = make(cls, **params).fit(X, y, sample_weight=present)
    without = make(cls, **params).fit(X[present], y[present])
    assert same_weights(with_it, without)
    assert with_it.history_ == without.history_


@one_regressor
def test_weights_of_sequences_with_a_target_per_step(cls):
    X, _ = make_ragged(cls, n=8)
    y = [x.cumsum(axis=0) for x in X]
    rows = [0, 0, 0, 1, 2, 2, 4, 5, 6, 7]
    counts = np.bincount(rows, minlength=8)
    weighted = in_float64(cls, max_epochs=30).fit(X, y, sample_weight=counts)
    repeated = in_float64(cls, max_epochs=30).fit([X[i] for i in rows], [y[i] for i in rows])
    for ours, expected in zip(weighted.predict(X), repeated.predict(X), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-6, atol=1e-8)


@one_of_each
def test_the_scale_of_fractional_weights_does_not_matter(cls):
    X, y = make_problem(cls)
    weight = np.random.default_rng(0).uniform(0.1, 1, size=40)
    first, second = (
        in_float64(cls, max_epochs=10).fit(X, y, sample_weight=w) for w in (weight, 0.3 * weight)
    )
    assert_close_weights(first, second, rtol=1e-6)


@pytest.mark.parametrize("scale", [1, 50])
def test_few_rows_of_great_weight_are_learned(scale):
    X, y = make_problem(LSTMRegressor, n=40)
    model = LSTMRegressor(random_state=0, max_epochs="auto", hidden_size=8)
    model.fit(X, y, sample_weight=np.full(40, scale))
    assert model.score(X, y) > 0.95


# -- validation ----------------------------------------------------------------------------


@one_of_each
def test_early_stopping_keeps_the_best_weights(cls):
    X, y = make_problem(cls, n=60)
    noise = {"learning_rate": 0.1, "trainer": Trainer(schedule="constant"), "max_epochs": 80}
    model = make(cls, early_stopping=True, n_iter_no_change=3, **noise)
    model.fit(X[:30], y[:30], X_val=X[30:], y_val=y[30:])
    losses = model.history_["val_loss"]
    assert model.best_epoch_ == int(np.argmin(losses))
    assert model.n_iter_ == len(losses) == model.best_epoch_ + 4 < 80
    whole = make(cls, **{**noise, "max_epochs": model.best_epoch_ + 1}).fit(X[:30], y[:30])
    assert same_weights(model, whole)


@one_of_each
def test_validation_data_without_early_stopping_are_watched_only(cls):
    X, y = make_problem(cls)
    watched = make(cls).fit(X, y, X_val=X[:5], y_val=y[:5])
    assert len(watched.history_["val_loss"]) == watched.n_iter_ == 4
    assert watched.best_epoch_ == 3
    alone = make(cls).fit(X, y)
    assert "val_loss" not in alone.history_
    assert same_weights(watched, alone)


@one_of_each
@pytest.mark.parametrize("given", [False, True])
@pytest.mark.parametrize("max_epochs", [40, "auto"])
def test_refit_trains_on_everything_up_to_the_best_epoch(cls, given, max_epochs):
    X, y = make_problem(cls, n=60)
    how = {"batch_size": 55, "learning_rate": 0.1}
    params = {**how, "max_epochs": max_epochs, "n_iter_no_change": 2, "early_stopping": True}
    fit = {"X_val": X[50:], "y_val": y[50:]} if given else {}
    rows = 50 if given else 60
    chosen = make(cls, **params).fit(X[:rows], y[:rows], **fit)
    model = make(cls, **params, refit=True).fit(X[:rows], y[:rows], **fit)
    assert model.best_epoch_ == chosen.best_epoch_ < chosen.n_iter_ - 1
    assert model.history_ == chosen.history_
    # The same as training on everything with the same schedule, stopped at that epoch.
    n_epochs = 300 if max_epochs == "auto" else 40  # with 60 rows, "auto" would be 150
    stopper = Trainer(callback=lambda record: record["epoch"] == model.best_epoch_)
    expected = make(cls, **how, max_epochs=n_epochs, trainer=stopper).fit(X, y)
    assert expected.n_iter_ == model.best_epoch_ + 1
    assert same_weights(model, expected)
    assert not same_weights(model, chosen)


def test_the_part_set_aside_is_stratified():
    X, _ = make_problem(LSTMClassifier, n=100)
    y = np.repeat(["a", "b"], [90, 10])
    model = make(LSTMClassifier, early_stopping=True, validation_fraction=0.1)
    everything = model._read(X, y, None, reset=True)
    train, validation = model._split(everything, None, None, seed=0)
    assert np.bincount(validation.targets).tolist() == [9, 1]
    assert len(train) == 90


@one_of_each
def test_two_sequences_are_enough_for_early_stopping(cls):
    X, y = make_problem(cls, n=2)
    y = np.array(["a", "b"]) if cls in CLASSIFIERS else y
    assert len(output(make(cls, early_stopping=True).fit(X, y), X)) == 2


def test_many_repetitions_are_few_updates():
    X, y = make_problem(LSTMRegressor, n=60)
    model = LSTMRegressor(hidden_size=1, random_state=0)
    epochs = [model.fit(X, y, sample_weight=np.full(60, w)).n_iter_ for w in (1, 10, 1000, 1e12)]
    assert epochs[0] == 300
    assert epochs[1] == epochs[2] == epochs[3] < 400
    # What is learned depends on ratios of the weights only.
    weights = np.arange(1.0, 61)
    few, many = (
        in_float64(LSTMRegressor, max_epochs=20).fit(X, y, sample_weight=w).predict(X)
        for w in (weights, 1000 * weights)
    )
    np.testing.assert_allclose(few, many, rtol=1e-9)


# -- going on ------------------------------------------------------------------------------


@one_of_each
def test_warm_start_continues(cls):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True, learning_rate=0.05, max_epochs=10).fit(X, y)
    history, module = model.history_, model.module_
    model.fit(X, y)
    assert model.n_iter_ == 20
    assert model.history_["loss"][:10] == history["loss"]
    assert np.mean(model.history_["loss"][10:]) < history["loss"][-1] < history["loss"][0]
    assert model.history_["learning_rate"][10:] == [pytest.approx(0.005)] * 10
    assert model.best_epoch_ == 19
    assert model.module_ is not module
    again = make(cls, learning_rate=0.05, max_epochs=10).fit(X, y).fit(X, y)
    assert again.n_iter_ == 10


@pytest.mark.parametrize("cls", [GRURegressor, LSTMClassifier])
def test_a_training_that_continues_keeps_its_network(cls):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True).fit(X, y)
    before = output(model, X)
    for params, text in [
        ({"hidden_size": 4}, "has hidden_size=8, but the parameters now say hidden_size=4"),
        ({"n_layers": 2, "dropout": 0.1}, "n_layers=2, dropout=0.1"),
    ]:
        old = {name: model.get_params()[name] for name in params}
        model.set_params(**params)
        for method in (model.fit, model.partial_fit):
            with pytest.raises(ValueError, match=text):
                method(X, y)
        np.testing.assert_array_equal(output(model, X), before)
        model.set_params(**old)
    assert model.set_params(trainer__weight_decay=0.1, n_iter_no_change=3).fit(X, y).n_iter_ == 8
    assert model.set_params(hidden_size=4, warm_start=False).fit(X, y).n_iter_ == 4


@one_of_each
def test_warm_start_with_validation_from_now_on(cls):
    X, y = make_problem(cls)
    model = make(cls, warm_start=True).fit(X, y).set_params(early_stopping=True).fit(X, y)
    losses = model.history_["val_loss"]
    assert len(losses) == len(model.history_["loss"]) == 8
    assert np.isnan(losses).tolist() == [True] * 4 + [False] * 4
    assert model.best_epoch_ == 4 + int(np.argmin(losses[4:]))
    model.set_params(early_stopping=False).fit(X, y)
    assert np.isnan(model.history_["val_loss"]).tolist() == [True] * 4 + [False] * 4 + [True] * 4


@one_of_each
def test_partial_fit_continues(cls):
    X, y = make_problem(cls, n=80)
    model = make(cls, learning_rate=0.1)
    for _ in range(15):
        for rows in (slice(40), slice(40, 80)):
            model.partial_fit(X[rows], y[rows])
    losses = model.history_["loss"]
    assert len(losses) == model.n_iter_ == 30
    assert np.mean(losses[-4:]) < 0.8 * np.mean(losses[:4])
    assert model.history_["learning_rate"] == [pytest.approx(0.01)] * 30
    # It keeps the moments of the optimiser: two calls are two epochs of one training.
    small = [in_float64(cls, max_epochs=1).partial_fit(X, y).partial_fit(X, y) for _ in range(2)]
    assert same_weights(*small)


@one_of_each
def test_every_call_draws_again(cls):
    X, y = make_problem(cls)
    model = make(cls, dropout=0.5, learning_rate=1e-30)
    for _ in range(3):
        model.partial_fit(X, y)
    assert len(set(model.history_["loss"])) == 3
    model = make(cls, dropout=0.5, learning_rate=1e-30, warm_start=True, max_epochs=1)
    assert len(set(model.fit(X, y).fit(X, y).history_["loss"])) == 2


@one_regressor
def test_partial_fit_keeps_scaling_and_moments(cls):
    X, y = make_problem(cls)
    constant = Trainer(schedule="constant", precision="float64")
    model = make(cls, trainer=constant, batch_size=40)
    for _ in range(3):
        model.partial_fit(X, y)
    # Batches of all rows: their order changes sums by rounding errors only.
    expected = make(cls, trainer=constant, batch_size=40, max_epochs=3).fit(X, y)
    assert_close_weights(model, expected)
    before = model.predict(np.zeros((1, 6, 2)))
    model.set_params(learning_rate=1e-12).partial_fit(100 + X, 1000 + y)
    np.testing.assert_allclose(model.predict(np.zeros((1, 6, 2))), before, rtol=1e-6)


@one_classifier
def test_partial_fit_knows_classes_to_come(cls):
    X, y = make_problem(cls)
    first, rest = np.flatnonzero(y == "up"), np.flatnonzero(y == "down")
    model = make(cls, learning_rate=0.1).partial_fit(X[first], y[first], classes=["up", "down"])
    assert model.classes_.tolist() == ["down", "up"]
    assert model.predict_proba(X).shape == (40, 2)
    for _ in range(20):
        model.partial_fit(X[rest], y[rest]).partial_fit(X[first], y[first])
    assert set(model.predict(X)) == {"down", "up"}
    message = r"classes=\['a'\] differs from the classes of the first call, \['down', 'up'\]; pass"
    with pytest.raises(ValueError, match=message):
        model.partial_fit(X, y, classes=["a"])
    assert model.partial_fit(X, y, classes=["up", "down"]).n_iter_ == 42


@one_of_each
def test_interrupt_keeps_what_was_learned(cls):
    def interrupt(record):
        epochs.append(record["epoch"])
        if record["epoch"] == 2:
            raise KeyboardInterrupt

    epochs = []
    X, y = make_problem(cls)
    model = make(cls, max_epochs=20, early_stopping=True, refit=True)
    model.set_params(trainer__callback=interrupt)
    with pytest.warns(UserWarning, match="Training was interrupted"):
        model.fit(X, y)
    assert epochs == [0, 1, 2]  # it trains no second time
    assert model.n_iter_ == 3
    assert len(output(model, X)) == 40


@one_of_each
@pytest.mark.parametrize("weighted", [False, True])
def test_an_interrupted_refit_leaves_the_validated_network(cls, weighted):
    """With the scaling of its data, and the weights of its classes."""

    def interrupt(record):
        if record["epoch"] == 0:
            fits.append("first epoch")
        if len(fits) == 2:
            raise KeyboardInterrupt

    fits = []
    X, y = make_problem(cls)
    X = X + np.arange(40)[:, None, None]  # so that the validation data change the scaling
    weights = np.linspace(1, 2, 40) if weighted else None
    model = make(cls, max_epochs=3, early_stopping=True)
    expected = output(model.fit(X, y, weights), X)
    model.set_params(refit=True, trainer__callback=interrupt)
    with pytest.warns(UserWarning, match="in the refit; the network before the refit is kept"):
        model.fit(X, y, weights)
    np.testing.assert_array_equal(output(model, X), expected)


@one_of_each
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_an_interrupt_that_raises_changes_nothing(cls, method):
    def interrupt(record):
        raise KeyboardInterrupt

    X, y = make_problem(cls)
    model = make(cls, max_epochs=3, warm_start=True).fit(X, y)
    before, history = output(model, X), model.history_
    model.set_params(trainer__callback=interrupt, trainer__on_interrupt="raise")
    with pytest.raises(KeyboardInterrupt):
        getattr(model, method)(X, y)
    np.testing.assert_array_equal(output(model, X), before)
    assert model.history_ == history


@one_regressor
def test_an_interrupt_ends_a_search(cls):
    def interrupt(record):
        fits.append(record["epoch"])
        raise KeyboardInterrupt

    fits = []
    X, y = make_problem(cls)
    model = make(cls, max_epochs=3, trainer=Trainer(callback=interrupt))
    with pytest.raises(KeyboardInterrupt):
        GridSearchCV(model, {"learning_rate": [0.01, 0.1]}, cv=2).fit(X, y)
    assert fits == [0]


# -- metadata routing ----------------------------------------------------------------------


@one_of_each
def test_weights_are_routed(cls):
    X, y = make_problem(cls, n=60, c=1)
    X, weight = X[:, :, 0], np.random.default_rng(0).integers(0, 3, size=60).astype(float)
    with config_context(enable_metadata_routing=True):
        model = make(cls).set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        pipe = make_pipeline(StandardScaler().set_fit_request(sample_weight=True), model)
        pipe.fit(X, y, sample_weight=weight)
        search = GridSearchCV(pipe, {f"{cls.__name__.lower()}__max_epochs": [4]}, cv=2)
        search.fit(X, y, sample_weight=weight)
        silent = make_pipeline(StandardScaler(), make(cls).set_fit_request(sample_weight=False))
        silent.fit(X, y)
    scaled = StandardScaler().fit(X, sample_weight=weight).transform(X)
    assert same_weights(pipe[-1], make(cls).fit(scaled, y, sample_weight=weight))
    assert same_weights(search.best_estimator_[-1], pipe[-1])
    assert not same_weights(silent[-1], pipe[-1])


def test_validation_data_are_routed():
    X, y = make_problem(LSTMRegressor, n=60, c=1)
    X = X[:, :, 0]
    with config_context(enable_metadata_routing=True):
        model = make(LSTMRegressor, early_stopping=True).set_fit_request(X_val=True, y_val=True)
        pipe = make_pipeline(StandardScaler(), model, transform_input=["X_val"])
        pipe.fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:])
    scaler = StandardScaler().fit(X[:40])
    expected = make(LSTMRegressor, early_stopping=True).fit(
        scaler.transform(X[:40]), y[:40], X_val=scaler.transform(X[40:]), y_val=y[40:]
    )
    assert same_weights(pipe[-1], expected)
    assert pipe[-1].history_ == expected.history_
