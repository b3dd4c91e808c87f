"""The Trainer."""

import dataclasses

import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

from skrnn import LSTMRegressor, Trainer
from skrnn._trainer import make_settings
from skrnn.training import Settings


def test_a_missing_trainer_is_made():
    model = LSTMRegressor()
    assert model.set_params(trainer__clip_norm=0.5, hidden_size=3) is model
    assert model.trainer.clip_norm == 0.5
    assert model.get_params()["trainer__clip_norm"] == 0.5
    assert model.hidden_size == 3
    twin = clone(model)
    assert twin.trainer is not model.trainer
    assert twin.trainer.clip_norm == 0.5


def test_a_trainer_that_is_there_is_kept():
    trainer = Trainer(weight_decay=0.1)
    model = LSTMRegressor(trainer=trainer).set_params(trainer__clip_norm=0.5)
    assert model.trainer is trainer
    assert (trainer.weight_decay, trainer.clip_norm) == (0.1, 0.5)
    model.set_params(trainer=None, trainer__clip_norm=2.0)
    assert (model.trainer.weight_decay, model.trainer.clip_norm) == (0.0, 2.0)
    assert trainer.clip_norm == 0.5
    model.set_params(trainer=Trainer(precision="float64"), trainer__clip_norm=3.0)
    assert (model.trainer.precision, model.trainer.clip_norm) == ("float64", 3.0)
    assert model.set_params(trainer=None).trainer is None
    assert model.set_params(hidden_size=2).trainer is None


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="Trainer has no parameter 'momentum'; it has"):
        LSTMRegressor().set_params(trainer__momentum=0.9)


def test_a_search_reaches_a_missing_trainer():
    X = [[float(i + j) for j in range(4)] for i in range(20)]
    grid = {"trainer__optimizer": ["adam", "sgd"], "trainer__weight_decay": [0.0, 0.1]}
    model = LSTMRegressor(hidden_size=2, max_epochs=2, random_state=0)
    search = GridSearchCV(model, grid, cv=2).fit(X, [row[0] for row in X])
    assert len(set(search.cv_results_["mean_test_score"])) == 4
    assert model.trainer is None


def test_settings_take_every_parameter_of_the_trainer():
    defaults = Trainer().get_params()
    fields = {field.name: field.default for field in dataclasses.fields(Settings)}
    assert defaults == {name: fields[name] for name in defaults}
    assert make_settings(None, n_epochs=1, batch_size=2, learning_rate=0.1) == Settings(
        n_epochs=1, batch_size=2, learning_rate=0.1
    )
    other = Trainer(optimizer="sgd", clip_norm=None, precision="float64", weight_decay=0.3)
    settings = make_settings(other, n_epochs=1, batch_size=2, learning_rate=0.1)
    assert {name: getattr(settings, name) for name in defaults} == other.get_params()
