"""Means of forecasts without a network."""

from dataclasses import replace

import numpy as np
import pytest
from data.panels import panel_of, random_panel

from skrnn.data import (
    PATH_ANCHORS,
    WINDOW_ANCHORS,
    Blend,
    FixedReference,
    ForecastExamples,
    Reference,
    RollingExamples,
    Smoothing,
    WindowSpec,
    fit_ridge,
)

SPEC = WindowSpec(5, 1, 4, season=3, n_seasons=2)
ALL = (*WINDOW_ANCHORS, *PATH_ANCHORS, "linear")


@pytest.fixture(scope="module")
def parts():
    """Return a panel of two targets, a reference with paths, and a regression of nine steps."""
    panel = random_panel(np.random.default_rng(0), [40, 25], n_targets=2, missing=0.1)
    reference = Reference(panel, 3, Smoothing.learn(panel, 3))
    series, origin = np.repeat([0, 1], 15), np.tile(np.arange(5, 20), 2)
    shape = replace(SPEC, window_length=9, horizon=6, anchor=None)
    ridge = fit_ridge(ForecastExamples(panel, (series, origin), shape, reference), (0.1,))
    return panel, reference, ridge


def center_of(parts, anchor, horizon=4):
    panel, reference, _ = parts
    spec = replace(SPEC, anchor=anchor, horizon=horizon)
    examples = ForecastExamples(
        panel, (np.array([0, 1, 1]), np.array([40, 25, 6])), spec, reference
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


@pytest.mark.parametrize("name", WINDOW_ANCHORS)
def test_a_member_that_reads_the_window_is_that_anchor(parts, name):
    np.testing.assert_array_equal(center_of(parts, Blend({name: 1.0})), center_of(parts, name))


@pytest.mark.parametrize("name", PATH_ANCHORS)
def test_a_member_that_reads_the_history_is_its_path(parts, name):
    _, reference, _ = parts
    standing = reference.at(np.array([0, 1, 1]), np.array([40, 25, 6]), 4)
    np.testing.assert_array_equal(center_of(parts, Blend({name: 1.0})), standing.paths[name])


@pytest.mark.parametrize("horizon", [1, 4, 6])
def test_the_linear_member_is_the_regression(parts, horizon):
    """It reads further back than the network, and forecasts as many steps as are asked for."""
    panel, reference, ridge = parts
    blend = Blend({"linear": 1.0}, ridge)
    assert blend.reach == 9
    assert replace(SPEC, anchor=blend).context_length == 9
    assert replace(SPEC, anchor=Blend({"theta": 1.0})).context_length == 6
    series, origin = np.array([0, 1, 1]), np.array([40, 25, 6])
    context, _ = panel.read(series, origin[:, None] + np.arange(-9, 0))
    level = center_of(parts, None)[:, :1]
    scale = reference.at(series, origin, 1).scale[:, None]
    expected = ridge.forecast(context, level, scale, horizon)
    np.testing.assert_array_equal(center_of(parts, blend, horizon), expected)


def test_a_blend_with_a_regression_has_one():
    with pytest.raises(AssertionError):
        Blend({"theta": 0.5, "linear": 0.5})


@pytest.mark.parametrize("name", PATH_ANCHORS)
def test_later_blocks_go_along_the_path(name):
    """A second block of steps is anchored at what was known at the origin."""
    panel = random_panel(np.random.default_rng(0), [30])
    reference = Reference(panel, 3, Smoothing.learn(panel, 3))
    standing = reference.at(np.array([0]), np.array([20]), 6)
    spec = WindowSpec(5, 1, 2, season=3, anchor=Blend({name: 1.0}))
    for start in (0, 2, 4):
        origins = np.array([0]), np.array([20 + start])
        examples = ForecastExamples(panel, origins, spec, FixedReference(standing, 20))
        center = examples.gather_inputs(np.array([0]))[1].center
        np.testing.assert_array_equal(center, standing.paths[name][:, start : start + 2])


def test_a_blend_moves_with_the_series():
    """Shifting and stretching the series does so with the forecast, whatever its members are."""
    y = np.random.default_rng(0).normal(size=40).cumsum()
    forecasts = []
    for values in (y, 1000 + 7 * y):
        panel = panel_of(values)
        reference = Reference(panel, 3, Smoothing.learn(panel, 3))
        origins = np.zeros(30, dtype=int), np.arange(5, 35)
        shape = replace(SPEC, anchor=None)
        ridge = fit_ridge(ForecastExamples(panel, origins, shape, reference), (0.1,))
        blend = Blend(dict.fromkeys(ALL, 1 / 6), ridge)
        last = np.array([0]), np.array([40])
        examples = ForecastExamples(panel, last, replace(SPEC, anchor=blend), reference)
        forecasts.append(examples.gather_inputs(np.array([0]))[1].center)
    np.testing.assert_allclose(forecasts[1], 1000 + 7 * forecasts[0], rtol=1e-6)


@pytest.mark.parametrize("anchor", WINDOW_ANCHORS)
def test_blends_of_windows_roll(anchor):
    """Where a network reads on, a mean of anchors that read the window is one of each origin."""
    panel = random_panel(np.random.default_rng(0), [30, 25])
    spec = replace(SPEC, horizon=1, rollout=3)
    origins, reference = (np.array([0, 1]), np.array([12, 20])), Reference(panel, 3)
    one, other = (
        RollingExamples(panel, origins, replace(spec, anchor=a), reference).gather_inputs([0, 1])[1]
        for a in (anchor, Blend({anchor: 1.0}))
    )
    np.testing.assert_array_equal(one.center, other.center)
