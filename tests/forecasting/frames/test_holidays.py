"""Holidays: tables of them, the days of each step, and forecasts that know them."""

import datetime

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    able,
    by_weekday,
    index_like,
    index_of,
    mean_error,
    one_forecaster,
    quick,
)
from pandas.tseries.frequencies import to_offset

from skrnn._compat import InvalidParameterError
from skrnn.forecasting.frames.calendar import Calendar
from skrnn.forecasting.frames.frequency import Frequency

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
            (3, InvalidParameterError, "holidays"),
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
