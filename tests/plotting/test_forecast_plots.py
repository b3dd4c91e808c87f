import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import same_color
from numpy.testing import assert_array_equal
from plotting.drawn import FORECAST, TEST, TRAIN, bands, intervals, legend, lines, panel

from skrnn.plotting import plot_forecast
from skrnn.plotting._dates import short_dates


@pytest.mark.parametrize(
    ("start", "step", "expected"),
    [
        ("2000-01-01", "1461D", ["2000", "2004", "2008"]),
        ("2023-11-01", "MS", ["Nov\n2023", "Dec", "Jan\n2024"]),
        ("2023-12-29", "2D", ["29\nDec 2023", "31", "2\nJan 2024"]),
        ("2023-12-31", "12h", ["00:00\n31 Dec 2023", "12:00", "00:00\n1 Jan 2024"]),
        ("2023-12-31 23:30", "15min", ["23:30\n31 Dec 2023", "23:45", "00:00\n1 Jan 2024"]),
        (
            "2024-02-28 23:59:59",
            "1s",
            ["23:59:59\n28 Feb 2024", "00:00:00\n29 Feb 2024"],
        ),
    ],
)
def test_dates_are_complete_where_they_change(start, step, expected):
    assert short_dates(list(pd.date_range(start, periods=len(expected), freq=step))) == expected


