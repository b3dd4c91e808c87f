"""Calendar features and holidays, computed from the index without X."""

import datetime
import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    BARE,
    mean_error,
    one_forecaster,
    quick,
    seasonal,
    times,
    with_network,
)
from pandas.tseries.frequencies import to_offset

from skrnn._compat import InvalidParameterError
from skrnn.forecasting import LSTMForecaster
from skrnn.forecasting.frames.calendar import CYCLES, Calendar
from skrnn.forecasting.frames.frequency import Frequency
from skrnn.forecasting.frames.index import SeriesIndex

FH = np.arange(1, 8)


def able(cls=LSTMForecaster, **params):
    """Return a forecaster that learns something, but reads too little to find a season."""
    params = {"window_length": 4, "random_state": 0, "hidden_size": 16, **BARE, **params}
    return cls().set_params(**with_network(cls, **params))


def index_of(freq, n, start="2001-01-31"):
    return index_like(pd.date_range(start, periods=n, freq=freq))


def index_like(times):
    return SeriesIndex.of(pd.DataFrame(index=times))


class TestCycles:
    @pytest.mark.parametrize(
        ("name", "time", "phase"),
        [
            ("minute", "2024-03-05 14:45", 45 / 60),
            ("hour", "2024-03-05 18:00", 18 / 24),
            ("day_of_week", "2024-03-05", 1 / 7),  # a Tuesday
            ("day_of_month", "2024-03-05", 4 / 31),
            ("day_of_year", "2024-12-31", 365 / 366),
            ("day_of_year", "2023-12-31", 364 / 365),
            ("week_of_year", "2024-01-08", 1 / 52.18),
            ("month", "2024-03-05", 2 / 12),
            ("quarter", "2024-03-05", 0),
        ],
    )
    def test_phases(self, name, time, phase):
        times = pd.DatetimeIndex([time])
        assert np.asarray(CYCLES[name].phase(times)) == pytest.approx(phase)
        sine, cosine = Calendar((name,)).values(times)[0]
        assert sine == pytest.approx(np.sin(2 * np.pi * phase), abs=1e-12)
        assert cosine == pytest.approx(np.cos(2 * np.pi * phase), abs=1e-12)

    @pytest.mark.parametrize(
        ("freq", "n", "cycles"),
        [
            ("D", 800, ("day_of_week", "day_of_month", "day_of_year")),
            ("D", 100, ("day_of_week", "day_of_month")),
            ("D", 13, ()),
            ("B", 600, ("day_of_week", "day_of_month", "day_of_year")),
            ("h", 21 * 24, ("hour", "day_of_week")),
            ("12h", 42, ("hour", "day_of_week")),
            ("15min", 21 * 96, ("minute", "hour", "day_of_week")),
            ("W", 120, ("day_of_month", "week_of_year")),
            ("ME", 24, ("month",)),
            ("MS", 24, ("month",)),
            ("ME", 23, ()),
            ("QE", 12, ("quarter",)),
            ("YE", 30, ()),
        ],
    )
    def test_auto(self, freq, n, cycles):
        assert Calendar.of("auto", None, index_of(freq, n)).cycles == cycles

    def test_the_longest_series_decides(self):
        frame = pd.concat({n: seasonal(k, "datetime").to_frame() for n, k in [("a", 5), ("b", 60)]})
        calendar = Calendar.of("auto", None, SeriesIndex.of(frame))
        assert calendar.cycles == ("day_of_week",)

    def test_periods_are_like_their_beginnings(self):
        periods = pd.period_range("2024-01-29", periods=30, freq="D")
        calendar = Calendar(tuple(CYCLES))
        np.testing.assert_array_equal(
            calendar.values(periods), calendar.values(periods.to_timestamp())
        )

    def test_clocks(self):
        """The hour is that of the place."""
        berlin = pd.date_range("2024-06-01", periods=24, freq="h", tz="Europe/Berlin")
        calendar = Calendar(("hour",))
        np.testing.assert_array_equal(
            calendar.values(berlin), calendar.values(berlin.tz_localize(None))
        )


