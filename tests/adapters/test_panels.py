"""sktime's panels in, predictions of the wrapped estimators out."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score
from sklearn.model_selection import KFold
from sktime.benchmarking.classification import ClassificationBenchmark
from sktime.classification.distance_based import KNeighborsTimeSeriesClassifier
from sktime.datatypes import convert
from sktime.utils.estimator_checks import check_estimator, parametrize_with_checks

from skrnn import LSTMClassifier, LSTMRegressor
from skrnn.adapters import PanelClassifier, PanelRegressor

DOCTEST = "test_doctest_examples"  # which runs among the doctests
FORMS = ["numpy3D", "nested_univ", "df-list", "pd-multiindex"]


@parametrize_with_checks(
    [PanelClassifier, PanelRegressor], obj_varname="adapter", check_varname="check"
)
def test_suite_of_sktime(adapter, check):
    if check != DOCTEST:
        check_estimator(adapter, tests_to_run=check, raise_exceptions=True, verbose=False)


def classifier():
    return LSTMClassifier(hidden_size=4, max_epochs=2, random_state=0)


def regressor():
    return LSTMRegressor(hidden_size=4, max_epochs=2, random_state=0)


@pytest.fixture
def panel():
    """An array (n, n_channels, n_timesteps) with labels and numbers."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(12, 2, 9))
    return X, np.where(X[:, 0].mean(axis=1) > 0, "up", "down"), X[:, 1].sum(axis=1)


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_of_a_panel(panel, form):
    X, labels, numbers = panel
    of_sktime, of_ours = convert(X, "numpy3D", form), X.transpose(0, 2, 1)
    wrapped = PanelClassifier(classifier()).fit(of_sktime, labels)
    plain = classifier().fit(of_ours, labels)
    np.testing.assert_array_equal(wrapped.predict_proba(of_sktime), plain.predict_proba(of_ours))
    np.testing.assert_array_equal(wrapped.predict(of_sktime), plain.predict(of_ours))
    wrapped = PanelRegressor(regressor()).fit(of_sktime, numbers)
    plain = regressor().fit(of_ours, numbers)
    np.testing.assert_array_equal(wrapped.predict(of_sktime), plain.predict(of_ours))


@pytest.mark.parametrize("form", FORMS[1:])
def test_unequal_lengths(form):
    rng = np.random.default_rng(0)
    series = [rng.normal(size=(n, 2)) for n in (5, 9, 7, 12, 5, 8)]
    frames = [pd.DataFrame(one, columns=["a", "b"]) for one in series]
    X, y = convert(frames, "df-list", form), np.array([0, 1, 0, 1, 1, 0])
    wrapped = PanelClassifier(classifier()).fit(X, y)
    expected = classifier().fit(series, y).predict_proba(series)
    np.testing.assert_array_equal(wrapped.predict_proba(X), expected)


def test_the_given_estimator_is_copied(panel):
    X, labels, _ = panel
    given = classifier()
    wrapped = PanelClassifier(given).fit(X, labels)
    assert wrapped.estimator is given
    assert not hasattr(given, "module_")
    assert wrapped.estimator_.get_params() == given.get_params()


def test_default_estimators():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(8, 1, 5))
    assert isinstance(PanelClassifier().fit(X, np.arange(8) % 2).estimator_, LSTMClassifier)
    assert isinstance(PanelRegressor().fit(X, X[:, 0, 0]).estimator_, LSTMRegressor)


@pytest.mark.parametrize(
    ("adapter", "estimator", "kind"),
    [
        (PanelClassifier, LSTMRegressor(), "no classifier object"),
        (PanelClassifier, LSTMClassifier, "LSTMClassifier'>, which is no classifier object"),
        (PanelRegressor, LSTMClassifier(), "no regressor object"),
        (PanelRegressor, 3, "estimator is 3, which is no regressor object"),
    ],
)
def test_another_kind_of_estimator(panel, adapter, estimator, kind):
    X, _, numbers = panel
    with pytest.raises(TypeError, match=kind):
        adapter(estimator).fit(X, numbers.round())


def test_benchmark_beside_others(panel):
    X, labels, _ = panel

    def load(return_X_y=True):
        return convert(X, "numpy3D", "nested_univ"), labels

    benchmark = ClassificationBenchmark()
    benchmark.add_estimator(PanelClassifier(classifier()), "ours")
    benchmark.add_estimator(KNeighborsTimeSeriesClassifier(1), "theirs")
    benchmark.add_task(load, KFold(2), [accuracy_score])
    result = benchmark.run(None)
    assert set(result["model_id"]) == {"ours", "theirs"}
    assert result.filter(like="_mean").notna().all().all()
