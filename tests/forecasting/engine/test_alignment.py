"""Steps stand where they belong: nothing is off by one, nothing looks ahead."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    BARE,
    every_architecture,
    mean_error,
    panel,
    quick,
    seasonal,
    set_correction_weight,
    weights,
    with_network,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from skrnn.baselines import Drift, Level, SeasonalMedian, SeasonalNaive
from skrnn.forecasting import LSTMForecaster
from skrnn.forecasting.engine.network import NetworkForecaster
from skrnn.forecasting.engine.origins import split_origins
from skrnn.forecasting.engine.plan import Plan
from skrnn.series import FixedNormalizer, ForecastExamples, Normalizer, Panel, WindowSpec

LAG = 5


def repeating(n_series=30, n=40, seed=0):
    """Return series with y[t] = y[t - 5], each with a pattern of its own."""
    rng = np.random.default_rng(seed)
    frames = {
        i: pd.DataFrame({"y": np.tile(rng.normal(size=LAG), n // LAG)}) for i in range(n_series)
    }
    return pd.concat(frames)


@every_architecture
def test_a_network_learns_to_repeat(cls):
    """New patterns are continued: one step of misalignment would be as bad as guessing."""
    train, new = repeating(), repeating(n_series=10, n=50, seed=1)
    steps = new.index.get_level_values(1)
    params = {"window_length": LAG, "max_epochs": 40, "random_state": 0, **BARE}
    params |= {"early_stopping": False, "refit": False}
    forecaster = cls(**with_network(cls, **params))
    forecaster.pretrain(train, fh=np.arange(1, 6)).fit(new[steps < 40])
    actual = new[(steps >= 40) & (steps < 45)]
    prediction = forecaster.predict(fh=np.arange(1, 6))
    assert prediction.index.equals(actual.index)
    error = mean_error(prediction, actual)
    shifted = mean_error(prediction, new[(steps >= 41) & (steps < 46)])
    assert error < 0.15
    assert shifted > 4 * error


@pytest.mark.parametrize("baseline", ["auto", "naive", "median", "drift"])
@pytest.mark.parametrize("fh", [[1, 2, 3], [-6, -2, 0, 1, 7, 12]])
def test_baselines_repeat_a_season(baseline, fh):
    y = pd.Series(np.tile([3.0, -1, 4, 1, 5], 9))
    forecaster = quick(baseline=baseline, sp=LAG).fit(y[:33], fh=fh)
    set_correction_weight(forecaster, 0.0)  # of a network that has learned for two epochs
    prediction = forecaster.predict()
    np.testing.assert_allclose(prediction, y[prediction.index], atol=0.02)


SPECS = {
    "window": WindowSpec(4, 1, 3, season=1, baseline=Level()),
    "sampling": WindowSpec(3, 2, 2, season=1, baseline=Level()),
    "season": WindowSpec(3, 1, 2, season=3, n_seasons=2, baseline=SeasonalMedian()),
    "recursive": WindowSpec(4, 1, 1, season=1, n_seasons=4, baseline=Drift()),
}


def trained(spec, n_past=0, n_known=0):
    """Return a panel and a forecaster of its series whose weights are not those of a new one."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=(60, 1)).cumsum(axis=0)
    data = Panel(y, np.array([0, 25, 60]), rng.normal(size=(60, n_past)), n_known)
    module = quick()._network_spec(Plan(spec, log=False), data).build(0)
    for parameter in module.parameters():
        parameter.data += parameter.data.new_tensor(rng.normal(size=parameter.shape)) / 3
    return data, NetworkForecaster(module, spec, correction_weight=0.7)


def quantiles_of(network, *where):
    """Return the quantiles that a network forecasts, weighted."""
    return network.forecast(*where).quantiles(network.correction_weight)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_a_forecast_reads_only_its_window_and_baseline(spec):
    """Each value is moved in turn: while scale and mean stay, and with them."""
    data, forecaster = trained(spec)
    as_it_was = Normalizer(data, spec.season)
    series, origin = np.array([1]), np.array([20])

    def forecast(y, normalizer=None):
        moved = replace(data, y=y)
        normalizer = normalizer or Normalizer(moved, spec.season)
        return quantiles_of(forecaster, moved, normalizer, series, origin, 5)

    here = forecast(data.y)
    lags = np.arange(0, spec.window_length) * spec.sampling_rate
    read = {25 + 19 - lag for lag in lags} | set(
        range(25 + 20 - spec.n_seasons * spec.season, 25 + 20)
    )
    if spec.baseline.is_level:
        read = {25 + 19 - lag for lag in lags} | {25 + 19}
    for row in range(len(data.y)):
        y = data.y.copy()
        y[row] += 10
        changed = not np.array_equal(forecast(y, as_it_was), here)
        assert changed == (row in read), row
        # The scale reads all of the history, and nothing else.
        changed = not np.array_equal(forecast(y), here)
        assert changed == (25 <= row < 25 + 20), row


