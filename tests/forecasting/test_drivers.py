"""Known covariates in the baseline: what they add to a forecast, and what must not leak."""

import pickle

import numpy as np
import pandas as pd
import pytest

from skrnn import Covariates
from skrnn.forecasting import GRUForecaster

FH = range(1, 8)
N_TRAIN, N_TEST = 200, 28


def quick(**params):
    return GRUForecaster(hidden_size=2, max_epochs=1, random_state=0, **params)


def shops(n_shops=3, *, opened=True):
    """Daily sales that follow the week and a price; shops are closed on some days."""
    days = pd.period_range("2024-01-01", periods=N_TRAIN + N_TEST, freq="D", name="day")
    tables = {}
    for i in range(n_shops):
        rng = np.random.default_rng(i)
        price = rng.normal(size=len(days))
        sales = np.exp(2 + 0.3 * np.sin(2 * np.pi * days.dayofweek / 7) - 0.5 * price)
        sales *= np.exp(0.05 * rng.normal(size=len(days)))
        is_open = rng.random(len(days)) > 0.1 if opened else np.ones(len(days), dtype=bool)
        columns = {"sales": np.where(is_open, sales, 0.0), "price": price, "open": is_open * 1.0}
        tables[f"shop {i}"] = pd.DataFrame(columns, index=days)
    return pd.concat(tables, names=["shop"])


def split(table, names=("price", "open")):
    past = table.index.get_level_values("day") < table.index.levels[1][N_TRAIN]
    X = table[list(names)]
    return table.loc[past, ["sales"]], X[past], table.loc[~past, ["sales"]], X[~past]


@pytest.fixture(scope="module")
def fitted():
    y, X, *_ = split(shops())
    return quick().fit(y, X=X, fh=FH)


def mean_error(forecaster, table, names=("price", "open")):
    _, X, y_test, X_test = split(table, names)
    X = pd.concat([X, X_test]) if names else None
    forecasts = forecaster.backtest(y_test, X=X)
    actual = y_test.reindex(forecasts.index.droplevel("cutoff"))
    return np.abs(forecasts.to_numpy() - actual.to_numpy()).mean()


def test_a_driver_makes_forecasts_better(fitted):
    table = shops()
    y, *_ = split(table)
    without = quick().fit(y, fh=FH)
    errors = mean_error(fitted, table), mean_error(without, table, names=[])
    assert errors[0] < 0.3 * errors[1]
    assert "covariates: regression on 2 known covariates" in repr(fitted.plan_)


def test_closed_days_are_forecast_as_zero(fitted):
    """They are no outliers of the other days, whose logarithm is learned."""
    *_, X_test = split(shops())
    ahead = X_test.groupby("shop").head(len(FH))
    closed = (ahead["open"] == 0).to_numpy()
    assert 0 < closed.sum() < len(closed)
    assert fitted.plan_.log
    intervals = fitted.predict_interval(X=ahead, coverage=[0.5, 0.9]).to_numpy()
    paths = fitted.sample_paths(X=ahead, n_paths=3, random_state=0)
    for values in (fitted.predict(X=ahead).to_numpy(), intervals):
        assert (values[closed] == 0).all()
        assert (values[~closed] > 0).all()
    assert (paths.to_numpy().reshape(3, -1)[:, closed] == 0).all()
    assert (fitted.predict_var(X=ahead).to_numpy()[closed] == 0).all()


def test_a_driver_shifted_by_one_step_is_none(fitted):
    """Neither is one that comes too late learned, nor one read too late used."""
    table = shops()
    settled = mean_error(fitted, table)
    for by in (1, -1):
        shifted = table.copy()
        shifted["price"] = table.groupby("shop")["price"].shift(by).fillna(0.0)
        assert mean_error(fitted, shifted) > 3 * settled
    y, X, *_ = split(
        shifted := table.assign(price=table.groupby("shop")["price"].shift().fillna(0))
    )
    assert mean_error(quick().fit(y, X=X, fh=FH), shifted) > 3 * settled


def test_a_column_of_the_past_does_not_say_what_comes():
    """Its later values change nothing, and the column is no driver of the same step."""
    table = shops(opened=False)
    names, covariates = ["price"], Covariates(past_columns=["price"])
    y, X, _, X_test = split(table, names)
    forecaster = quick(covariates=covariates).fit(y, X=X, fh=FH)
    first = forecaster.predict()
    later = X_test.groupby("shop").head(len(FH)) + 100
    forecaster.update(y.groupby("shop").tail(1), X=pd.concat([X, later]), update_params=False)
    np.testing.assert_array_equal(forecaster.predict(), first)
    assert forecaster.plan_.effects is None


def test_later_values_change_no_forecast(fitted):
    table = shops()
    _, X, y_test, X_test = split(table)
    X_all = pd.concat([X, X_test])
    cutoffs = y_test.index.levels[1][N_TRAIN + 3 : N_TRAIN + 5]
    first = fitted.backtest(y_test, X=X_all, cv=cutoffs)
    after = y_test.index.get_level_values("day") > cutoffs[-1]
    y_other = y_test.where(~after[:, None], 1000.0)
    np.testing.assert_array_equal(fitted.backtest(y_other, X=X_all, cv=cutoffs), first)


