"""Location and scale of a series at an origin, from the history before it."""

import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from series.panels import all_origins, panel_of, random_panel

from skrnn.series import FixedNormalizer, Normalizer, OriginStats, StandardNormalizer


def literal_location_and_scale(y, season):
    """Return location and scale after the last of the values."""
    if not np.isfinite(y).any():
        return 0.0, 1.0
    location, scale = np.nanmean(y), 0.0
    for lag in (season, 1):
        change = np.full(len(y), np.nan)
        change[lag:] = np.abs(y[lag:] - y[:-lag])
        if np.isfinite(change).any():
            scale = max(scale, np.nanmean(change))
    return location, scale if scale > 1e-9 * abs(location) + 1e-300 else 1.0


def stats_of(panel, season, origin=None):
    """Return location and scale of the series at their ends."""
    origin = panel.lengths if origin is None else np.full(panel.n_series, origin)
    return Normalizer(panel, season).at(np.arange(panel.n_series), origin)


@pytest.mark.parametrize("missing", [0.0, 0.3])
@pytest.mark.parametrize("season", [1, 4, 7, 12])
def test_location_and_scale_at_each_origin(season, missing):
    rng = np.random.default_rng(season)
    panel = random_panel(rng, [30, 3, 1, 13, 150], n_targets=2, missing=missing)
    panel.y[33] = 5.0  # the series of one step
    origins = all_origins(panel)
    stats = Normalizer(panel, season).at(*origins)
    for row, (i, origin) in enumerate(zip(*origins, strict=True)):
        for target in range(2):
            y = panel.series(i)[:origin, target]
            found = stats.location[row, target], stats.scale[row, target]
            np.testing.assert_allclose(found, literal_location_and_scale(y, season), rtol=1e-9)


def test_scale_is_that_of_changes_over_a_season():
    panel = panel_of(np.tile([0.0, 10, 20, 10], 10) + 3 * np.arange(40))
    assert stats_of(panel, 4).scale.item() == pytest.approx(12.0)
    # A season that repeats exactly has no changes: those of neighbours are larger.
    panel = replace(panel, y=panel.y - 3 * np.arange(40)[:, None])
    assert stats_of(panel, 4).scale.item() == pytest.approx(10.0)
    # They stand in where the history is not longer than a season.
    assert stats_of(panel, 4, origin=4).scale.item() == pytest.approx(10.0)


def test_a_settled_scale_stays():
    """It is that of the settled steps at all earlier origins; later ones use the whole history."""
    panel = random_panel(np.random.default_rng(0), [30, 20])
    origins, settled = all_origins(panel), np.array([24, 10])
    found = Normalizer(panel, 4, settled=settled).at(*origins)
    shown = origins[0], np.maximum(origins[1], settled[origins[0]])
    np.testing.assert_array_equal(found.scale, Normalizer(panel, 4).at(*shown).scale)
    np.testing.assert_array_equal(found.location, Normalizer(panel, 4).at(*origins).location)


@pytest.mark.parametrize("value", [0.0, 7.0, -1e12, 1e-12, 0.1])
def test_scale_of_a_constant_series_is_next_to_nothing(value):
    """So that the forecast stays constant; the scale of a single value is 1."""
    constant, single = (stats_of(panel_of(np.full(n, value)), 4) for n in (9, 1))
    assert constant.location.item() == pytest.approx(value)
    assert 0 < constant.scale.item() <= 1.01e-9 * abs(value) + 1e-300
    assert single.scale.item() == 1


