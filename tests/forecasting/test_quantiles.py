"""Quantiles and intervals: order, form, level."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    every_architecture,
    panel,
    quick,
    seasonal,
)
from selection import mainly

from skrnn.forecasting import LSTMForecaster

Y = seasonal(60)
FH = np.arange(1, 7)


@every_architecture
@pytest.mark.parametrize("kind", mainly(["panel"], ["series", "short", "panel"]))
def test_quantiles_never_cross(cls, kind):
    y = {"series": Y, "short": Y[:6], "panel": panel()}[kind]
    forecaster = quick(cls).fit(y, fh=FH)
    levels = [0.001, 0.01, 0.025, 0.1, 0.3, 0.5, 0.51, 0.75, 0.9, 0.97, 0.999]
    for fh in (FH, np.arange(1, 20), [-2, 0, 1]):
        quantiles = forecaster.predict_quantiles(fh, alpha=levels)
        assert np.isfinite(quantiles).all(axis=None)
        assert (np.diff(quantiles.to_numpy(), axis=1) >= 0).all()


def test_the_median_is_the_forecast():
    forecaster = quick().fit(Y, fh=FH)
    median = forecaster.predict_quantiles(alpha=0.5)
    np.testing.assert_array_equal(median.iloc[:, 0], forecaster.predict())


def test_levels_in_any_order():
    forecaster = quick().fit(Y, fh=FH)
    quantiles = forecaster.predict_quantiles(alpha=[0.9, 0.1, 0.5])
    assert list(quantiles.columns.get_level_values(1)) == [0.9, 0.1, 0.5]
    for level in (0.9, 0.1, 0.5):
        alone = forecaster.predict_quantiles(alpha=level)
        pd.testing.assert_frame_equal(
            quantiles.iloc[:, quantiles.columns.get_level_values(1) == level], alone
        )


def test_intervals_are_quantiles():
    forecaster = quick().fit(pd.DataFrame({"a": Y, "b": Y + 1}), fh=FH)
    interval = forecaster.predict_interval(coverage=[0.6, 0.95])
    quantiles = forecaster.predict_quantiles(alpha=[0.2, 0.8, 0.025, 0.975])
    np.testing.assert_allclose(interval["a"], quantiles["a"])
    np.testing.assert_allclose(interval["b"], quantiles["b"])


def test_names_of_interval_columns():
    for name, expected in (("sales", "sales"), (None, 0)):
        forecaster = quick().fit(Y.rename(name), fh=FH)
        interval = forecaster.predict_interval(coverage=0.8)
        assert list(interval.columns) == [(expected, 0.8, "lower"), (expected, 0.8, "upper")]


def test_wider_levels_are_wider():
    forecaster = quick().fit(Y, fh=FH)
    coverage = [0.001, 0.2, 0.5, 0.8, 0.95, 0.998]
    interval = forecaster.predict_interval(coverage=coverage).to_numpy()
    assert (np.diff(interval[:, 1::2] - interval[:, ::2], axis=1) > 0).all()


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
def test_intervals_widen_after_the_calibrated_horizon(strategy):
    """Like those of a random walk: with the root of the steps."""
    y = pd.Series(np.random.default_rng(0).normal(size=120).cumsum())
    forecaster = quick(strategy=strategy, sp=1).fit(y, fh=[1, 2, 3, 4])
    interval = forecaster.predict_interval(np.arange(1, 65), coverage=0.8).to_numpy()
    width = interval[:, 1] - interval[:, 0]
    assert (np.diff(width[4::4]) > 0).all()
    assert 2 < width[63] / width[3] < 8


def test_intervals_cover():
    """Over a panel of random walks, at each step, as often as they say."""
    steps = np.random.default_rng(0).normal(size=(150, 60)).cumsum(axis=1)
    y = pd.concat({i: pd.DataFrame({"y": walk}) for i, walk in enumerate(steps)})
    time = y.index.get_level_values(1)
    forecaster = LSTMForecaster(random_state=0, hidden_size=8, max_epochs=15)
    forecaster.fit(y[time < 52], fh=np.arange(1, 9))
    interval = forecaster.predict_interval(coverage=[0.5, 0.8, 0.95]).to_numpy()
    actual = y[time >= 52].to_numpy()
    inside = (actual >= interval[:, ::2]) & (actual <= interval[:, 1::2])
    np.testing.assert_allclose(inside.mean(axis=0), [0.5, 0.8, 0.95], atol=0.06)
    by_step = inside.reshape(150, 8, 3).mean(axis=0)
    np.testing.assert_allclose(by_step[:, 1], 0.8, atol=0.13)


def walk_and_noise(n):
    rng = np.random.default_rng(0)
    index = pd.period_range("2000-01", periods=n, freq="M")
    return pd.DataFrame({"walk": rng.normal(size=n).cumsum(), "noise": rng.normal(size=n)}, index)


def test_the_columns_of_a_table_have_widths_of_their_own():
    """A random walk is further off with every step, noise beside it is not."""
    y = walk_and_noise(120)
    intervals = quick(LSTMForecaster).fit(y, fh=range(1, 13)).predict_interval(coverage=0.8)
    width = intervals.xs("upper", axis=1, level=2) - intervals.xs("lower", axis=1, level=2)
    growth = width.iloc[-1] / width.iloc[0]
    assert growth["walk"].item() > 2
    assert growth["noise"].item() < 1.5


def one_below_the_other(y):
    """Return the columns of a table as the series of a panel."""
    return pd.concat({name: y[[name]].set_axis(["y"], axis=1) for name in y})


def growths(forecaster):
    """Return how much wider the interval of each series of a panel is after twelve steps."""
    interval = forecaster.predict_interval(coverage=0.8)
    width = (interval.iloc[:, 1] - interval.iloc[:, 0]).groupby(level=0, sort=False)
    return width.last() / width.first()


def test_the_series_of_a_panel_have_widths_of_their_own():
    y = walk_and_noise(400)
    panel = one_below_the_other(y)
    forecaster = quick(LSTMForecaster).fit(panel.drop(panel.index[-10:]), fh=range(1, 13))
    growth = growths(forecaster)
    assert growth["walk"] > 1.7 * growth["noise"]
    # They are known again by their names, in another order and beside a new one ...
    again = pd.concat([panel.loc[["noise"]], panel.loc[["walk"]]])
    new = one_below_the_other(y[["noise"]].set_axis(["new"], axis=1))
    later = growths(forecaster.update(pd.concat([again, new]), update_params=False))
    np.testing.assert_allclose(later[["walk", "noise"]], growth[["walk", "noise"]], rtol=0.25)
    # ... which has the widths of all errors together.
    assert later["new"] > 1.5 * later["noise"]


def test_series_that_follow_a_pretraining_have_the_widths_of_all():
    panel = one_below_the_other(walk_and_noise(400))
    known = growths(quick(LSTMForecaster).fit(panel, fh=range(1, 13)))
    forecaster = quick(LSTMForecaster).pretrain(panel, fh=range(1, 13))
    growth = growths(forecaster.fit(panel, fh=range(1, 13)))
    assert known["walk"] > 1.7 * known["noise"]
    np.testing.assert_allclose(growth["noise"], growth["walk"], rtol=0.1)


def test_positive_series_stay_positive_on_the_logarithm():
    y = np.exp(seasonal(60, noise=1.0) / 10)
    forecaster = quick(transform="log").fit(y, fh=FH)
    assert (forecaster.predict_quantiles(alpha=[0.001, 0.999]) > 0).all(axis=None)


def test_in_sample_intervals():
    forecaster = quick().fit(Y, fh=FH)
    interval = forecaster.predict_interval(np.arange(-20, 1), coverage=0.9)
    inside = (Y[-21:] >= interval.iloc[:, 0]) & (Y[-21:] <= interval.iloc[:, 1])
    assert inside.mean() > 0.6
