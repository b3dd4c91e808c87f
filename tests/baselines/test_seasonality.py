import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sktime.datasets import load_airline

from skrnn.baselines.seasonality import autocorrelation, find_periods, subtract_trend

LONG = np.arange(400.0)


def autoregression(noise, weight):
    values = np.zeros_like(noise)
    for t in range(1, len(noise)):
        values[t] = weight * values[t - 1] + noise[t]
    return values


def hourly(n_weeks, noise=1.0, seed=0):
    rng = np.random.default_rng(seed)
    hour = np.arange(24 * 7 * n_weeks)
    weekend = hour // 24 % 7 >= 5
    return 3 * np.sin(2 * np.pi * hour / 24) - 2 * weekend + noise * rng.normal(size=len(hour))


class TestAutocorrelation:
    def test_agrees_with_its_definition(self):
        y = np.random.default_rng(0).normal(size=50).cumsum()
        x = y - y.mean()
        expected = [x[: 50 - k] @ x[k:] / (x @ x) for k in range(50)]
        assert_allclose(autocorrelation(y), expected, atol=1e-12)

    def test_agrees_with_statsmodels(self):
        stattools = pytest.importorskip("statsmodels.tsa.stattools")
        y = load_airline().to_numpy()
        assert_allclose(autocorrelation(y, 40), stattools.acf(y, nlags=40), atol=1e-12)

    def test_leaves_pairs_with_a_missing_member_out(self):
        y = np.array([1.0, 3.0, np.nan, 2.0, 6.0, 4.0, np.nan, 5.0])
        x = y - np.nanmean(y)
        for lag, r in enumerate(autocorrelation(y, 4)):
            expected = np.nanmean(x[: 8 - lag] * x[lag:]) * (8 - lag) / 8 / np.nanmean(x**2)
            assert r == pytest.approx(expected)

    def test_lag_without_pairs_is_zero(self):
        y = np.where(LONG % 2 == 0, np.sin(LONG), np.nan)
        r = autocorrelation(y, 4)
        assert_array_equal(r[[1, 3]], 0)
        assert abs(r[2]) > 0.3

    @pytest.mark.parametrize("value", [0.0, 0.1, np.nan])
    def test_constant_or_missing_series(self, value):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert_array_equal(autocorrelation(np.full(20, value), 3), [1, 0, 0, 0])

    @pytest.mark.parametrize("scale", [1e-300, 1e300])
    def test_unit_does_not_matter(self, scale):
        y = np.random.default_rng(0).normal(size=60)
        assert_allclose(autocorrelation(scale * y), autocorrelation(y), atol=1e-12)

    def test_one_value(self):
        assert_array_equal(autocorrelation([3.0]), [1.0])


