"""How a forecaster works inside: few calls, nothing computed twice, no caches in a pickle."""

import pickle
import sys
from collections import Counter

import numpy as np
import pytest
from forecasting.series import panel, quick, seasonal

from skrnn.forecasting import _base, _history
from skrnn.forecasting.engine import calibration, learning
from skrnn.forecasting.engine.network import NetworkForecaster
from skrnn.series import CovariateScaler
from skrnn.training import refit

FH = [1, 2, 3]
Y = seasonal(60)


def own_calls():
    """Return the functions of the package on the stack, without those of a network's layers.

    The check of the arguments' names, around each public method, is none of them.
    """
    left_out = "skrnn.nn", "skrnn._constructors"
    names, frame = [], sys._getframe(1)
    while frame is not None:
        room = frame.f_globals.get("__name__", "")
        name = frame.f_code.co_name
        if room.startswith("skrnn.") and not room.startswith(left_out) and name[0] != "<":
            names.append(f"{room}.{name}")
        frame = frame.f_back
    return names


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@pytest.mark.parametrize(
    ("method", "n_calls"),
    [("predict", 5), ("predict_quantiles", 6), ("backtest", 7), ("sample_paths", 7)],
)
def test_calls_from_a_prediction_to_the_network(method, n_calls, strategy):
    forecaster = quick(strategy=strategy).fit(Y[:50], fh=FH)
    calls = []
    hook = forecaster.module_.register_forward_pre_hook(lambda *args: calls.append(own_calls()))
    getattr(forecaster, method)(**({"y": Y} if method == "backtest" else {}))
    hook.remove()
    assert len(calls) == (1 if strategy == "multioutput" else 3)
    assert max(map(len, calls)) <= n_calls, calls[0]


def test_calls_from_fit_to_the_training_loop(monkeypatch):
    calls, fit_module = [], refit.fit_module

    def counted(*args, **kwargs):
        calls.append(own_calls())
        return fit_module(*args, **kwargs)

    monkeypatch.setattr(refit, "fit_module", counted)
    quick().fit(Y, fh=FH)
    assert len(calls) == 2  # with validation, then again on everything
    assert max(map(len, calls)) <= 5, calls[0]


@pytest.fixture
def counts(monkeypatch):
    """Count the calls of what reads, scales and forecasts."""
    found = Counter()

    def count(place, name):
        function = getattr(place, name)

        def counted(*args, **kwargs):
            found[name] += 1
            return function(*args, **kwargs)

        monkeypatch.setattr(place, name, counted)

    count(_base, "read_panel")
    count(_history, "read_panel")
    count(CovariateScaler, "transform")
    count(learning, "in_learned_units")
    count(calibration, "baseline_errors")
    count(NetworkForecaster, "forecast")
    return found


@pytest.mark.parametrize("y", [Y, panel()], ids=["series", "panel"])
def test_a_fit_reads_scales_and_forecasts_once(counts, y):
    quick().fit(y, fh=FH)
    once = "read_panel", "transform", "in_learned_units", "baseline_errors", "forecast"
    assert counts == dict.fromkeys(once, 1)


def test_blocks_are_forecast_again_where_they_read_other_medians(counts):
    forecaster = quick(strategy="recursive", baseline="naive").fit(Y, fh=FH)
    assert 0 < forecaster.correction_weight_ < 1
    assert counts["forecast"] == 2


def test_members_start_from_different_weights():
    """With a learning rate of almost 0, the weights stay those at the start of the training."""
    forecaster = quick(n_members=3, learning_rate=1e-9).fit(Y, fh=FH)
    flat = [
        np.concatenate([p.detach().numpy().ravel() for p in member.parameters()])
        for member in forecaster.module_.members
    ]
    assert min(np.abs(flat[i] - flat[i - 1]).max() for i in range(3)) > 0.1


@pytest.mark.parametrize("y", [seasonal(2000), panel((400, 300))], ids=["series", "panel"])
@pytest.mark.parametrize("normalization", ["auto", "standard"])
def test_a_pickle_has_no_caches(y, normalization):
    forecaster = quick(normalization=normalization).fit(y, fh=FH)
    before = len(pickle.dumps(forecaster))
    forecaster.predict()
    forecaster.predict([-5, 0, 1])
    forecaster.predict_interval()
    forecaster.backtest(y, cv=y.index.unique(-1)[-20:-10])
    forecaster.update(y[-10:], update_params=False)
    forecaster.predict()
    after = len(pickle.dumps(forecaster))
    assert abs(after - before) < 4 * len(y)  # each cached array of values has 8 bytes
    loaded = pickle.loads(pickle.dumps(forecaster))
    np.testing.assert_array_equal(loaded.predict(), forecaster.predict())


def test_a_request_larger_than_a_chunk(monkeypatch):
    """Chunks of origins, of steps ahead and within the sample, are put together in order."""
    y = panel((40, 31, 36, 33, 38))
    forecaster = quick(examples__cold_start=True).fit(y, fh=FH)
    fh = [-20, -2, 0, 1, 3]
    whole = forecaster.predict(fh), forecaster.predict_quantiles(fh, alpha=[0.1, 0.6])
    monkeypatch.setattr("skrnn.forecasting.engine.network.MAX_ORIGINS", 2)
    parts = forecaster.predict(fh), forecaster.predict_quantiles(fh, alpha=[0.1, 0.6])
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)
