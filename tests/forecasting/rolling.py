"""A loop over update and predict, and series to run it on."""

import copy

import numpy as np
import pandas as pd
from forecasting.series import seasonal
from sktime.split import ExpandingWindowSplitter

FH = [1, 2, 3]
Y = seasonal(60)
EXPANDING = ExpandingWindowSplitter(fh=FH, initial_window=40, step_length=3)


def loop(forecaster, y, cv, X=None, of=lambda f, X: f.predict(X=X)):
    """Hand the rows up to each cutoff to `update`, and forecast."""
    forecaster, forecasts = copy.deepcopy(forecaster), []
    for train, _ in cv.split(y):
        forecaster.update(y.iloc[train], X=X, update_params=False)
        forecasts.append((y.index[train[-1]], of(forecaster, X)))
    return forecasts


def with_gaps(y):
    y = y.copy()
    y.iloc[[7, 30, 31, 44, 52]] = np.nan
    return y


SERIES = {
    "series": Y,
    "named": seasonal(60, name="sales"),
    "missing values": with_gaps(Y),
    "several targets": pd.DataFrame({"a": Y, "b": seasonal(60, seed=5) - 30}),
    "range": seasonal(60, "range"),
    "int64": seasonal(60, "int64"),
    "datetime": seasonal(60, "datetime"),
    "no freq": seasonal(60, "no freq"),
    "month end": seasonal(60, "month end"),
    "zone": seasonal(60, "zone"),
}
