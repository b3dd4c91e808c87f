import sys
from itertools import pairwise
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from numpy.testing import assert_array_equal
from plotting.drawn import AIRLINE, FORECAST, TRAIN, legend, lines, panel
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

from skrnn import LSTMRegressor
from skrnn.baselines.seasonality import autocorrelation, subtract_trend
from skrnn.plotting import (
    plot_attention,
    plot_forecast,
    plot_history,
    plot_importances,
    plot_seasonality,
)

LOSSES = [1.0, 0.5, 0.2, 0.1, 0.05]
VALIDATION = [1.1, 0.6, 0.3, 0.4, 0.5]
RATES = [0.001, 0.005, 0.01, 0.005, 0.0]


class TestHistory:
    def fitted(self, best=2, **history):
        return SimpleNamespace(history_=history, best_epoch_=best)

    def test_draws_losses_best_epoch_and_rate(self):
        model = self.fitted(loss=LOSSES, val_loss=VALIDATION, learning_rate=RATES)
        ax = plot_history(model)
        drawn = lines(ax)
        assert list(drawn) == ["training", "validation", "best epoch (3)"] == legend(ax)
        assert_array_equal(drawn["training"].get_xydata(), np.c_[1:6, LOSSES])
        assert_array_equal(drawn["validation"].get_ydata(), VALIDATION)
        assert_array_equal(drawn["best epoch (3)"].get_xydata(), [[3, 0.3]])
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("epoch", "loss")
        _, right = ax.figure.axes
        assert_array_equal(right.get_lines()[0].get_xydata(), np.c_[1:6, RATES])
        assert right.get_ylabel() == "learning rate"

    def test_training_loss_alone_has_no_best_epoch(self):
        ax = plot_history(self.fitted(best=4, loss=LOSSES))
        assert list(lines(ax)) == ["training"]
        assert len(ax.figure.axes) == 1

    @pytest.mark.parametrize(
        ("loss", "scale"),
        [(LOSSES, "log"), ([1.0, 0.8, 0.7], "linear"), ([2.0, 0.1, -0.5], "linear")],
    )
    def test_scale(self, loss, scale):
        assert plot_history(self.fitted(loss=loss)).get_yscale() == scale

    def test_one_epoch(self):
        ax = plot_history(self.fitted(best=0, loss=[0.5], val_loss=[0.6]))
        assert lines(ax)["training"].get_marker() == "o"

    def test_epochs_without_validation(self):
        validation = [np.nan, np.nan, 0.3, 0.4, 0.5]
        ax = plot_history(self.fitted(loss=LOSSES, val_loss=validation))
        assert_array_equal(lines(ax)["validation"].get_ydata(), validation)

    def test_fitted_estimator(self):
        X = np.random.default_rng(0).normal(size=(60, 4, 1))
        model = LSTMRegressor(hidden_size=4, max_epochs=3, early_stopping=True, random_state=0)
        ax = plot_history(model.fit(X, X[:, -1, 0]))
        assert_array_equal(lines(ax)["training"].get_ydata(), model.history_["loss"])
        assert_array_equal(lines(ax)["validation"].get_ydata(), model.history_["val_loss"])

    @pytest.mark.parametrize("model", [LSTMRegressor(), LinearRegression()])
    def test_without_history(self, model):
        message = f"This {type(model).__name__} has no training history: fit it before"
        with pytest.raises(NotFittedError, match=message):
            plot_history(model)
        assert not plt.get_fignums()