def by_weekday(n=400, kind="datetime", seed=0):
    """Return values that depend on the day of the week only, and not on earlier values."""
    rng = np.random.default_rng(seed)
    index = times(kind, n)
    effect = np.array([3.0, -2, 1, -3, 2, -1, 0])[index.dayofweek]
    return pd.Series(effect + 0.1 * rng.normal(size=n), index=index)


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@one_forecaster
def test_forecasts_follow_the_day_of_the_week(cls, strategy):
    """The errors are small, and large if the forecasts are shifted by one day."""
    y = by_weekday()
    forecaster = able(cls, strategy=strategy, covariates__calendar_features=["day_of_week"])
    prediction = forecaster.fit(y[:380], fh=FH).predict()
    assert mean_error(prediction, y[380:387]) < 0.5
    for shift in (-1, 1):
        assert mean_error(prediction, y.shift(shift)[380:387]) > 2


def test_calendar_features_in_sample_and_after_updates():
    y = by_weekday()
    forecaster = able(covariates__calendar_features="auto").fit(y[:380], fh=[1, 2])
    assert mean_error(forecaster.predict(np.arange(-50, 1)), y[329:380]) < 0.3
    for t in range(380, 390):
        assert mean_error(forecaster.predict([1, 2]), y[t : t + 2]) < 0.6
        forecaster.update(y[t : t + 1], update_params=False)


def test_gaps_in_the_horizon_need_no_rows():
    """Calendar features are known for the steps between, so there is no warning."""
    y = by_weekday()
    forecaster = quick(covariates__calendar_features="auto", strategy="recursive").fit(y[:180])
    prediction = forecaster.predict([3, 6])
    every = forecaster.predict(FH)
    pd.testing.assert_series_equal(prediction, every.iloc[[2, 5]], check_freq=False)


@pytest.mark.parametrize("levels", [1, 2])
def test_series_of_a_panel_may_end_at_different_times(levels):
    y = by_weekday().to_frame("y")
    parts = {name: y.iloc[i : 360 + i] for i, name in enumerate("abc")}
    frame = pd.concat(parts, names=["shop", "time"])
    if levels == 2:
        frame = pd.concat({"north": frame, "south": frame + 9}, names=["region"])
    forecaster = able(covariates__calendar_features="auto", max_epochs=20).fit(frame, fh=[1, 2, 3])
    prediction = forecaster.predict()
    if levels == 2:
        prediction = prediction.loc["north"]
    for i, name in enumerate("abc"):
        assert mean_error(prediction.loc[name], y.iloc[360 + i : 363 + i]) < 0.5


def test_calendar_features_beside_covariates():
    """The columns of X are not mixed up with the calendar features."""
    rng = np.random.default_rng(0)
    y = by_weekday()
    X = pd.DataFrame(rng.normal(size=(400, 2)), columns=["known", "past"], index=y.index)
    y = y + 3 * X["known"] + 3 * X["past"].shift(1).fillna(0)
    forecaster = able(
        covariates__calendar_features=["day_of_week"], covariates__past_columns=["past"]
    )
    forecaster.fit(y[:380], X=X[:380], fh=[1])
    errors = []
    for t in range(380, 395):
        prediction = forecaster.predict(X=X.iloc[t : t + 1, :1])
        errors.append(mean_error(prediction, y[t : t + 1]))
        forecaster.update(y[t : t + 1], X=X.iloc[t : t + 1], update_params=False)
    assert np.mean(errors) < 1 < y.std() / 4
    with pytest.raises(ValueError, match=r"X is None, but .* known covariates \['known'\]"):
        forecaster.predict()


def test_pretrained_features_are_kept():
    y = by_weekday()
    frame = pd.concat({"a": y[:350].to_frame("y"), "b": y[3:350].to_frame("y")})
    pretrained = able(covariates__calendar_features=["day_of_week"], cold_start=True)
    pretrained.pretrain(frame, fh=[1, 2, 3])
    for n in (1, 2, 9):  # too few to choose features or to infer the frequency
        start = pd.Series(y.to_numpy()[360 - n : 360], pd.DatetimeIndex(y.index[360 - n : 360]))
        prediction = pretrained.clone().fit(start).predict([1, 2, 3])
        assert mean_error(prediction, y[360:363]) < 0.8
        assert list(prediction.index) == list(y.index[360:363])


