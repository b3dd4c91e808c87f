"""Regression of the horizon on the window: against scikit-learn's, and what it forecasts."""

import numpy as np
import pytest
from series.panels import panel_of, random_panel
from sklearn.linear_model import Ridge as TheirRidge

from skrnn.baselines import FitData, Level, Ridge
from skrnn.baselines import normal_equations as module
from skrnn.baselines.normal_equations import NormalEquations, rows_of
from skrnn.baselines.ridge import Part
from skrnn.series import ForecastExamples, Normalizer, OriginView, Panel, WindowSpec

SPEC = WindowSpec(6, 1, 3, season=2, baseline=Level())


def origins_of(panel, first=1):
    """Return all origins of a panel with steps after them."""
    series = np.repeat(np.arange(panel.n_series), panel.lengths - first)
    return series, np.concatenate([np.arange(first, n) for n in panel.lengths])


def examples_of(panel, spec=SPEC, origins=None):
    origins = origins_of(panel) if origins is None else origins
    return ForecastExamples(panel, origins, spec, Normalizer(panel, spec.season))


def fit_ridge(examples, penalty=0.1):
    """Return the regression of the whole window."""
    equations, window = NormalEquations.of(examples), examples.spec.window_length
    return Ridge(equations.solve(window, penalty), (Part(window, penalty),))


def forecast(ridge, window, level, scale, n_steps):
    return ridge.forecast(OriginView(window, level, scale, 1, 1, n_steps))


def literal_rows(panel, spec=SPEC):
    """Return windows and horizons in units of level and scale, horizons within the series.

    None is further away than the largest that counts.
    """
    x, y = [], []
    for i, origin in zip(*origins_of(panel), strict=True):
        for target in range(panel.n_targets):
            values = panel.series(i)[:, target]
            ahead = values[origin : origin + spec.horizon]
            if np.isnan(ahead).all() or len(ahead) < spec.horizon:
                continue
            stats = Normalizer(panel, spec.season).at(np.array([i]), np.array([origin]))
            window = np.full(spec.window_length, np.nan)
            seen = values[max(0, origin - spec.window_length) : origin]
            window[spec.window_length - len(seen) :] = seen
            seasons = window.reshape(-1, spec.season)
            observed = seasons[np.isfinite(seasons).any(axis=1)]
            level = np.nanmean(observed[-1]) if len(observed) else stats.location[0, target]
            scale = stats.scale[0, target]
            x.append(np.nan_to_num((window - level) / scale))
            y.append((ahead - level) / scale)
    return np.clip(x, -30, 30), np.clip(y, -30, 30)


@pytest.mark.parametrize("penalty", [1e-4, 0.1, 30.0])
def test_agrees_with_scikit_learn(penalty):
    """The penalty is relative to the mean square of the inputs, a constant among them."""
    panel = random_panel(np.random.default_rng(0), [40, 30, 12], n_targets=2)
    x, y = literal_rows(panel)
    x = np.column_stack([x, np.ones(len(x))])
    theirs = TheirRidge(penalty * (x**2).sum(axis=0).mean(), fit_intercept=False).fit(x, y)
    ours = fit_ridge(examples_of(panel), penalty)
    assert ours.coef.shape == (7, 3)
    assert ours.reach == 6
    np.testing.assert_allclose(ours.coef, theirs.coef_.T, rtol=1e-6, atol=1e-9)


def test_forecasts_are_products():
    """In units of level and scale; a forecast of fewer steps is the beginning of a longer one."""
    panel = random_panel(np.random.default_rng(0), [40, 30], n_targets=2)
    ridge = fit_ridge(examples_of(panel), 0.1)
    rng = np.random.default_rng(1)
    context, level, scale = (
        rng.normal(size=(5, 9, 2)),
        rng.normal(size=(5, 1, 2)),
        np.full((5, 1, 2), 0.5),
    )
    found = forecast(ridge, context, level, scale, 3)
    for row in range(5):
        for target in range(2):
            window = (context[row, -6:, target] - level[row, 0, target]) / 0.5
            expected = level[row, 0, target] + 0.5 * (window @ ridge.coef[:-1] + ridge.coef[-1])
            np.testing.assert_allclose(found[row, :, target], expected, rtol=1e-5, atol=1e-5)
    np.testing.assert_array_equal(forecast(ridge, context, level, scale, 2), found[:, :2])


