"""The prior of the smoothing parameters, learned from a panel."""

from dataclasses import replace

import numpy as np
import pytest
from baselines.states import Both
from series.panels import panel_of, random_panel

from skrnn.baselines import averaged_smoothing as module
from skrnn.baselines.averaged_smoothing import AveragedSmoothing

RNG = np.random.default_rng(0)
WALKS = random_panel(RNG, [60] * 30)
NOISE = panel_of(*(RNG.normal(size=60) + 50 * RNG.normal() for _ in range(30)))
CYCLES = panel_of(*(np.tile(5 * RNG.normal(size=4), 15) + RNG.normal(size=60) for _ in range(30)))
SLOPES = panel_of(
    *(RNG.normal(size=60).cumsum().cumsum() / 2 + RNG.normal(size=60) for _ in range(30))
)


def mean_gain(smoothing):
    """Return the mean gain of the level under the prior."""
    return float(np.exp(smoothing.log_prior) @ smoothing.grid[:, 0])


def share_of(smoothing, some):
    """Return the weight of some of the parameters."""
    return float(np.exp(smoothing.log_prior)[some].sum())


def test_the_level_follows_walks_and_ignores_noise():
    assert mean_gain(AveragedSmoothing.learn(WALKS, 1)) > 0.7
    assert mean_gain(AveragedSmoothing.learn(NOISE, 1)) < 0.15


def test_a_lasting_trend_is_for_series_with_one():
    smoothing = AveragedSmoothing.learn(SLOPES, 1)
    assert share_of(smoothing, smoothing.grid[:, 2] == 1) > 0.85
    for panel in (WALKS, NOISE):
        smoothing = AveragedSmoothing.learn(panel, 1)
        assert share_of(smoothing, smoothing.grid[:, 2] == 1) < 0.1


def test_a_season_is_for_series_with_one():
    smoothing = AveragedSmoothing.learn(CYCLES, 4)
    assert share_of(smoothing, smoothing.grid[:, 3] >= 0) > 0.95
    for panel in (WALKS, NOISE):
        smoothing = AveragedSmoothing.learn(panel, 4)
        assert share_of(smoothing, smoothing.grid[:, 3] < 0) > 0.8


@pytest.mark.parametrize("season", [1, 4])
@pytest.mark.parametrize("panel", [WALKS, NOISE, CYCLES, SLOPES])
def test_the_prior_is_a_distribution_over_few_parameters(panel, season):
    smoothing = AveragedSmoothing.learn(panel, season)
    assert np.exp(smoothing.log_prior).sum() == pytest.approx(1)
    n_level_only = (smoothing.grid[:, 2] == 0).sum()
    assert n_level_only >= 1  # for Theta
    assert (smoothing.grid[:n_level_only, 2] == 0).all()
    assert len(smoothing.grid) <= module.MOST_KEPT + 1


@pytest.mark.parametrize(("panel", "low", "high"), [(WALKS, 0.7, 1.01), (NOISE, 0.4, 0.65)])
def test_few_values_are_smoothed_as_the_panel_is(panel, low, high):
    """Two values of a walk: the last one counts; of noise: both do."""
    smoothed = Both(panel_of([0.0, 1.0]), AveragedSmoothing.learn(panel, 1))
    _, theta = smoothed.forecast(np.array([0]), np.array([2]), 1)
    assert low < theta.item() < high


def test_learning_reads_only_what_it_may():
    end = np.arange(30, 60)
    moved = replace(WALKS, y=WALKS.y.copy())
    for i, stop in enumerate(end):
        moved.series(i)[stop:] = 1e6
    one, other = (AveragedSmoothing.learn(panel, 4, end) for panel in (WALKS, moved))
    np.testing.assert_array_equal(one.grid, other.grid)
    np.testing.assert_array_equal(one.log_prior, other.log_prior)
    moved.series(0)[29] += 1  # the last of what it may
    other = AveragedSmoothing.learn(moved, 4, end)
    assert not np.array_equal(one.log_prior, other.log_prior)


def test_some_of_many_series_are_sampled(monkeypatch):
    """Evenly, as many as there is time for."""
    monkeypatch.setattr(module, "PRIOR_STEPS", 10 * 60)
    sampled = np.linspace(0, 29, 10).astype(int)
    some = panel_of(*(WALKS.series(i) for i in sampled))
    one, other = (AveragedSmoothing.learn(panel, 1) for panel in (WALKS, some))
    np.testing.assert_array_equal(one.grid, other.grid)
    np.testing.assert_allclose(one.log_prior, other.log_prior, rtol=1e-9)
