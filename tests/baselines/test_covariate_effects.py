"""Effects of known covariates: what is found, what is not, and who is spared."""

from dataclasses import replace

import numpy as np
import pytest

from skrnn.baselines import CovariateEffects, CovariateFeatures
from skrnn.series import Panel

DAY = 24


def panel_of(series, known, start=None, n_known=None):
    """Return a panel of series of shape (n,) with covariates of shape (n, p)."""
    offsets = np.cumsum([0, *map(len, series)])
    past = np.concatenate(known)
    n_known = past.shape[1] if n_known is None else n_known
    y = np.concatenate(series)[:, None]
    return Panel(y, offsets, past, n_known, start=start)


def autoregression(rng, n, phi=0.9):
    noise = rng.normal(size=n)
    for t in range(1, n):
        noise[t] += phi * noise[t - 1]
    return noise


def learn(panel, season=1, cycle=1, relative=False, end=None, long_season=0.0):
    known = panel.past[:, : panel.n_known]
    features = CovariateFeatures.of(known, cycle, long_season).variants
    end = panel.lengths if end is None else end
    return CovariateEffects.learn(panel, features, season, end, relative=relative)


def effects_of(effects, panel, known, step=0):
    """Return the effects at one step of the first series, for several covariates."""
    n = len(known)
    learned, series = np.arange(panel.n_series), np.zeros(n, dtype=int)
    return effects.values(panel, learned, series, np.full(n, step), known)[:, 0]


def test_an_effect_is_found_under_autocorrelated_errors():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 1))
    panel = panel_of([3 * x[:, 0] + autoregression(rng, 400)], [x])
    effects = learn(panel)
    assert effects.autocorrelation >= 0.8
    low, high = effects_of(effects, panel, np.array([[-1.0], [1.0]]))
    assert high - low == pytest.approx(6, abs=0.3)


@pytest.mark.parametrize("seed", range(5))
def test_noise_has_hardly_an_effect(seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(300, 2))
    panel = panel_of([autoregression(rng, 300)], [x])
    effects = learn(panel)
    if effects is not None:
        assert np.abs(effects_of(effects, panel, rng.normal(size=(50, 2)))).max() < 1


def test_an_effect_may_bend():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1500, 1))
    panel = panel_of([4 * np.maximum(x[:, 0], 0) + rng.normal(size=1500)], [x])
    effects = learn(panel)
    assert effects.features.bends
    left, middle, right = effects_of(effects, panel, np.array([[-1.0], [0.0], [1.0]]))
    assert abs(middle - left) < 0.6
    assert right - middle > 3


def test_an_effect_may_vary_over_the_day_on_a_common_clock():
    """One series begins at midnight, the other one at noon."""
    rng = np.random.default_rng(0)
    start = np.array([0, 12])
    known = [rng.normal(size=(1200, 1)) for _ in start]
    series = []
    for x, first in zip(known, start, strict=True):
        hour = (first + np.arange(1200)) % DAY
        series.append(np.where(hour < 12, 4, -4) * x[:, 0] + rng.normal(size=1200))
    panel = panel_of(series, known, start)
    effects = learn(panel, cycle=DAY)
    assert effects.features.varies
    origins = np.array([1, 1]), np.array([498, 486])  # in the morning and in the evening
    one = np.ones((2, 1, 1))
    new = np.full(2, -1)  # the effects of the panel
    high, low = (effects.ahead(panel, new, origins, known) for known in (one, -one))
    morning, evening = (high - low)[:, 0, 0] / 2
    assert morning > 2
    assert evening < -2


def test_effects_may_last():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(1500, 1))
    mean = np.convolve(x[:, 0], np.ones(6) / 6)[:1500]
    panel = panel_of([8 * mean + rng.normal(size=1500)], [x])
    effects = learn(panel, cycle=DAY)
    assert effects.features.lasts
    assert effects.subtract(panel, np.zeros(1, dtype=int)).y[6:].std() < 1.2
    # A step ahead is as in the panel, wherever the forecast begins.
    steps = np.arange(1000, 1004)
    whole = panel.y - effects.subtract(panel, np.zeros(1, dtype=int)).y
    for origin in (1000, 1001):
        known = panel.past[None, origin:1004]
        ahead = effects.ahead(
            panel, np.zeros(1, int), (np.zeros(1, int), np.array([origin])), known
        )
        np.testing.assert_allclose(ahead[0], whole[steps[origin - 1000 :]], atol=1e-9)


def test_the_mean_pattern_of_the_season_is_not_taken_for_an_effect():
    """The covariate has the pattern of the day, too; only its deviations have an effect."""
    rng = np.random.default_rng(0)
    pattern = np.tile(np.sin(2 * np.pi * np.arange(DAY) / DAY), 40)
    x = (pattern + 0.5 * rng.normal(size=len(pattern)))[:, None]
    panel = panel_of([10 * pattern + 2 * x[:, 0] + 0.1 * rng.normal(size=len(x))], [x])
    low, high = effects_of(learn(panel, season=DAY), panel, np.array([[-1.0], [1.0]]))
    assert high - low == pytest.approx(4, rel=0.1)