@one_forecaster
def test_pickles_and_clones(cls):
    y = by_weekday(60)
    forecaster = quick(
        cls, covariates__calendar_features="auto", covariates__holidays=["2001-04-10", "2001-06-01"]
    )
    prediction = forecaster.fit(y, fh=FH).predict()
    again = pickle.loads(pickle.dumps(forecaster))
    pd.testing.assert_series_equal(again.predict(), prediction)
    pd.testing.assert_series_equal(forecaster.clone().fit(y, fh=FH).predict(), prediction)


class TestWrongFeatures:
    @pytest.mark.parametrize(
        "params",
        [{"covariates__calendar_features": "auto"}, {"covariates__holidays": ["2001-01-01"]}],
    )
    @pytest.mark.parametrize("kind", ["range", "int64"])
    def test_no_dates(self, params, kind):
        name = next(iter(params)).removeprefix("covariates__")
        with pytest.raises(ValueError, match=f"{name}.* needs dates, but the times of y"):
            quick(**params).fit(seasonal(40, kind))

    def test_unknown(self):
        with pytest.raises(ValueError, match=r"the unknown names \['weekday'\]; choose among"):
            quick(covariates__calendar_features=["month", "weekday"]).fit(seasonal(40))
        with pytest.raises(InvalidParameterError, match="calendar_features"):
            quick(covariates__calendar_features="month").fit(seasonal(40))

    def test_constant(self):
        with pytest.raises(ValueError, match=r"\['hour'\], which are the same at all steps"):
            quick(covariates__calendar_features=["hour"]).fit(seasonal(40))

    def test_too_few_times(self):
        with pytest.raises(ValueError, match=r"needs the frequency of y.*y.asfreq"):
            quick(covariates__calendar_features="auto").fit(seasonal(2, "no freq"))


# -- holidays ----------------------------------------------------------------------------------

DATES = ["2001-04-08", "2001-05-01", "2001-05-20", "2001-06-10"]


def as_days(dates):
    return np.array(dates, dtype="datetime64[D]")


class TestTables:
    @pytest.mark.parametrize(
        "table",
        [
            DATES,
            tuple(datetime.date.fromisoformat(d) for d in DATES),
            pd.DatetimeIndex(DATES),
            pd.DatetimeIndex(DATES, tz="Europe/Berlin"),
            pd.Series(pd.to_datetime(DATES)),
            as_days(DATES),
            reversed([*DATES, DATES[0]]),
        ],
        ids=lambda table: type(table).__name__,
    )
    def test_lists_of_dates(self, table):
        table = list(table) if not hasattr(table, "dtype") else table
        holidays = Calendar.of(None, table, index_of("D", 200)).holidays
        assert list(holidays.days) == ["holiday"]
        np.testing.assert_array_equal(holidays.days["holiday"], as_days(DATES))

    @pytest.mark.parametrize(
        "table",
        [
            {datetime.date.fromisoformat(d): n for d, n in zip(DATES, "abab", strict=True)},
            pd.Series(list("abab"), index=pd.DatetimeIndex(DATES)),
            pd.Series(list("abab"), index=pd.PeriodIndex(DATES, freq="D")),
            pd.Series(list("abab"), index=DATES),
        ],
        ids=["dict", "Series", "periods", "strings"],
    )
    def test_names(self, table):
        holidays = Calendar.of(None, table, index_of("D", 200)).holidays
        assert list(holidays.days) == ["a", "b"]
        np.testing.assert_array_equal(holidays.days["b"], as_days(DATES[1::2]))

    def test_several_on_one_day(self):
        table = {"2001-04-08": "a; b", "2001-05-01": "b"}
        holidays = Calendar.of(None, table, index_of("D", 200)).holidays
        assert {name: len(days) for name, days in holidays.days.items()} == {"a": 1, "b": 2}

    def test_holidays_outside_the_training_data_are_left_out(self):
        table = {"2001-04-08": "a", "2007-05-01": "b", "2000-05-01": "c"}
        calendar = Calendar.of(None, table, index_of("D", 200))
        assert list(calendar.holidays.days) == ["a"]
        assert calendar.n_columns == 3

    @pytest.mark.parametrize(
        ("table", "error", "message"),
        [
            ([], ValueError, "holidays has no date"),
            ({}, ValueError, "holidays has no date"),
            (["Easter"], ValueError, "holidays contains something other than dates"),
            ([3, 4], ValueError, "holidays contains the number 3; pass dates"),
            (["2001-01-01", 4], ValueError, "holidays contains the number 4; pass dates"),
            ([None], ValueError, "holidays contains missing dates"),
            (pd.DataFrame({"date": DATES}), TypeError, "holidays is a DataFrame"),
            ("US", InvalidParameterError, "holidays"),
        ],
    )
    def test_bad_tables(self, table, error, message):
        with pytest.raises(error, match=message):
            quick(covariates__holidays=table).fit(by_weekday(30))


