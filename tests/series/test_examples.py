"""Examples of (series, origin): alignment, normalisation, baselines."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from series.panels import random_panel

from skrnn.baselines import Drift, Level, SeasonalMedian, SeasonalNaive
from skrnn.series import ForecastExamples, Normalizer, Panel, WindowSpec


def examples_of(panel, spec, end=None):
    """Return the examples of all origins."""
    series = np.repeat(np.arange(panel.n_series), panel.lengths)
    origin = np.concatenate([np.arange(n) for n in panel.lengths])
    normalizer = Normalizer(panel, spec.season)
    return ForecastExamples(panel, (series, origin), spec, normalizer, end=end)


@given(
    lengths=st.lists(st.integers(1, 15), min_size=1, max_size=3),
    window_length=st.integers(1, 6),
    sampling_rate=st.integers(1, 3),
    horizon=st.integers(1, 4),
    missing=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 999),
)
@settings(deadline=None, max_examples=80)
def test_gather_is_a_literal_loop(lengths, window_length, sampling_rate, horizon, missing, seed):
    """Window, covariates, targets and weights, each looked up step by step."""
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, lengths, n_targets=2, n_past=3, missing=missing)
    panel.n_known = 2
    spec = WindowSpec(window_length, sampling_rate, horizon, season=1, baseline=Level())
    end = rng.integers(0, panel.lengths + 1)
    examples = examples_of(panel, spec, end)
    index = rng.permutation(len(examples))
    batch, target, weight = examples.gather(index)
    level = examples.gather_inputs(index)[1].center[:, :1]
    for row, i in enumerate(index):
        series, origin = examples.series[i], examples.origin[i]
        y, past = panel.series(series), panel.past[panel.offsets[series] :][: lengths[series]]
        scale = examples.normalizer.at(series[None], origin[None]).scale[0]
        for j in range(window_length):
            step = origin - 1 - (window_length - 1 - j) * sampling_rate
            known = 0 <= step < len(y)
            value = (y[step] - level[row, 0]) / scale if known else np.full(2, np.nan)
            expected = [*np.nan_to_num(value), *~np.isnan(value)]
            np.testing.assert_allclose(batch.x[row, j], expected, rtol=1e-9, atol=1e-12)
            np.testing.assert_array_equal(batch.past[row, j], past[step] if known else np.zeros(3))
        for h in range(horizon):
            step = origin + h
            future = past[step, :2] if step < len(y) else np.zeros(2)
            np.testing.assert_array_equal(batch.future[row, h], future)
            counts = step < end[series] and step < len(y)
            value = y[step] if counts else np.full(2, np.nan)
            np.testing.assert_array_equal(weight[row, h], ~np.isnan(value))
            expected = np.nan_to_num((value - level[row, 0]) / scale)
            np.testing.assert_allclose(target[row, h], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("baseline", [SeasonalNaive(), Level()])
def test_the_network_is_shown_what_it_corrects(baseline):
    """The baseline's forecast in the units of what is read, which are those of its errors."""
    panel = random_panel(np.random.default_rng(0), [12, 9], n_targets=2, n_past=0)
    examples = examples_of(panel, WindowSpec(4, 1, 3, season=2, baseline=baseline))
    index = np.arange(len(examples))
    batch, error, weight = examples.gather(index)
    normalized = examples.gather_inputs(index)[1]
    if baseline.is_level:
        assert batch.baseline is None
        return
    y, _ = panel.read(examples.series, examples.origin[:, None] + np.arange(3))
    assert batch.baseline.shape == (len(index), 3, 2)
    window, _ = panel.read(examples.series, examples.origin[:, None] - 1)
    known = (weight > 0) & (batch.x[:, -1:, 2:] > 0)
    moved = (y - window) / normalized.scale  # from the last value read
    read = batch.baseline + error - batch.x[:, -1:, :2]
    np.testing.assert_allclose(read[known], moved[known], rtol=1e-9, atol=1e-12)


def context(*values):
    return np.array(values, dtype=float)[None, :, None]


