"""Several steps ahead: at once, step by step, in blocks; and the origins that the loss sees."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from forecasting.series import (
    RECURRENT,
    every_architecture,
    panel,
    quick,
    seasonal,
    weights,
)

from skrnn import Examples, Trainer
from skrnn.baselines import BASELINES, SeasonalNaive
from skrnn.data import Batch
from skrnn.forecasting import LSTMForecaster, WaveNetForecaster
from skrnn.forecasting.engine.network import NetworkForecaster
from skrnn.forecasting.engine.plan import Plan
from skrnn.forecasting.engine.training_examples import OriginSelection
from skrnn.series import Normalizer, Panel, WindowSpec, roll

FH = [1, 2, 3]
Y = seasonal(40)
WEIGHT = 0.7  # of the network's correction


def trained(spec, n_past=0, cls=LSTMForecaster):
    """Return a panel and a rolling forecaster whose weights are not those of a new one."""
    rng = np.random.default_rng(0)
    y = rng.normal(size=(60, 1)).cumsum(axis=0)
    data = Panel(y, np.array([0, 25, 60]), rng.normal(size=(60, n_past)), n_past)
    module = quick(cls)._network_spec(Plan(spec, log=False), data).build(0)
    for parameter in module.parameters():
        parameter.data += parameter.data.new_tensor(rng.normal(size=parameter.shape)) / 3
    return data, NetworkForecaster(module, spec, WEIGHT)


def recomputed(forecaster, data, series, origin, n_steps):
    """Forecast by reading the whole window and all forecasts after it again for each step."""
    spec, module = forecaster.spec, forecaster.module
    stats = Normalizer(data, spec.season).at(series, origin)
    y, past = data.read(series, origin[:, None] + np.arange(-spec.context_length, n_steps))
    reach = spec.context_length
    y[:, reach:] = np.nan
    level = stats.level(y[:, :reach], spec.season)
    quantiles = []
    for step in range(n_steps):
        now = reach + step
        n_read = spec.window_length + step
        normalized = roll(y[:, step:now], level, stats, spec, n_read=1)
        x = (y[:, now - n_read : now] - level) / stats.scale[:, None]
        x = np.concatenate([x, np.ones_like(x)], axis=-1)
        batch = Batch(torch.from_numpy(x).float())
        if not spec.baseline.is_level:
            center = (normalized.center - level) / stats.scale[:, None]
            batch = batch._replace(baseline=torch.from_numpy(center).float())
        if past.shape[-1]:
            of_window, ahead = past[:, now - n_read : now], past[:, now : now + 1]
            batch = batch._replace(past=torch.tensor(of_window).float())
            batch = batch._replace(future=torch.tensor(ahead).float())
        with torch.no_grad():
            output = module.eval()(batch)[0][:, -1:].numpy().astype(float)
        middle = output.shape[-1] // 2
        output -= 0.3 * output[..., middle, None]
        quantiles.append(normalized.restore(output))
        y[:, now] = quantiles[-1][:, 0, :, middle]
    return np.concatenate(quantiles, axis=1)


@pytest.mark.parametrize("baseline", ["naive", "median", "drift", None])
@pytest.mark.parametrize("n_past", [0, 2])
@pytest.mark.parametrize("cls", [*RECURRENT, WaveNetForecaster])
def test_continuing_from_a_state_equals_reading_again(cls, n_past, baseline):
    spec = WindowSpec(4, 1, 1, season=2, n_seasons=2, baseline=BASELINES[baseline], rollout=3)
    data, forecaster = trained(spec, n_past, cls)
    series, origin = np.array([0, 1, 1]), np.array([9, 12, 20])
    forecast = forecaster.forecast(data, Normalizer(data, 2), series, origin, 6)
    expected = recomputed(forecaster, data, series, origin, 6)
    np.testing.assert_allclose(forecast.quantiles(WEIGHT), expected, rtol=1e-4, atol=1e-5)


def test_a_rolling_forecast_reads_only_its_window():
    spec = WindowSpec(4, 1, 1, season=1, baseline=SeasonalNaive(), rollout=3)
    data, forecaster = trained(spec)
    normalizer, here = Normalizer(data, 1), (np.array([1]), np.array([20]))
    forecast = forecaster.forecast(data, normalizer, *here, 5).output
    for row in range(60):
        y = data.y.copy()
        y[row] += 1
        moved = forecaster.forecast(replace(data, y=y), normalizer, *here, 5).output
        assert (not np.array_equal(moved, forecast)) == (25 + 16 <= row < 25 + 20), row


READS_ON = {
    "forwards": ({}, True),
    "layers": ({"n_layers": 2, "dropout": 0.2, "recurrent_dropout": 0.2}, True),
    "both ways": ({"bidirectional": True}, False),
    "mean": ({"pooling": "mean"}, False),
    "segments": ({"stem__kernel_size": 2}, False),
    "blocks": ({"examples__block_length": 2}, False),
    "every other step": ({"examples__sampling_rate": 2}, False),
    "truncated": ({"trainer": Trainer(tbptt_steps=4)}, False),
}


@pytest.mark.parametrize(("params", "expected"), READS_ON.values(), ids=READS_ON)
def test_networks_that_continue_from_a_state(params, expected):
    forecaster = quick(strategy="recursive", **params).fit(Y, fh=FH)
    assert (forecaster.plan_.spec.rollout > 0) == expected
    assert forecaster.plan_.spec.horizon == params.get("examples__block_length", 1)
    assert np.isfinite(forecaster.predict(range(1, 9))).all()


@every_architecture
@pytest.mark.parametrize(
    "params",
    [
        {"strategy": "recursive"},
        {"strategy": "recursive", "examples__block_length": 2},
        {"examples__origins": 5},
    ],
    ids=["steps", "blocks", "origins"],
)
def test_all_forecasters_have_the_strategies(cls, params):
    y = panel()
    one, other = (quick(cls, **params).fit(y, fh=FH) for _ in range(2))
    forecast = one.predict(fh=range(1, 6))
    assert forecast.shape == (15, 1)
    assert np.isfinite(forecast.to_numpy()).all()
    pd.testing.assert_frame_equal(forecast, other.predict(fh=range(1, 6)))
    quantiles = one.predict_quantiles(range(1, 6), alpha=[0.1, 0.5, 0.9]).to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


def test_a_recursive_network_learns_a_wave():
    """A pure wave, that a linear recursion of two steps continues for ever."""
    y = pd.Series(np.sin(np.arange(120) * 0.37))
    params = {"sp": 1, "baseline": "naive", "transform": None, "random_state": 0, "refit": True}
    forecaster = LSTMForecaster(strategy="recursive", window_length=12, **params)
    forecast = forecaster.fit(y[:100], fh=range(1, 11)).predict()
    assert np.abs(forecast - y[100:110]).mean() < 0.1
    assert forecaster.correction_weight_ > 0.9


def seen(n_last, lengths=(10, 4), horizon=3, rollout=0):
    """Return the origins of each series that are seen."""
    data = Panel(np.zeros((sum(lengths), 1)), np.cumsum([0, *lengths]), np.zeros((sum(lengths), 0)))
    spec = WindowSpec(2, 1, horizon, season=1, rollout=rollout, baseline=SeasonalNaive())
    series = np.repeat(np.arange(len(lengths)), [n - 1 for n in lengths])
    origin = np.concatenate([np.arange(1, n) for n in lengths])
    normalizer = Normalizer(data, 1)
    examples = OriginSelection(n_last).examples(
        data, (series, origin), spec, normalizer, data.lengths
    )
    return [examples.origin[examples.series == i].tolist() for i in range(len(lengths))]


def test_the_last_origins_have_a_whole_horizon_after_them():
    assert seen(None) == [list(range(1, 10)), [1, 2, 3]]
    assert seen(1) == [[7], [1]]
    assert seen(3) == [[5, 6, 7], [1]]
    assert seen(1, horizon=1, rollout=3) == [[7], [1]]
    # A series with no whole horizon after any origin keeps its first one.
    assert seen(1, lengths=(10, 3)) == [[7], [1]]
    assert seen(1, lengths=(10, 2)) == [[7], [1]]


def test_origins_and_half_life_change_what_is_learned():
    fits = {
        str(params): weights(quick(early_stopping=False, refit=False, **params).fit(Y, fh=FH))
        for params in (
            {},
            {"examples__origins": 4},
            {"examples__origins": "last"},
            {"examples__origin_half_life": 3.0},
        )
    }
    assert len({w.tobytes() for w in fits.values()}) == 4
    alike = quick(early_stopping=False, refit=False, examples__origins=1).fit(Y, fh=FH)
    np.testing.assert_array_equal(weights(alike), fits["{'examples__origins': 'last'}"])


def test_late_origins_count_more_with_a_half_life():
    """Every other change repeats the one before, in the last quarter its opposite."""
    changes = np.repeat(np.random.default_rng(0).choice([-1.0, 1.0], size=100), 2)
    changes[151::2] *= -1
    y = pd.Series(changes[:-1].cumsum())
    params = {"baseline": "naive", "transform": None, "sp": 1, "window_length": 2, "max_epochs": 80}
    params |= {"early_stopping": False, "refit": False, "random_state": 0}
    follows = {}
    for half_life in (None, 5.0):
        forecaster = LSTMForecaster(examples=Examples(origin_half_life=half_life), **params).fit(
            y, fh=[1]
        )
        follows[half_life] = (forecaster.predict().iloc[0] - y.iloc[-1]) * changes[-2]
    assert follows[None] > 0.03
    assert follows[5.0] < -0.03


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"examples__block_length": 0}, "The 'block_length' parameter of Examples must be"),
        ({"examples__block_length": 3}, "block_length=3 is for forecasts that are fed back"),
        ({"examples__origins": "recent"}, "The 'origins' parameter of Examples must be"),
        ({"examples__origins": 0}, "The 'origins' parameter of Examples must be"),
        ({"examples__origin_half_life": 0}, "The 'origin_half_life' parameter of Examples must be"),
        ({"strategy": "direct"}, "The 'strategy' parameter"),
    ],
)
def test_invalid_values(params, text):
    with pytest.raises(ValueError, match=text):
        quick(**params).fit(Y, fh=FH)
