"""Covariates: known for the horizon, or for the past only."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    BARE,
    every_architecture,
    mean_error,
    panel,
    quick,
    seasonal,
    with_network,
)

from skrnn.forecasting import LSTMForecaster

N, CUT = 200, 180


def known_only(seed=0):
    """Return y[t] = 3 x[t] + noise, where x is unpredictable."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=N)
    X = pd.DataFrame({"x": x, "noise": rng.normal(size=N)})
    return pd.Series(3 * x + 0.1 * rng.normal(size=N)), X


def able(cls=LSTMForecaster, **params):
    """Return a forecaster that trains long enough to learn."""
    params = {"window_length": 4, "random_state": 0, "hidden_size": 16, **BARE, **params}
    return cls().set_params(**with_network(cls, **params))


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@every_architecture
def test_known_covariates_of_the_horizon_are_used(cls, strategy):
    y, X = known_only()
    forecaster = able(cls, strategy=strategy).fit(y[:CUT], X=X[:CUT], fh=np.arange(1, 11))
    actual = y[CUT : CUT + 10]
    right = forecaster.predict(X=X[CUT:])
    assert mean_error(right, actual) < 0.5
    for shift in (-1, 1):
        wrong = forecaster.predict(X=X.shift(shift)[CUT : CUT + 10])
        assert mean_error(wrong, actual) > 4 * mean_error(right, actual)


@pytest.mark.parametrize("shift", [-1, 1])
def test_shifted_covariates_do_not_help(shift):
    """A white-noise x shifted by one row carries no information about y."""
    y, X = known_only()
    X = X.shift(shift).iloc[1:-1]
    forecaster = able().fit(y[1:CUT], X=X[: CUT - 1], fh=[1])
    errors = []
    for t in range(CUT, CUT + 15):
        context = forecaster.update(y[t - 1 : t], X=X.loc[t - 1 : t - 1], update_params=False)
        errors.append(abs(context.predict(X=X.loc[t:t]).item() - y[t]))
    # With the shift by -1, row t holds x[t + 1]; y[t] hangs on x[t], which stands in row t - 1.
    learned = np.mean(errors) < 0.5 * y.abs().mean()
    assert learned == (shift == -1)


def rolling(forecaster, y, X, n=15):
    """Return the mean error of rolling one-step forecasts without training."""
    errors = []
    for t in range(CUT, CUT + n):
        past_columns = forecaster.get_params().get("covariates__past_columns") or []
        known = [c for c in X if c not in past_columns]
        prediction = forecaster.predict(X=X.loc[t:t, known] if known else None)
        errors.append(abs(prediction.item() - y[t]))
        forecaster.update(y.loc[t:t], X=X.loc[t:t], update_params=False)
    return np.mean(errors)


def both_roles(seed=0):
    """Return y[t] = 2 a[t] + 2 b[t - 1]: a is needed for the horizon, b for the past."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, N))
    y = 2 * a + 2 * np.append(0, b[:-1]) + 0.05 * rng.normal(size=N)
    return pd.Series(y), pd.DataFrame({"a": a, "b": b})


def test_past_only_columns_are_used_and_not_needed_for_the_horizon():
    y, X = known_only()
    y = X["x"].shift(1).fillna(0)  # the last value is that of the row before
    forecaster = able(covariates__past_columns=["x", "noise"]).fit(y[:CUT], X=X[:CUT], fh=[1])
    naive = y[CUT:].abs().mean()
    assert rolling(forecaster, y, X) < 0.3 * naive


def test_swapped_roles_are_worse():
    y, X = both_roles()
    errors = {
        past: rolling(able(covariates__past_columns=[past]).fit(y[:CUT], X=X[:CUT], fh=[1]), y, X)
        for past in ("a", "b")
    }
    assert errors["b"] < 0.6
    assert errors["a"] > 3 * errors["b"]


def test_past_only_columns_of_the_horizon_are_never_read():
    """Neither in the X of predict nor after an in-sample origin."""
    y, X = both_roles()
    forecaster = quick(covariates__past_columns=["b"]).fit(y[:CUT], X=X[:CUT], fh=[1, 2, 3])
    garbage = X.assign(b=1e6)
    right = forecaster.predict(X=X[CUT:])
    pd.testing.assert_series_equal(right, forecaster.predict(X=garbage[CUT:]))
    pd.testing.assert_series_equal(right, forecaster.predict(X=X.loc[CUT:, ["a"]]))


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
def test_in_sample_predictions_read_the_covariates_of_their_step(strategy):
    y, X = known_only()
    forecaster = able(strategy=strategy).fit(y[:CUT], X=X[:CUT], fh=[1])
    prediction = forecaster.predict(fh=np.arange(-100, 1))
    assert mean_error(prediction, y[CUT - 101 : CUT]) < 0.5


def test_rows_and_columns_of_x_in_any_order():
    y, X = known_only()
    here = quick().fit(y[:CUT], X=X[:CUT], fh=[1, 2, 3])
    there = quick().fit(y[:CUT], X=X, fh=[1, 2, 3])  # later rows do no harm
    expected = here.predict(X=X[CUT:])
    pd.testing.assert_series_equal(there.predict(X=X), expected)
    pd.testing.assert_series_equal(here.predict(X=X[["noise", "x"]][CUT:]), expected)


def test_units_of_covariates_do_not_matter():
    y, X = known_only()
    here = quick().fit(y[:CUT], X=X[:CUT], fh=[1, 2]).predict(X=X[CUT:])
    moved = 1e6 + 1e3 * X
    there = quick().fit(y[:CUT], X=moved[:CUT], fh=[1, 2]).predict(X=moved[CUT:])
    np.testing.assert_allclose(here, there, rtol=1e-4, atol=1e-4)


def test_constant_covariate_does_no_harm():
    y = seasonal()
    X = pd.DataFrame({"one": 1.0}, index=y.index)
    prediction = quick().fit(y[:50], X=X[:50], fh=[1, 2]).predict(X=X[50:])
    assert np.isfinite(prediction).all()


def test_series_of_a_panel_have_their_own_covariates():
    y = panel()
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=len(y))}, index=y.index)
    y["y"] = 3 * X["x"] + 100 * pd.factorize(y.index.get_level_values(0))[0]
    ends = y.groupby(level=0).cumcount(ascending=False)
    forecaster = able(max_epochs=30).fit(y[ends >= 3], X=X[ends >= 3], fh=[1, 2, 3])
    prediction = forecaster.predict(X=X)
    assert prediction.index.equals(y[ends < 3].index)
    assert mean_error(prediction, y[ends < 3]) < 1


def test_feedback_over_steps_missing_in_x_warns():
    y, X = known_only()
    forecaster = quick(strategy="recursive").fit(y[:CUT], X=X[:CUT])
    with pytest.warns(UserWarning, match="between those of fh"):
        forecaster.predict(fh=[3], X=X.loc[[CUT + 2]])
