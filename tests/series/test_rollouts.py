"""Rolling examples: the same as each origin alone, except for level and scale."""

from dataclasses import replace

import numpy as np
import pytest
from series.panels import random_panel

from skrnn.baselines import Drift, Level, SeasonalMedian, SeasonalNaive
from skrnn.series import ForecastExamples, Normalizer, RollingExamples, WindowSpec

ROLLOUT = 3
SPECS = {
    "naive": WindowSpec(5, 1, 1, season=1, baseline=SeasonalNaive(), rollout=ROLLOUT),
    "season": WindowSpec(
        4, 1, 1, season=3, n_seasons=2, baseline=SeasonalMedian(), rollout=ROLLOUT
    ),
    "drift": WindowSpec(2, 1, 1, season=2, n_seasons=3, baseline=Drift(), rollout=ROLLOUT),
    "level": WindowSpec(4, 1, 1, season=2, baseline=Level(), rollout=ROLLOUT),
}
specs = pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)


def make(spec, missing=0.0):
    """Return rolling examples, and those of the origins that they roll over."""
    rng = np.random.default_rng(0)
    panel = random_panel(rng, [12, 16], n_targets=2, n_past=3, missing=missing)
    panel.n_known = 2
    normalizer, end = Normalizer(panel, spec.season), np.array([11, 14])
    series, origin = np.array([0, 0, 1, 1]), np.array([6, 10, 8, 12])
    rolling = RollingExamples(panel, (series, origin), spec, normalizer, end=end)
    alone = replace(spec, rollout=0)
    singles = [
        ForecastExamples(panel, (series, origin + step), alone, normalizer, end=end)
        for step in range(ROLLOUT)
    ]
    return rolling, singles


@specs
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_targets_and_baselines_are_those_of_each_origin(spec, missing):
    rolling, singles = make(spec, missing)
    rows = np.arange(4)
    _, target, weight = rolling.gather(rows)
    _, normalized = rolling.gather_inputs(rows)
    first = rolling.normalizer.at(rolling.series, rolling.origin).scale[:, None]
    np.testing.assert_array_equal(normalized.scale, first)
    for step, single in enumerate(singles):
        _, other_target, other_weight = single.gather(rows)
        _, other = single.gather_inputs(rows)
        np.testing.assert_array_equal(weight[:, step], other_weight[:, 0])
        # The level, which stands in where nothing is observed, is that of the first origin.
        if step == 0 or not (missing or spec.baseline.is_level):
            np.testing.assert_allclose(normalized.center[:, step], other.center[:, 0], rtol=1e-12)
            # The unit is that of the first origin, too.
            error = (other_target * other.scale)[:, 0] / first[:, 0]
            np.testing.assert_allclose(target[:, step], error, rtol=1e-12, atol=1e-12)
    assert target.shape == (4, ROLLOUT, 2)


@specs
def test_level_and_scale_are_those_of_the_first_origin(spec):
    """The input and the covariates continue after the origin, in the same units."""
    rolling, singles = make(spec)
    rows = np.arange(4)
    batch, first = rolling.gather_inputs(rows)
    n_read = spec.window_length
    assert batch.x.shape == (4, n_read + ROLLOUT - 1, 4)
    alone = [single.gather_inputs(rows)[0] for single in singles]
    np.testing.assert_array_equal(batch.x[:, :n_read], alone[0].x)
    panel, origin = rolling.panel, rolling.origin
    for step, other in enumerate(alone):
        window = slice(step, step + n_read)
        np.testing.assert_array_equal(batch.x[:, window, 2:], other.x[..., 2:])  # what is observed
        np.testing.assert_array_equal(batch.past[:, window], other.past)
        np.testing.assert_array_equal(batch.future[:, step], other.future[:, 0])
        assert (batch.baseline is None) == (spec.baseline.is_level)
        if step == 0 and batch.baseline is not None:
            np.testing.assert_allclose(batch.baseline[:, 0], other.baseline[:, 0], rtol=1e-12)
        if step:
            value, _ = panel.read(rolling.series, origin[:, None] + step - 1)
            before, _ = panel.read(rolling.series, origin[:, None] - 1)
            change = (value - before) / first.scale
            change = np.where(batch.x[:, window][:, -1:, 2:] > 0, change, np.nan)
            moved = batch.x[:, n_read + step - 1, :2] - batch.x[:, n_read - 1, :2]
            known = ~np.isnan(change[:, 0])
            np.testing.assert_allclose(moved[known], change[:, 0][known], rtol=1e-9)


def test_half_life_weighs_late_origins():
    spec = SPECS["naive"]
    rolling, _ = make(spec)
    decayed = RollingExamples(
        rolling.panel,
        (rolling.series, rolling.origin),
        spec,
        rolling.normalizer,
        end=rolling.end,
        half_life=2.0,
    )
    plain, weighed = (examples.gather(np.arange(4))[2] for examples in (rolling, decayed))
    age = np.array([10 - 6, 10 - 10, 13 - 8, 13 - 12])
    np.testing.assert_allclose(weighed, plain * (0.5 ** (age / 2))[:, None, None])
    assert decayed.mean_weight == pytest.approx(weighed.sum() / 4)
