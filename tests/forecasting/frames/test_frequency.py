"""Steps of a time index: counted, inferred, and missing ones located."""

import numpy as np
import pandas as pd
import pytest
from pandas.tseries.frequencies import to_offset

from skrnn.forecasting.frames.consecutive import check_times
from skrnn.forecasting.frames.frequency import Frequency
from skrnn.forecasting.frames.index import SeriesIndex

OFFSETS = [
    *["15min", "h", "7h", "D", "36h", "7D", "W-WED", "2W", "B", "SMS", "SME", "MS", "5ME", "BMS"],
    *["QS-FEB", "BQE", "YS", "WOM-3FRI", "bh"],
    pd.DateOffset(months=1),
    pd.offsets.CustomBusinessMonthBegin(holidays=["2024-01-01"]),
    pd.offsets.CustomBusinessDay(holidays=["2024-03-29"], weekmask="Sun Mon Tue Wed Thu"),
]
# A Friday that is a Thursday, and hours with a few seconds more.
WEEKS = pd.date_range("2024-01-05", periods=20, freq="W-FRI") - np.eye(20)[9] * pd.Timedelta("1D")
HOURS = pd.date_range("2024-01-05", periods=20, freq="h") + np.arange(20) % 7 * pd.Timedelta("1s")
ZONES = [None, "Europe/Berlin", "America/New_York"]


def bare(times):
    """Return dates as a file would give them."""
    return pd.DatetimeIndex(times, freq=None)


def index_of(times, usual=None):
    return SeriesIndex.of(pd.DataFrame(index=times), usual)


def panel_of(*series):
    names = np.repeat(np.arange(len(series)), [len(times) for times in series])
    return index_of(pd.MultiIndex.from_arrays([names, series[0].append(list(series[1:]))]))


class TestSteps:
    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("offset", OFFSETS, ids=str)
    def test_as_pandas_counts_them(self, offset, zone):
        times = pd.date_range("2024-01-15", periods=60, freq=offset, tz=zone)
        frequency, end, steps = Frequency.of(to_offset(offset)), times[30:31], np.arange(-30, 30)
        assert frequency.after(end, steps).equals(bare(times))
        np.testing.assert_array_equal(frequency.count(end, times), steps)
        np.testing.assert_array_equal(frequency.count(end, times[::-7]), steps[::-7])
        assert frequency.follows(times[:-1], times[1:]).all()
        assert not frequency.follows(times[:-2], times[2:]).any()
        assert not frequency.follows(times[1:], times[:-1]).any()

    @pytest.mark.parametrize("freq", ["M", "2M", "W-FRI", "h"])
    def test_of_periods(self, freq):
        times = pd.period_range("2024-01-15", periods=20, freq=freq)
        frequency, steps = Frequency.of(times.freq), np.arange(-10, 10)
        assert frequency.after(times[10:11], steps).equals(times)
        np.testing.assert_array_equal(frequency.count(times[10:11], times), steps)

    @pytest.mark.parametrize("freq", ["h", "D", "24h", "MS"])
    def test_a_time_between_steps(self, freq):
        times = pd.date_range("2024-01-01", periods=5, freq=freq)
        with pytest.raises(ValueError, match="has the time 2024-01-01 00:30:00, which is no step"):
            Frequency.of(times.freq).count(times[-1:], times[:1] + pd.Timedelta("30min"))

    def test_days_and_durations_where_clocks_change(self):
        """A day may have 23 hours, 24 hours may end on another day, and midnight may be skipped."""
        before = pd.DatetimeIndex(["2023-03-25 12:00"], tz="Europe/Berlin")
        day, hours = (Frequency.of(to_offset(freq)) for freq in ("D", "24h"))
        one = np.array([1])
        assert str(day.after(before, one)[0]) == "2023-03-26 12:00:00+02:00"
        assert str(hours.after(before, one)[0]) == "2023-03-26 13:00:00+02:00"
        assert day.later(before, pd.to_timedelta(["1D"])).equals(day.after(before, one))
        midnights = pd.date_range("2017-10-01", periods=30, freq="D")
        midnights = midnights.tz_localize("America/Sao_Paulo", nonexistent="shift_forward")
        assert midnights[14].hour == 1
        assert day.follows(midnights[:-1], midnights[1:]).all()
        assert day.after(midnights[-1:], np.arange(-29, 1)).equals(bare(midnights))

    @pytest.mark.parametrize(
        ("freq", "days"),
        [("36h", 1.5), ("2W", 14), ("B", 1.4), ("MS", 30.44), ("2QE", 182.6), ("YE", 365.25)],
    )
    def test_length(self, freq, days):
        assert Frequency.of(to_offset(freq)).days == pytest.approx(days, rel=1e-3)


