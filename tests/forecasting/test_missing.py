"""Missing values: masked in the loss; steps count from the last observed value."""

import copy

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
    weights,
    with_network,
)
from selection import mainly

from skrnn import Covariates, Examples
from skrnn.forecasting import LSTMForecaster

FH = [1, 2, 3]


def holes(y, part=0.3, seed=0):
    """Return a copy with a part of the values missing."""
    return y.mask(np.random.default_rng(seed).random(y.shape) < part)


@every_architecture
@pytest.mark.parametrize("transform", mainly([None], [None, "log"]))
def test_forecasts_with_holes(cls, transform):
    y = seasonal(100, sp=12)
    forecaster = cls(**with_network(cls, random_state=0, transform=transform, max_epochs=40))
    forecaster.fit(holes(y[:88]), fh=np.arange(1, 13))
    prediction = forecaster.predict()
    assert mean_error(prediction, y[88:]) < 0.5 * mean_error(y[:88].mean(), y[88:])
    assert not forecaster.predict_interval().isna().any(axis=None)


@pytest.mark.parametrize("params", [{}, {"baseline": "naive"}, BARE, {"strategy": "recursive"}])
def test_leading_gap_changes_nothing(params):
    """Rows without a value before the series begins are as good as no rows."""
    y = seasonal(50, kind="range")
    late = pd.concat([pd.Series(np.nan, index=range(7)), y.set_axis(range(7, 57))])
    forecaster = quick(**params).pretrain(panel(kind="range"), fh=FH)
    here, there = (forecaster.clone().fit(s).predict(FH) for s in (y, late))
    np.testing.assert_array_equal(here, there)
    assert list(there.index) == [57, 58, 59]


def test_trailing_gap():
    """The forecast begins after the gap, and reads what was observed before it."""
    y = seasonal(80)
    forecaster = LSTMForecaster(random_state=0, max_epochs=40)
    forecaster.fit(y[:70].where(np.arange(70) < 68), fh=np.arange(1, 9))
    prediction = forecaster.predict()
    assert prediction.index.equals(y.index[70:78])
    assert mean_error(prediction, y[70:78]) < 1


def test_a_gap_longer_than_the_window():
    y = seasonal(80).where((np.arange(80) < 30) | (np.arange(80) > 75))
    forecaster = quick(window_length=8).fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all()
    assert np.isfinite(forecaster.predict(np.arange(-79, 1))).all()
    gone = quick(window_length=8).fit(y.where(np.arange(80) < 30), fh=FH)
    assert np.isfinite(gone.predict()).all()


def test_a_random_walk_continues_from_its_last_value():
    """Also where the newest values are missing: not from the mean of the window."""
    y = pd.Series(np.arange(60.0))
    y[58:] = np.nan
    forecaster = quick(baseline="naive", transform=None, sp=1, max_epochs=1).fit(y, fh=[1])
    assert 55 < forecaster.predict().item() < 62


@pytest.mark.parametrize("column", ["a", "b"])
def test_one_column_of_several(column):
    y = pd.DataFrame({"a": seasonal(60), "b": seasonal(60, seed=1)})
    y[column] = holes(y[column])
    forecaster = quick().fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all(axis=None)


def test_one_series_of_several():
    y = panel()
    y.loc["s2"] = holes(y.loc["s2"]).to_numpy()
    assert np.isfinite(quick().fit(y, fh=FH).predict()).all(axis=None)


def test_missing_targets_have_no_weight():
    """A network that learns from a series in which all is missing but a few steps."""
    y = seasonal(60, kind="range")
    few = y.where(np.arange(60) % 10 < 3)
    forecaster = quick(**BARE).fit(few, fh=FH)
    assert np.isfinite(weights(forecaster)).all()
    assert np.isfinite(forecaster.history_["loss"]).all()


@pytest.mark.parametrize("n", [1, 2, 3, 5, 9])
def test_single_observations(n):
    y = pd.Series(np.nan, index=range(n))
    y[n // 2] = 3.0
    forecaster = quick().fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all()
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)


def walks(n=70, n_series=40, seed=0):
    """Return random walks, (n_series, n)."""
    return 100 + np.random.default_rng(seed).normal(size=(n_series, n)).cumsum(axis=1)


def frame_of(values, start="2001-01"):
    """Return series (n_series, n) as a panel."""
    index = pd.period_range(start, periods=values.shape[1], freq="M")
    series = pd.MultiIndex.from_product([range(len(values)), index], names=["shop", "month"])
    return pd.DataFrame({"y": values.ravel()}, index=series)


def without_newest(values, gap):
    """Return a copy in which the last `gap` values of each series are missing."""
    values = values.copy()
    values[:, values.shape[1] - gap :] = np.nan
    return values


@pytest.fixture(scope="module")
def forecaster():
    return quick(max_epochs=1).fit(frame_of(walks()[:, :60]), fh=FH)


