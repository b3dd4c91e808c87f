"""The forecasters of `accuracy.py`: those of skrnn with their defaults, and their peers.

Each has the same settings for all sets. It gets the season, which a user would know, and reads
covariates if the set has them and the forecaster can. Peers are fitted to each series alone,
forecasters of skrnn to all series of a set at once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Model:
    """A forecaster of the table.

    Parameters
    ----------
    make : callable
        Takes a data set for a forecaster of skrnn, and a series and its season for a peer;
        returns the unfitted forecaster.
    libraries : tuple of str
        Its dependencies besides sktime; the table has their versions.
    ours : bool
        Whether it learns from all series of a panel at once.
    n_seasons : int
        A series needs this many seasons and 6 steps for the forecaster to get its season.
    """

    make: Callable[..., Any]
    libraries: tuple = ()
    ours: bool = False
    n_seasons: int = 2

    def versions(self):
        """Return the versions of its libraries in words."""
        return ", ".join(f"{name} {metadata.version(name)}" for name in self.libraries)

    def missing(self):
        """Return the libraries that this Python lacks."""
        return [name for name in self.libraries if not any(metadata.distributions(name=name))]


# -- skrnn ---------------------------------------------------------------------------------------


def network(name, **changes):
    """Return the model of a forecaster of skrnn with its defaults and some changes."""

    def make(dataset):
        from skrnn import forecasting

        forecaster = getattr(forecasting, name)(random_state=0)
        if dataset.validation_fraction is not None:
            forecaster.set_params(validation_fraction=dataset.validation_fraction)
        return forecaster.set_params(**changes)

    return Model(make, ("torch",), ours=True)


# -- classical -----------------------------------------------------------------------------------


def repeated(y, season):
    from sktime.forecasting.naive import NaiveForecaster

    return NaiveForecaster(sp=season)


def moving_average(y, season):
    from sktime.forecasting.naive import NaiveForecaster

    return NaiveForecaster("mean", window_length=min(len(y), season if season > 1 else 3))


def ets(y, season, model="ZZZ"):
    from sktime.forecasting.statsforecast import StatsForecastAutoETS

    return StatsForecastAutoETS(season_length=season, model=model)


def theta(y, season):
    from sktime.forecasting.statsforecast import StatsForecastAutoTheta

    kind = "multiplicative" if y.min() > 0 else "additive"
    return StatsForecastAutoTheta(season_length=season, decomposition_type=kind)


def auto_arima(y, season):
    from sktime.forecasting.statsforecast import StatsForecastAutoARIMA

    return StatsForecastAutoARIMA(sp=season)


def sarima(y, season):
    """The airline model of Box and Jenkins with an autoregressive term."""
    from sktime.forecasting.sarimax import SARIMAX

    seasonal = (0, 1, 1, season) if season > 1 else (0, 0, 0, 0)
    return SARIMAX(order=(1, 1, 1), seasonal_order=seasonal, concentrate_scale=True)


def prophet(y, season):
    from sktime.forecasting.fbprophet import Prophet

    return Prophet(verbose=0)


# -- learned from lags ---------------------------------------------------------------------------


def on_lags(regressor):
    """Return a function that makes a regressor of scikit-learn forecast from two seasons of lags.

    It learns the residuals of a line or the differences, whichever forecasts the last steps
    better.
    """

    def make(y, season):
        from sklearn.preprocessing import StandardScaler
        from sktime.forecasting.compose import TransformedTargetForecaster, make_reduction
        from sktime.forecasting.model_selection import ForecastingGridSearchCV
        from sktime.split import SingleWindowSplitter
        from sktime.transformations.compose import MultiplexTransformer
        from sktime.transformations.series.adapt import TabularToSeriesAdaptor
        from sktime.transformations.series.detrend import Detrender
        from sktime.transformations.series.difference import Differencer

        window = int(np.clip(2 * season, 4, max(2, len(y) // 3)))
        trends = [("line", Detrender()), ("differences", Differencer())]
        forecaster = TransformedTargetForecaster(
            [
                ("trend", MultiplexTransformer(trends)),
                ("standardised", TabularToSeriesAdaptor(StandardScaler())),
                ("lags", make_reduction(regressor(), window_length=window, strategy="recursive")),
            ]
        )
        last_steps = SingleWindowSplitter(fh=np.arange(1, min(window, len(y) // 4) + 1))
        choices = {"trend__selected_transformer": [name for name, _ in trends]}
        return ForecastingGridSearchCV(forecaster, last_steps, choices, backend=None)

    return Model(make, ("sktime", "scikit-learn"))


def vectors():
    from sklearn.svm import SVR

    return SVR()


def forest():
    from sklearn.ensemble import RandomForestRegressor

    return RandomForestRegressor(random_state=0)


def boosting():
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(random_state=0)


OURS = ("LSTM", "GRU", "RNN", "WaveNet", "Seq2Seq", "Transformer")
PEERS = ("sktime", "statsforecast")
MODELS = {
    **{f"{name}Forecaster": network(f"{name}Forecaster") for name in OURS},
    "Naive": Model(lambda y, season: repeated(y, 1), ("sktime",)),
    "SeasonalNaive": Model(repeated, ("sktime",), n_seasons=1),
    "MovingAverage": Model(moving_average, ("sktime",)),
    "SES": Model(lambda y, season: ets(y, 1, "ANN"), PEERS),
    "AutoETS": Model(ets, PEERS),
    "AutoTheta": Model(theta, PEERS),
    "AutoARIMA": Model(auto_arima, PEERS),
    "SARIMA": Model(sarima, ("sktime", "statsmodels")),
    "Prophet": Model(prophet, ("sktime", "prophet")),
    "SVM": on_lags(vectors),
    "RandomForest": on_lags(forest),
    "HistGradientBoosting": on_lags(boosting),
}
