"""Times, names and containers of the forecasts; series of hardly any steps."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    every_architecture,
    one_forecaster,
    panel,
    quick,
    seasonal,
    times,
)
from selection import mainly
from sktime.forecasting.base import ForecastingHorizon

from skrnn.forecasting.frames.calendar_seasons import calendar_seasons
from skrnn.forecasting.frames.horizon import Horizon
from skrnn.forecasting.frames.index import SeriesIndex

KINDS = ["range", "int64", "period", "datetime", "no freq", "month end", "zone"]
FH = [-3, 0, 1, 4]


@pytest.mark.parametrize("kind", KINDS)
def test_relative_horizons(kind):
    y = seasonal(40, kind)
    prediction = quick().fit(y).predict(FH)
    expected = times(kind, 50)[[36, 39, 40, 43]]
    assert list(prediction.index) == list(expected)
    assert prediction.index.dtype == y.index.dtype


@pytest.mark.parametrize("in_fit", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_absolute_horizons(kind, in_fit):
    y = seasonal(40, kind)
    fh = ForecastingHorizon(times(kind, 50)[[36, 39, 40, 43]], is_relative=False)
    absolute = quick().fit(y, fh=fh).predict() if in_fit else quick().fit(y).predict(fh)
    relative = quick().fit(y, fh=FH).predict() if in_fit else quick().fit(y).predict(FH)
    pd.testing.assert_series_equal(absolute, relative, check_freq=False)


@pytest.mark.parametrize("kind", ["period", "datetime", "zone"])
def test_lists_of_times(kind):
    y, ahead = seasonal(40, kind), times(kind, 50)[[40, 43]]
    forecaster = quick().fit(y)
    expected = forecaster.predict([1, 4])
    for fh in (list(ahead), tuple(ahead), ahead.to_numpy()):
        pd.testing.assert_series_equal(forecaster.predict(fh), expected, check_freq=False)
    pd.testing.assert_series_equal(forecaster.predict(ahead[0]), expected[:1], check_freq=False)


def test_offsets_are_no_horizon():
    forecaster = quick().fit(seasonal(40, "datetime"))
    for offset in (pd.DateOffset(months=1), pd.offsets.Hour(2)):
        with pytest.raises(TypeError, match=r"fh has the offset .*; pass steps such as fh="):
            forecaster.predict([offset])


@pytest.mark.parametrize("in_fit", [True, False])
@pytest.mark.parametrize("freq", ["D", "2D", "h"])
def test_durations(freq, in_fit):
    """sktime takes durations for relative horizons, too."""
    y = seasonal(40).set_axis(pd.date_range("2001", periods=40, freq=freq))
    fh = pd.to_timedelta(np.array([-1, 2, 4]) * (y.index[1] - y.index[0]))
    durations = quick().fit(y, fh=fh).predict() if in_fit else quick().fit(y).predict(fh)
    steps = (
        quick().fit(y, fh=[-1, 2, 4]).predict() if in_fit else quick().fit(y).predict([-1, 2, 4])
    )
    pd.testing.assert_series_equal(durations, steps, check_freq=False)


@pytest.mark.parametrize("kind", ["range", "period", "datetime", "zone"])
def test_absolute_horizons_in_pretraining(kind):
    y = panel(lengths=(40, 40), kind=kind)
    fh = ForecastingHorizon(times(kind, 50)[[39, 40, 43]], is_relative=False)
    assert quick().pretrain(y, fh=fh).plan_.spec.horizon == 4


@pytest.mark.parametrize("kind", KINDS)
def test_intervals_have_the_same_rows(kind):
    forecaster = quick().fit(seasonal(40, kind))
    rows = forecaster.predict(FH).index
    assert forecaster.predict_interval(FH).index.equals(rows)
    assert forecaster.predict_quantiles(FH).index.equals(rows)


@pytest.mark.parametrize("freq", ["W", "B", "QE", "YE", "2D", "15min", "MS", "2h", "6ME", "BME"])
def test_calendars(freq):
    index = pd.date_range("2001-01-31", periods=40, freq=freq)
    y = seasonal(36).set_axis(index[:36])
    assert list(quick().fit(y).predict(FH).index) == list(index[[32, 35, 36, 39]])
    without_freq = y.set_axis(pd.DatetimeIndex(y.index.to_numpy()))
    assert list(quick().fit(without_freq).predict(FH).index) == list(index[[32, 35, 36, 39]])


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/London", "America/New_York"])
@pytest.mark.parametrize("freq", ["D", "h", "12h", "24h"])
@pytest.mark.parametrize("start", ["2020-03-01", "2020-03-22", "2020-10-18", "2020-10-25"])
def test_clocks_that_change(freq, start, zone):
    """Where clocks change, a step is a step: relative or absolute, for all forms of the index."""
    index = pd.date_range(start, periods=60, freq=freq, tz=zone)
    fh, ahead = np.arange(-3, 21), index[36:]
    for past in (index[:40], pd.DatetimeIndex(index[:40], freq=None)):
        series = SeriesIndex.of(pd.DataFrame(index=past))
        for given in (fh, ahead, ahead.tz_convert("UTC")):
            horizon = Horizon(ForecastingHorizon(given), series)
            assert horizon.steps.tolist() == [fh.tolist()]
            assert list(horizon.rows) == list(ahead)
            assert horizon.rows.tz == index.tz
            assert list(horizon.rows_ahead()) == list(index[40:])


def test_forecasts_where_clocks_change():
    """A ramp is continued, for all kinds of horizons and with X looked up by time."""
    index = pd.date_range("2023-10-27", periods=80, freq="h", tz="Europe/Berlin")
    y = pd.Series(np.arange(80.0), index=index)
    X = pd.DataFrame({"x": np.random.default_rng(0).normal(size=80)}, index=index)
    forecaster = quick(sp=1).fit(y[:45], X=X[:45])
    expected = forecaster.predict(np.arange(1, 21), X=X[45:])
    pd.testing.assert_series_equal(forecaster.predict(index[45:65], X=X[45:]), expected)
    later = forecaster.predict(index[[50, 64]], X=X[45:])
    pd.testing.assert_series_equal(later, expected.iloc[[5, 19]], check_freq=False)
    assert np.abs(expected - y[45:65]).max() < 5


def test_durations_of_numbered_steps():
    with pytest.raises(ValueError, match=r"fh has the duration 1 days .*, which cannot be added"):
        quick().fit(seasonal(40, "range")).predict(pd.to_timedelta([1, 2], "D"))


@pytest.mark.parametrize(
    ("fh", "message"),
    [
        (pd.period_range("2001-02-10", periods=2, freq="D"), "type period.D., but those of y are"),
        (pd.Index([45, 46]), "fh has times of the type int64"),
        (pd.date_range("2001-02-10", periods=2, freq="D", tz="UTC"), "fh has times of the type"),
        (pd.DatetimeIndex(["2001-05-12 06:00"]), "2001-05-12 06:00:00, which is no step of y"),
    ],
)
def test_times_of_another_kind(fh, message):
    y = seasonal(40, "datetime")
    with pytest.raises(ValueError, match=message):
        quick().fit(y).predict(ForecastingHorizon(fh, is_relative=False))


def hours(zone):
    """Return hours with a rhythm of the day, from before to after the beginning of summer time."""
    index = pd.date_range("2023-03-10", periods=24 * 20, freq="h", tz=zone)
    return pd.Series(np.tile(np.arange(24.0), 20), index=index)


def test_seasons_in_hours_where_clocks_change():
    """One sentence in fit or predict, if clocks change in what is read or forecast."""
    y = hours("Europe/Berlin")
    with pytest.warns(UserWarning, match="clocks change at 2023-03-26 03:00"):
        quick().fit(y, fh=[1])
    forecaster = quick().fit(y[:"2023-03-24"], fh=[1, 2])
    forecaster.predict()
    with pytest.warns(UserWarning, match="clocks change at 2023-03-26 03:00"):
        forecaster.predict(np.arange(1, 49))
    with pytest.warns(UserWarning, match="clocks change at 2023-03-26 03:00"):
        forecaster.update(y["2023-03-25":"2023-03-26"], update_params=False).predict()
    quick().fit(hours("UTC"), fh=[1]).predict(np.arange(1, 49))
    quick(sp=1).fit(y, fh=[1]).predict()


def seasons_of(index):
    return calendar_seasons(SeriesIndex.of(pd.DataFrame(index=index)).frequency)


@pytest.mark.parametrize(
    ("freq", "seasons"),
    [
        ("10ms", None),
        ("s", (60, 3600)),
        ("30s", (2, 120)),
        ("min", (1440, 10080)),
        ("15min", (96, 672)),
        ("h", (24, 168)),
        ("3h", (8, 56)),
        ("12h", (2, 14)),
        ("D", (7, 365)),
        ("2D", (7, 183)),
        ("10D", None),
        ("B", (5, 261)),
        ("2W", (26,)),
        ("W", (52,)),
        ("M", (12,)),
        ("2M", (6,)),
        ("5M", ()),
        ("Q", (4,)),
        ("2Q", (2,)),
        ("Y", ()),
    ],
)
def test_seasons_of_the_calendar(freq, seasons):
    """The cycle of the steps, and the one above it."""
    name = f"{freq}E" if freq[-1] in "MQY" else freq
    index = pd.date_range("2001", periods=9, freq=name)
    assert seasons_of(index) == seasons
    if freq not in ("B", "2W"):  # pandas is about to drop periods of business days
        assert seasons_of(pd.period_range("2001", periods=9, freq=freq)) == seasons


@pytest.mark.parametrize(
    "forms",
    [
        ["W-WED", "7D", "168h", pd.Timedelta(weeks=1), pd.offsets.Week()],
        ["D", "24h", "1440min", pd.DateOffset(days=1)],
        ["MS", "CBMS", pd.DateOffset(months=1), "SMS"][:3],
        ["B", "C", pd.offsets.CustomBusinessDay(weekmask="Sun Mon Tue Wed Thu")],
        ["2W", "14D", "336h"],
    ],
)
def test_forms_of_a_frequency_have_the_same_seasons(forms):
    start = "2020-01-01"
    assert len({seasons_of(pd.date_range(start, periods=60, freq=form)) for form in forms}) == 1


@pytest.mark.parametrize(("freq", "season"), [("5h", 24), ("7h", 24), ("36h", 14), ("50min", 144)])
def test_steps_that_do_not_divide_a_cycle(freq, season):
    """After a season, the steps fall on the same times of the day or week again, and not before."""
    index = pd.date_range("2001", periods=season + 1, freq=freq)
    assert seasons_of(index)[0] == season
    cycle = "7D" if freq == "36h" else "1D"
    phase = (index - index[0]) % pd.Timedelta(cycle)
    assert np.flatnonzero(phase == phase[0]).tolist() == [0, season]


@one_forecaster
@pytest.mark.parametrize("name", ["sales", None, 7, ("a", "b")])
def test_names_of_series_are_kept(cls, name):
    y = seasonal(40, name=name)
    forecaster = quick(cls).fit(y, fh=[1, 2])
    assert forecaster.predict().name == name
    y.index.name = "month"
    assert forecaster.fit(y, fh=[1, 2]).predict().name == name


def test_names_of_columns_are_kept():
    y = pd.DataFrame({"b": seasonal(40), "a": seasonal(40, seed=1)})
    forecaster = quick().fit(y, fh=[1, 2])
    assert list(forecaster.predict().columns) == ["b", "a"]
    interval = forecaster.predict_interval(coverage=[0.5, 0.9])
    assert list(interval.columns[:4]) == [
        ("b", 0.5, "lower"),
        ("b", 0.5, "upper"),
        ("b", 0.9, "lower"),
        ("b", 0.9, "upper"),
    ]
    assert list(interval.columns.unique(0)) == ["b", "a"]


def test_columns_are_not_mixed_up():
    y = pd.DataFrame({"low": seasonal(60), "high": 1000 + seasonal(60, seed=1)})
    forecaster = quick().fit(y, fh=[1, 2, 3])
    for prediction in (forecaster.predict(), forecaster.predict([-2, 0])):
        assert prediction["low"].max() < 100
        assert prediction["high"].min() > 900
    quantiles = forecaster.predict_quantiles(alpha=[0.1, 0.9])
    assert quantiles["low"].max(axis=None) < 100
    assert quantiles["high"].min(axis=None) > 900


def test_one_column_predicts_the_other():
    """b[t] = a[t - 1], where a cannot be foreseen."""
    a = np.random.default_rng(0).normal(size=200)
    y = pd.DataFrame({"a": a, "b": np.append(0, a[:-1])})
    forecaster = quick(
        hidden_size=16, max_epochs=60, window_length=3, sp=1, baseline=None, transform=None
    ).fit(y[:180], fh=[1])
    errors = []
    for t in range(180, 195):
        errors.append((forecaster.predict() - y.iloc[t]).abs().iloc[0])
        forecaster.update(y.iloc[t : t + 1], update_params=False)
    errors = pd.DataFrame(errors).mean()
    assert errors["b"] < 0.3
    assert errors["a"] > 0.5


@pytest.mark.parametrize("kind", mainly(["range"], ["range", "period"]))
@pytest.mark.parametrize("n", mainly([1, 2, 5], range(1, 6)))
@every_architecture
def test_series_of_a_few_points(cls, n, kind):
    y = pd.Series([4.0, 6, 3, 5, 2][:n], index=times(kind, n))
    forecaster = quick(cls, random_state=0).fit(y, fh=[1, 2, 3])
    interval = forecaster.predict_interval(coverage=0.8)
    assert np.isfinite(forecaster.predict()).all()
    assert np.isfinite(interval).all(axis=None)
    assert (interval.iloc[:, 1] >= interval.iloc[:, 0]).all()
    assert np.isfinite(forecaster.predict(np.arange(1 - n, 1))).all()


@pytest.mark.parametrize("params", [{}, {"strategy": "recursive"}, {"baseline": None}])
@pytest.mark.parametrize("value", [0.0, 5.0, -1e6, 1e-9])
def test_constant_series(params, value):
    y = pd.Series(value, index=times("period", 30))
    forecaster = quick(**params).fit(y, fh=[1, 2, 3])
    np.testing.assert_allclose(forecaster.predict(), value, rtol=1e-6, atol=0.1)
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)


@pytest.mark.parametrize("dtype", ["int64", "float32", "uint8", "Int64", "Float64", "boolean"])
def test_types_of_values(dtype):
    values = (np.arange(40) % 4 > 1) if dtype == "boolean" else np.arange(40) % 4 + 1
    y = pd.Series(values, dtype=dtype)
    np.testing.assert_array_equal(
        quick().fit(y, fh=[1, 2]).predict(), quick().fit(y.astype("float64"), fh=[1, 2]).predict()
    )
