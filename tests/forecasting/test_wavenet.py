"""What is special to the WaveNet forecaster: layers by the window, and steps from its state."""

import warnings

import numpy as np
import pandas as pd
import pytest
from forecasting.series import BARE, mean_error, panel, quick, seasonal, weights

from skrnn.forecasting import WaveNetForecaster

FH = [1, 2, 3]
Y = seasonal(40)
SETTINGS = {
    "one layer": {"n_layers": 1},
    "blocks": {"n_layers": 2, "n_blocks": 2, "window_length": 8},
    "wide kernel": {"kernel_size": 3},
    "dropout": {"dropout": 0.2},
    "mean": {"pooling": "mean"},
    "attention": {"pooling": "attention"},
}
# Those that see the season of four steps.
SEEING = {name: params for name, params in SETTINGS.items() if name != "one layer"}
settings = pytest.mark.parametrize("params", SETTINGS.values(), ids=SETTINGS)


def make(**params):
    return quick(WaveNetForecaster, **params)


@settings
def test_forecasts_are_finite_and_follow_the_seed(params):
    one, other = (make(**params).fit(Y, fh=FH) for _ in range(2))
    np.testing.assert_array_equal(weights(one), weights(other))
    forecast = one.predict()
    assert np.isfinite(forecast).all()
    pd.testing.assert_series_equal(forecast, other.predict())
    quantiles = one.predict_quantiles(FH, alpha=[0.1, 0.5, 0.9]).to_numpy()
    assert (np.diff(quantiles, axis=1) >= 0).all()


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@pytest.mark.parametrize("params", SEEING.values(), ids=SEEING)
def test_a_network_alone_learns_the_season(params, strategy):
    """With no baseline a network that has learned nothing repeats the last value."""
    y = seasonal(60, noise=0.0)
    params = {"window_length": 8, "hidden_size": 8, "strategy": strategy, **params, **BARE}
    params |= {"early_stopping": False, "refit": False}
    learned = make(**{**params, "max_epochs": 60, "learning_rate": 0.02}).fit(y[:-4], fh=FH)
    level = make(**{**params, "max_epochs": 1, "learning_rate": 1e-6}).fit(y[:-4], fh=FH)
    assert mean_error(learned.predict(), y[-4:-1]) < 0.6 * mean_error(level.predict(), y[-4:-1])


@pytest.mark.parametrize(
    ("window_length", "params", "field"),
    [(3, {}, 4), (8, {}, 8), (9, {}, 16), (9, {"kernel_size": 3}, 15), (9, {"n_blocks": 3}, 10)],
)
@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
def test_the_fewest_layers_that_see_the_window(window_length, params, field, strategy):
    forecaster = make(window_length=window_length, strategy=strategy, **params)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        forecaster.fit(Y, fh=FH)
    assert forecaster.receptive_field_ == field
    assert forecaster.get_fitted_params()["receptive_field"] == field


def test_no_receptive_field_before_fit():
    assert not hasattr(WaveNetForecaster(), "receptive_field_")


def test_one_warning_if_the_network_sees_more_than_the_window():
    with pytest.warns(UserWarning, match="see 16 steps, but the longest .* has 9; take") as caught:
        make(n_layers=4, window_length=9).fit(Y, fh=FH)
    assert len(caught) == 1
    assert "window_length" in str(caught[0].message)


@pytest.mark.parametrize("pooling", ["last", "mean", "attention"])
def test_panels_and_covariates(pooling):
    y = panel()
    X = pd.DataFrame({"known": np.arange(len(y), dtype=float)}, index=y.index)
    last = y.groupby(level=0).tail(3).index
    before = y.index.difference(last)
    forecaster = make(pooling=pooling).fit(y.loc[before], X=X.loc[before], fh=FH)
    forecast = forecaster.predict(X=X.loc[last])
    assert forecast.index.equals(last.sort_values())
    assert np.isfinite(forecast).all().all()


def test_steps_are_fed_back_from_the_state():
    """Far beyond the receptive field, and no forecast depends on how far others reach."""
    forecaster = make(strategy="recursive", window_length=6).fit(Y, fh=FH)
    assert forecaster.plan_.spec.rollout > 0
    assert forecaster.module_.encoder.streams
    long = forecaster.predict(np.arange(1, 40))
    assert np.isfinite(long).all()
    pd.testing.assert_series_equal(long[:3], forecaster.predict(FH))


def test_parameters_out_of_range():
    for params in ({"n_layers": 0}, {"n_layers": "all"}, {"kernel_size": 1}, {"n_blocks": 0}):
        (name,) = params
        with pytest.raises(ValueError, match=f"The '{name}' parameter of WaveNetForecaster"):
            make(**params).fit(Y, fh=FH)