class TestFindPeriods:
    def test_airline(self):
        y = load_airline()
        assert find_periods(np.log(y)) == [12]
        assert find_periods(y) == [12]
        assert find_periods(y[:36]) == [12]

    def test_sunspots(self):
        sunspots = pytest.importorskip("statsmodels.datasets.sunspots")
        assert find_periods(sunspots.load_pandas().data["SUNACTIVITY"]) == [11]

    def test_weekly_series_with_missing_values(self):
        co2 = pytest.importorskip("statsmodels.datasets.co2")
        y = co2.load_pandas().data["co2"]
        assert y.isna().any()
        assert find_periods(y) == [52]

    def test_day_and_week(self):
        assert find_periods(hourly(10)) == [24, 168]

    def test_week_without_day(self):
        rng = np.random.default_rng(0)
        weekend = np.arange(24 * 7 * 10) // 24 % 7 >= 5
        assert find_periods(weekend + 0.3 * rng.normal(size=len(weekend))) == [168]

    def test_week_in_daily_data_with_a_trend(self):
        rng = np.random.default_rng(0)
        day = np.arange(200)
        assert find_periods(0.1 * day + 2.0 * (day % 7 >= 5) + 0.5 * rng.normal(size=200)) == [7]

    def test_week_and_year_in_daily_data(self):
        rng = np.random.default_rng(0)
        day = np.arange(365 * 8)
        y = np.sin(2 * np.pi * day / 365) + (day % 7 >= 5) + 0.5 * rng.normal(size=len(day))
        week, year = find_periods(y)
        assert week == 7 or year == 7
        assert 355 < max(week, year) < 375

    def test_smooth_day_in_ten_minute_data(self):
        rng = np.random.default_rng(0)
        step = np.arange(144 * 60)
        weather = autoregression(rng.normal(size=len(step)), 0.999)
        assert find_periods(20 * np.sin(2 * np.pi * step / 144) + weather) == [144]

    def test_season_on_a_random_walk(self):
        rng = np.random.default_rng(0)
        pattern = 4 * rng.normal(size=12)
        assert find_periods(rng.normal(size=240).cumsum() + np.tile(pattern, 20)) == [12]

    def test_whole_year_rather_than_half(self):
        pattern = np.array([0, 1, 4, 0, 0, 0, 0, 1, 5, 0, 2, 0])
        for seed in range(10):
            noise = np.random.default_rng(seed).normal(size=144)
            assert find_periods(np.tile(pattern, 12) + 0.5 * noise) == [12]

    def test_multiples_are_not_repeated(self):
        pattern = np.array([0, 2, 5, 1, 0, 0])
        for seed in range(10):
            noise = np.random.default_rng(seed).normal(size=300)
            assert find_periods(np.tile(pattern, 50) + noise) == [6]

    @pytest.mark.parametrize("period", [3, 4, 5, 12, 24])
    def test_without_noise(self, period):
        assert find_periods(np.tile(np.arange(period) == 1, 20)) == [period]
        assert find_periods(np.sin(2 * np.pi * LONG / period)) == [period]

    @pytest.mark.parametrize(
        "y",
        [
            np.zeros(100),
            np.full(100, 0.1),
            np.full(100, np.nan),
            LONG,
            1e6 + 0.001 * LONG,
            LONG**2,
            np.exp(LONG / 50),
            np.log1p(LONG),
            LONG == 200,
            LONG >= 200,
            np.tile([0.0, 1.0], 100),
            [1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 1.0],
            [5.0],
        ],
    )
    def test_nothing_and_no_warning(self, y):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert find_periods(y) == []

    @pytest.mark.parametrize("n", [30, 100, 500])
    @pytest.mark.parametrize(
        "simulate",
        [
            lambda noise: noise,
            lambda noise: autoregression(noise, 0.5),
            lambda noise: autoregression(noise, 0.9),
            lambda noise: autoregression(noise, -0.5),
            lambda noise: noise.cumsum(),
            lambda noise: (noise + 0.2).cumsum(),
            lambda noise: 0.3 * noise.cumsum() + noise[::-1],
            lambda noise: np.exp(np.linspace(0, 3, len(noise))) * (1 + 0.1 * noise),
        ],
        ids=["noise", "ar.5", "ar.9", "ar-.5", "walk", "drift", "level", "growth"],
    )
    def test_rarely_sees_a_season_where_there_is_none(self, simulate, n):
        rng = np.random.default_rng(n)
        found = [bool(find_periods(simulate(rng.normal(size=n)))) for _ in range(60)]
        # Five of a hundred series would be six or more of sixty with a chance of 8 %.
        assert sum(found) <= 5

    def test_missing_values(self):
        y = hourly(10)
        y[np.random.default_rng(1).random(len(y)) < 0.2] = np.nan
        assert find_periods(y) == [24, 168]

    def test_max_period(self):
        assert find_periods(hourly(10), max_period=100) == [24]
        assert find_periods(np.tile([0.0, 0, 1, 0, 0, 3, 0], 2), max_period=7) == []

    def test_max_periods(self):
        assert find_periods(hourly(10), max_periods=1) == [24]

    def test_input_is_left_as_it_is(self):
        y = hourly(2)
        y.flags.writeable = False
        find_periods(y)
        autocorrelation(y)

    def test_result_is_plain(self):
        assert all(type(period) is int for period in find_periods(hourly(10)))

    def test_long_series(self):
        y = hourly(700)  # hours of 13 years
        assert find_periods(y) == [24, 168]


@pytest.mark.parametrize("function", [autocorrelation, find_periods])
@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([], "y is empty"),
        (["a", "b"], "y must be numeric"),
        (np.ones((4, 2)), "y must be one series of shape"),
        ([1.0, np.inf, 2.0], "y contains infinite values"),
    ],
)
def test_bad_series(function, y, message):
    with pytest.raises(ValueError, match=message):
        function(y)


@pytest.mark.parametrize("n_lags", [-1, 5, 2.5])
def test_bad_n_lags(n_lags):
    with pytest.raises(ValueError, match=r"n_lags=.* must be an integer from 0 to"):
        autocorrelation(np.arange(5), n_lags)


@pytest.mark.parametrize("name", ["max_period", "max_periods"])
@pytest.mark.parametrize("value", [0, 1.5, "12"])
def test_bad_limits(name, value):
    with pytest.raises(ValueError, match=rf"{name}={value} must be an integer of at least 1"):
        find_periods(LONG, **{name: value})


@pytest.mark.parametrize("n", [81, 108, 109, 110])
def test_laps_that_reach_the_end(n):
    """A sine whose period is no whole number, and lags that are close to the longest one."""
    assert find_periods(np.sin(np.arange(n)))[0] in (6, 25)


def test_column_is_a_series():
    y = hourly(4)
    assert find_periods(y[:, np.newaxis]) == find_periods(y)


def test_subtract_trend():
    residual = np.sin(LONG)
    line = np.polynomial.Polynomial.fit(LONG, residual, 1)
    assert_allclose(subtract_trend(residual), residual - line(LONG), atol=1e-12)
    assert_array_equal(subtract_trend(3 * LONG + 2), 0)
    y = np.where(LONG % 3 == 0, np.nan, LONG)
    assert_array_equal(np.isnan(subtract_trend(y)), np.isnan(y))