def test_each_series_has_its_own_effect_near_that_of_the_panel():
    rng = np.random.default_rng(0)
    slopes = np.array([1.0, 2.0, 3.0, 8.0])
    known = [rng.normal(size=(500, 1)) for _ in slopes]
    series = [k * x[:, 0] + rng.normal(size=500) for k, x in zip(slopes, known, strict=True)]
    panel = panel_of(series, known)
    effects = learn(panel)
    series, step, known = np.arange(4), np.full(4, 9), np.ones((4, 1))
    own = effects.values(panel, series, series, step, known) - effects.values(
        panel, series, series, step, -known
    )
    np.testing.assert_allclose(own[:, 0] / 2, slopes, atol=0.4)
    new = effects.values(panel, np.full(4, -1), series, step, known)
    assert 2 < new[3, 0] < 5  # that of the panel


def test_relative_effects_have_the_scale_of_the_series():
    """A new series has the scale of its values before the step."""
    rng = np.random.default_rng(0)
    known = [rng.normal(size=(300, 1)) for _ in range(3)]
    scales = (1, 10, 100)
    noise = rng.normal(size=(3, 300))
    series = [k * (2 * x[:, 0] + e) for k, x, e in zip(scales, known, noise, strict=True)]
    panel = panel_of(series, known)
    effects = learn(panel, relative=True)
    at = np.array([2, 1]), np.array([200, 200]), np.ones((2, 1))
    for learned in (np.arange(3), np.full(3, -1)):
        large, small = effects.values(panel, learned, *at)[:, 0]
        assert large / small == pytest.approx(10, rel=0.25)
    later = panel_of([np.where(np.arange(300) < 200, y, 1e6 * y) for y in series], known)
    new = np.full(3, -1)
    np.testing.assert_array_equal(effects.values(later, new, *at), effects.values(panel, new, *at))


def test_a_long_season_is_an_effect():
    rng = np.random.default_rng(0)
    t = np.arange(1500)
    y = 5 * np.sin(2 * np.pi * t / 365.25) + rng.normal(size=1500)
    panel = panel_of([y], [np.empty((1500, 0))])
    effects = learn(panel, long_season=365.25)
    rest = effects.subtract(panel, np.zeros(1, dtype=int))
    assert rest.y.std() < 1.2


def test_only_the_steps_before_the_end_are_read():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 1))
    y = 3 * x[:, 0] + rng.normal(size=400)
    other = np.where(np.arange(400) < 300, y, -y)
    end = np.array([300])
    one, two = (learn(panel_of([of], [x]), end=end) for of in (y, other))
    np.testing.assert_array_equal(one.coef, two.coef)
    all_steps = one.refit(panel_of([other], [x]), np.array([400]))
    assert all_steps.coef[0, 0] < one.coef[0, 0] - 1


def test_adding_undoes_subtracting_and_missing_values_stay():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(200, 1))
    y = 3 * x[:, 0] + rng.normal(size=200)
    y[[3, 50]] = np.nan
    panel, learned = panel_of([y], [x]), np.zeros(1, dtype=int)
    effects = learn(panel)
    without = effects.subtract(panel, learned)
    assert np.nanstd(without.y) < 1.2
    np.testing.assert_allclose(effects.add(without, learned).y, panel.y, atol=1e-12)


def test_values_far_beyond_the_training_data_have_limited_effects():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, size=(300, 1))
    panel = panel_of([3 * x[:, 0] + 0.1 * rng.normal(size=300)], [x])
    effects = learn(panel)
    end, beyond, far = effects_of(effects, panel, np.array([[1.0], [2.0], [1e6]]))
    assert beyond - end == pytest.approx(3, abs=0.5)
    assert far - end == pytest.approx(6, abs=1)


def test_too_few_rows_have_no_effects():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(13, 5))
    assert learn(panel_of([x.sum(axis=1)], [x])) is None


def test_a_feature_of_the_phase_has_no_effect():
    """Its deviations from the pattern of the season are rounding errors."""
    rng = np.random.default_rng(0)
    x = np.stack([np.tile(rng.normal(size=7), 40), rng.normal(size=280)], axis=1)
    panel = panel_of([2 * x[:, 1] + 0.1 * rng.normal(size=280)], [x])
    effects = learn(panel, season=7)
    assert np.abs(effects.coef[0, 0]) < 0.1


def test_forecasts_of_a_new_series_do_not_read_what_comes():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 1))
    panel = panel_of([10 * (2 * x[:, 0] + rng.normal(size=300))], [x])
    effects = learn(panel, relative=True)
    y = panel.y.copy()
    y[200:] *= 100
    place, new = (np.zeros(1, dtype=int), np.array([200])), np.full(1, -1)
    known = x[None, 200:210]
    first, second = (effects.ahead(replace(panel, y=of), new, place, known) for of in (panel.y, y))
    np.testing.assert_array_equal(first, second)
    end = np.zeros(1, dtype=int), panel.lengths
    assert np.isfinite(effects.ahead(panel, new, end, known)).all()