class TestNewestValuesAreMissing:
    """Random walks, whose errors grow with the square root of the distance."""

    def width(self, forecaster):
        interval = forecaster.predict_interval(coverage=0.8).to_numpy().reshape(40, 3, 2)
        return np.ptp(interval, axis=-1).mean(axis=0)

    @pytest.mark.parametrize("gap", [1, 2, 9, 30])
    def test_a_fit_learns_what_it_learns_without_the_missing_rows(self, forecaster, gap):
        rows = np.hstack([walks()[:, :60], np.full((40, gap), np.nan)])
        late = quick(max_epochs=1).fit(frame_of(rows), fh=FH)
        np.testing.assert_array_equal(weights(late), weights(forecaster))
        expected = 2.563 * np.sqrt(gap + np.arange(1, 4))
        np.testing.assert_allclose(self.width(late), expected, rtol=0.12)
        last = np.repeat(walks()[:, 59], 3)
        assert mean_error(late.predict(), last) < 0.3 * np.sqrt(gap)

    @pytest.mark.parametrize("gap", [1, 9])
    def test_update_and_backtest(self, forecaster, gap):
        rows = frame_of(without_newest(walks(), gap)[:, 60:], "2006-01")
        tested = forecaster.backtest(rows, coverage=0.8, cv=rows.index.levels[1][-1:])
        forecaster = copy.deepcopy(forecaster).update(rows, update_params=False)
        interval = forecaster.predict_interval(coverage=0.8)
        np.testing.assert_allclose(tested.to_numpy(), interval.to_numpy(), rtol=1e-9)
        expected = 2.563 * np.sqrt(gap + np.arange(1, 4))
        np.testing.assert_allclose(self.width(forecaster), expected, rtol=0.12)

    def test_in_sample_steps_in_a_gap(self):
        values = walks()
        values[:, 40:50] = np.nan
        forecaster = quick(max_epochs=1).fit(frame_of(values), fh=FH)
        interval = forecaster.predict_interval(np.arange(-31, -17), coverage=0.8)
        width = np.ptp(interval.to_numpy().reshape(40, 14, 2), axis=-1).mean(axis=0)
        away = np.array([1, 1, *range(1, 12), 1])  # steps from the last observed value
        np.testing.assert_allclose(width / np.sqrt(away), 2.563, rtol=0.15)

    def test_training_goes_on_with_the_observed_rows(self):
        late = np.hstack([walks()[:, 60:], np.full((40, 9), np.nan)])
        forecasters = []
        for rows in (walks()[:, 60:], late):
            forecaster = quick(max_epochs=1, examples=Examples(origins=4)).fit(
                frame_of(walks()[:, :60]), fh=FH
            )
            forecasters.append(forecaster.update(frame_of(rows, "2006-01")))
        np.testing.assert_array_equal(*(weights(forecaster) for forecaster in forecasters))

    @pytest.mark.parametrize("params", [{}, {"strategy": "recursive"}])
    def test_the_other_series_stay_as_they_are(self, params):
        forecaster = quick(max_epochs=1, **params).fit(frame_of(walks()[:, :60]), fh=FH)
        complete = forecaster.backtest(frame_of(walks()), cv=pd.PeriodIndex(["2006-09"], freq="M"))
        values = walks()
        values[::2, 60:] = np.nan
        some = forecaster.backtest(frame_of(values), cv=pd.PeriodIndex(["2006-09"], freq="M"))
        same = (some == complete).to_numpy().reshape(40, 3).all(axis=1)
        np.testing.assert_array_equal(same, np.arange(40) % 2 == 1)

    def test_sample_paths(self, forecaster):
        rows = frame_of(np.full((40, 9), np.nan), "2006-01")
        late = copy.deepcopy(forecaster).update(rows, update_params=False)
        paths = late.sample_paths(n_paths=400, random_state=0)["y"].to_numpy().reshape(400, 40, 3)
        correlation = np.corrcoef(paths[:, 0].T)[0, 2]
        assert abs(correlation - np.sqrt(10 / 12)) < 0.08
        assert paths[:, :, 0].std(axis=0).mean() == pytest.approx(np.sqrt(10), rel=0.15)


def test_each_target_has_its_own_last_value():
    values = walks(n_series=2).T
    y = pd.DataFrame(values, columns=["a", "b"], index=pd.RangeIndex(70))
    y.loc[61:, "b"] = np.nan
    forecaster = quick(max_epochs=1).fit(y, fh=FH)
    complete = quick(max_epochs=1).fit(y[:61], fh=FH)
    width, before = (
        np.ptp(f.predict_interval().to_numpy()[0].reshape(2, 2), axis=1)
        for f in (forecaster, complete)
    )
    assert width[0] == pytest.approx(before[0], rel=0.3)
    assert width[1] == pytest.approx(before[1] * np.sqrt(10), rel=0.4)


@pytest.mark.parametrize(
    "params",
    [{}, {"strategy": "recursive"}, *({"baseline": name} for name in ("linear", "theta", "drift"))],
)
def test_the_forecast_continues_season_and_slope(params):
    y = seasonal(100, noise=0.05)
    forecaster = quick(transform=None, **params).fit(y[:70], fh=FH)
    forecaster.update(y[:90].where(np.arange(90) < 77), update_params=False)
    complete = forecaster.backtest(y[70:77], cv=y.index[76:77], fh=np.arange(14, 17))
    np.testing.assert_allclose(forecaster.predict(), complete, atol=0.3)
    assert mean_error(forecaster.predict(), y[90:93]) < 1


@pytest.mark.parametrize("past_only", [False, True])
@pytest.mark.parametrize("fh", [[1], FH])
def test_covariates_in_a_gap_are_read(past_only, fh):
    y = seasonal(60, kind="range")
    X = pd.DataFrame({"a": np.random.default_rng(0).normal(size=63)})
    covariates = Covariates(past_columns=["a"]) if past_only else None
    forecaster = quick(covariates=covariates).fit(y[:50], X=X[:50], fh=FH)
    later = y[50:].where(y.index[50:] < 55)

    def forecast(X):
        updated = copy.deepcopy(forecaster).update(later, X=X[50:60], update_params=False)
        return updated.predict(fh=fh, X=None if past_only else X[60 : 60 + fh[-1]])

    other = X.copy()
    other.iloc[57] += 1
    assert np.isfinite(forecast(X)).all()
    assert (forecast(X) != forecast(other)).all()
