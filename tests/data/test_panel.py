"""Panels: reading by series and step, location and scale."""

import numpy as np
import pytest
from data.panels import random_panel
from hypothesis import given, settings
from hypothesis import strategies as st

from skrnn.data import Panel


@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=5),
    n_past=st.integers(0, 2),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=50)
def test_read_is_a_literal_lookup(lengths, n_past, seed):
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, lengths, n_targets=2, n_past=n_past)
    series = rng.integers(len(lengths), size=7)
    steps = rng.integers(-5, 17, size=(7, 4))
    y, past = panel.read(series, steps)
    assert y.shape == (7, 4, 2)
    assert past.shape == (7, 4, n_past)
    for i, which in enumerate(series):
        for j, step in enumerate(steps[i]):
            if 0 <= step < lengths[which]:
                row = sum(lengths[:which]) + step
                np.testing.assert_array_equal(y[i, j], panel.y[row])
                np.testing.assert_array_equal(past[i, j], panel.past[row])
            else:
                assert np.isnan(y[i, j]).all()
                assert np.isnan(past[i, j]).all()


def test_read_copies():
    panel = random_panel(np.random.default_rng(0), [5, 5])
    before = panel.y.copy()
    y, _ = panel.read(np.array([0, 1]), np.arange(5)[None].repeat(2, axis=0))
    y[:] = 0
    np.testing.assert_array_equal(panel.y, before)


def literal_location_and_scale(y, season):
    location = np.nanmean(y)
    for lag in (season, 1):
        change = np.abs(y[lag:] - y[:-lag])
        if np.isfinite(change).any() and np.nanmean(change) > 1e-9 * abs(location):
            return location, np.nanmean(change)
    return location, 1.0


@pytest.mark.parametrize("season", [1, 4, 7, 12])
def test_location_and_scale_of_each_series(season):
    rng = np.random.default_rng(season)
    panel = random_panel(rng, [30, 3, 1, 13, 50], missing=0.1)
    panel.y[33] = 5.0  # the series of one step
    location, scale = panel.location_and_scale(season)
    for i in range(panel.n_series):
        expected = literal_location_and_scale(panel.series(i)[:, 0], season)
        np.testing.assert_allclose([location[i, 0], scale[i, 0]], expected, rtol=1e-12)


def test_scale_is_that_of_changes_over_a_season():
    season = np.tile([0.0, 10, 20, 10], 10) + 0.5 * np.arange(40)
    panel = Panel(season[:, None], np.array([0, 40]), np.empty((40, 0)))
    assert panel.location_and_scale(4)[1].item() == pytest.approx(2.0)
    # A season that repeats exactly has no changes: the neighbours' stand in.
    panel.y -= 0.5 * np.arange(40)[:, None]
    assert panel.location_and_scale(4)[1].item() == pytest.approx(10.0)


@pytest.mark.parametrize("value", [0.0, 7.0, -1e12, 1e-12, 0.1])
def test_scale_of_a_constant_series_is_one(value):
    panel = Panel(np.full((9, 1), value), np.array([0, 9]), np.empty((9, 0)))
    location, scale = panel.location_and_scale(4)
    assert location.item() == pytest.approx(value)
    assert scale.item() == 1


def test_location_and_scale_do_not_depend_on_company():
    rng = np.random.default_rng(0)
    panel = random_panel(rng, rng.integers(1, 60, size=20), n_targets=2, missing=0.2)
    together = panel.location_and_scale(6)
    for i in range(panel.n_series):
        y = panel.series(i)
        alone = Panel(y, np.array([0, len(y)]), np.empty((len(y), 0))).location_and_scale(6)
        for one, all_of_them in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one[0], all_of_them[i])
