"""Structural models: against literal Gaussian conditioning, and seasons seen once or twice."""

import numpy as np
import pytest
from scipy.special import softmax
from series.panels import all_origins, panel_of

from skrnn.baselines.structural_covariances import Season, covariances, grid_of, seasons_of
from skrnn.baselines.structural_model import StructuralModel
from skrnn.baselines.structural_states import StructuralStates

SEASON, N_STEPS = 4, 3


def of_grid(season=SEASON, every=7):
    grid = grid_of(season, 10)[::every]
    return StructuralModel(season, grid, np.log(softmax(np.arange(len(grid)) % 3.0)))


def walk(n=10, missing=(), seed=0):
    y = 100 + np.random.default_rng(seed).normal(size=n).cumsum()
    y[list(missing)] = np.nan
    return y


def learned(*series, season=12):
    panel = panel_of(*series)
    return panel, StructuralModel.learn(panel, season, panel.lengths)


def from_the_end(panel, model, n_steps=12):
    """Return the forecasts (n_series, n_steps) and their deviations."""
    states = StructuralStates(panel, model)
    return [a[..., 0] for a in states.forecast(np.arange(panel.n_series), panel.lengths, n_steps)]


@pytest.mark.parametrize("missing", [(), (0, 1), (3, 4), (2, 9)])
def test_a_forecast_is_the_mean_of_conditional_means(missing):
    y, model = walk(missing=missing), of_grid()
    states, panel = StructuralStates(panel_of(y), model), panel_of(y)
    series, origin = all_origins(panel)
    mean, deviation = states.forecast(series, origin, N_STEPS)
    whole = covariances(model.grid, SEASON, len(y) + N_STEPS)
    for at in range(len(origin)):
        seen = np.flatnonzero(~np.isnan(y[: origin[at]]))
        if not len(seen):
            assert np.isnan([mean[at], deviation[at]]).all()
            continue
        ahead, values = origin[at] + np.arange(N_STEPS), y[seen] - y[seen[0]]
        means, log_weight = [], []
        for covariance, log_prior in zip(whole, model.log_prior, strict=True):
            inside = covariance[np.ix_(seen, seen)]
            means.append(covariance[np.ix_(ahead, seen)] @ np.linalg.solve(inside, values))
            square = values @ np.linalg.solve(inside, values) + 1e-20
            log_density = np.linalg.slogdet(inside)[1] + max(1, len(seen) - 1) * np.log(square)
            log_weight.append(log_prior - log_density / 2)
        expected = y[seen[0]] + softmax(log_weight) @ np.array(means)
        np.testing.assert_allclose(mean[at, :, 0], expected, rtol=1e-5)


def test_the_future_does_not_change_a_forecast():
    changed = walk(24)
    changed[15:] += 100 * np.random.default_rng(1).normal(size=9)
    model = of_grid()
    before, after = (
        StructuralStates(panel_of(y), model).forecast(np.zeros(15, int), np.arange(1, 16), N_STEPS)
        for y in (walk(24), changed)
    )
    np.testing.assert_allclose(after, before, rtol=1e-5)


def test_other_series_of_the_batch_do_not_change_a_forecast():
    model, y = of_grid(), [walk(24), walk(20, (3,), 1), walk(22, seed=2)]
    together, _ = from_the_end(panel_of(*y), model, N_STEPS)
    alone = [from_the_end(panel_of(one), model, N_STEPS)[0][0] for one in y]
    np.testing.assert_allclose(together, alone, rtol=1e-6)


@pytest.mark.parametrize(("factor", "shift"), [(1e-6, 0), (1e120, 0), (3, 1e4)])
def test_units_do_not_matter(factor, shift):
    y, model = walk(), of_grid()
    mean, deviation = from_the_end(panel_of(y), model)
    found = from_the_end(panel_of(factor * y + shift), model)
    np.testing.assert_allclose(found[0], factor * mean + shift, rtol=1e-5)
    np.testing.assert_allclose(found[1], factor * deviation, rtol=1e-5)


def test_a_constant_series_stays_constant():
    mean, deviation = from_the_end(*learned(np.full(20, 7.0)))
    np.testing.assert_array_equal(mean, 7.0)
    assert deviation.max() < 1e-6


@pytest.mark.parametrize("n", [24, 30, 35])
def test_a_season_seen_twice_is_forecast(n):
    rng, pattern = np.random.default_rng(0), 5 * np.random.default_rng(3).normal(size=12)
    step = np.arange(n + 12)
    y = [pattern[step % 12] + 0.3 * step + rng.normal(size=n + 12) for _ in range(10)]
    errors = []
    for one in y:
        panel, model = learned(one[:n])
        errors.append(np.abs(from_the_end(panel, model)[0][0] - one[n:]).mean())
    assert np.mean(errors) < 1.5  # the noise alone has 0.8, the last season repeated 3.8


@pytest.mark.parametrize("kind", ["noise", "walk"])
def test_no_season_is_invented(kind):
    rng = np.random.default_rng(0)
    y = rng.normal(size=(60, 42))
    y = y.cumsum(axis=1) if kind == "walk" else y
    panel, model = learned(*y[:, :30])
    without = [k for k, (_, _, season) in enumerate(model.grid) if season == Season()]
    log_prior = model.log_prior[without]
    plain = StructuralModel(12, [model.grid[k] for k in without], log_prior)
    ours, theirs = (np.abs(from_the_end(panel, m)[0] - y[:, 30:]).mean() for m in (model, plain))
    assert ours < 1.02 * theirs


def test_a_panel_teaches_how_strong_its_seasons_are():
    rng = np.random.default_rng(0)
    patterns = 4 * rng.normal(size=(40, 12))
    y = patterns[:, np.arange(36) % 12] + rng.normal(size=(40, 36))
    errors = []
    for model in (learned(*y[:, :18])[1], learned(y[0, :18])[1]):
        mean, _ = from_the_end(panel_of(*y[:, :18]), model)
        errors.append(np.abs(mean - y[:, 18:30]).mean())
    assert errors[0] < errors[1]


def test_deviations_cover_as_they_say():
    rng = np.random.default_rng(0)
    y = rng.normal(size=(200, 42)) + 3 * rng.normal(size=(200, 12))[:, np.arange(42) % 12]
    mean, deviation = from_the_end(*learned(*y[:, :30]))
    inside = np.abs(mean - y[:, 30:]) < 1.2816 * deviation
    assert 0.75 < inside.mean() < 0.85


def test_covariances_are_shared_by_all_calendars():
    for season in (4, 12, 52):
        assert seasons_of(season)[0] == Season()
        found = covariances(grid_of(season, 2 * season), season, 2 * season)
        np.linalg.cholesky(found)  # raises if one is not positive definite
