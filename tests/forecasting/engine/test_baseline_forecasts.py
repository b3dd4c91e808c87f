"""What statistical baselines forecast: against statsmodels, scikit-learn and literal loops."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import panel as frame_of
from forecasting.series import quick, seasonal, set_correction_weight
from series.panels import panel_of
from sklearn.linear_model import Ridge as TheirRidge

from skrnn.baselines import Level
from skrnn.forecasting.engine.origins import split_origins
from skrnn.series import WindowSpec

N_STEPS = 4
FH = range(1, N_STEPS + 1)


def baseline_alone(y, **params):
    """Return a fitted forecaster whose network weighs nothing."""
    forecaster = quick(**{"transform": None, "sp": 1, **params}).fit(y, fh=FH)
    set_correction_weight(forecaster, 0.0)
    return forecaster


def model_of(forecaster):
    """Return the smoothing of the baseline."""
    return forecaster.plan_.spec.baseline.active[0].model


Y = pd.Series(20 + np.random.default_rng(0).normal(size=45).cumsum())


def start_of(y):
    """Return level and trend before the first step: of the line through the first five."""
    slope, intercept = np.polyfit(np.arange(1, 6), y[:5], 1)
    return intercept, slope


def weighted(forecasts, squares, log_prior, n):
    """Return the mean of forecasts, weighted by prior and likelihood."""
    log_weight = log_prior - 0.25 * n * np.log(squares + 2 * min(squares) / n)
    weight = np.exp(log_weight - max(log_weight))
    return weight @ np.array(forecasts) / weight.sum()


def test_smoothing_is_a_mean_of_forecasts_of_statsmodels():
    ets = pytest.importorskip("statsmodels.tsa.exponential_smoothing.ets")
    forecaster, y = baseline_alone(Y, baseline="smoothing"), Y.to_numpy()
    assert forecaster.plan_.spec.baseline.named_weights == {"smoothing": 1.0}
    level, slope = start_of(y)
    forecasts, squares = [], []
    for alpha, beta, phi, _ in model_of(forecaster).grid:
        alpha = min(alpha, 1 - 1e-9)  # theirs divides by the rest
        options, params = {"initial_level": level}, {"smoothing_level": alpha}
        if phi > 0:
            options |= {"trend": "add", "initial_trend": slope, "damped_trend": phi < 1}
            params |= {"smoothing_trend": alpha * beta}
            params |= {"damping_trend": phi} if phi < 1 else {}
        model = ets.ETSModel(y, error="add", initialization_method="known", **options)
        known = dict(zip(model.param_names, model.start_params, strict=True)) | params
        theirs = model.smooth([known[name] for name in model.param_names])
        forecasts.append(theirs.forecast(N_STEPS))
        squares.append((theirs.resid[3:] ** 2).sum())
    expected = weighted(forecasts, squares, model_of(forecaster).log_prior, len(y) - 3)
    np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-6)


def test_theta_is_a_smoothing_and_half_a_slope():
    forecaster, y = baseline_alone(Y, baseline="theta"), Y.to_numpy()
    assert forecaster.plan_.spec.baseline.named_weights == {"theta": 1.0}
    smoothing = model_of(forecaster)
    level_only = smoothing.grid[:, 2] == 0
    slope, forecasts, squares = np.polyfit(np.arange(len(y)), y, 1)[0], [], []
    for alpha in smoothing.grid[level_only, 0]:
        level, square = start_of(y)[0], 0.0
        for t, value in enumerate(y):
            square += (value - level) ** 2 * (t >= 3)
            level += alpha * (value - level)
        lag = (1 - (1 - alpha) ** len(y)) / alpha
        forecasts.append(level + slope / 2 * (np.arange(N_STEPS) + lag))
        squares.append(square)
    expected = weighted(forecasts, squares, smoothing.log_prior[level_only], len(y) - 3)
    # The likelihood is relative to the best of all parameters, those with a trend among them.
    np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-4)


def scale_of(y):
    return np.abs(np.diff(y)).mean()


def test_linear_is_a_mean_of_regressions_of_scikit_learn():
    """Of all steps on windows of several lengths, in units of the last value and the scale."""
    forecaster, y = baseline_alone(Y, baseline="linear"), Y.to_numpy()
    assert forecaster.plan_.spec.baseline.named_weights == {"linear": 1.0}
    parts = forecaster.plan_.spec.baseline.active[0].parts
    (_, origins), *_ = split_origins(panel_of(y), WindowSpec(1, 1, N_STEPS, 1, Level()), 0.0)
    origins = origins[origins <= len(y) - N_STEPS]
    ahead = origins[:, None] + np.arange(N_STEPS)
    targets = (y[ahead] - y[origins - 1, None]) / scale_of(y)
    assert np.abs(targets).max() < 30  # none is cut off

    def window(origin, width):
        seen = y[max(0, origin - width) : origin]
        inputs = np.append((seen - seen[-1]) / scale_of(y), 1.0)
        return np.append(np.zeros(width + 1 - len(inputs)), inputs)

    expected = 0.0
    for width, penalty, weight in parts:
        x = np.array([window(origin, width) for origin in origins])
        theirs = TheirRidge(penalty * (x**2).sum(axis=0).mean(), fit_intercept=False)
        forecast = theirs.fit(x, targets).predict([window(len(y), width)])[0]
        expected = expected + weight * (y[-1] + scale_of(y) * forecast)
    assert len(parts) > 1
    np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-5)


@pytest.mark.parametrize("n_targets", [1, 2])
def test_the_mean_is_one_of_the_forecasts_of_each(n_targets):
    """In a panel of one target or two, ahead and in sample."""
    y = frame_of(columns=("a", "b")[:n_targets])
    fh = [-3, 0, 1, 4]
    auto = baseline_alone(y, baseline="auto", sp=4)
    weights = auto.plan_.spec.baseline.named_weights
    assert len(weights) > 1
    expected = sum(
        weight * baseline_alone(y, baseline=name, sp=4).predict(fh)
        for name, weight in weights.items()
    )
    assert expected.shape == (12, n_targets)
    pd.testing.assert_frame_equal(auto.predict(fh), expected, rtol=1e-5)


def test_forecasts_of_a_series_do_not_depend_on_the_panel():
    """Once the baselines are learned: alone, and with others that are longer."""
    y = frame_of()
    forecaster = quick().pretrain(y, fh=FH)
    together = forecaster.clone().fit(y).predict(FH)
    for name in ("s10", "s2", "a"):
        alone = forecaster.clone().fit(y.loc[name]).predict(FH)
        np.testing.assert_array_equal(alone, together.loc[name])


def test_a_longer_horizon_continues_the_shorter_one():
    """Steps after those that were learned, where the regression is fed its own forecasts."""
    y = seasonal(80, noise=0.01)
    forecaster = baseline_alone(y[:60], sp=4)
    learned = forecaster.predict()
    forecast = forecaster.predict(range(1, 16))
    np.testing.assert_allclose(forecast, y[60:75], atol=0.6)
    np.testing.assert_array_equal(forecast[:N_STEPS], learned)


@pytest.mark.parametrize("baseline", ["smoothing", "theta"])
@pytest.mark.parametrize("block_length", [1, 2, 3])
def test_blocks_that_are_fed_back_follow_the_path(baseline, block_length):
    """What follows from the whole history is the same at once and block by block."""
    at_once = baseline_alone(Y, baseline=baseline).predict()
    params = {"strategy": "recursive", "examples__block_length": block_length}
    in_blocks = baseline_alone(Y, baseline=baseline, **params).predict()
    np.testing.assert_allclose(in_blocks, at_once, rtol=1e-9)