class TestSeasonality:
    def test_draws_autocorrelation_and_periods(self):
        ax = plot_seasonality(AIRLINE)
        expected = autocorrelation(subtract_trend(AIRLINE.to_numpy()), 40)
        bars = np.array([segment[1] for segment in ax.collections[0].get_segments()])
        np.testing.assert_allclose(bars, np.c_[1:41, expected[1:]])
        assert_array_equal(lines(ax)["period 12"].get_xydata(), [[12, expected[12]]])
        assert legend(ax) == ["95 % of white noise", "period 12"]
        band = ax.patches[0]
        assert band.get_y() + band.get_height() == pytest.approx(1.96 / 12)
        assert list(ax.get_xticks()) == [0, 12, 24, 36]

    def test_day_and_week_as_a_line(self):
        rng = np.random.default_rng(0)
        hour = np.arange(24 * 7 * 8)
        y = 3 * np.sin(2 * np.pi * hour / 24) - 2 * (hour // 24 % 7 >= 5) + rng.normal(size=1344)
        ax = plot_seasonality(y)
        assert legend(ax)[1:] == ["period 24", "period 168"]
        assert max(len(line.get_xdata()) for line in ax.get_lines()) == 420

    def test_no_season(self):
        y = np.random.default_rng(0).normal(size=200)
        assert legend(plot_seasonality(y))[1:] == ["no season found"]

    @pytest.mark.parametrize("y", [np.ones(10), [1.0, 2.0], [np.nan] * 5])
    def test_constant_short_or_missing_series(self, y):
        assert legend(plot_seasonality(y))[1:] == ["no season found"]

    def test_period_beyond_the_lags(self):
        ax = plot_seasonality(AIRLINE, n_lags=6)
        assert legend(ax) == ["95 % of white noise"]
        assert ax.get_xlim() == (0, 6.5)

    @pytest.mark.parametrize(
        ("y", "n_lags", "message"),
        [
            (panel(), None, "y holds several series"),
            (np.ones((5, 2)), None, "y must be one series"),
            (AIRLINE, 500, "n_lags=500 must be an integer from 0 to"),
        ],
    )
    def test_bad_input(self, y, n_lags, message):
        with pytest.raises(ValueError, match=message):
            plot_seasonality(y, n_lags=n_lags)
        assert not plt.get_fignums()


WEIGHTS = np.random.default_rng(0).dirichlet(np.ones(24), size=6)


class TestAttention:
    def labels(self, axis):
        """Return the labels of whole steps as they are drawn."""
        axis.figure.canvas.draw()
        return [label.get_text() for label in axis.get_ticklabels() if label.get_text()]

    def test_draws_the_weights_of_an_array(self):
        ax = plot_attention(WEIGHTS)
        (image,) = ax.get_images()
        assert_array_equal(image.get_array(), WEIGHTS)
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("input step", "output step")
        assert ax.get_xlim() == (-0.5, 23.5)
        assert ax.get_ylim() == (5.5, -0.5)  # the first output step on top
        assert image.get_clim()[0] == 0
        assert ax.figure.axes[1].get_ylabel() == "weight"
        assert set("012345") <= set(self.labels(ax.yaxis))

    def test_data_frame_has_its_own_labels(self):
        frame = pd.DataFrame(WEIGHTS, index=range(1, 7), columns=range(-23, 1))
        ax = plot_attention(frame)
        assert {"1", "6"} <= set(self.labels(ax.yaxis)) <= {str(i) for i in frame.index}
        assert set(self.labels(ax.xaxis)) <= {str(i) for i in frame.columns}
        assert "0" in self.labels(ax.xaxis) or "-1" in self.labels(ax.xaxis)

    def test_long_labels_do_not_overlap(self):
        hours = pd.date_range("2024-01-08", periods=48, freq="h")
        ax = plot_attention(pd.DataFrame(np.ones((2, 48)), hours[:2], hours))
        ax.figure.draw_without_rendering()
        labels = [label for label in ax.get_xticklabels() if label.get_text()]
        assert labels[0].get_text() == "2024-01-08 00:00"
        boxes = [label.get_window_extent() for label in labels]
        assert len(boxes) > 1
        assert all(a.x1 < b.x0 for a, b in pairwise(boxes))

    def test_one_step(self):
        assert plot_attention([[1.0]]).get_images()[0].get_array().shape == (1, 1)

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            (WEIGHTS[None], r"weights have the shape \(1, 6, 24\), but one sequence has"),
            (np.zeros((0, 3)), "weights have the shape"),
            (pd.concat({"a": pd.DataFrame(WEIGHTS)}), "weights are those of several series"),
        ],
    )
    def test_bad_input(self, weights, message):
        with pytest.raises(ValueError, match=message):
            plot_attention(weights)
        assert not plt.get_fignums()


IMPORTANCES = pd.DataFrame(
    {"mean": [0.2, 3.0, -0.1], "std": [0.1, 0.5, 0.0], "relative": [0.1, 1.5, -0.05]},
    index=pd.Index(["noise", "price", 3], name="feature"),
)


class TestImportances:
    def test_most_important_feature_is_on_top(self):
        ax = plot_importances(IMPORTANCES)
        assert [label.get_text() for label in ax.get_yticklabels()] == ["price", "noise", "3"]
        assert [bar.get_width() for bar in ax.patches] == [3.0, 0.2, -0.1]
        heights = [bar.get_y() for bar in ax.patches]
        assert heights == sorted(heights, reverse=True)
        (error_bars,) = ax.collections
        np.testing.assert_allclose(error_bars.get_segments()[0][:, 0], [2.5, 3.5])
        assert ax.get_xlabel() == "increase of the error when permuted"
        assert [text.get_text() for text in ax.texts] == ["+150%", "+10%", "-5%"]

    def test_limit(self):
        assert len(plot_importances(IMPORTANCES, max_features=1).patches) == 1

    @pytest.mark.parametrize(
        ("table", "error", "message"),
        [
            (IMPORTANCES["mean"], TypeError, "a table as feature_importances returns it"),
            (IMPORTANCES.drop(columns="std"), TypeError, "columns 'mean' and 'std'"),
            (IMPORTANCES[:0], ValueError, "importances is empty"),
        ],
    )
    def test_bad_input(self, table, error, message):
        with pytest.raises(error, match=message):
            plot_importances(table)
        assert not plt.get_fignums()


PLOTS = pytest.mark.parametrize(
    "draw",
    [
        lambda ax: plot_history(SimpleNamespace(history_={"loss": LOSSES}), ax=ax),
        lambda ax: plot_forecast(TRAIN, FORECAST, ax=ax),
        lambda ax: plot_seasonality(AIRLINE, ax=ax),
        lambda ax: plot_attention(WEIGHTS, ax=ax),
        lambda ax: plot_importances(IMPORTANCES, ax=ax),
    ],
    ids=["history", "forecast", "seasonality", "attention", "importances"],
)


@PLOTS
def test_draws_on_given_axes(draw):
    _, (left, right) = plt.subplots(1, 2)
    assert draw(right) is right
    assert right.has_data()
    assert not left.has_data()
    assert len(plt.get_fignums()) == 1


@PLOTS
def test_makes_a_figure_and_does_not_show_it(draw, monkeypatch, tmp_path):
    monkeypatch.setattr(plt, "show", lambda: pytest.fail("plt.show was called"))
    ax = draw(None)
    assert isinstance(ax, Axes)
    ax.figure.savefig(tmp_path / "plot.png")
    assert plt.get_fignums() == [ax.figure.number]


@PLOTS
def test_without_matplotlib(draw, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r'pip install "skrnn\[plot\]"'):
        draw(None)