@pytest.mark.parametrize("n_steps", [1, 2, 3, 7])
@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_blocks_are_fed_back_as_medians(spec, n_steps):
    """The same as appending each block to the series and forecasting again."""
    data, forecaster = trained(spec, n_past=2, n_known=2)
    stats = Normalizer(data, spec.season).at(np.array([1]), np.array([20]))
    as_at_20 = FixedNormalizer(stats)
    y, x = data.series(1)[:20].copy(), data.past[25:]
    expected = []
    while len(y) < 20 + n_steps:
        whole = np.concatenate([y, np.full((spec.horizon, 1), np.nan)])
        longer = Panel(whole, np.array([0, len(whole)]), x[: len(whole)], 2)
        here = np.array([len(y)])
        block = quantiles_of(forecaster, longer, as_at_20, np.array([0]), here, spec.horizon)[0]
        expected.append(block)
        y = np.concatenate([y, block[..., block.shape[-1] // 2]])
    known = x[None, 20 : 20 + n_steps]
    start = Panel(data.series(1)[:20], np.array([0, 20]), x[:20], 2)
    origin = np.array([20])
    normalizer = Normalizer(start, spec.season)
    result = quantiles_of(forecaster, start, normalizer, np.array([0]), origin, n_steps, known)
    np.testing.assert_allclose(result[0], np.concatenate(expected)[:n_steps], rtol=1e-6)


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_blocks_do_not_read_what_is_unknown_after_the_origin(spec):
    """Neither the values to forecast nor covariates that are known for the past only."""
    data, forecaster = trained(spec, n_past=2, n_known=1)
    normalizer = Normalizer(data, spec.season)
    y, past = data.y.copy(), data.past.copy()
    y[25 + 20 :] = 1e6
    past[25 + 20 :, 1] = 1e6
    args = normalizer, np.array([1]), np.array([20]), 7
    here = quantiles_of(forecaster, data, *args)
    np.testing.assert_array_equal(
        quantiles_of(forecaster, replace(data, y=y, past=past), *args), here
    )
    past[25 + 20 + 2, 0] += 1
    assert not np.array_equal(quantiles_of(forecaster, replace(data, past=past), *args), here)


def test_weight_of_the_correction_of_the_baseline():
    data, forecaster = trained(SPECS["season"])
    normalizer = Normalizer(data, 3)
    origins = np.array([0, 1]), np.array([12, 20])

    def median(correction_weight):
        weighted = replace(forecaster, correction_weight=correction_weight)
        return quantiles_of(weighted, data, normalizer, *origins, 2)[..., 3]

    examples = ForecastExamples(data, origins, SPECS["season"], normalizer)
    baseline = examples.gather_inputs(np.arange(2))[1]
    np.testing.assert_allclose(median(0.0), baseline.center, rtol=1e-9)
    assert np.abs(median(1.0) - baseline.center).min() > 0
    np.testing.assert_allclose(median(0.25), 0.25 * median(1.0) + 0.75 * median(0.0), rtol=1e-6)


def mirrored(y, start):
    """Reflect the values from `start` on about their mean; mean and changes stay the same."""
    y = y.copy()
    y[start:] = 2 * y[start:].mean() - y[start:]
    return y


def walk(n=64, start=48):
    """Return a walk in eighths whose values from `start` on have the mean of the one before."""
    rng = np.random.default_rng(0)
    y = rng.integers(-16, 17, size=n).cumsum() / 8.0
    tail = np.concatenate([y[start : (start + n) // 2], y[start : (start + n) // 2]])
    tail[len(tail) // 2 :] *= -1
    return np.concatenate([y[:start] - y[start - 1], tail])


def test_in_sample_predictions_do_not_look_ahead():
    """What a step and later ones are does not matter, as long as mean and scale are the same."""
    y = walk()
    assert y[47] == y[48:].mean() == 0
    forecaster = quick(window_length=6, **BARE).pretrain(repeating(), fh=[1])
    fh = np.arange(-63, 1)
    with_y, with_mirror = (
        forecaster.clone().fit(pd.Series(values)).predict(fh).to_numpy()
        for values in (y, mirrored(y, 48))
    )
    np.testing.assert_array_equal(with_y[:49], with_mirror[:49])
    assert (with_y[49:] != with_mirror[49:]).all()


def test_in_sample_predictions_are_one_step_ahead():
    """The prediction for a step is the first one that the steps before it give."""
    y = walk()
    forecaster = quick(window_length=6, **BARE).pretrain(repeating(), fh=[1, 2])
    whole = forecaster.clone().fit(pd.Series(y)).predict([-15]).item()
    # The same mean and scale, but the series ends there.
    data = forecaster.clone().fit(pd.Series(y))
    normalizer = data._observed.normalizer
    short = Panel(y[:48, None], np.array([0, 48]), np.empty((48, 0)))
    origin = np.array([0]), np.array([48])
    block = quantiles_of(data.fitted_.network, short, normalizer, *origin, 1)
    assert whole == pytest.approx(block[0, 0, 0, 3], rel=1e-6)


def test_training_does_not_see_what_is_held_out():
    """The newest fifth is mirrored: the weights stay the same."""
    y = walk(n=60, start=50)
    params = {"refit": False, "early_stopping": False, "window_length": 6, **BARE}
    one, other = (
        quick(**params).fit(pd.Series(values), fh=[1, 2, 3]) for values in (y, mirrored(y, 50))
    )
    np.testing.assert_array_equal(weights(one), weights(other))
    assert one.history_["loss"] == other.history_["loss"]
    assert one.history_["val_loss"] != other.history_["val_loss"]
    # The split is where the test expects it: one step earlier matters.
    earlier = quick(**params).fit(pd.Series(np.append(y[:49] + 1, y[49:])), fh=[1, 2, 3])
    assert not np.array_equal(weights(one), weights(earlier))


def test_refit_sees_everything():
    y = walk(n=60, start=50)
    params = {"early_stopping": False, "window_length": 6, **BARE}
    one, other = (
        quick(refit=True, **params).fit(pd.Series(values), fh=[1, 2, 3])
        for values in (y, mirrored(y, 50))
    )
    assert not np.array_equal(weights(one), weights(other))
    assert one.history_["loss"] == other.history_["loss"]


@given(
    lengths=st.lists(st.integers(1, 40), min_size=1, max_size=5),
    season=st.integers(1, 6),
    horizon=st.integers(1, 5),
    fraction=st.sampled_from([0.1, 0.2, 0.5, 0.9]),
)
@settings(deadline=None, max_examples=60)
def test_the_held_out_part_is_the_newest(lengths, season, horizon, fraction):
    lengths = np.array(lengths)
    y = np.arange(lengths.sum(), dtype=float)[:, None]
    data = Panel(y, np.concatenate([[0], np.cumsum(lengths)]), np.empty((len(y), 0)))
    spec = WindowSpec(3, 1, horizon, season, baseline=SeasonalNaive())
    everything, train, held_out, end = split_origins(data, spec, fraction)
    together = np.concatenate([np.stack(train, axis=1), np.stack(held_out, axis=1)])
    assert sorted(map(tuple, together)) == sorted(zip(*everything, strict=True))
    assert (train[1] < end[train[0]]).all()
    assert (held_out[1] >= end[held_out[0]]).all()
    assert (held_out[1] < lengths[held_out[0]]).all()
    normalizer = Normalizer(data, season)
    examples = ForecastExamples(data, train, spec, normalizer, end=end)
    weight = examples.gather(np.arange(len(examples)))[2][..., 0]
    steps = train[1][:, None] + np.arange(horizon)
    np.testing.assert_array_equal(weight, steps < end[train[0]][:, None])
    for series, n in enumerate(lengths):
        n_held_out = (held_out[0] == series).sum()
        first = min(2 * season + 10, n // 2)
        if n - first >= 4:
            assert n_held_out == min(max(1, round(fraction * (n - first))), n - first - 1)
        assert (train[0] == series).any()


def test_gaps_in_the_horizon():
    """Steps 2 and 5 are those of all steps up to 5, when trained alike."""
    y = seasonal()
    every, some = (quick().fit(y, fh=fh) for fh in ([1, 2, 3, 4, 5], [2, 5]))
    np.testing.assert_array_equal(weights(every), weights(some))
    pd.testing.assert_series_equal(some.predict(), every.predict().iloc[[1, 4]])
    levels = some.predict_quantiles(alpha=[0.1, 0.9])
    pd.testing.assert_frame_equal(levels, every.predict_quantiles(alpha=[0.1, 0.9]).iloc[[1, 4]])


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
def test_steps_ahead_and_in_sample_together(strategy):
    forecaster = quick(strategy=strategy).fit(panel(), fh=[1, 2, 3])
    apart = pd.concat([forecaster.predict([-2, 0]), forecaster.predict([1, 3])])
    together = forecaster.predict([-2, 0, 1, 3])
    pd.testing.assert_frame_equal(together, apart.loc[together.index])


def test_horizon_longer_than_the_trained_one():
    """A good forecaster stays good when its blocks are fed back."""
    y = pd.Series(np.sin(np.arange(140) / 3))
    forecaster = LSTMForecaster(random_state=0, window_length=12, **BARE)
    forecaster.fit(y[:120], fh=[1, 2, 3, 4])
    assert mean_error(forecaster.predict(np.arange(1, 21)), y[120:]) < 0.1