def test_forecasts_do_not_depend_on_the_batch():
    """Bit for bit: an example alone, and among others."""
    panel = random_panel(np.random.default_rng(0), [400], n_targets=3)
    spec = WindowSpec(60, 1, 5, season=1, baseline=Level())
    ridge = fit_ridge(examples_of(panel, spec), 0.1)
    rng = np.random.default_rng(1)
    context, level, scale = rng.normal(size=(300, 60, 3)), rng.normal(size=(300, 1, 3)), 1.5
    scale = np.full((300, 1, 3), scale)
    together = forecast(ridge, context, level, scale, 5)
    for rows in (slice(0, 1), slice(17, 24), slice(100, 260)):
        alone = forecast(ridge, context[rows], level[rows], scale[rows], 5)
        np.testing.assert_array_equal(alone, together[rows])


def test_the_penalty_is_the_best_on_held_out_examples():
    rng = np.random.default_rng(0)
    panel = panel_of(*(rng.normal(size=30) for _ in range(3)))
    held_out = panel_of(*(rng.normal(size=30) for _ in range(3)))
    spec, penalties = (
        WindowSpec(12, 1, 2, season=1, baseline=Level()),
        (1e-4, 0.01, 0.1, 1.0, 100.0),
    )
    train, test = (examples_of(p, spec) for p in (panel, held_out))
    errors = []
    for penalty in penalties:
        ridge = fit_ridge(train, penalty)
        x, y = literal_rows(held_out, spec)
        error = x @ ridge.coef[:-1] + ridge.coef[-1] - y
        errors.append(np.abs(error).mean())
    assert 0 < np.argmin(errors) < 4  # neither the least nor the largest
    whole = np.array([o + 2 <= 30 for o in test.origin])
    test = examples_of(held_out, spec, (test.series[whole], test.origin[whole]))
    rows = rows_of(test, np.arange(len(test)))
    penalty, error = NormalEquations.of(train).best_penalty(12, penalties, *rows)
    assert penalty == penalties[np.argmin(errors)]
    assert error == pytest.approx(min(errors))


def test_missing_values():
    """One of a horizon leaves an example of this step out, one of a window reads as the level."""
    rng = np.random.default_rng(0)
    panel = random_panel(rng, [60, 30], n_targets=2, missing=0.1)
    panel.y[[0, 60]] = 0.0
    x, y = literal_rows(panel)
    x = np.column_stack([x, np.ones(len(x))])
    theirs = TheirRidge(module.PENALTY * (x**2).sum(axis=0).mean(), fit_intercept=False)
    known = ~np.isnan(y)
    assert 0.8 < known.mean() < 0.95
    coef = [theirs.fit(x[k], of[k]).coef_ for of, k in zip(y.T, known.T, strict=True)]
    ridge = fit_ridge(examples_of(panel), module.PENALTY)
    np.testing.assert_allclose(ridge.coef.T, coef, rtol=0, atol=1e-3)
    context, one = rng.normal(size=(1, 6, 1)), np.ones((1, 1, 1))
    context[0, 2] = np.nan
    filled = np.nan_to_num(context, nan=3.0)
    np.testing.assert_array_equal(
        forecast(ridge, context, 3 * one, one, 3), forecast(ridge, filled, 3 * one, one, 3)
    )


@pytest.mark.parametrize("n_targets", [1, 2])
def test_each_horizon_has_a_missing_target(n_targets):
    """As that of a shop which is closed on Sundays."""
    rng = np.random.default_rng(0)
    y = np.tile(rng.normal(size=(7, n_targets)), (40, 1)) + 0.01 * rng.normal(size=(280, n_targets))
    hidden = y.copy()
    hidden[3::7] = np.nan
    panel = panel_of(hidden)
    data = FitData(panel, 7, 10, origins_of(panel, 30), panel.lengths)
    ridge = Ridge().fit(data)
    origins = np.zeros(7, dtype=int), np.arange(250, 257)
    spec = WindowSpec(ridge.reach, 1, 10, 7, Level())
    view = ForecastExamples(panel, origins, spec, data.normalizer).view(np.arange(7))
    error = ridge.forecast(view) - y[origins[1][:, None] + np.arange(10)]
    closed = (origins[1][:, None] + np.arange(10)) % 7 == 3
    assert np.abs(error[~closed]).max() < 0.15


