"""The settings of the recurrent encoder in the forecasters."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import BARE, RECURRENT, mean_error, panel, quick, seasonal, weights

from skrnn.forecasting import GRUForecaster, LSTMForecaster, RNNForecaster

FH = [1, 2, 3]
Y = seasonal(40)
SETTINGS = {
    "both ways": {"bidirectional": True, "n_layers": 2, "recurrence__connections": "skip"},
    "regularised": {"recurrence__layer_norm": True, "dropout": 0.2, "recurrent_dropout": 0.2},
    "identity": {"recurrence__activation": "relu", "recurrence__initializer": "identity"},
    "dense": {"n_layers": 3, "recurrence__connections": "dense", "pooling": "mean"},
    "segments": {"stem__kernel_size": 3, "pooling": "attention"},
    "windows longer than the input": {
        "stem__kernel_size": 9,
        "stem__stride": 2,
        "window_length": 5,
    },
}
RNN_ONLY = {
    "output to hidden": {"recurrence__feedback": "output-hidden", "recurrence__output_size": 3},
    "output to output": {
        "recurrence__feedback": "output-output",
        "bidirectional": True,
        "pooling": "mean",
    },
}
CASES = [
    pytest.param(
        cls,
        params,
        id=f"{cls.__name__}-{name}",
        marks=[] if cls is LSTMForecaster or name in RNN_ONLY else pytest.mark.full,
    )
    for cls in RECURRENT
    for name, params in {**SETTINGS, **(RNN_ONLY if cls is RNNForecaster else {})}.items()
]
cases = pytest.mark.parametrize(("cls", "params"), CASES)


@cases
def test_forecasts_are_finite_and_follow_the_seed(cls, params):
    one, other = (quick(cls, **params).fit(Y, fh=FH) for _ in range(2))
    np.testing.assert_array_equal(weights(one), weights(other))
    forecast = one.predict()
    assert forecast.shape == (3,)
    assert np.isfinite(forecast).all()
    pd.testing.assert_series_equal(forecast, other.predict())
    quantiles = one.predict_quantiles(FH, alpha=[0.1, 0.5, 0.9]).to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


@cases
def test_a_network_alone_learns_the_season(cls, params):
    """With no baseline a network that has learned nothing repeats the last value."""
    y = seasonal(60, noise=0.0)
    params = {"window_length": 8, **params, **BARE, "early_stopping": False, "refit": False}
    learned = quick(cls, **{**params, "max_epochs": 60, "learning_rate": 0.05}).fit(y[:-4], fh=FH)
    level = quick(cls, **{**params, "max_epochs": 1, "learning_rate": 1e-6}).fit(y[:-4], fh=FH)
    assert mean_error(learned.predict(), y[-4:-1]) < 0.85 * mean_error(level.predict(), y[-4:-1])


@pytest.mark.parametrize("pooling", ["last", "mean", "attention"])
def test_panels_and_covariates(pooling):
    y = panel()
    X = pd.DataFrame({"known": np.arange(len(y), dtype=float)}, index=y.index)
    last = y.groupby(level=0).tail(3).index
    before = y.index.difference(last)
    forecaster = quick(GRUForecaster, pooling=pooling, bidirectional=True, stem__kernel_size=2)
    forecaster.fit(y.loc[before], X=X.loc[before], fh=FH)
    forecast = forecaster.predict(X=X.loc[last])
    assert len(forecast) == 9
    assert np.isfinite(forecast.to_numpy()).all()


@pytest.mark.parametrize("strategy", ["recursive", "multioutput"])
def test_blocks_are_fed_back(strategy):
    params = {"bidirectional": True, "recurrence__layer_norm": True, "stem__kernel_size": 2}
    forecaster = quick(LSTMForecaster, strategy=strategy, **params).fit(Y, fh=FH)
    assert np.isfinite(forecaster.predict(range(1, 9))).all()
    assert np.isfinite(forecaster.update(seasonal(43)[-3:]).predict(FH)).all()


INVALID = {
    "bidirectional": "both",
    "recurrence": "irnn",
    "recurrent_dropout": 1.0,
    "stem": 8,
    "pooling": "max",
}


@pytest.mark.parametrize("name", INVALID)
def test_invalid_values(name):
    with pytest.raises(ValueError, match=f"The '{name}' parameter of GRUForecaster must be"):
        quick(GRUForecaster, **{name: INVALID[name]}).fit(Y, fh=FH)


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"recurrence__feedback": "jordan"}, "The 'feedback' parameter of Recurrence must be"),
        ({"stem__stride": 0}, "The 'stride' parameter of Convolution must be"),
        ({"recurrence__output_size": 3}, "output_size=3 of Recurrence is the width of an output"),
    ],
)
def test_settings_that_need_others(params, text):
    with pytest.raises(ValueError, match=text):
        quick(RNNForecaster, **params).fit(Y, fh=FH)