class TestDaysOfSteps:
    @pytest.mark.parametrize("form", ["W-MON", "7D", "168h", None, "period"])
    def test_weeks_that_begin_on_a_monday(self, form):
        """A Wednesday lies in the week that begins two days before it."""
        mondays = pd.date_range("2001-01-01", periods=60, freq="7D")
        forms = {None: pd.DatetimeIndex(mondays, freq=None), "period": mondays.to_period("W-SUN")}
        times = forms[form] if form in forms else pd.date_range("2001", periods=60, freq=form)
        calendar = Calendar.of(None, [mondays[30] + pd.Timedelta("2D")], index_like(times))
        assert np.flatnonzero(calendar.values(times)[:, 0]).tolist() == [30]

    @pytest.mark.parametrize(
        ("freq", "start", "first", "last"),
        [
            ("h", "2001-04-08 23:00", "2001-04-08", "2001-04-08"),
            ("D", "2001-04-08", "2001-04-08", "2001-04-08"),
            ("2D", "2001-04-08", "2001-04-08", "2001-04-09"),
            ("B", "2001-04-06", "2001-04-06", "2001-04-08"),  # with the weekend after it
            ("D", "2001-04-08 18:00", "2001-04-08", "2001-04-08"),
            ("36h", "2001-04-08 18:00", "2001-04-08", "2001-04-10"),
            ("W-SUN", "2001-04-08", "2001-04-02", "2001-04-08"),
            ("W-FRI", "2001-04-06 23:59", "2001-03-31", "2001-04-06"),
            ("W-MON", "2001-04-02", "2001-04-02", "2001-04-08"),
            ("2W-SUN", "2001-04-08", "2001-03-26", "2001-04-08"),
            ("7D", "2001-04-04", "2001-04-04", "2001-04-10"),
            ("168h", "2001-04-04", "2001-04-04", "2001-04-10"),
            ("SMS", "2001-04-15", "2001-04-15", "2001-04-30"),
            ("SME", "2001-04-30", "2001-04-16", "2001-04-30"),
            ("CBMS", "2001-04-02", "2001-04-02", "2001-04-30"),
            ("CBME", "2001-04-30", "2001-03-31", "2001-04-30"),
            ("MS", "2001-04-01", "2001-04-01", "2001-04-30"),
            ("ME", "2001-04-30", "2001-04-01", "2001-04-30"),
            ("BME", "2001-04-30", "2001-03-31", "2001-04-30"),
            ("QS", "2001-04-01", "2001-04-01", "2001-06-30"),
            ("QE", "2001-06-30", "2001-04-01", "2001-06-30"),
            ("YE", "2001-12-31", "2001-01-01", "2001-12-31"),
        ],
    )
    def test_of_dates(self, freq, start, first, last):
        found = Frequency.of(to_offset(freq)).days_of(pd.DatetimeIndex([start]))
        assert [str(day[0]) for day in found] == [first, last]

    @pytest.mark.parametrize(
        ("freq", "first", "last"),
        [
            ("h", "2001-04-08", "2001-04-08"),
            ("D", "2001-04-08", "2001-04-08"),
            ("W-SUN", "2001-04-02", "2001-04-08"),
            ("M", "2001-04-01", "2001-04-30"),
            ("2M", "2001-04-01", "2001-05-31"),
            ("Q", "2001-04-01", "2001-06-30"),
        ],
    )
    def test_of_periods(self, freq, first, last):
        periods = pd.PeriodIndex(["2001-04-08"], freq=freq)
        assert [str(day[0]) for day in Frequency.of(periods.freq).days_of(periods)] == [first, last]

    def test_days_before_and_after(self):
        index = index_of("D", 200)
        calendar = Calendar.of(None, {"2001-04-08": "a", "2001-04-10": "b"}, index)
        times = pd.date_range("2001-04-07", "2001-04-11", freq="D")
        on_a, on_b, before_a, before_b, after_a, after_b = calendar.values(times, index.frequency).T
        assert on_a.tolist() == [0, 1, 0, 0, 0]
        assert before_a.tolist() == [1, 0, 0, 0, 0]
        assert after_a.tolist() == [0, 0, 1, 0, 0]
        assert on_b.tolist() == [0, 0, 0, 1, 0]
        assert before_b.tolist() == [0, 0, 1, 0, 0]
        assert after_b.tolist() == [0, 0, 0, 0, 1]

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York"])
    def test_all_hours_of_a_day_on_which_clocks_change(self, zone):
        times = pd.date_range("2023-01-01", "2023-12-31 23:00", freq="h", tz=zone)
        changes = ["2023-03-12", "2023-03-26", "2023-10-29", "2023-11-05"]
        on = Calendar.of(None, changes, index_like(times)).values(times)[:, 0]
        np.testing.assert_array_equal(on, np.isin(times.strftime("%Y-%m-%d"), changes))

    def test_all_hours_of_a_day(self):
        index = index_of("h", 24 * 100)
        calendar = Calendar.of(None, ["2001-04-08"], index)
        values = calendar.values(pd.date_range("2001-04-07", periods=96, freq="h"), index.frequency)
        for column, day in zip(values.T, (1, 0, 2), strict=True):
            assert np.flatnonzero(column).tolist() == list(range(24 * day, 24 * day + 24))

    def test_longer_steps_count_days(self):
        calendar = Calendar.of(None, DATES, index_of("ME", 24))
        months = pd.date_range("2001-03-31", periods=5, freq="ME")
        assert calendar.values(months).tolist() == [[0], [1], [2], [1], [0]]
        periods = pd.period_range("2001-03", periods=5, freq="M")
        assert calendar.values(periods).tolist() == [[0], [1], [2], [1], [0]]