@pytest.mark.parametrize("unit", [1e200, 1e150, 1e-150, 1e-200])
def test_no_value_is_too_large_or_too_small(unit):
    y = np.random.default_rng(0).normal(size=60).cumsum()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain, other = (stats_of(panel_of(v), 4) for v in (y, unit * y))
    np.testing.assert_allclose(other.location / unit, plain.location, rtol=1e-12)
    np.testing.assert_allclose(other.scale / unit, plain.scale, rtol=1e-12)


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    season=st.integers(1, 6),
    factor=st.sampled_from([1e-3, 0.5, 7.0, 1e4]),
    shift=st.sampled_from([-100.0, 0.0, 1e3]),
    seed=st.integers(0, 999),
)
@settings(deadline=None, max_examples=40)
def test_other_units(lengths, season, factor, shift, seed):
    """Nothing else than the units changes with them, not even what is a constant."""
    panel = random_panel(np.random.default_rng(seed), lengths, missing=0.1)
    moved = replace(panel, y=factor * (panel.y + shift))
    plain, other = (Normalizer(p, season).at(*all_origins(p)) for p in (panel, moved))
    constant = plain.scale == 1
    np.testing.assert_array_equal(other.scale == 1, constant)
    known = ~constant
    np.testing.assert_allclose(other.scale[known], factor * plain.scale[known], rtol=1e-8)


def test_the_rest_of_the_panel_does_not_matter():
    """Nor do neighbours of another size."""
    rng = np.random.default_rng(0)
    panel = random_panel(rng, rng.integers(1, 60, size=20), n_targets=2, missing=0.2)
    panel.y *= 10.0 ** np.repeat(rng.integers(-15, 15, size=20), panel.lengths)[:, None]
    series, origin = all_origins(panel)
    together = Normalizer(panel, 6).at(series, origin)
    for i in range(panel.n_series):
        alone = Normalizer(panel_of(panel.series(i)), 6)
        alone = alone.at(*all_origins(alone.panel))
        np.testing.assert_array_equal(alone.location, together.location[series == i])
        np.testing.assert_array_equal(alone.scale, together.scale[series == i])


@given(
    season=st.integers(1, 5),
    cut=st.integers(0, 30),
    missing=st.sampled_from([0.0, 0.3]),
    later=st.sampled_from([0.0, 1.0, 1e6, -1e100, np.nan]),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=40)
def test_later_values_change_nothing(season, cut, missing, later, seed):
    """Bit for bit: neither location nor scale."""
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, [30], missing=missing)
    y = panel.y.copy()
    y[cut:] = later * rng.normal(size=y[cut:].shape)
    origins = np.zeros(cut + 1, dtype=int), np.arange(cut + 1)
    panels = [panel, replace(panel, y=y)]
    panels += [panel_of(y[:cut])] if cut else []
    here, *others = (Normalizer(p, season).at(*origins) for p in panels)
    for there in others:
        np.testing.assert_array_equal(there.location, here.location)
        np.testing.assert_array_equal(there.scale, here.scale)


def test_a_fixed_normalizer_is_that_of_its_origin():
    rng = np.random.default_rng(0)
    stats = OriginStats(*rng.normal(size=(2, 3, 2)))
    series, origin = np.array([2, 0, 2, 1]), np.array([10, 12, 14, 16])
    found = FixedNormalizer(stats).at(series, origin)
    np.testing.assert_array_equal(found.location, stats.location[series])
    np.testing.assert_array_equal(found.scale, stats.scale[series])


def test_a_pickle_carries_no_sums():
    """They are computed once for a panel, whatever reads them."""
    panel = random_panel(np.random.default_rng(0), [40, 30])
    before = len(pickle.dumps(Normalizer(panel, 4)))
    normalizer = Normalizer(panel, 4)
    expected = normalizer.at(*all_origins(panel))
    assert len(pickle.dumps(normalizer)) == before
    found = pickle.loads(pickle.dumps(normalizer)).at(*all_origins(panel))
    np.testing.assert_array_equal(found.scale, expected.scale)


