"""Arguments that sktime passes on unchecked."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import panel, quick, seasonal, times
from sktime.split import ExpandingWindowSplitter

Y = seasonal(40)
X = pd.DataFrame({"a": np.arange(50.0), "b": 1.0}, index=times("period", 50))
FH = [1, 2, 3]


@pytest.fixture(scope="module")
def forecaster():
    return quick().fit(Y, X=X[:40], fh=FH)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (None, "y is None; pass the series to learn"),
        (pd.DataFrame(index=Y.index), "y has no columns; it needs at least one"),
        (pd.concat([Y, Y], axis=1, keys=["a", "a"]), r"y has the columns \['a'\] twice"),
        (Y.iloc[:0], "y is empty; it needs at least one row"),
    ],
)
def test_no_series(y, message):
    with pytest.raises((TypeError, ValueError), match=message):
        quick().fit(y, fh=FH)


def test_covariates_of_other_times():
    later = X.set_axis(times("period", 50) + 100)
    with pytest.raises(ValueError, match=r"X does not fit y: .* not contained in index"):
        quick().fit(Y, X=later)
    forecaster = quick().fit(panel(), X=panel(columns=("a", "b")), fh=FH)
    deeper = pd.concat({"a": panel(lengths=(43, 34, 39), columns=("a", "b"))})
    with pytest.raises(ValueError, match="X has an index of 3 levels, but y has one of 2"):
        forecaster.predict(X=deeper)


@pytest.mark.parametrize("method", ["predict_interval", "predict_quantiles", "backtest"])
def test_levels(forecaster, method):
    name = "alpha" if method == "predict_quantiles" else "coverage"
    first = {"y": seasonal(43)} if method == "backtest" else {}
    for wrong in ([], 1 - 1e-16, "0.9", [0.5, None], 90):
        with pytest.raises(ValueError, match=name):
            getattr(forecaster, method)(**first, X=X, **{name: wrong})


@pytest.mark.parametrize(
    ("method", "flag"),
    [
        ("update", "update_params"),
        ("update_predict_single", "update_params"),
        ("update_predict", "reset_forecaster"),
        ("predict_var", "cov"),
        ("predict_proba", "marginal"),
    ],
)
def test_flags(forecaster, method, flag):
    first = {"y": Y[-3:]} if method.startswith("update") else {}
    with pytest.raises(ValueError, match=f"{flag}='no' is of type str; pass True or False"):
        getattr(forecaster, method)(**first, X=X, **{flag: "no"})


def test_two_rows_at_update(forecaster):
    later = seasonal(44).iloc[[40, 41, 41, 42]]
    for call in (forecaster.update, forecaster.backtest, forecaster.predict_residuals):
        with pytest.raises(ValueError, match=r"y has two rows for 2004-08; keep one of them"):
            call(later, X=X)


def test_scores(forecaster):
    actual = seasonal(43)[40:]
    expected = np.mean(np.abs(actual - forecaster.predict(X=X)) / actual)
    assert forecaster.score(actual, X=X) == pytest.approx(expected)
    assert forecaster.score(actual.rename("other").to_frame(), X=X) == pytest.approx(expected)
    with pytest.raises(ValueError, match=r"y has the .* rows .* but the .* forecasts of fh"):
        forecaster.score(actual.set_axis(actual.index + 12), X=X)
    for wrong in (actual.where(actual > 1e9), actual * np.inf, actual.astype(str), None):
        with pytest.raises((TypeError, ValueError), match=r"\by\b"):
            forecaster.score(wrong, X=X)


def test_residuals(forecaster):
    actual = seasonal(43)[40:]
    expected = actual - forecaster.predict(X=X)
    pd.testing.assert_series_equal(
        forecaster.predict_residuals(actual.astype("Float64"), X=X), expected, check_names=False
    )
    with pytest.raises(TypeError, match="y is an array without times"):
        forecaster.predict_residuals(actual.to_numpy(), X=X)


@pytest.mark.parametrize("seed", ["a", -1, 10**30])
def test_seeds(forecaster, seed):
    with pytest.raises(ValueError, match="random_state is not valid"):
        forecaster.sample_paths(X=X, random_state=seed)


def test_intervals_are_no_cutoffs(forecaster):
    with pytest.raises(ValueError, match="cv has intervals; pass times of y"):
        forecaster.backtest(seasonal(43), X=X, cv=pd.interval_range(1, 3))


@pytest.mark.parametrize("cv", [ExpandingWindowSplitter(fh=[1], initial_window=10**6), "all", 3])
def test_splitters(forecaster, cv):
    with pytest.raises((TypeError, ValueError), match=r"\bcv\b"):
        forecaster.update_predict(seasonal(43), cv, X=X, update_params=False)


def test_times_without_a_frequency():
    y = seasonal(46, "datetime")
    forecaster = quick().fit(y[:40], fh=[1])
    splitter = ExpandingWindowSplitter(fh=[1], initial_window=2)
    with pytest.raises(ValueError, match=r"y has times without a frequency, .* y\.asfreq"):
        forecaster.update_predict(y[38:].drop(y.index[40]), splitter)


def test_a_season_without_end():
    expected, huge = (quick(sp=sp).fit(Y, fh=FH).predict() for sp in (200, 2**63 - 1))
    pd.testing.assert_series_equal(huge, expected)
