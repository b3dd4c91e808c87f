"""sktime's own suite of checks."""

import pytest
from forecasting.series import FORECASTERS
from sktime.utils.estimator_checks import check_estimator, parametrize_with_checks

from skrnn.forecasting import LSTMForecaster


@parametrize_with_checks(FORECASTERS, obj_varname="cls", check_varname="check")
def test_small_settings(cls, check):
    """All settings of `get_test_params`."""
    check_estimator(cls, tests_to_run=check, raise_exceptions=True, verbose=False)


@parametrize_with_checks([LSTMForecaster()], obj_varname="forecaster", check_varname="check")
def test_defaults(forecaster, check):
    check_estimator(forecaster, tests_to_run=check, raise_exceptions=True, verbose=False)


@pytest.mark.parametrize("cls", FORECASTERS)
def test_small_settings_reach_all_paths(cls):
    settings = cls.get_test_params()
    assert {params.get("strategy", "multioutput") for params in settings} == {
        "multioutput",
        "recursive",
    }
    assert {params.get("baseline", "auto") for params in settings} >= {"auto", None}
    assert {params.get("early_stopping", True) for params in settings} == {True, False}
