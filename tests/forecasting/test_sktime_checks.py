"""sktime's own suite of checks.

Most of its checks look at indices, columns and horizons, which all forecasters share: they run on
one class. Those that fit the most models there, over grids of indices and horizons, run on one
setting of it. On every class run those of its parameters and of its own state. `make test-all` runs
all checks on all settings, and on the defaults.
"""

import pytest
from forecasting.series import FORECASTERS
from sktime.utils.estimator_checks import check_estimator, parametrize_with_checks

from skrnn.forecasting import LSTMForecaster

GRIDS = {
    "test_predict_interval",
    "test_predict_quantiles",
    "test_predict_time_index",
    "test_predict_time_index_in_sample_full",
    "test_predict_time_index_with_X",
    "test_update_predict_predicted_index",
}
OF_EVERY_CLASS = {
    "test_class_tags_match_mro",
    "test_clone",
    "test_constructor",
    "test_create_test_instance",
    "test_create_test_instances_and_names",
    "test_fit_idempotent",
    "test_get_fitted_params",
    "test_get_params",
    "test_get_test_params",
    "test_has_common_interface",
    "test_inheritance",
    "test_non_state_changing_method_contract",
    "test_obj_vs_cls_signature",
    "test_object_tags",
    "test_persistence_via_pickle",
    "test_pretrain_network_preserved_by_fit",
    "test_repr",
    "test_set_params",
    "test_set_params_sklearn",
    "test_valid_object_class_tags",
    "test_valid_object_tags",
}
DOCTEST = "test_doctest_examples"  # which runs among the doctests


def checks_of(forecasters, names):
    """Parametrize with those of the checks whose name `names` lets pass."""
    mark = parametrize_with_checks(forecasters, obj_varname="forecaster", check_varname="check")
    variables, cases = mark.args
    cases = [case for case in cases if names(case[1])]
    return pytest.mark.parametrize(variables, cases, ids=[f"{name_of(f)}-{c}" for f, c in cases])


def name_of(forecaster):
    return getattr(forecaster, "__name__", None) or f"{type(forecaster).__name__}()"


def run(forecaster, check):
    check_estimator(forecaster, tests_to_run=check, raise_exceptions=True, verbose=False)


@checks_of([LSTMForecaster], lambda name: name not in {*GRIDS, DOCTEST})
def test_one_class(forecaster, check):
    """All settings of `get_test_params`."""
    run(forecaster, check)


@checks_of([LSTMForecaster.create_test_instance()], lambda name: name in GRIDS)
def test_grids(forecaster, check):
    run(forecaster, check)


@checks_of(
    [cls.create_test_instance() for cls in FORECASTERS if cls is not LSTMForecaster],
    lambda name: name in OF_EVERY_CLASS,
)
def test_every_class(forecaster, check):
    run(forecaster, check)


@pytest.mark.full
@checks_of([*FORECASTERS, LSTMForecaster()], lambda name: True)
def test_everything(forecaster, check):
    run(forecaster, check)


@pytest.mark.parametrize("cls", FORECASTERS)
def test_small_settings_reach_all_paths(cls):
    settings = cls.get_test_params()
    assert {params.get("strategy", "multioutput") for params in settings} == {
        "multioutput",
        "recursive",
    }
    assert {params.get("baseline", "auto") for params in settings} >= {"auto", None}
    assert {params.get("early_stopping", True) for params in settings} == {True, False}
