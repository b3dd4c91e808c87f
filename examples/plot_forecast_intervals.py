"""
Forecast with intervals
=======================

A forecast without its uncertainty is half a forecast. The forecasters of this package are sktime
forecasters with quantiles, and :func:`skrnn.plotting.plot_forecast` draws what they predict.
"""

# %%
# One forecaster, several coverages
# ---------------------------------
# Two years of airline passengers are held back. ``predict_interval`` takes any number of
# coverages; the wider interval is drawn fainter.

from sktime.datasets import load_airline
from sktime.split import temporal_train_test_split

from skrnn.forecasting import LSTMForecaster, RNNForecaster
from skrnn.plotting import plot_forecast

y = load_airline()
y_train, y_test = temporal_train_test_split(y, test_size=24)
fh = list(range(1, 25))

forecaster = LSTMForecaster(random_state=0).fit(y_train, fh=fh)
y_pred = forecaster.predict()
ax = plot_forecast(
    y_train,
    y_pred,
    y_test=y_test,
    intervals=forecaster.predict_interval(coverage=[0.5, 0.9]),
)

# %%
# Do the intervals hold what they promise?
# ----------------------------------------
# The share of the observed values within the interval should be near the coverage. Two years of
# one series are too few to judge by; a backtest over many cutoffs is the way.

interval = forecaster.predict_interval(coverage=0.9)["Number of airline passengers", 0.9]
inside = (interval["lower"] <= y_test) & (y_test <= interval["upper"])
print(f"observed values within the 90 % interval: {inside.mean():.0%}")

# %%
# Side by side
# ------------
# Several forecasts go into one picture by their names, here with four years of history.

elman = RNNForecaster(random_state=0).fit(y_train, fh=fh)
ax = plot_forecast(
    y_train,
    {"LSTMForecaster": y_pred, "RNNForecaster": elman.predict()},
    y_test=y_test,
    n_history=48,
)