def with_holidays(n=400, seed=0):
    """Return noise with two kinds of holidays, up and down; down also affects the next day."""
    rng = np.random.default_rng(seed)
    index = pd.date_range("2001-01-01", periods=n, freq="D")
    days = np.sort(rng.choice(np.arange(0, n, 3), size=n // 5, replace=False))
    names = pd.Series(np.where(rng.random(len(days)) < 0.5, "up", "down"), index=index[days])
    y = pd.Series(0.2 * rng.normal(size=n), index=index)
    y[names.index[names == "up"]] += 4
    y[names.index[names == "down"]] -= 4
    after = names.index[names == "down"] + pd.Timedelta(days=1)
    y[after[after <= index[-1]]] -= 2
    return y, names


@one_forecaster
def test_forecasts_include_holidays(cls):
    """The errors are small, and large if the forecasts are shifted by one day."""
    y, names = with_holidays()
    forecaster = able(cls, covariates__holidays=names)
    prediction = forecaster.fit(y[:380], fh=np.arange(1, 21)).predict()
    actual = y[380:]
    assert mean_error(prediction, actual) < 0.4
    for shift in (-1, 1):
        assert mean_error(prediction.shift(shift).fillna(0), actual) > 1


def test_table_that_ends_too_early_warns():
    y, names = with_holidays()
    forecaster = quick(covariates__holidays=names[: y.index[300]], max_epochs=1).fit(
        y[:360], fh=[1, 2]
    )
    with pytest.warns(UserWarning, match=r"holidays ends with 2001-10-\d\d, but the .* 2001-12-28"):
        forecaster.predict()
    forecaster = quick(covariates__holidays=names, max_epochs=1).fit(y[:360], fh=[1, 2])
    forecaster.predict()  # no warning