class TestZScores:
    """The level is the mean, and the scale the standard deviation."""

    @pytest.mark.parametrize("missing", [0.0, 0.3])
    def test_at_each_origin(self, missing):
        panel = random_panel(np.random.default_rng(0), [30, 1, 12], n_targets=2, missing=missing)
        panel.y[:, 1] += 1e6
        series, origin = all_origins(panel)
        stats = StandardNormalizer(panel, 4).at(series, origin)
        level = stats.level(np.full((len(series), 4, 2), 99.0), 4)[:, 0]
        np.testing.assert_array_equal(level, stats.location)
        for row, (i, n) in enumerate(zip(series, origin, strict=True)):
            for target in range(2):
                y = panel.series(i)[:n, target]
                y = y[~np.isnan(y)]
                mean = y.mean() if len(y) else 0.0
                deviation = y.std() if len(np.unique(y)) > 1 else 1.0
                found = level[row, target], stats.scale[row, target]
                np.testing.assert_allclose(found, (mean, deviation), rtol=1e-8)

    def test_kept_and_settled_ones(self):
        panel = random_panel(np.random.default_rng(0), [30, 20, 25])
        kept = np.array([[[3.0], [np.nan], [np.nan]], [[2.0], [np.nan], [np.nan]]])
        normalizer = StandardNormalizer(panel, 1, settled=np.array([0, 15, 0]), kept=kept)
        series, origin = np.repeat(np.arange(3), 2), np.tile([10, 18], 3)
        stats = normalizer.at(series, origin)
        read = [panel.series(1)[:15], panel.series(1)[:18], panel.series(2)[:10]]
        read.append(panel.series(2)[:18])
        expected = [(3, 2), (3, 2), *((y.mean(), y.std()) for y in read)]
        found = np.column_stack([stats.location, stats.scale])
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        whole = normalizer.for_training().at(series, origin)
        read = [panel.series(i) for i in (1, 1, 2, 2)]
        expected = [(3, 2), (3, 2), *((y.mean(), y.std()) for y in read)]
        found = np.column_stack([whole.location, whole.scale])
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        np.testing.assert_array_equal(normalizer.at(series, origin).scale, stats.scale)

    @pytest.mark.parametrize("unit", [1e200, 1e150, 1e-150, 1e-200])
    def test_no_value_is_too_large_or_too_small(self, unit):
        y = np.random.default_rng(0).normal(size=60).cumsum()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = StandardNormalizer(panel_of(unit * y), 4).units(np.array([0]), np.array([60]))
        np.testing.assert_allclose(np.ravel(found) / unit, [y.mean(), y.std()], rtol=1e-12)

    @pytest.mark.parametrize("value", [0.0, 7.0, -1e12, 0.1])
    def test_scale_of_a_constant_series_is_one(self, value):
        normalizer = StandardNormalizer(panel_of(np.full(9, value)), 4)
        stats = normalizer.at(np.array([0, 0]), np.array([9, 0]))
        np.testing.assert_allclose(stats.location[:, 0], [value, 0.0], rtol=1e-12)
        np.testing.assert_array_equal(stats.scale, 1)

    @pytest.mark.parametrize("later", [0.0, 1e6, -1e100, np.nan])
    def test_neither_later_values_nor_other_series_matter(self, later):
        panel = random_panel(np.random.default_rng(0), [30, 25], n_targets=2, missing=0.3)
        changed = replace(panel, y=panel.y.copy())
        changed.y[12:30] = later * panel.y[12:30]
        origins = np.zeros(13, dtype=int), np.arange(13)
        alone = panel_of(panel.series(0)[:12])
        here, *others = (StandardNormalizer(p, 4).at(*origins) for p in (panel, changed, alone))
        for there in others:
            np.testing.assert_array_equal(there.location, here.location)
            np.testing.assert_array_equal(there.scale, here.scale)

    def test_a_fixed_normalizer_has_their_level(self):
        panel = random_panel(np.random.default_rng(0), [30])
        stats = StandardNormalizer(panel, 4).at(np.array([0]), np.array([20]))
        fixed = FixedNormalizer(stats).at(np.array([0]), np.array([22]))
        context = np.zeros((1, 8, 1))
        np.testing.assert_array_equal(fixed.level(context, 4), stats.location[:, None])
