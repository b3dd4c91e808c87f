"""benchmarks/covariates.py: its data, and peers that see neither the test part nor the future."""

import importlib
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

pytestmark = pytest.mark.full

FOLDER = Path(__file__).parents[1] / "benchmarks"
NAMES = ("_boosting", "_harmonic_regression", "_studies", "covariates")
N_DAYS, N_TEST, HORIZON = 220, 21, 7


@pytest.fixture(scope="module")
def bench():
    """Return the modules of the benchmark by name."""
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(FOLDER)
        yield SimpleNamespace(**{n: importlib.import_module(n) for n in NAMES})
        for name in set(sys.modules) - before:
            if Path(getattr(sys.modules[name], "__file__", None) or "").parent == FOLDER:
                del sys.modules[name]


def shops(bench, change=None):
    """Return a small study of two shops, with values and covariates as `change` leaves them."""
    rng = np.random.default_rng(0)
    days = pd.period_range("2023-01-02", periods=N_DAYS, freq="D")
    driver = rng.normal(size=(2, N_DAYS))
    y = 20 + 5 * (days.dayofweek == 5) + 3 * driver + 0.1 * rng.normal(size=(2, N_DAYS))
    if change is not None:
        change(y, driver)
    index = pd.MultiIndex.from_product([range(2), days])
    table = pd.DataFrame({"y": y.ravel()}, index)
    return bench._studies.Study(
        "shops",
        bench._studies.between(table, days[0], days[-N_TEST - 1]),
        bench._studies.between(table, days[-N_TEST], days[-1]),
        horizon=HORIZON,
        season=7,
        origins=range(0, N_TEST - HORIZON + 1, 7),
        X=pd.DataFrame({"driver": driver.ravel()}, index),
        seasons=(7, 28),
    )


def boosting(bench, direct, units):
    model = bench._boosting.Boosting(direct, units, "squared_error", n_trees=60)
    return model.fit(shops(bench))


def regression(bench):
    return bench._harmonic_regression.HarmonicRegression(log=False).fit(shops(bench))


MODELS = {
    "direct": lambda bench: boosting(bench, True, "values"),
    "direct, ratios": lambda bench: boosting(bench, True, "ratios"),
    "recursive": lambda bench: boosting(bench, False, "differences"),
    "regression": regression,
}


@pytest.fixture(scope="module", params=MODELS)
def model(request, bench):
    return MODELS[request.param](bench)


def test_a_peer_uses_the_covariate(bench, model):
    study = shops(bench)
    naive = bench.covariates.repeated(study, 7)
    assert study.error(model.forecast(study)) < 0.5 * study.error(naive)


def test_a_peer_sees_nothing_that_comes_after(bench, model):
    first = N_DAYS - N_TEST

    def spoil(y, driver):
        y[:, first:] += 1000
        driver[:, first + HORIZON :] -= 1000

    expected, found = model.forecast(shops(bench)), model.forecast(shops(bench, spoil))
    np.testing.assert_allclose(found[:, 0], expected[:, 0], rtol=1e-9)
    assert np.abs(found[:, 1] - expected[:, 1]).max() > 1  # a later origin knows the values


def test_the_validation_part_is_the_end_of_the_training_part(bench):
    study = shops(bench)
    validation = study.validation()
    np.testing.assert_array_equal(validation.values, study.values[:, : study.n_train])
    assert validation.n_train == study.n_train - N_TEST
    assert validation.origins == study.origins


def test_generated_studies_repeat_and_the_truth_is_near(bench):
    for make in (lambda: bench._studies.load_of(1), bench._studies.sales):
        study = make()
        np.testing.assert_array_equal(study.values, make().values)
        bound = study.error(bench.covariates.generator(study).point)
        naive = study.error(bench.covariates.seasonal_naive(study).point)
        assert 0 < bound < 0.5 * naive


def test_closed_stores_sell_nothing(bench):
    study = bench._studies.sales()
    closed = study.known["open"] == 0
    assert closed.mean() == pytest.approx(0.12, abs=0.03)
    assert (study.values[closed] == 0).all()
    assert (study.truth[closed] == 0).all()


def test_days_of_a_state_and_the_time_after_it(bench):
    state = np.array([[0.0, 1, 1, 0, 0, 1]])
    assert bench._studies.days_of(state).tolist() == [[0, 1, 2, 0, 0, 1]]
    assert bench._studies.after(state, 1).tolist() == [[0, 1, 1, 0.5, 0.25, 1]]
