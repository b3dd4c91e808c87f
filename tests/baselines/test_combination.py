"""Means of forecasts without a network."""

from dataclasses import replace

import numpy as np
import pytest
from series.panels import panel_of, random_panel

from skrnn.baselines import PATH_BASELINES, WINDOW_BASELINES, Blend, Smoothing, fit_ridge
from skrnn.series import FixedNormalizer, ForecastExamples, Normalizer, RollingExamples, WindowSpec

SPEC = WindowSpec(5, 1, 4, season=3, n_seasons=2)
ALL = (*WINDOW_BASELINES, *PATH_BASELINES, "linear")


@pytest.fixture(scope="module")
def parts():
    """Return a panel of two targets, a normalizer with paths, and a regression of nine steps."""
    panel = random_panel(np.random.default_rng(0), [40, 25], n_targets=2, missing=0.1)
    normalizer = Normalizer(panel, 3, Smoothing.learn(panel, 3))
    series, origin = np.repeat([0, 1], 15), np.tile(np.arange(5, 20), 2)
    shape = replace(SPEC, window_length=9, horizon=6, baseline=None)
    ridge = fit_ridge(ForecastExamples(panel, (series, origin), shape, normalizer), (0.1,))
    return panel, normalizer, ridge


def center_of(parts, baseline, horizon=4):
    panel, normalizer, _ = parts
    spec = replace(SPEC, baseline=baseline, horizon=horizon)
    examples = ForecastExamples(
        panel, (np.array([0, 1, 1]), np.array([40, 25, 6])), spec, normalizer
    )
    return examples.gather_inputs(np.arange(3))[1].center


def test_a_blend_is_the_weighted_mean(parts):
    weights = dict(zip(ALL, np.random.default_rng(0).dirichlet(np.ones(len(ALL))), strict=True))
    members = {name: center_of(parts, Blend({name: 1.0}, parts[2])) for name in ALL}
    expected = sum(weight * members[name] for name, weight in weights.items())
    found = center_of(parts, Blend(weights, parts[2]))
    assert found.shape == (3, 4, 2)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    apart = np.stack(list(members.values()))
    assert (np.abs(apart[:, None] - apart[None]).max(axis=(2, 3, 4)) > 1e-3).sum() == 6 * 5


@pytest.mark.parametrize("name", WINDOW_BASELINES)
def test_a_member_that_reads_the_window_is_that_baseline(parts, name):
    np.testing.assert_array_equal(center_of(parts, Blend({name: 1.0})), center_of(parts, name))


@pytest.mark.parametrize("name", PATH_BASELINES)
def test_a_member_that_reads_the_history_is_its_path(parts, name):
    _, normalizer, _ = parts
    stats = normalizer.at(np.array([0, 1, 1]), np.array([40, 25, 6]), 4)
    np.testing.assert_array_equal(center_of(parts, Blend({name: 1.0})), stats.paths[name])


@pytest.mark.parametrize("horizon", [1, 4, 6])
def test_the_linear_member_is_the_regression(parts, horizon):
    """It reads further back than the network, and forecasts as many steps as are asked for."""
    panel, normalizer, ridge = parts
    blend = Blend({"linear": 1.0}, ridge)
    assert blend.reach == 9
    assert replace(SPEC, baseline=blend).context_length == 9
    assert replace(SPEC, baseline=Blend({"theta": 1.0})).context_length == 6
    series, origin = np.array([0, 1, 1]), np.array([40, 25, 6])
    context, _ = panel.read(series, origin[:, None] + np.arange(-9, 0))
    level = center_of(parts, None)[:, :1]
    scale = normalizer.at(series, origin, 1).scale[:, None]
    expected = ridge.forecast(context, level, scale, horizon)
    np.testing.assert_array_equal(center_of(parts, blend, horizon), expected)


def test_a_blend_with_a_regression_has_one():
    with pytest.raises(AssertionError):
        Blend({"theta": 0.5, "linear": 0.5})


@pytest.mark.parametrize("name", PATH_BASELINES)
def test_later_blocks_go_along_the_path(name):
    """A second block of steps is baselineed at what was known at the origin."""
    panel = random_panel(np.random.default_rng(0), [30])
    normalizer = Normalizer(panel, 3, Smoothing.learn(panel, 3))
    stats = normalizer.at(np.array([0]), np.array([20]), 6)
    spec = WindowSpec(5, 1, 2, season=3, baseline=Blend({name: 1.0}))
    for start in (0, 2, 4):
        origins = np.array([0]), np.array([20 + start])
        examples = ForecastExamples(panel, origins, spec, FixedNormalizer(stats, 20))
        center = examples.gather_inputs(np.array([0]))[1].center
        np.testing.assert_array_equal(center, stats.paths[name][:, start : start + 2])


def test_a_blend_moves_with_the_series():
    """Shifting and stretching the series does so with the forecast, whatever its members are."""
    y = np.random.default_rng(0).normal(size=40).cumsum()
    forecasts = []
    for values in (y, 1000 + 7 * y):
        panel = panel_of(values)
        normalizer = Normalizer(panel, 3, Smoothing.learn(panel, 3))
        origins = np.zeros(30, dtype=int), np.arange(5, 35)
        shape = replace(SPEC, baseline=None)
        ridge = fit_ridge(ForecastExamples(panel, origins, shape, normalizer), (0.1,))
        blend = Blend(dict.fromkeys(ALL, 1 / 6), ridge)
        last = np.array([0]), np.array([40])
        examples = ForecastExamples(panel, last, replace(SPEC, baseline=blend), normalizer)
        forecasts.append(examples.gather_inputs(np.array([0]))[1].center)
    np.testing.assert_allclose(forecasts[1], 1000 + 7 * forecasts[0], rtol=1e-6)


@pytest.mark.parametrize("baseline", WINDOW_BASELINES)
def test_blends_of_windows_roll(baseline):
    """Where a network reads on, a mean of baselines that read the window is one of each origin."""
    panel = random_panel(np.random.default_rng(0), [30, 25])
    spec = replace(SPEC, horizon=1, rollout=3)
    origins, normalizer = (np.array([0, 1]), np.array([12, 20])), Normalizer(panel, 3)
    one, other = (
        RollingExamples(panel, origins, replace(spec, baseline=a), normalizer).gather_inputs(
            [0, 1]
        )[1]
        for a in (baseline, Blend({baseline: 1.0}))
    )
    np.testing.assert_array_equal(one.center, other.center)
