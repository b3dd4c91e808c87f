"""Each baseline applied to a panel, and means of baselines."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
from series.panels import all_origins, panel_of, random_panel

from skrnn.baselines import BASELINES, Combination, FitData, Level, Ridge, candidates
from skrnn.baselines.smoothing_states import SmoothingStates
from skrnn.series import (
    FixedNormalizer,
    ForecastExamples,
    Normalizer,
    RollingExamples,
    StandardNormalizer,
    WindowSpec,
)

SPEC = WindowSpec(5, 1, 4, season=3, n_seasons=2, baseline=Level())
WINDOW = [b.name for b in candidates("auto", fitted=False)]
HISTORY = ["smoothing", "theta"]
ALL = [*WINDOW, *HISTORY, "linear"]
ENDS = np.array([0, 1, 1]), np.array([40, 25, 6])


def data_of(panel, season=3, n_steps=6):
    series, origin = all_origins(panel)
    origins = series[origin > 4], origin[origin > 4]
    return FitData(panel, season, n_steps, origins, panel.lengths)


@pytest.fixture(scope="module")
def panel():
    return random_panel(np.random.default_rng(0), [40, 25], n_targets=2, missing=0.1)


@pytest.fixture(scope="module")
def fitted(panel):
    return {name: BASELINES[name].fit(data_of(panel)) for name in ALL}


def forecast_of(panel, baseline, origins=ENDS, horizon=4, normalizer=None):
    spec = replace(SPEC, baseline=baseline, horizon=horizon)
    normalizer = normalizer or Normalizer(panel, spec.season)
    examples = ForecastExamples(panel, origins, spec, normalizer)
    return examples.gather_inputs(np.arange(len(examples)))[1].center


# -- each baseline --------------------------------------------------------------------------


@pytest.mark.parametrize("name", HISTORY)
def test_a_baseline_of_the_history_reads_the_states(panel, fitted, name):
    states = SmoothingStates(panel, fitted[name].model)
    expected = getattr(states, name)(*ENDS, 4)
    np.testing.assert_array_equal(forecast_of(panel, fitted[name]), expected)


def test_smoothing_and_theta_share_their_model(fitted):
    assert fitted["smoothing"].model is fitted["theta"].model


@pytest.mark.parametrize("horizon", [1, 4, 6])
def test_the_regression_reads_the_window_in_units_of_the_origin(panel, fitted, horizon):
    ridge = fitted["linear"]
    assert replace(SPEC, baseline=ridge).context_length == max(ridge.reach, 6)
    context, _ = panel.read(ENDS[0], ENDS[1][:, None] + np.arange(-ridge.reach, 0))
    level = forecast_of(panel, Level())[:, :1]
    scale = Normalizer(panel, 3).at(*ENDS).scale[:, None]
    x = np.moveaxis(np.nan_to_num((context - level) / scale), 2, 1)
    y = np.moveaxis(x @ ridge.coef[:-1, :horizon] + ridge.coef[-1, :horizon], 1, 2)
    expected = level + scale * y
    np.testing.assert_allclose(forecast_of(panel, ridge, horizon=horizon), expected, rtol=1e-5)


@pytest.mark.parametrize("name", HISTORY)
def test_the_rest_of_the_panel_does_not_matter(name):
    """Bit for bit, nor do neighbours of another size."""
    rng = np.random.default_rng(0)
    panel = random_panel(rng, rng.integers(1, 60, size=20), n_targets=2, missing=0.2)
    panel.y *= 10.0 ** np.repeat(rng.integers(-15, 15, size=20), panel.lengths)[:, None]
    baseline = BASELINES[name].fit(data_of(panel))
    series, origin = all_origins(panel)
    together = forecast_of(panel, baseline, (series, origin))
    for i in range(panel.n_series):
        alone = panel_of(panel.series(i))
        found = forecast_of(alone, baseline, all_origins(alone))
        np.testing.assert_array_equal(found, together[series == i])


@pytest.mark.parametrize("name", HISTORY)
def test_later_values_change_nothing(panel, fitted, name):
    series, origin = all_origins(panel)
    here = forecast_of(panel, fitted[name], (series, origin))
    moved = replace(panel, y=panel.y.copy())
    moved.series(0)[20:] = 1e6
    found = forecast_of(moved, fitted[name], (series, origin))
    kept = (series == 1) | (origin <= 20)
    np.testing.assert_array_equal(found[kept], here[kept])


@pytest.mark.parametrize("name", HISTORY)
def test_without_history_the_level_stands_in(name):
    """Of what is observed; where there is nothing it is zero."""
    y = np.random.default_rng(0).normal(size=(12, 2))
    y[:5, 0] = np.nan
    panel = panel_of(y)
    baseline = BASELINES[name].fit(data_of(panel))
    found = forecast_of(panel, baseline, (np.zeros(3, dtype=int), np.array([0, 5, 6])))
    assert (found[:2, :, 0] == 0).all()
    assert (found[0] == 0).all()
    np.testing.assert_allclose(found[2, :, 0], y[5, 0], rtol=1e-12)
    assert (found[1, :, 1] != 0).all()


@pytest.mark.parametrize("name", HISTORY)
def test_a_series_without_values_has_the_level_that_it_is_known_to_have(name):
    panel = panel_of(np.full(9, np.nan))
    baseline = BASELINES[name].fit(data_of(random_panel(np.random.default_rng(0), [30])))
    normalizer = StandardNormalizer(panel, 3, kept=np.array([[[7.0]], [[2.0]]]))
    found = forecast_of(panel, baseline, (np.array([0]), np.array([9])), normalizer=normalizer)
    np.testing.assert_array_equal(found, np.full((1, 4, 1), 7.0))


@pytest.mark.parametrize("name", HISTORY)
def test_a_panel_of_one_value(name):
    panel = panel_of([3.0])
    baseline = BASELINES[name].fit(data_of(panel, season=4))
    found = forecast_of(panel, baseline, (np.array([0]), np.array([1])))
    np.testing.assert_allclose(found, 3, rtol=1e-12)


@pytest.mark.parametrize("name", HISTORY)
def test_later_blocks_follow_the_forecast_from_the_origin(name):
    """Each step after the origin reads its own step, whatever is fed back."""
    panel = random_panel(np.random.default_rng(0), [30, 24])
    origins = np.array([1, 0]), np.array([20, 22])
    baseline = BASELINES[name].fit(data_of(panel))
    whole = forecast_of(panel, baseline, origins, horizon=6)
    fixed = baseline.fixed_at(panel, *origins, 6, 12)
    working, normalizer = panel_of(np.zeros(18), np.ones(18)), FixedNormalizer(None)
    normalizer.stats = Normalizer(panel, 3).at(*origins)
    for start in (0, 2, 4):
        later = np.array([0, 1]), np.full(2, 12 + start)
        found = forecast_of(working, fixed, later, 2, normalizer)
        np.testing.assert_array_equal(found, whole[:, start : start + 2])


@pytest.mark.parametrize("name", ALL)
def test_a_pickle_carries_no_states(panel, fitted, name):
    fresh = replace(panel)
    before = len(pickle.dumps((fresh, fitted[name])))
    forecast_of(fresh, fitted[name])
    assert len(pickle.dumps((fresh, fitted[name]))) == before


# -- means ----------------------------------------------------------------------------------


def test_a_combination_is_the_weighted_mean(panel, fitted):
    weights = np.random.default_rng(0).dirichlet(np.ones(len(ALL)))
    members = [forecast_of(panel, fitted[name]) for name in ALL]
    expected = np.tensordot(weights, members, 1)
    found = forecast_of(panel, Combination.of(fitted.values(), weights))
    assert found.shape == (3, 4, 2)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    apart = np.stack(members)
    assert (np.abs(apart[:, None] - apart[None]).max(axis=(2, 3, 4)) > 1e-3).sum() == 6 * 5


@pytest.mark.parametrize("name", ALL)
def test_a_combination_of_one_is_that_one(panel, fitted, name):
    found = forecast_of(panel, Combination.of([fitted[name]]))
    np.testing.assert_array_equal(found, forecast_of(panel, fitted[name]))


def test_members_without_weight_stand_in(panel, fitted):
    names = ["linear", "smoothing", "theta"]
    combination = Combination.of([fitted[name] for name in names], [1.0, 0.0, 0.0])
    assert combination.named_weights == {"linear": 1.0}
    assert combination.learns_outcomes
    left = combination.without_outcomes()
    assert left.named_weights == {"smoothing": 0.5, "theta": 0.5}
    assert not left.learns_outcomes
    np.testing.assert_array_equal(
        forecast_of(panel, combination), forecast_of(panel, fitted["linear"])
    )
    too_few = replace(data_of(panel), origins=(np.array([0]), np.array([9])))
    assert combination.cross_fit(too_few).named_weights == left.named_weights


def test_the_others_keep_their_proportions(fitted):
    names = ["linear", "smoothing", "theta"]
    combination = Combination.of([fitted[name] for name in names], [0.5, 0.1, 0.4])
    left = combination.without_outcomes().named_weights
    assert left == pytest.approx({"smoothing": 0.2, "theta": 0.8})
    assert Combination.of([fitted["linear"]]).without_outcomes() is None


def test_small_weights_are_left_out(fitted):
    members = [fitted[name] for name in HISTORY]
    assert Combination.of(members, [0.992, 0.008], least=0.01).named_weights == {"smoothing": 1.0}


def test_a_combination_moves_with_the_series():
    """Shifting and stretching the series does so with the forecast, whatever its members are."""
    y = np.random.default_rng(0).normal(size=40).cumsum()
    forecasts = []
    for values in (y, 1000 + 7 * y):
        panel = panel_of(values)
        combination = Combination.of([BASELINES[name].fit(data_of(panel)) for name in ALL])
        forecasts.append(forecast_of(panel, combination, (np.array([0]), np.array([40]))))
    np.testing.assert_allclose(forecasts[1], 1000 + 7 * forecasts[0], rtol=1e-6)


@pytest.mark.parametrize("name", WINDOW)
def test_combinations_of_windows_roll(name):
    """For a rolling network, a mean of window baselines is computed at each origin."""
    panel = random_panel(np.random.default_rng(0), [30, 25])
    spec = replace(SPEC, horizon=1, rollout=3)
    origins, normalizer = (np.array([0, 1]), np.array([12, 20])), Normalizer(panel, 3)
    one, other = (
        RollingExamples(panel, origins, replace(spec, baseline=a), normalizer).gather_inputs(
            [0, 1]
        )[1]
        for a in (BASELINES[name], Combination.of([BASELINES[name]]))
    )
    np.testing.assert_array_equal(one.center, other.center)


# -- the registry ---------------------------------------------------------------------------


def test_auto_means_a_kind():
    assert [b.name for b in candidates("auto", fitted=True)] == ["smoothing", "theta", "linear"]
    assert [b.name for b in candidates("auto", fitted=False)] == ["naive", "median", "drift"]
    assert candidates(None, fitted=True) == (Level(),)
    assert isinstance(candidates("linear", fitted=False)[0], Ridge)


@pytest.mark.parametrize("name", [None, *ALL])
def test_each_describes_itself(fitted, name):
    baseline = fitted.get(name, Level())
    assert baseline.describe()
    assert baseline.name == name
