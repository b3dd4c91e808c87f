"""Panels and hierarchies: one network, series of unequal length, each with an end of its own."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    every_architecture,
    panel,
    quick,
    seasonal,
    weights,
)
from sktime.forecasting.base import ForecastingHorizon

FH = [1, 2, 3]


def hierarchy(**params):
    return pd.concat({"north": panel(**params), "south": panel(**params) + 7}, names=["region"])


@pytest.mark.parametrize("kind", ["range", "int64", "period", "datetime", "month end", "zone"])
def test_relative_steps_count_from_the_end_of_each_series(kind):
    y = panel(kind=kind)
    prediction = quick().fit(y).predict(FH)
    assert list(prediction.index.unique(0)) == ["s10", "s2", "a"]
    assert prediction.index.names == y.index.names
    longer = panel(lengths=(43, 34, 39), kind=kind)
    for name in ("s10", "s2", "a"):
        assert list(prediction.loc[name].index) == list(longer.loc[name].index[-3:])


@pytest.mark.parametrize("kind", ["range", "period", "datetime", "month end"])
def test_absolute_steps_are_the_same_times_for_all(kind):
    """Ahead for the series that have ended, in-sample for those that continue."""
    y = panel(lengths=(40, 31, 38), kind=kind)
    times = panel(lengths=(42, 2), kind=kind).loc["s10"].index[[37, 39, 40]]
    forecaster = quick().fit(y)
    prediction = forecaster.predict(ForecastingHorizon(times, is_relative=False))
    steps = {"s10": [-2, 0, 1], "s2": [7, 9, 10], "a": [0, 2, 3]}
    for name, relative in steps.items():
        one = prediction.loc[name]
        assert list(one.index) == list(times)
        expected = forecaster.predict(relative).loc[name]
        np.testing.assert_array_equal(one, expected)


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@every_architecture
def test_other_series_do_not_matter(cls, strategy):
    """With the same weights a series gets the same forecast in a panel and alone, bit for bit."""
    y = panel(columns=("a", "b"))
    pretrained = quick(cls, strategy=strategy).pretrain(y, fh=FH)
    together = pretrained.clone().fit(y)
    for name in ("s10", "s2", "a"):
        alone = pretrained.clone().fit(y.loc[name])
        for of in (
            lambda f: f.predict([-2, 1, 3, 5]),
            lambda f: f.predict_quantiles([-2, 1, 3], alpha=[0.1, 0.6]),
        ):
            np.testing.assert_array_equal(of(alone), of(together).loc[name])


def test_order_of_series_does_not_matter():
    y = panel()
    pretrained = quick().pretrain(y, fh=FH)
    forward = pretrained.clone().fit(y).predict(FH)
    turned = pd.concat({name: y.loc[name] for name in ("a", "s2", "s10")}, names=["shop"])
    backward = pretrained.clone().fit(turned).predict(FH)
    assert list(backward.index.unique(0)) == ["a", "s2", "s10"]
    pd.testing.assert_frame_equal(backward.loc[forward.index], forward)


def test_rows_of_series_may_be_mixed():
    """sktime asks only for the order of the times within a series."""
    y = panel(kind="range")
    mixed = y.sort_index(level=1, sort_remaining=False)
    assert mixed.index.codes[0][:3].tolist() != [0, 0, 0]
    here, there = (quick().fit(frame).predict(FH) for frame in (y, mixed))
    pd.testing.assert_frame_equal(there.loc[here.index], here)


def test_hierarchies():
    y = hierarchy()
    forecaster = quick().fit(y, fh=FH)
    prediction = forecaster.predict()
    assert prediction.index.names == ["region", "shop", "time"]
    assert len(prediction) == 6 * 3
    pd.testing.assert_index_equal(
        prediction.loc["south"].index, quick().fit(panel(), fh=FH).predict().index
    )
    np.testing.assert_allclose(prediction.loc["south"], prediction.loc["north"] + 7, atol=1e-3)


def test_aggregated_hierarchies():
    """Totals as sktime names them, with `__total` for a level that is summed over."""
    from sktime.transformations.hierarchical.aggregate import Aggregator

    y = Aggregator().fit_transform(hierarchy(lengths=(30, 30, 30)))
    prediction = quick().fit(y, fh=FH).predict()
    assert prediction.index.unique(0).tolist() == y.index.unique(0).tolist()
    assert len(prediction) == 9 * 3


def test_other_containers_of_panels():
    rng = np.random.default_rng(0)
    array = rng.normal(size=(3, 1, 20)).cumsum(axis=2)
    assert quick().fit(array, fh=FH).predict().shape == (3, 1, 3)
    frames = [seasonal(n, kind="range").to_frame("y") for n in (20, 25)]
    prediction = quick().fit(frames, fh=FH).predict()
    assert [list(p.index) for p in prediction] == [[20, 21, 22], [25, 26, 27]]


def test_a_panel_of_one_series_is_that_series():
    y = seasonal(40)
    one = pd.concat({"only": y.to_frame("y")}, names=["shop", "time"])
    alone, there = quick().fit(y, fh=FH), quick().fit(one, fh=FH)
    np.testing.assert_array_equal(weights(alone), weights(there))
    np.testing.assert_array_equal(alone.predict(), there.predict()["y"])


def test_series_of_very_different_units():
    """A network for all: each series is normalised for itself."""
    y = panel(lengths=(60, 60, 60))
    stretched = y.copy()
    stretched.loc["s2"] = (1e6 * y.loc["s2"]).to_numpy()
    params = {"transform": None, "sp": 4}
    here, there = (quick(**params).fit(frame, fh=FH).predict() for frame in (y, stretched))
    np.testing.assert_allclose(there.loc["s2"], 1e6 * here.loc["s2"], rtol=1e-4)
    np.testing.assert_allclose(there.loc["a"], here.loc["a"], rtol=1e-4)


def test_short_series_in_a_panel_with_long_ones():
    y = panel(lengths=(60, 1, 2, 3, 5), names=("long", "a", "b", "c", "d"))
    forecaster = quick().fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all(axis=None)
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)
    assert np.isfinite(forecaster.predict([0])).all(axis=None)


def test_unused_levels_of_the_index():
    """What is left of a frame after slicing keeps the names of all that was there."""
    y = panel()
    left = y[y.index.get_level_values(0) != "s2"]
    fresh = pd.concat({name: y.loc[name] for name in ("s10", "a")}, names=["shop", "time"])
    pd.testing.assert_frame_equal(
        quick().fit(left, fh=FH).predict(), quick().fit(fresh, fh=FH).predict()
    )
