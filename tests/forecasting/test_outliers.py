"""Huge values: forecasts stay finite and near the history, and intervals show the uncertainty."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from forecasting.series import every_architecture, quick
from selection import mainly

from skrnn.baselines import BASELINE_NAMES

FH = np.arange(1, 25)


def with_outlier(place, value, *, positive=False, n=80):
    """Return white noise with one other value."""
    noise = np.random.default_rng(5).normal(size=n)
    y = np.exp(0.1 * noise) if positive else noise
    y[place] = value
    return pd.Series(y)


def assert_finite(forecaster):
    assert np.isfinite(forecaster.predict()).all(axis=None)
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)
    assert not forecaster.predict_var().isna().any(axis=None)


@pytest.mark.parametrize("place", [-1, -2, 40])
@pytest.mark.parametrize("baseline", [*BASELINE_NAMES, None])
def test_forecasts_stay_near_the_history(baseline, place):
    y = with_outlier(place, 1e6)
    prediction = quick(baseline=baseline).fit(y, fh=FH).predict()
    assert prediction.abs().max() < 3e6


@pytest.mark.parametrize("value", [1e36, -1e200, 1e300])
@pytest.mark.parametrize("positive", [False, True])
@pytest.mark.parametrize("place", [-1, -2, 40])
def test_of_any_size(value, positive, place):
    y = with_outlier(place, value, positive=positive)
    forecaster = quick().fit(y, fh=FH)
    assert_finite(forecaster)
    assert forecaster.predict().abs().max() <= 11 * abs(value)


def test_intervals_reach_from_the_newest_value_to_the_others():
    y = with_outlier(-1, 1e6)
    interval = quick().fit(y, fh=FH).predict_interval(coverage=0.8)
    assert (interval.iloc[:, 0] < 0).all()
    assert interval.iloc[0, 1] > 3e5


def test_the_variance_of_logarithms_is_not_that_of_an_extrapolated_outlier():
    y = with_outlier(74, 1e6, positive=True)
    forecaster = quick(transform="log").fit(y, fh=[1, 7])
    assert (forecaster.predict_var() < 1e13).all(axis=None)
    far = forecaster.predict_quantiles(alpha=[0.975, 0.9999]).to_numpy()
    assert (far[:, 1] < far[:, 0] * 1e3).all()


def test_values_that_overflow_are_refused():
    with pytest.raises(ValueError, match=r"1.7e\+308 in column 'a' at 3, but values beyond 1e"):
        quick().fit(with_outlier(3, 1.7e308).rename("a"))


@every_architecture
@pytest.mark.parametrize("value", mainly([1e40], [1e30, 1e40, 1e300]))
class TestLaterValues:
    def test_of_covariates(self, cls, value):
        y = with_outlier(0, 0.0)
        X = pd.DataFrame({"a": np.random.default_rng(1).normal(size=84)})
        forecaster = quick(cls).fit(y[:70], X=X[:70], fh=[1, 2, 3])
        X.loc[[72, 83]] = value
        message = re.escape(f"the value {value:g}, which is") + ".* it is read as 1,000,000 of them"
        with pytest.warns(UserWarning, match=message):
            forecaster.update(y[70:], X=X[70:80], update_params=False)
        assert np.isfinite(forecaster.predict(X=X[80:83])).all()
        with pytest.warns(UserWarning, match=message):
            prediction = forecaster.predict(fh=[1, 4], X=X[80:84])
        assert np.isfinite(prediction).all()

    @pytest.mark.parametrize("update_params", [False, True])
    def test_of_fixed_units(self, cls, value, update_params):
        forecaster = quick(cls, normalization="standard", baseline=None)
        forecaster.fit(with_outlier(0, 0.0)[:70], fh=[1, 2, 3])
        later = with_outlier(76, value)[70:]
        assert_finite(forecaster.update(later, update_params=update_params))


def test_ordinary_covariates_raise_no_warning():
    X = pd.DataFrame({"a": np.arange(80.0)})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick().fit(with_outlier(0, 0.0)[:70], X=X[:70], fh=[1]).predict(X=X[70:71])
