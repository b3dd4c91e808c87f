"""The groups of parameters: set, copied, searched and checked as one object or field by field."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sktime.forecasting.model_selection import ForecastingGridSearchCV
from sktime.split import SingleWindowSplitter

from skrnn import Convolution, Covariates, Examples, GRURegressor, Recurrence, Target
from skrnn.forecasting import GRUForecaster

GROUPS = {
    "covariates": (Covariates, "past_columns", ["visits"]),
    "examples": (Examples, "block_length", 3),
    "recurrence": (Recurrence, "layer_norm", True),
    "stem": (Convolution, "kernel_size", 4),
    "target": (Target, "integer", True),
}
groups = pytest.mark.parametrize(
    ("name", "group", "field", "value"), [(name, *case) for name, case in GROUPS.items()]
)


def through_pickle(forecaster):
    return pickle.loads(pickle.dumps(forecaster))


@groups
@pytest.mark.parametrize("missing", [None, "default"])
def test_a_missing_group_is_made(name, group, field, value, missing):
    forecaster = GRUForecaster() if missing == "default" else GRUForecaster(**{name: None})
    assert forecaster.get_params()[name] in (None, "auto")
    assert forecaster.set_params(**{f"{name}__{field}": value}) is forecaster
    made = getattr(forecaster, name)
    assert made.get_params() == {**group().get_params(), field: value}
    assert forecaster.get_params()[f"{name}__{field}"] == value


@groups
def test_a_group_that_is_there_is_kept(name, group, field, value):
    given = group()
    forecaster = GRUForecaster(**{name: given}).set_params(**{f"{name}__{field}": value})
    assert getattr(forecaster, name) is given
    assert getattr(given, field) == value


@groups
@pytest.mark.parametrize("copied", [clone, GRUForecaster.clone, through_pickle])
def test_copies_own_their_group(copied, name, group, field, value):
    forecaster = GRUForecaster(**{name: group(**{field: value})})
    twin = copied(forecaster)
    assert getattr(twin, name) is not getattr(forecaster, name)
    assert getattr(getattr(twin, name), field) == value
    assert getattr(forecaster.reset(), name).get_params() == getattr(twin, name).get_params()


def test_holidays_in_a_series_are_cloned():
    holidays = pd.Series("closed", index=pd.DatetimeIndex(["2023-01-01"]))
    forecaster = GRUForecaster(covariates=Covariates(holidays=holidays))
    for twin in (clone(forecaster), forecaster.clone()):
        pd.testing.assert_series_equal(twin.covariates.holidays, holidays)


@groups
def test_a_misspelt_name_is_refused(name, group, field, value):
    text = f"{group.__name__} has no parameter '{field}s'; did you mean {name}__{field}"
    with pytest.raises(ValueError, match=text):
        GRUForecaster().set_params(**{f"{name}__{field}s": value})


def test_a_search_in_a_pipeline():
    X = np.random.default_rng(0).normal(size=(40, 8))
    model = GRURegressor(hidden_size=3, max_epochs=2, random_state=0)
    pipeline = make_pipeline(FunctionTransformer(), model)
    grid = {
        "gruregressor__stem__kernel_size": [2, 4],
        "gruregressor__recurrence__layer_norm": [False, True],
    }
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, X.sum(axis=1))
    assert len(set(search.cv_results_["mean_test_score"])) == 4
    assert (model.stem, model.recurrence) == (None, None)


def test_a_search_of_sktime():
    y = pd.Series(np.random.default_rng(0).normal(size=40).cumsum())
    forecaster = GRUForecaster(hidden_size=3, max_epochs=1, random_state=0)
    grid = {"stem__kernel_size": [2, 4], "examples__origins": [3]}
    search = ForecastingGridSearchCV(
        forecaster, SingleWindowSplitter(fh=[1, 2], window_length=38), grid, error_score="raise"
    ).fit(y, fh=[1, 2])
    assert search.best_forecaster_.examples.origins == 3
    assert (forecaster.stem, forecaster.examples) == ("auto", None)