def test_a_later_forecast_is_that_of_an_update(fitted):
    _, X, y_test, X_test = split(shops())
    X_all, cutoff = pd.concat([X, X_test]), y_test.index.levels[1][N_TRAIN + 9]
    rolling = fitted.backtest(y_test, X=X_all, cv=pd.PeriodIndex([cutoff]))
    copy = pickle.loads(pickle.dumps(fitted))
    new = y_test[y_test.index.get_level_values("day") <= cutoff]
    copy.update(new, X=X_all, update_params=False)
    predicted = copy.predict(X=X_all)
    np.testing.assert_allclose(rolling.to_numpy(), predicted.to_numpy(), rtol=1e-6)


def test_a_new_series_has_the_effects_of_the_panel(fitted):
    y, X, *_ = split(shops())
    forecaster = quick().pretrain(y, X=X, fh=FH)
    y_new, X_new, _, X_test = split(shops(5).loc[["shop 4"]])
    forecaster.fit(y_new, X=X_new)
    cheap, dear = (
        forecaster.predict(fh=FH, X=X_test.assign(price=price, open=1.0)) for price in (-1, 1)
    )
    ratio = cheap.to_numpy() / dear.to_numpy()
    np.testing.assert_allclose(ratio, np.e, rtol=0.2)


def test_a_series_with_a_driver_and_few_seasons():
    """Two and a half years of months."""
    rng = np.random.default_rng(0)
    months = pd.period_range("2022-01", periods=42, freq="M")
    x = pd.DataFrame({"price": rng.normal(size=42)}, index=months)
    y = 50 + 10 * np.sin(2 * np.pi * np.arange(42) / 12) - 8 * x["price"] + rng.normal(size=42)
    errors = []
    for X in (x, None):
        known = None if X is None else X[:30]
        forecaster = quick().fit(y[:30], X=known, fh=range(1, 13))
        errors.append(np.abs(forecaster.predict(X=X) - y[30:]).mean())
    assert errors[0] < 0.5 * errors[1]


def test_forecasts_of_positive_series_with_effects_are_not_negative():
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=220, freq="D")
    x = rng.normal(size=220)
    y = pd.Series(rng.poisson(np.exp(0.3 + 0.8 * x)), days, dtype=float)
    X = pd.DataFrame({"x": x}, index=days)
    forecaster = quick().fit(y[:200], X=X[:200], fh=range(1, 21))
    assert forecaster.plan_.effects is not None
    assert not forecaster.plan_.log
    assert forecaster.predict_interval(X=X[200:], coverage=0.95).to_numpy().min() >= 0


def test_series_begin_at_any_time():
    """The clock of the hours of a day is that of the index."""
    hours = pd.date_range("2024-01-01 05:00", periods=24 * 20, freq="h")
    rng = np.random.default_rng(0)
    x = rng.normal(size=len(hours))
    y = pd.Series(np.where(hours.hour < 12, 5, -5) * x + 0.1 * rng.normal(size=len(hours)), hours)
    X = pd.DataFrame({"x": x}, index=hours)
    n = 24 * 19
    forecaster = quick().fit(y[:n], X=X[:n], fh=range(1, 25))
    error = np.abs(forecaster.predict(X=X[n:]) - y[n:]).mean()
    assert error < 0.35 * np.abs(y).mean()


@pytest.mark.parametrize("closed", [False, True])
def test_a_driver_does_not_hide_a_season(closed):
    """The season shows once the effects are subtracted; shops may be closed on each seventh day."""
    rng = np.random.default_rng(0)
    days, step = pd.period_range("2024-01-01", periods=207, freq="D"), np.arange(207)
    X = pd.DataFrame({"price": rng.normal(size=207), "open": 1.0 - closed * (step % 7 == 3)}, days)
    log = 2 + 0.3 * np.sin(2 * np.pi * step / 7) - 0.5 * X["price"] + 0.05 * rng.normal(size=207)
    y = np.exp(log) * X["open"]
    forecaster = quick(baseline="smoothing").fit(y[:200], X=X[:200], fh=FH)
    assert forecaster.plan_.spec.season == 7
    error = np.abs(forecaster.predict(X=X[200:]) - y[200:]).mean()
    assert error < 0.1 * y.mean()


@pytest.mark.parametrize("baseline", ["boosting", "naive"])
def test_a_column_that_begins_to_vary_changes_nothing(baseline):
    """Training data in which it is constant do not say what it means."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"price": rng.normal(size=107), "law": 1e3})
    y = 50 - 5 * X["price"] + rng.normal(size=107)
    forecaster = quick(baseline=baseline).fit(y[:100], X=X[:100], fh=FH)
    first = forecaster.predict(X=X[100:])
    np.testing.assert_array_equal(forecaster.predict(X=X[100:].assign(law=range(7))), first)