class TestForecast:
    def test_draws_history_forecast_and_observed_values(self):
        ax = plot_forecast(TRAIN, FORECAST, y_test=TEST)
        drawn = lines(ax)
        assert list(drawn) == ["history", "observed", "forecast"] == legend(ax)
        assert_array_equal(drawn["history"].get_ydata(), TRAIN[-96:])
        assert_array_equal(drawn["forecast"].get_ydata(), FORECAST)
        assert_array_equal(drawn["observed"].get_ydata(), TEST)
        assert ax.get_ylabel() == "Number of airline passengers"
        start = mdates.num2date(drawn["forecast"].get_xdata(orig=False)[0])
        assert (start.year, start.month, start.day) == (1959, 1, 1)

    def test_draws_wide_intervals_fainter(self):
        frame = intervals(0.5, 0.9)
        ax = plot_forecast(TRAIN, FORECAST, intervals=frame)
        drawn = bands(ax)
        assert list(drawn) == ["90 % interval", "50 % interval"]
        assert drawn["90 % interval"].get_alpha() < drawn["50 % interval"].get_alpha()
        for label, coverage in (("90 % interval", 0.9), ("50 % interval", 0.5)):
            bounds = frame[frame.columns[0][0], coverage].to_numpy()
            extent = drawn[label].get_paths()[0].get_extents()
            assert (extent.y0, extent.y1) == (bounds.min(), bounds.max())

    def test_several_forecasts_by_name(self):
        forecasts = {"last year": FORECAST, "more": FORECAST + 50}
        ax = plot_forecast(TRAIN, forecasts, intervals={"more": intervals(0.8)})
        drawn = lines(ax)
        assert list(drawn) == ["history", "last year", "more"]
        assert_array_equal(drawn["more"].get_ydata(), FORECAST + 50)
        assert drawn["more"].get_color() != drawn["last year"].get_color()
        assert legend(ax) == ["history", "last year", "more", "80 % interval"]
        band = next(iter(bands(ax).values()))
        assert same_color(band.get_facecolor()[0, :3], drawn["more"].get_color())

    def test_intervals_of_several_forecasts_are_named_once(self):
        forecasts = {name: FORECAST + i for i, name in enumerate("ab")}
        frames = {"a": intervals(0.5, 0.9), "b": intervals(0.9)}
        ax = plot_forecast(TRAIN, forecasts, intervals=frames)
        assert legend(ax) == ["history", "a", "b", "90 % interval", "50 % interval"]

    def test_long_legends_leave_the_width_to_the_axes(self):
        names = ["LSTMForecaster", "ExponentialSmoothing", "NaiveForecaster", "SARIMAX"]
        forecasts = dict.fromkeys(names, FORECAST)
        ax = plot_forecast(TRAIN, forecasts, y_test=TEST, intervals={"SARIMAX": intervals(0.8)})
        ax.figure.draw_without_rendering()
        edge = ax.figure.bbox.x1
        assert ax.get_legend().get_window_extent().x1 <= edge
        assert ax.get_window_extent().width > 0.85 * edge

    def test_large_numbers_are_written_in_full(self):
        ax = plot_forecast(1e4 * TRAIN, 1e4 * FORECAST)
        ax.figure.draw_without_rendering()
        assert "5,000,000" in [text.get_text() for text in ax.get_yticklabels()]
        assert ax.yaxis.get_offset_text().get_text() == ""
        assert plot_forecast(1e4 * TRAIN, 1e4 * FORECAST, ax=ax) is ax

    def test_scale_of_given_axes_stays(self):
        _, ax = plt.subplots()
        ax.set_yscale("log")
        formatter = ax.yaxis.get_major_formatter()
        plot_forecast(TRAIN, FORECAST, ax=ax)
        assert ax.yaxis.get_major_formatter() is formatter

    @pytest.mark.parametrize(
        ("n_history", "horizon", "expected"),
        [(None, 3, 40), (None, 24, 96), (7, 3, 7), (999, 3, 120)],
    )
    def test_length_of_the_history(self, n_history, horizon, expected):
        ax = plot_forecast(TRAIN, FORECAST[:horizon], n_history=n_history)
        assert len(lines(ax)["history"].get_ydata()) == expected

    def test_history_reaches_back_to_a_forecast_within_the_sample(self):
        ax = plot_forecast(TRAIN, TRAIN[30:40] + 5)
        assert_array_equal(lines(ax)["history"].get_ydata(), TRAIN[30:])

    @pytest.mark.parametrize(
        "index",
        [
            pd.RangeIndex(120),
            pd.date_range("2020-03-01", periods=120, freq="h"),
            pd.date_range("2020-03-01", periods=120, freq="h", tz="Europe/Berlin"),
            pd.period_range("2020-01-01", periods=120, freq="W"),
        ],
        ids=["integer", "datetime", "timezone", "period"],
    )
    def test_indices(self, index):
        y = pd.Series(np.arange(120.0), index=index)
        ax = plot_forecast(y[:100], y[100:], intervals=intervals(0.9, forecast=y[100:]))
        assert_array_equal(lines(ax)["forecast"].get_ydata(), y[100:])
        times = np.concatenate(
            [lines(ax)[k].get_xdata(orig=False) for k in ("history", "forecast")]
        )
        assert np.all(np.diff(times) > 0)
        assert y.index.equals(index)

    def test_one_step_is_a_point(self):
        assert lines(plot_forecast(TRAIN, FORECAST[:1]))["forecast"].get_marker() == "o"

    def test_data_frame_with_one_column_and_missing_values(self):
        y = TRAIN.astype("Float64").to_frame("y")
        y.iloc[-5] = pd.NA
        ax = plot_forecast(y, FORECAST.to_frame("y"))
        assert np.isnan(lines(ax)["history"].get_ydata()).sum() == 1
        assert ax.get_ylabel() == "y"

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            ({"y_train": TRAIN.to_numpy()}, TypeError, "y_train must be a pandas Series or"),
            ({"y_pred": panel()}, ValueError, "y_pred has an index of 2 levels, but y_train .* 1"),
            (
                {"y_train": pd.DataFrame({"a": TRAIN, "b": TRAIN})},
                ValueError,
                r"y_pred has the columns \[None\], but y_train has \['a', 'b'\]",
            ),
            ({"y_train": TRAIN[:0]}, ValueError, "y_train is empty"),
            ({"y_pred": {}}, ValueError, "y_pred is an empty dict"),
            (
                {"y_pred": FORECAST.reset_index(drop=True)},
                TypeError,
                "The index of y_train is a PeriodIndex, that of another argument a RangeIndex",
            ),
            (
                {"y_train": pd.Series([1.0, 2.0], index=["a", "b"]), "y_pred": pd.Series([3.0])},
                TypeError,
                "does not hold times",
            ),
            ({"intervals": FORECAST.to_frame()}, ValueError, "as predict_interval returns it"),
            (
                {"intervals": pd.concat([intervals(0.9), intervals(0.9, variable="b")], axis=1)},
                ValueError,
                "intervals has the columns .*'b'.* but y_train has",
            ),
            ({"intervals": {"x": intervals(0.9)}}, ValueError, r"given for \['x'\] and forecasts"),
            ({"n_history": 0}, ValueError, "n_history=0 is out of range"),
            ({"max_series": 0}, ValueError, "max_series=0 is out of range"),
            ({"sort_by": "mape"}, ValueError, "sort_by='mape' is not known; choose one of"),
            ({"sort_by": "mae"}, ValueError, "sort_by='mae' needs y_test"),
            ({"ax": []}, TypeError, r"ax=\[\] does not suit y_train, which has one series"),
        ],
    )
    def test_bad_input(self, change, error, message):
        arguments = {"y_train": TRAIN, "y_pred": FORECAST, **change}
        with pytest.raises(error, match=message):
            plot_forecast(**arguments)
        assert not plt.get_fignums()