class TestInference:
    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("offset", OFFSETS[:18], ids=str)
    def test_of_dates_without_a_frequency(self, offset, zone):
        times = pd.date_range("2024-01-15", periods=60, freq=offset, tz=zone)
        frequency = index_of(bare(times)).frequency
        assert frequency.after(times[-1:], np.arange(-59, 1)).equals(bare(times))
        check_times(index_of(bare(times)))

    def test_local_times_within_the_day(self):
        """Three shifts a day, also on the day on which summer time begins."""
        times = pd.date_range("2023-03-20 06:00", periods=60, freq="8h").tz_localize(
            "Europe/Berlin"
        )
        frequency = index_of(bare(times)).frequency
        assert frequency.local
        assert frequency.after(times[:1], np.arange(60)).equals(bare(times))

    def test_working_days_of_another_week(self):
        offset = pd.offsets.CustomBusinessDay(weekmask="Sun Mon Tue Wed Thu")
        times = pd.date_range("2024-01-01", periods=30, freq=offset)
        assert (
            index_of(bare(times[:20]))
            .frequency.after(times[19:20], np.arange(1, 11))
            .equals(bare(times[20:]))
        )

    def test_of_few_times(self):
        assert index_of(bare(pd.date_range("2024-01-01", periods=2, freq="D"))).frequency is None

    @pytest.mark.parametrize(
        ("first", "second", "freq"),
        [
            (("2024-01-01", "D", 5), ("2024-01-08", "B", 4), "D"),  # Monday to Friday
            (("2024-01-01", "D", 5), ("2024-01-04", "B", 4), "B"),
            (("2024-01-01", "MS", 2), ("2024-03-01", "MS", 3), "MS"),
            (("2024-05-01", "MS", 2), ("2024-06-03", "BMS", 6), "BMS"),
        ],
    )
    def test_all_series_of_a_panel_have_a_say(self, first, second, freq):
        series = [bare(pd.date_range(start, periods=n, freq=f)) for start, f, n in (first, second)]
        for order in (series, series[::-1]):
            index = panel_of(*order)
            assert str(index.frequency) == freq
            assert index.follows(index.frequency).all() or freq == "BMS"

    def test_the_usual_frequency_is_kept(self):
        """Two weeks of days, or a Monday to Friday of working days."""
        usual = Frequency.of(pd.offsets.BDay())
        working = bare(pd.date_range("2024-01-01", periods=5, freq="D"))
        assert index_of(working, usual).frequency == usual
        months = bare(pd.date_range("2024-01-01", periods=5, freq="MS"))
        assert str(index_of(months, usual).frequency) == "MS"


class TestAdvice:
    def message(self, times, usual=None):
        with pytest.raises(ValueError, match="y") as error:
            check_times(index_of(bare(times), usual))
        return str(error.value)

    @pytest.mark.parametrize("zone", ZONES)
    @pytest.mark.parametrize("offset", OFFSETS[:18], ids=str)
    def test_a_gap_is_located(self, offset, zone):
        times = pd.date_range("2024-01-15", periods=60, freq=offset, tz=zone)
        message = self.message(times.delete(33))
        assert f"no row for the steps between {times[32]} and {times[34]}; " in message

    def test_advice_is_valid(self):
        times = pd.date_range("2024-01-15", periods=60, freq="h")
        assert self.message(times.delete(33)).endswith("by y.asfreq('h').")

    @pytest.mark.parametrize("step", [2, 7])
    def test_integers_further_apart(self, step):
        with pytest.raises(ValueError, match=r"between 5 and .* or number the rows 0, 1, 2, "):
            check_times(index_of(pd.RangeIndex(5, 100, step)))

    def test_trading_days(self):
        holidays = ["2024-03-29", "2024-04-01"]
        offset = pd.offsets.CustomBusinessDay(holidays=holidays)
        message = self.message(pd.date_range("2024-02-01", periods=60, freq=offset))
        assert (
            "between 2024-03-28 00:00:00 and 2024-04-02 00:00:00; if these are trading" in message
        )
        assert "number them by y.reset_index(drop=True), or give every step a row" in message
        assert message.endswith("by y.asfreq('B').")

    @pytest.mark.parametrize(
        ("times", "period"),
        [
            (pd.date_range("2024-01-15", periods=20, freq=pd.DateOffset(months=1)), "M"),
            (pd.DatetimeIndex(["2024-01-31", "2024-02-28", "2024-03-28", "2024-04-30"]), "M"),
            (pd.date_range("2024-01-15", periods=20, freq=pd.DateOffset(months=3)), "Q"),
            (WEEKS, "W"),
            (HOURS, "h"),
        ],
        ids=["mid-month", "last trading day", "mid-quarter", "shifted Friday", "late seconds"],
    )
    def test_periods(self, times, period):
        message = self.message(times)
        assert f"use periods as times, by y.to_period('{period}'), or" in message
        check_times(index_of(times.to_period(period)))

    def test_nights_without_rows(self):
        times = pd.date_range("2024-01-01", periods=480, freq="30min")
        message = self.message(times[(times.hour >= 9) & (times.hour < 16)])
        assert "between 2024-01-01 15:30:00 and 2024-01-02 09:00:00" in message
        assert message.endswith("or number the steps by y.reset_index(drop=True).")

    def test_rows_in_between(self):
        times = pd.date_range("2024-01-01", periods=20, freq="h")
        message = self.message(times.insert(5, times[4] + pd.Timedelta("10min")))
        assert f"rows for {times[4]} and 2024-01-01 04:10:00, which are less than" in message

    def test_of_a_panel(self):
        days = bare(pd.date_range("2024-01-01", periods=20, freq="D"))
        with pytest.raises(ValueError, match=r"y of series 1 has no row .*-07 .*-09 "):
            check_times(panel_of(days[:12], days.delete(7)))