@pytest.mark.parametrize("length", [2, 3])
def test_series_without_a_whole_horizon(length):
    panel = random_panel(np.random.default_rng(0), [length] * 4)
    examples = examples_of(panel)
    assert len(examples)
    assert NormalEquations.of(examples) is None
    data = FitData(panel, 2, 3, origins_of(panel), panel.lengths)
    assert Ridge().fit(data) is None


def test_a_linear_recursion_is_continued():
    """Waves of any phase and size: two values determine all that follow."""
    rng = np.random.default_rng(0)
    phases, sizes = rng.uniform(0, 6, size=20), rng.uniform(1, 9, size=20)
    waves = [s * np.sin(0.7 * np.arange(40) + p) for p, s in zip(phases, sizes, strict=True)]
    spec = WindowSpec(4, 1, 5, season=1, baseline=Level())
    origins = origins_of(panel_of(*waves), first=4)  # with a whole window
    ridge = fit_ridge(examples_of(panel_of(*waves), spec, origins), 1e-9)
    context = np.sin(0.7 * np.arange(-4, 0))[None, :, None]
    one = np.ones((1, 1, 1))
    found = forecast(ridge, context, context[:, -1:], 0.5 * one, 5)
    np.testing.assert_allclose(found.ravel(), np.sin(0.7 * np.arange(5)), atol=1e-4)


def test_a_value_that_is_out_of_bounds_does_not_rule():
    """It is read as the largest that counts, in learning and in forecasting."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=200)
    x, one = np.zeros((1, 6, 1)), np.ones((1, 1, 1))
    ridge = fit_ridge(examples_of(panel_of(y)), 0.1)
    x[0, 2] = 1e12
    found = forecast(ridge, x, 0 * one, one, 3)
    x[0, 2] = module.LARGEST
    np.testing.assert_array_equal(found, forecast(ridge, x, 0 * one, one, 3))
    y[100] = 1e12
    assert np.abs(fit_ridge(examples_of(panel_of(y)), 0.1).coef).max() < 2


def test_pieces_and_samples(monkeypatch):
    """Sums over pieces are the sums over all; of too many examples some are read, evenly."""
    panel = random_panel(np.random.default_rng(0), [60, 30], n_targets=2)
    examples = examples_of(panel)
    whole = fit_ridge(examples, 0.1)
    monkeypatch.setattr(module, "EXAMPLES_AT_ONCE", 7)
    np.testing.assert_allclose(fit_ridge(examples, 0.1).coef, whole.coef, rtol=1e-9)
    monkeypatch.setattr(module, "MOST_EXAMPLES", 20)
    index = np.linspace(0, len(examples) - 1, 20).astype(int)
    some = examples_of(panel, SPEC, (examples.series[index], examples.origin[index]))
    np.testing.assert_allclose(fit_ridge(examples, 0.1).coef, fit_ridge(some, 0.1).coef, rtol=1e-9)


def test_covariates_are_not_read():
    panel = random_panel(np.random.default_rng(0), [60], n_past=3)
    bare = Panel(panel.y, panel.offsets, np.empty((60, 0)))
    one, other = (fit_ridge(examples_of(p), 0.1).coef for p in (panel, bare))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("missing", [0.0, 0.1])
@pytest.mark.parametrize("window", [1, 4, 6])
def test_equations_of_a_shorter_window_are_a_submatrix(window, missing):
    panel = random_panel(np.random.default_rng(0), [60, 30], n_targets=2, missing=missing)
    spec = WindowSpec(window, 1, 3, season=1, baseline=Level())
    longer = WindowSpec(6, 1, 3, season=1, baseline=Level())
    origins = origins_of(panel, first=10)
    expected = fit_ridge(examples_of(panel, spec, origins)).coef
    found = NormalEquations.of(examples_of(panel, longer, origins)).solve(window, 0.1)
    if missing:  # a longer window may find a last value where a shorter one does not
        assert np.abs(found - expected).max() < 0.2
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)
