"""The groups of parameters: set, cloned, searched and checked as one object or one by one."""

import pickle

import pandas as pd
import pytest
from sklearn.base import clone

from skrnn import Covariates, Examples
from skrnn.forecasting import GRUForecaster

GROUPS = {
    "covariates": (Covariates, "past_columns", ["visits"]),
    "examples": (Examples, "block_length", 3),
}
groups = pytest.mark.parametrize(
    ("name", "group", "field", "value"), [(name, *case) for name, case in GROUPS.items()]
)


@groups
def test_a_missing_group_is_made(name, group, field, value):
    forecaster = GRUForecaster()
    assert forecaster.get_params()[name] is None
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
@pytest.mark.parametrize(
    "copied", [clone, GRUForecaster.clone, lambda x: pickle.loads(pickle.dumps(x))]
)
def test_copies_own_their_group(copied, name, group, field, value):
    forecaster = GRUForecaster(**{name: group(**{field: value})})
    twin = copied(forecaster)
    assert getattr(twin, name) is not getattr(forecaster, name)
    assert getattr(getattr(twin, name), field) == value
    assert getattr(forecaster.reset(), name).get_params() == getattr(twin, name).get_params()


def test_holidays_in_a_series_are_cloned():
    holidays = pd.Series("closed", index=pd.DatetimeIndex(["2023-01-01"]))
    forecaster = GRUForecaster(covariates=Covariates(holidays=holidays))
    pd.testing.assert_series_equal(clone(forecaster).covariates.holidays, holidays)
    pd.testing.assert_series_equal(forecaster.clone().covariates.holidays, holidays)


@groups
def test_a_misspelt_name_is_refused(name, group, field, value):
    with pytest.raises(
        ValueError, match=f"Invalid parameter '{field}s' for estimator {group.__name__}"
    ):
        GRUForecaster().set_params(**{f"{name}__{field}s": value})
