"""Series that have seen 1.5 to 3 seasons."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import quick
from sktime.datasets import load_airline
from sktime.split import ExpandingWindowSplitter

from skrnn import Examples
from skrnn.forecasting import LSTMForecaster

AIRLINE = load_airline()
FH = range(1, 13)


def months(n, n_series=6, seed=0, season=4.0):
    """Return a panel of months with a season, a line and noise."""
    rng, step = np.random.default_rng(seed), np.arange(n)
    values = [
        season * rng.normal(size=12)[step % 12] + 0.2 * step + rng.normal(size=n)
        for _ in range(n_series)
    ]
    index = pd.MultiIndex.from_product(
        [range(n_series), pd.period_range("2020-01", periods=n, freq="M")]
    )
    return pd.DataFrame({"y": np.concatenate(values)}, index)


def mape(forecast, actual):
    return float((np.abs(forecast - actual) / actual).mean())


@pytest.mark.parametrize(("n", "error"), [(24, 0.11), (30, 0.05), (35, 0.06)])
def test_airline_passengers_of_two_to_three_years(n, error):
    forecaster = quick().fit(AIRLINE[:n], fh=FH)
    assert forecaster.plan_.log
    assert f"season: 12 steps (seen {n / 12:.1f} times)" in str(forecaster.plan_)
    assert "structural models" in str(forecaster.plan_)
    assert mape(forecaster.predict(), AIRLINE[n : n + 12]) < error


@pytest.mark.parametrize(("n", "sp", "season"), [(17, "auto", 1), (18, "auto", 12), (20, 12, 12)])
def test_from_one_and_a_half_seasons_on(n, sp, season):
    plan = quick(sp=sp).fit(AIRLINE[:n], fh=FH).plan_
    assert plan.spec.season == season
    assert ("structural" in plan.spec.baseline.named_weights) == (season == 12)


@pytest.mark.parametrize("params", [{"baseline": "smoothing"}, {"strategy": "recursive"}])
def test_other_baselines_stay_possible(params):
    forecaster = quick(**params).fit(AIRLINE[:30], fh=FH)
    assert "structural" not in str(forecaster.plan_)


@pytest.mark.parametrize(("n", "structural"), [(36, True), (37, False)])
def test_more_than_three_seasons_need_no_special_baseline(n, structural):
    assert ("structural" in str(quick().fit(AIRLINE[:n], fh=FH).plan_)) == structural


def test_a_year_of_weeks_is_left_to_the_structural_models():
    """A regression on harmonics of the year would take the season out before."""
    rng = np.random.default_rng(0)
    weeks = pd.period_range("2022-01-03", periods=130, freq="W")
    y = pd.Series(10 * np.sin(2 * np.pi * np.arange(130) / 52.18) + rng.normal(size=130), weeks)
    plan = LSTMForecaster(max_epochs=1, random_state=0).fit(y, fh=range(1, 14)).plan_
    assert "structural" in plan.spec.baseline.named_weights
    assert plan.effects is None


def test_a_long_series_may_have_it_too():
    forecaster = quick(baseline="structural").fit(AIRLINE, fh=FH)
    assert forecaster.plan_.spec.baseline.named_weights == {"structural": 1.0}
    assert np.isfinite(forecaster.predict()).all()


def test_a_panel_with_a_short_series_and_missing_values():
    y = months(30)
    y.iloc[[0, 1, 40, 41, 75]] = np.nan
    y = y.drop(index=[(5, time) for time in y.loc[5].index[:-5]])  # five months are left
    forecaster = quick().fit(y, fh=FH)
    assert np.isfinite(forecaster.predict().to_numpy()).all()
    assert forecaster.plan_.spec.season == 12
    intervals = forecaster.predict_interval(coverage=0.8).to_numpy()
    assert (intervals[:, 0] < intervals[:, 1]).all()


def test_a_backtest_is_what_updates_predict():
    y = months(42, n_series=1).loc[0]["y"]
    forecaster = quick().fit(y[:26], fh=[1, 2, 3])
    cutoffs = ExpandingWindowSplitter(fh=[1, 2, 3], initial_window=26, step_length=6)
    forecasts = forecaster.backtest(y, cv=cutoffs)
    for cutoff in forecasts.index.get_level_values(0).unique():
        forecaster.update(y[:cutoff], update_params=False)
        np.testing.assert_allclose(forecaster.predict(), forecasts.loc[cutoff], rtol=1e-5)


def test_an_early_origin_of_a_backtest_needs_no_season():
    y = months(30, n_series=1).loc[0]["y"]
    forecasts = quick().fit(y, fh=[1, 2]).backtest(y, cv=y.index[[0, 3, 8, 20]])
    assert np.isfinite(forecasts).all()


def test_cold_start_is_for_less_than_a_season():
    y = months(30)
    forecaster = quick(examples=Examples(cold_start=True)).fit(y, fh=[1, 2, 3])
    assert forecaster.fitted_.cold_start.longest == 11


def test_intervals_of_a_panel_cover():
    y = months(42, n_series=40, season=2.0)
    known = y[y.index.get_level_values(1) < "2022-07"]
    forecaster = LSTMForecaster(max_epochs=2, random_state=0).fit(known, fh=FH)
    bounds = forecaster.predict_interval(coverage=0.8).to_numpy()
    actual = y["y"].unstack(0).loc["2022-07":].T.to_numpy().ravel()
    inside = (bounds[:, 0] <= actual) & (actual <= bounds[:, 1])
    assert 0.72 < inside.mean() < 0.9
