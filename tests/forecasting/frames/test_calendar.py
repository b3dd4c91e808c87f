"""Calendar features, computed from the index without X."""

import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    able,
    by_weekday,
    index_of,
    mean_error,
    one_forecaster,
    quick,
    seasonal,
)

from skrnn._compat import InvalidParameterError
from skrnn.forecasting.frames.calendar import CYCLES, Calendar
from skrnn.forecasting.frames.index import SeriesIndex

FH = np.arange(1, 8)


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
    pretrained = able(covariates__calendar_features=["day_of_week"], examples__cold_start=True)
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
