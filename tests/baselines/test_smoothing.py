"""Exponential smoothing: literal loops, statsmodels, the textbook's Theta, and what is learned."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from baselines.states import Both
from hypothesis import given, settings
from hypothesis import strategies as st
from series.panels import all_origins, panel_of, random_panel

from skrnn.baselines.averaged_smoothing import AveragedSmoothing

NEVER = -1e9  # logarithm of a weight that is zero
LEVEL_ONLY = (0.3, 0.0, 0.0, -1.0)


def of_one(season, parameters):
    """Return the smoothing with these parameters alone, and one without a trend for Theta."""
    if parameters[2] == 0:
        return AveragedSmoothing(season, np.array([parameters]), np.zeros(1))
    return AveragedSmoothing(season, np.array([LEVEL_ONLY, parameters]), np.array([NEVER, 0.0]))


def n_read_at_start(n_seen, season):
    """Return how many steps the states before the first one are read from: 1, 2, 3, 4, 6, ..."""
    whole = 2 * season if season > 1 else 5
    n = 1
    while n < whole and min(n + max(1, n // 2), whole) <= n_seen:
        n = min(n + max(1, n // 2), whole)
    return n


def literal_start(y, season):
    """Return level, trend and season before the first step."""
    step, known = np.arange(1, len(y) + 1), ~np.isnan(y)
    if season == 1:
        trend = np.polyfit(step[known], y[known], 1)[0] if known.sum() > 2 else 0.0
    else:
        change = y[season:] - y[:-season] if len(y) > season else np.array([])
        trend = np.nanmean(change) / season if np.isfinite(change).any() else 0.0
    level = np.nanmean(y - trend * step)
    cycle = np.zeros(season)
    if season > 1 and len(y) == 2 * season and known.sum() > 1.5 * season:
        left = y - level - trend * step
        for phase in range(season):
            cycle[phase] = np.mean([v for v in left[phase::season] if np.isfinite(v)] or [0.0])
        cycle -= cycle.mean()
    return level, trend, cycle


class Literal:
    """One series, one vector of parameters, one step after the other, up to `stop`."""

    def __init__(self, y, season, parameters, stop=None):
        alpha, beta, phi, gamma = parameters
        level, trend, cycle = literal_start(y[: n_read_at_start(len(y), season)], season)
        trend, cycle = trend * (phi > 0), cycle * (gamma >= 0)
        gamma, y = gamma if len(y) >= 2 * season > 2 else 0.0, y[:stop]
        self.errors, settled = [], []
        for t, value in enumerate(y):
            forecast = level + phi * trend + cycle[t % season]
            error = 0.0 if np.isnan(value) else value - forecast
            level = level + phi * trend + alpha * error
            trend = phi * trend + alpha * beta * error
            cycle[t % season] += max(gamma, 0.0) * (1 - alpha) * error
            if not np.isnan(value) and t >= max(3, season):
                settled.append(error)
        self.n, self.squares = len(settled), float(np.sum(np.square(settled)))
        self.level, self.trend, self.cycle, self.phi = level, trend, cycle, phi
        self.next, self.season = len(y), season
        known = np.flatnonzero(~np.isnan(y))
        self.slope = np.polyfit(known, y[known], 1)[0] if len(known) > 2 else 0.0
        self.lag = (1 - (1 - alpha) ** len(y)) / alpha
        self.lag += len(y) - 1 - known[-1] if len(known) else 0  # the level has not moved on

    def without_season(self, n_steps):
        """Return the forecasts of the smoothing and of Theta."""
        fade = np.cumsum(self.phi ** np.arange(1, n_steps + 1))
        drift = 0.5 * self.slope * (np.arange(n_steps) + self.lag)
        return np.stack([self.level + fade * self.trend, self.level + drift])

    def forecast(self, n_steps):
        """Return both with the season."""
        phases = (self.next + np.arange(n_steps)) % self.season
        return self.without_season(n_steps) + self.cycle[phases]


PARAMETERS = [
    (0.2, 0.0, 0.0, -1.0),
    (1.0, 0.0, 0.0, 0.15),
    (0.45, 0.0, 0.0, 0.35),
    (0.3, 0.25, 0.9, -1.0),
    (0.65, 0.1, 1.0, 0.05),
    (0.05, 0.5, 0.8, 0.0),
]


@given(
    n=st.integers(1, 30),
    season=st.sampled_from([1, 2, 4, 7, 40]),
    parameters=st.sampled_from(PARAMETERS),
    missing=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 999),
)
@settings(deadline=None, max_examples=80)
def test_forecasts_are_those_of_a_literal_loop(n, season, parameters, missing, seed):
    """At each origin as if the series ended there."""
    panel = random_panel(np.random.default_rng(seed), [n, 9], missing=missing)
    panel.y[0] = 1.0
    smoothed = Both(panel, of_one(season, parameters))
    origin = np.arange(1, n + 1)
    smoothing, theta = smoothed.forecast(np.zeros(n, dtype=int), origin, 9)
    for row, end in enumerate(origin):
        y = panel.series(0)[:end, 0]
        literal = Literal(y, season, parameters)
        alone = literal if parameters[2] == 0 else Literal(y, season, LEVEL_ONLY)
        expected = literal.forecast(9)[0], alone.forecast(9)[1]
        found = smoothing[row, :, 0], theta[row, :, 0]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("season", [1, 4])
def test_averages_are_weighted_by_the_errors_so_far(season):
    """The likelihood of normal errors to the power of one half, times the prior.

    The season of a phase has the weights of the step at which it was last seen.
    """
    rng = np.random.default_rng(season)
    y = rng.normal(size=25).cumsum() + np.tile([3.0, 0, -3, 0], 7)[:25]
    grid = np.array([p for p in PARAMETERS if season > 1 or p[3] < 0])
    prior = np.log(rng.dirichlet(np.ones(len(grid))))
    smoothed = Both(panel_of(y), AveragedSmoothing(season, grid, prior))

    def after(step, end):
        """Return the runs up to a step, from a start for the origin `end`, and their weights."""
        runs = [Literal(y[:end], season, parameters, step) for parameters in grid]
        n, squares = runs[0].n, np.array([run.squares for run in runs])
        likelihood = (squares + 2 * squares.min() / max(n, 1) + 1e-30) ** (-0.25 * n)
        weight = np.exp(prior) * likelihood * np.stack([grid[:, 2] >= 0, grid[:, 2] == 0])
        return runs, weight / weight.sum(axis=1, keepdims=True)

    for end in range(1, 26):
        runs, weight = after(end, end)
        expected = np.einsum("kp,pkh->kh", weight, [run.without_season(6) for run in runs])
        for h in range(6):
            seen = end - season + h % season + 1
            if end >= 2 * season > 2:
                runs, weight = after(seen, end)
                expected[:, h] += weight @ [run.cycle[(end + h) % season] for run in runs]
        found = smoothed.forecast(np.array([0]), np.array([end]), 6)
        np.testing.assert_allclose(np.stack(found)[:, 0, :, 0], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    "parameters",
    [
        (0.3, 0.25, 0.9, -1.0),
        (0.65, 0.1, 1.0, -1.0),
        (0.2, 0.0, 0.0, -1.0),
        (0.45, 0.0, 0.0, 0.35),
        (0.3, 0.25, 0.9, 0.15),
        (0.3, 0.25, 1.0, 0.15),
    ],
)
def test_agrees_with_statsmodels(parameters):
    """The same parameters and states before the first step."""
    ets = pytest.importorskip("statsmodels.tsa.exponential_smoothing.ets")
    alpha, beta, phi, gamma = parameters
    season = 4 if gamma >= 0 else 1
    rng = np.random.default_rng(0)
    y = 20 + rng.normal(size=40).cumsum() + 3 * np.tile([1.0, 0, -2, 1], 10) * (gamma >= 0)
    level, trend, cycle = literal_start(y[: 2 * season if season > 1 else 5], season)
    options = {"error": "add", "initialization_method": "known", "initial_level": level}
    params = {"smoothing_level": alpha}
    if phi > 0:
        options |= {"trend": "add", "initial_trend": trend, "damped_trend": phi < 1}
        params["smoothing_trend"] = alpha * beta  # theirs moves the trend by the error itself
        params |= {"damping_trend": phi} if phi < 1 else {}
    if gamma >= 0:
        options |= {"seasonal": "add", "seasonal_periods": 4, "initial_seasonal": cycle}
        params["smoothing_seasonal"] = gamma * (1 - alpha)
    model = ets.ETSModel(y, **options)
    known = dict(zip(model.param_names, model.start_params, strict=True)) | params
    theirs = model.smooth([known[name] for name in model.param_names])
    ours, _ = Both(panel_of(y), of_one(season, parameters)).forecast(
        np.array([0]), np.array([40]), 10
    )
    np.testing.assert_allclose(ours[0, :, 0], theirs.forecast(10), rtol=1e-9)


@pytest.mark.parametrize("alpha", [0.05, 0.3, 1.0])
def test_theta_is_the_mean_of_two_lines(alpha):
    """The line through the values, and their smoothing after its slope is doubled and reversed.

    So Assimakopoulos & Nikolopoulos (2000) have it, and Hyndman & Billah (2003) show that the
    smoothing of the values and half the slope are the same.
    """
    y = 5 + 0.4 * np.arange(30) + np.random.default_rng(0).normal(size=30)
    step = np.arange(1, 31)
    slope, intercept = np.polyfit(step, y, 1)
    line = intercept + slope * np.arange(1, 41)
    bent = 2 * y - line[:30]
    level = 2 * literal_start(y[:5], 1)[0] - line[0]  # of the bent line at the first step
    for value in bent:
        level += alpha * (value - level)
    expected = (line[30:] + level) / 2
    _, theta = Both(panel_of(y), of_one(1, (alpha, 0.0, 0.0, -1.0))).forecast(
        np.array([0]), np.array([30]), 10
    )
    np.testing.assert_allclose(theta[0, :, 0], expected, rtol=1e-9)


def everywhere(smoothing, panel):
    """Return the forecasts of all origins, those of Theta after them."""
    forecasts = Both(panel, smoothing).forecast(*all_origins(panel), 15)
    return np.concatenate(forecasts, axis=1)


@pytest.mark.parametrize("season", [1, 4, 12])
def test_the_rest_of_the_panel_does_not_matter(season):
    """Bit for bit, given the prior: other lengths, other targets."""
    panel = random_panel(np.random.default_rng(0), [40, 17, 3, 55, 1, 26], n_targets=2, missing=0.1)
    smoothing = AveragedSmoothing.learn(panel, season)
    together, (series, _) = everywhere(smoothing, panel), all_origins(panel)
    for i in range(panel.n_series):
        for targets in ([0, 1], [1], [1, 0]):
            alone = everywhere(smoothing, panel_of(panel.series(i)[:, targets]))
            np.testing.assert_array_equal(alone, together[series == i][..., targets])


@pytest.mark.parametrize("season", [1, 4, 12])
def test_order_does_not_matter(season):
    """Bit for bit: the last origins first, which are the only ones that a forecast needs."""
    panel = random_panel(np.random.default_rng(0), [40, 17, 3, 55, 1, 26], n_targets=2, missing=0.1)
    smoothing = AveragedSmoothing.learn(panel, season)
    series, origin = all_origins(panel)
    together, smoothed = everywhere(smoothing, panel), Both(panel, smoothing)
    for sampled in (
        origin == panel.lengths[series],
        origin == panel.lengths[series] // 2,
        origin > 0,
    ):
        forecasts = smoothed.forecast(series[sampled], origin[sampled], 15)
        np.testing.assert_array_equal(np.concatenate(forecasts, axis=1), together[sampled])


@pytest.mark.parametrize("season", [1, 4, 12])
@pytest.mark.parametrize("later", [1e-3, 1e6, 1e100, np.nan])
def test_later_values_change_nothing(season, later):
    """Bit for bit, from the first step on."""
    rng = np.random.default_rng(0)
    panel = random_panel(rng, [40], missing=0.1)
    smoothing = AveragedSmoothing.learn(panel, season)
    forecasts = everywhere(smoothing, panel)
    for end in range(1, 40):
        y = panel.y.copy()
        y[end:] = later * rng.normal(size=y[end:].shape)
        changed = everywhere(smoothing, replace(panel, y=y))
        np.testing.assert_array_equal(changed[: end + 1], forecasts[: end + 1])
        short = everywhere(smoothing, panel_of(y[:end]))
        np.testing.assert_array_equal(short, forecasts[: end + 1])


def test_what_comes_before_the_first_value_does_not_matter():
    """Neither steps before it nor other targets that begin earlier."""
    y = np.random.default_rng(0).normal(size=(40, 2)).cumsum(axis=0)
    y[:11, 0] = np.nan
    smoothing = AveragedSmoothing.learn(panel_of(y), 4)
    forecasts, alone = everywhere(smoothing, panel_of(y)), panel_of(y[11:, 0])
    np.testing.assert_array_equal(forecasts[11:, :, :1], everywhere(smoothing, alone))
    assert np.isnan(forecasts[:12, :, 0]).all()
    assert np.isfinite(forecasts[1:, :, 1]).all()
    assert np.isnan(forecasts[0]).all()
    np.testing.assert_allclose(forecasts[12, :, 0], y[11, 0], rtol=1e-12)


def test_a_target_without_values_has_no_forecasts():
    y = np.random.default_rng(0).normal(size=(20, 2))
    y[:, 1] = np.nan
    forecasts = everywhere(AveragedSmoothing.learn(panel_of(y), 4), panel_of(y))
    assert np.isnan(forecasts[..., 1]).all()
    assert np.isfinite(forecasts[1:, :, 0]).all()


def test_missing_steps_are_bridged():
    """Trend and season continue, and the level is not updated."""
    y = 2.0 * np.arange(40) + np.tile([5.0, 0, -5, 0], 10)
    gaps = y.copy()
    gaps[[17, 18, 25, 31, 39]] = np.nan
    smoothing, _ = Both(panel_of(gaps), AveragedSmoothing.learn(panel_of(gaps), 4)).forecast(
        np.array([0]), np.array([40]), 8
    )
    expected = 2.0 * np.arange(40, 48) + np.tile([5.0, 0, -5, 0], 2)
    np.testing.assert_allclose(smoothing[0, :, 0], expected, atol=0.5)


@pytest.mark.parametrize("season", [1, 4])
@pytest.mark.parametrize("value", [0.0, 3.0, -1e12, 0.1])
def test_a_constant_stays(season, value):
    panel = panel_of(np.full(30, value), [value], [value] * 2)
    series, origin = all_origins(panel)
    series, origin = series[origin > 0], origin[origin > 0]
    forecasts = Both(panel, AveragedSmoothing.learn(panel, season)).forecast(series, origin, 5)
    for forecast in forecasts:
        np.testing.assert_allclose(forecast, value, rtol=1e-9)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("season", [1, 4, 100])
def test_short_series(n, season):
    """What is forecast from a few values lies where they do."""
    panel = panel_of([10.0, 11, 9][:n])
    smoothing, theta = Both(panel, AveragedSmoothing.learn(panel, season)).forecast(
        np.array([0]), np.array([n]), 3
    )
    assert (np.abs(smoothing - 10) < 3).all()
    assert (np.abs(theta - 10) < 3).all()


def test_a_season_longer_than_the_series_is_none():
    """The level is smoothed from the mean of what the start may read."""
    y = np.random.default_rng(0).normal(size=30)
    forecast, _ = Both(panel_of(y), of_one(40, (0.2, 0.0, 0.0, 0.15))).forecast(
        np.array([0]), np.array([30]), 9
    )
    level = y[: n_read_at_start(30, 40)].mean()
    for value in y:
        level += 0.2 * (value - level)
    np.testing.assert_allclose(forecast, level, rtol=1e-9)


@pytest.mark.parametrize("unit", [1e300, 1e150, 1e-150, 1e-300])
@pytest.mark.parametrize("season", [1, 4])
def test_no_value_is_too_large_or_too_small(season, unit):
    panel = random_panel(np.random.default_rng(0), [30, 12], missing=0.1)
    large = replace(panel, y=unit * panel.y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain, other = (
            Both(p, AveragedSmoothing.learn(p, season)).forecast(np.arange(2), p.lengths, 5)
            for p in (panel, large)
        )
    np.testing.assert_allclose(np.divide(other, unit), plain, rtol=1e-9)


@given(
    season=st.sampled_from([1, 4]),
    factor=st.sampled_from([1e-6, 3.7, -1.0, 1e9]),
    shift=st.sampled_from([-50.0, 0.0, 1e3]),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=20)
def test_other_units(season, factor, shift, seed):
    panel = random_panel(np.random.default_rng(seed), [25, 9], missing=0.1)
    moved = replace(panel, y=factor * (panel.y + shift))
    for forecast, other in zip(
        *(
            Both(p, AveragedSmoothing.learn(p, season)).forecast(np.arange(2), p.lengths, 5)
            for p in (panel, moved)
        ),
        strict=True,
    ):
        np.testing.assert_allclose(other / factor - shift, forecast, rtol=1e-6, atol=1e-6)
