"""What is special to the Transformer forecaster."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import BARE, mean_error, panel, quick, seasonal, weights

from skrnn.forecasting import TransformerForecaster

FH = [1, 2, 3]
Y = seasonal(40)
SETTINGS = {
    "one head": {"n_heads": 1},
    "deep": {"n_layers": 3, "feedforward_size": 5, "pooling": "mean"},
    "dropout": {"dropout": 0.2},
    "segments": {"stem__kernel_size": 3, "pooling": "attention"},
    "windows longer than the input": {
        "stem__kernel_size": 9,
        "stem__stride": 2,
        "window_length": 5,
    },
}
settings = pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)


def make(**params):
    return quick(TransformerForecaster, **params)


@settings
def test_forecasts_are_finite_and_follow_the_seed(params):
    one, other = (make(**params).fit(Y, fh=FH) for _ in range(2))
    np.testing.assert_array_equal(weights(one), weights(other))
    forecast = one.predict()
    assert forecast.shape == (3,)
    assert np.isfinite(forecast).all()
    pd.testing.assert_series_equal(forecast, other.predict())
    quantiles = one.predict_quantiles(FH, alpha=[0.1, 0.5, 0.9]).to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


@settings
def test_a_network_alone_learns_the_season(params):
    """With no baseline a network that has learned nothing repeats the last value."""
    y = seasonal(60, noise=0.0)
    params = {"window_length": 8, **params, **BARE, "early_stopping": False, "refit": False}
    learned = make(**{**params, "max_epochs": 60, "learning_rate": 0.02}).fit(y[:-4], fh=FH)
    level = make(**{**params, "max_epochs": 1, "learning_rate": 1e-6}).fit(y[:-4], fh=FH)
    assert mean_error(learned.predict(), y[-4:-1]) < 0.85 * mean_error(level.predict(), y[-4:-1])


@pytest.mark.parametrize("pooling", ["last", "mean", "attention"])
def test_panels_and_covariates(pooling):
    y = panel()
    X = pd.DataFrame({"known": np.arange(len(y), dtype=float)}, index=y.index)
    last = y.groupby(level=0).tail(3).index
    before = y.index.difference(last)
    forecaster = make(pooling=pooling, stem__kernel_size=2)
    forecaster.fit(y.loc[before], X=X.loc[before], fh=FH)
    forecast = forecaster.predict(X=X.loc[last])
    assert forecast.index.equals(last.sort_values())
    assert np.isfinite(forecast).all().all()


def test_single_steps_are_fed_back():
    forecaster = make(strategy="recursive", window_length=6).fit(Y, fh=FH)
    long = forecaster.predict(np.arange(1, 30))
    assert np.isfinite(long).all()
    pd.testing.assert_series_equal(long[:3], forecaster.predict(FH))


def test_heads_of_unequal_width_are_refused():
    with pytest.raises(ValueError, match="n_heads=4 does not divide hidden_size=6 into heads"):
        make(hidden_size=6).fit(Y, fh=FH)