def several(instances, targets=("y",), n_train=60, n_test=6):
    """Return history, forecast and observed values; the forecast of series i is off by i."""
    times = pd.RangeIndex(n_train + n_test, name="step")
    level = 10 * np.arange(1, len(instances) + 1)
    values = {target: times % 2 + 100.0 * i for i, target in enumerate(targets)}
    series = pd.DataFrame(values, index=times)
    frames = {key: series + a for key, a in zip(instances, level, strict=True)}
    y = pd.concat(frames)
    test = y.index.get_level_values(-1) >= n_train
    off = np.repeat(np.arange(len(instances)), n_test)[:, None]
    return y[~test], y[test] + off, y[test]


class TestForecastOfSeveral:
    SHOPS = ("a", "b", "c", "d")

    def test_one_axes_for_each_series_of_a_panel(self):
        train, forecast, test = several(self.SHOPS)
        band = intervals(0.9, forecast=forecast["y"], variable="y")
        grid = plot_forecast(train, forecast, y_test=test, intervals=band, n_cols=3)
        assert [ax.get_title(loc="left") for ax in grid] == list(self.SHOPS)
        for name, ax in zip(self.SHOPS, grid, strict=True):
            assert_array_equal(lines(ax)["history"].get_ydata(), train.loc[name, "y"][-40:])
            assert_array_equal(lines(ax)["forecast"].get_ydata(), forecast.loc[name, "y"])
            assert_array_equal(lines(ax)["observed"].get_ydata(), test.loc[name, "y"])
            extent = bands(ax)["90 % interval"].get_paths()[0].get_extents()
            assert extent.y1 == band.loc[name]["y", 0.9, "upper"].max()
            assert ax.get_legend() is None
        figure = grid[0].figure
        assert figure.axes == list(grid)
        drawn = [text.get_text() for text in figure.legends[0].get_texts()]
        assert drawn == ["history", "observed", "forecast", "90 % interval"]
        assert (figure.get_supylabel(), figure.get_supxlabel()) == ("y", "")
        assert grid[0].get_gridspec().ncols == 3
        assert plot_forecast(train, forecast)[0].get_gridspec().ncols == 2
        assert plot_forecast(train, forecast, max_series=3)[0].get_gridspec().ncols == 3
        assert grid[0].get_xlabel() == "step"

    def test_limit_is_told(self):
        train, forecast, _ = several(range(20))
        grid = plot_forecast(train, forecast)
        assert [ax.get_title(loc="left") for ax in grid] == [str(i) for i in range(9)]
        assert grid[0].figure.get_supxlabel() == "9 of 20 series"
        assert len(plot_forecast(train, forecast, max_series=2)) == 2

    def test_largest_errors_first(self):
        train, forecast, test = several(self.SHOPS)
        options = {"y_test": test, "max_series": 3}
        titles = [
            ax.get_title(loc="left")
            for ax in plot_forecast(train, forecast, sort_by="mae", **options)
        ]
        assert titles == ["d, MAE 3", "c, MAE 2", "b, MAE 1"]
        of_b = train.index.get_level_values(0) == "b"
        train[of_b] = 0.01 * train[of_b]  # which changes by 0.01 from step to step
        first, second, _ = plot_forecast(train, forecast, sort_by="mase", **options)
        assert first.get_title(loc="left") == "b, MASE 100"
        assert second.get_title(loc="left") == "d, MASE 3"

    def test_constant_history_has_an_infinite_ratio(self):
        train, forecast, test = several(self.SHOPS)
        of_b = train.index.get_level_values(0) == "b"
        train[of_b] = 0.0
        grid = plot_forecast(train, forecast, y_test=test, sort_by="mase")
        assert grid[0].get_title(loc="left") == "b, MASE inf"

    def test_unknown_errors_come_last(self):
        train, forecast, test = several(self.SHOPS)
        grid = plot_forecast(train, forecast, y_test=test.drop("d"), sort_by="mae")
        assert [ax.get_title(loc="left")[0] for ax in grid] == ["c", "b", "a", "d"]
        assert "observed" not in lines(grid[-1])

    def test_errors_compare_the_same_times(self):
        train, forecast, test = several(["a", "b"])
        grid = plot_forecast(
            train, forecast, y_test=test[::-1].drop(index=("b", 62)), sort_by="mae"
        )
        assert [ax.get_title(loc="left") for ax in grid] == ["b, MAE 1", "a, MAE 0"]

    def test_hierarchy_and_several_targets(self):
        keys = [("north", "a"), ("south", "b"), ("__total", "__total")]
        train, forecast, _ = several(keys, targets=("sales", "returns"))
        forecasts = {"one": forecast, "other": forecast[["returns"]] + 1}
        grid = plot_forecast(train, forecasts)
        titles = [ax.get_title(loc="left") for ax in grid]
        assert titles == [" / ".join((*key, c)) for key in keys for c in ("sales", "returns")]
        assert list(lines(grid[0])) == ["history", "one"]
        assert list(lines(grid[1])) == ["history", "one", "other"]
        south = forecast.xs("south")["returns"]
        assert_array_equal(lines(grid[3])["other"].get_ydata(), south + 1)
        assert grid[0].figure.get_supylabel() == ""

    def test_several_targets_of_one_series(self):
        train, forecast, test = (y.loc["a"] for y in several(["a"], targets=("u", "v")))
        grid = plot_forecast(train, forecast, y_test=test)
        assert [ax.get_title(loc="left") for ax in grid] == ["u", "v"]

    def test_panel_of_one_series_has_an_array_too(self):
        train, forecast, _ = several(["a"])
        assert plot_forecast(train, forecast).shape == (1,)

    def test_draws_on_given_axes(self):
        train, forecast, _ = several(self.SHOPS)
        figure, given = plt.subplots(2, 2)
        grid = plot_forecast(train, forecast.drop("d"), ax=given)
        assert list(grid) == list(given.ravel()[:3])
        assert not given[1, 1].has_data()
        assert legend(grid[0]) == ["history", "forecast"]
        assert plt.get_fignums() == [figure.number]
        assert len(plot_forecast(train, forecast, ax=given[0])) == 2

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            (lambda train, forecast: {"y_train": train.drop("b")}, ValueError, "no rows of the se"),
            (lambda train, forecast: {"y_train": train.loc["a"]}, ValueError, "2 levels, but y_tr"),
            (lambda train, forecast: {"ax": object()}, TypeError, "pass an array"),
        ],
    )
    def test_bad_input(self, change, error, message):
        train, forecast, _ = several(self.SHOPS)
        arguments = {"y_train": train, "y_pred": forecast, **change(train, forecast)}
        with pytest.raises(error, match=message):
            plot_forecast(**arguments)
        assert not plt.get_fignums()
