"""Missing values: masked in input and loss, never filled."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    BARE,
    every_architecture,
    mean_error,
    panel,
    quick,
    seasonal,
    weights,
    with_network,
)
from selection import mainly

from skrnn.forecasting import LSTMForecaster

FH = [1, 2, 3]


def holes(y, part=0.3, seed=0):
    """Return a copy with a part of the values missing."""
    return y.mask(np.random.default_rng(seed).random(y.shape) < part)


@every_architecture
@pytest.mark.parametrize("transform", mainly([None], [None, "log"]))
def test_forecasts_with_holes(cls, transform):
    y = seasonal(100, sp=12)
    forecaster = cls(**with_network(cls, random_state=0, transform=transform, max_epochs=40))
    forecaster.fit(holes(y[:88]), fh=np.arange(1, 13))
    prediction = forecaster.predict()
    assert mean_error(prediction, y[88:]) < 0.5 * mean_error(y[:88].mean(), y[88:])
    assert not forecaster.predict_interval().isna().any(axis=None)


@pytest.mark.parametrize("params", [{}, {"baseline": "naive"}, BARE, {"strategy": "recursive"}])
def test_leading_gap_changes_nothing(params):
    """Rows without a value before the series begins are as good as no rows."""
    y = seasonal(50, kind="range")
    late = pd.concat([pd.Series(np.nan, index=range(7)), y.set_axis(range(7, 57))])
    forecaster = quick(**params).pretrain(panel(kind="range"), fh=FH)
    here, there = (forecaster.clone().fit(s).predict(FH) for s in (y, late))
    np.testing.assert_array_equal(here, there)
    assert list(there.index) == [57, 58, 59]


def test_trailing_gap():
    """The forecast begins after the gap, and reads what was observed before it."""
    y = seasonal(80)
    forecaster = LSTMForecaster(random_state=0, max_epochs=40)
    forecaster.fit(y[:70].where(np.arange(70) < 68), fh=np.arange(1, 9))
    prediction = forecaster.predict()
    assert prediction.index.equals(y.index[70:78])
    assert mean_error(prediction, y[70:78]) < 1


def test_a_gap_longer_than_the_window():
    y = seasonal(80).where((np.arange(80) < 30) | (np.arange(80) > 75))
    forecaster = quick(window_length=8).fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all()
    assert np.isfinite(forecaster.predict(np.arange(-79, 1))).all()
    gone = quick(window_length=8).fit(y.where(np.arange(80) < 30), fh=FH)
    assert np.isfinite(gone.predict()).all()


def test_a_random_walk_continues_from_its_last_value():
    """Also where the newest values are missing: not from the mean of the window."""
    y = pd.Series(np.arange(60.0))
    y[58:] = np.nan
    forecaster = quick(baseline="naive", transform=None, sp=1, max_epochs=1).fit(y, fh=[1])
    assert 55 < forecaster.predict().item() < 62


@pytest.mark.parametrize("column", ["a", "b"])
def test_one_column_of_several(column):
    y = pd.DataFrame({"a": seasonal(60), "b": seasonal(60, seed=1)})
    y[column] = holes(y[column])
    forecaster = quick().fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all(axis=None)


def test_one_series_of_several():
    y = panel()
    y.loc["s2"] = holes(y.loc["s2"]).to_numpy()
    assert np.isfinite(quick().fit(y, fh=FH).predict()).all(axis=None)


def test_missing_targets_have_no_weight():
    """A network that learns from a series in which all is missing but a few steps."""
    y = seasonal(60, kind="range")
    few = y.where(np.arange(60) % 10 < 3)
    forecaster = quick(**BARE).fit(few, fh=FH)
    assert np.isfinite(weights(forecaster)).all()
    assert np.isfinite(forecaster.history_["loss"]).all()


@pytest.mark.parametrize("n", [1, 2, 3, 5, 9])
def test_single_observations(n):
    y = pd.Series(np.nan, index=range(n))
    y[n // 2] = 3.0
    forecaster = quick().fit(y, fh=FH)
    assert np.isfinite(forecaster.predict()).all()
    assert np.isfinite(forecaster.predict_interval()).all(axis=None)
