"""
Forecast with intervals
=======================

The forecasters of skrnn return quantiles and intervals. :func:`skrnn.plotting.plot_forecast` draws
them.
"""

# %%
# One forecaster, several coverages
# ---------------------------------
# Two years of airline passengers are held out. ``predict_interval`` takes any number of coverages;
# the wider interval is drawn fainter.

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
# Do the intervals cover?
# -----------------------
# The fraction of observed values within the interval should be close to the coverage. Two years of
# one series are too few to tell; use a backtest over many cutoffs.

interval = forecaster.predict_interval(coverage=0.9)["Number of airline passengers", 0.9]
inside = (interval["lower"] <= y_test) & (y_test <= interval["upper"])
print(f"observed values within the 90 % interval: {inside.mean():.0%}")

# %%
# Side by side
# ------------
# Pass several forecasts by their names to draw them together, here with four years of history.

elman = RNNForecaster(random_state=0).fit(y_train, fh=fh)
ax = plot_forecast(
    y_train,
    {"LSTMForecaster": y_pred, "RNNForecaster": elman.predict()},
    y_test=y_test,
    n_history=48,
)