def baseline_of(values, baseline, season, n_seasons, horizon=5):
    """Return the baseline's forecast of one series from its end."""
    panel = Panel(np.array(values, float)[:, None], np.array([0, len(values)]), np.empty((0, 0)))
    panel.past = np.empty((len(values), 0))
    spec = WindowSpec(1, 1, horizon, season, baseline, n_seasons)
    normalizer = Normalizer(panel, season)
    end = np.array([0]), np.array([len(values)])
    examples = ForecastExamples(panel, end, spec, normalizer)
    return examples.gather_inputs(np.array([0]))[1].center[0, :, 0]


@pytest.mark.parametrize(
    ("baseline", "expected"),
    [
        (Level(), [5, 5, 5, 5, 5]),  # the level is the mean of the last season
        (SeasonalNaive(), [4, 6, 5, 4, 6]),
        (SeasonalMedian(), [2, 4, 3, 2, 4]),
        (Drift(), [4 + 2, 6 + 2, 5 + 2, 4 + 4, 6 + 4]),
    ],
)
def test_baselines(baseline, expected):
    values = [0, 2, 1, 2, 4, 3, 4, 6, 5]
    np.testing.assert_allclose(baseline_of(values, baseline, season=3, n_seasons=3), expected)


def test_baseline_of_a_missing_step_is_its_last_observation():
    values = [0, 2, 1, 10, 20, 30, 40, np.nan, 30]
    np.testing.assert_allclose(baseline_of(values, SeasonalNaive(), 3, 3), [40, 20, 30, 40, 20])
    assert (baseline_of(values, Level(), 3, 3) == 35).all()
    assert (baseline_of([1, 2, 3, 9, np.nan], SeasonalNaive(), 1, 4) == 9).all()
    assert (baseline_of([1, 2, 3, 9, np.nan, np.nan], Level(), 1, 4) == 9).all()


def test_normalisation_is_at_the_origin():
    """Shifting and stretching a series changes nothing that the network sees."""
    rng = np.random.default_rng(0)
    panel = random_panel(rng, [40])
    moved = Panel(1000 + 7 * panel.y, panel.offsets, panel.past)
    spec = WindowSpec(8, 1, 3, season=4, n_seasons=2, baseline=SeasonalNaive())
    here, there = (examples_of(p, spec).gather(np.arange(10, 30)) for p in (panel, moved))
    np.testing.assert_allclose(here[0].x, there[0].x, atol=1e-9)
    np.testing.assert_allclose(here[1], there[1], atol=1e-9)


def test_restore_undoes_normalise():
    rng = np.random.default_rng(0)
    panel = random_panel(rng, [30, 20], n_targets=2)
    examples = examples_of(
        panel, WindowSpec(5, 1, 4, season=3, n_seasons=2, baseline=SeasonalNaive())
    )
    index = np.array([12, 40])
    _, target, weight = examples.gather(index)
    assert weight.all()
    restored = examples.gather_inputs(index)[1].restore(target)
    actual, _ = panel.read(examples.series[index], examples.origin[index][:, None] + np.arange(4))
    np.testing.assert_allclose(restored, actual)
    quantiles = examples.gather_inputs(index)[1].restore(np.stack([target, target + 1], axis=-1))
    np.testing.assert_allclose(quantiles[..., 0], actual)


@pytest.mark.parametrize("context_length", [3, 8])
def test_context_reaches_to_window_and_seasons(context_length):
    seasons = WindowSpec(2, 1, 1, season=4, n_seasons=2, baseline=SeasonalNaive())
    window = WindowSpec(2, 2, 1, season=1, n_seasons=2, baseline=SeasonalNaive())
    assert {3: window, 8: seasons}[context_length].context_length == context_length


def test_mean_weight_counts_targets():
    panel = random_panel(np.random.default_rng(0), [10])
    panel.y[9] = np.nan
    examples = examples_of(panel, WindowSpec(2, 1, 2, season=1, baseline=SeasonalNaive()))
    weights = examples.gather(np.arange(10))[2]
    assert examples.mean_weight == weights.sum() / 10
