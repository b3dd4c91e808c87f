"""
Hourly energy: the day, the week and the weather
================================================

The load of a town for the next two days, from six weeks of hours and the temperature.
"""

# %%
# The load
# --------
# People use more in the morning and in the evening, less at the weekend, and they heat when it is
# below 16 degrees. The temperature changes slowly, and a weather forecast knows it for two days.

import numpy as np
import pandas as pd

from skrnn.forecasting import GRUForecaster
from skrnn.plotting import plot_forecast

rng = np.random.default_rng(0)
hours = pd.date_range("2024-10-07", periods=24 * 7 * 6 + 48, freq="h", name="hour")
hour, weekend = hours.hour.to_numpy(), hours.dayofweek >= 5
weather = np.zeros(len(hours))
for t in range(1, len(hours)):
    weather[t] = 0.99 * weather[t - 1] + 0.5 * rng.normal()
temperature = 11 - np.arange(len(hours)) / 200 + weather + 3 * np.sin((hour - 9) * np.pi / 12)
habits = 55 + 14 * np.exp(-(((hour - 8) / 2.5) ** 2)) + 22 * np.exp(-(((hour - 19) / 3) ** 2))
heating = 1.8 * np.clip(16 - temperature, 0, None)
load = (habits * np.where(weekend, 0.85, 1) + heating + rng.normal(0, 1.5, len(hours))).round(1)

y = pd.Series(load, hours, name="load, MW")
X = pd.DataFrame({"temperature": temperature}, hours)

# %%
# Two days ahead
# --------------
# ``fit`` finds both seasons, and how the load depends on the temperature.

y_train, y_test = y[:-48], y[-48:]
X_train, X_ahead = X[:-48], X[-48:]
fh = list(range(1, 49))
forecaster = GRUForecaster(random_state=0).fit(y_train, X=X_train, fh=fh)
y_pred = forecaster.predict(X=X_ahead)
print(forecaster.plan_)

# %%

without = GRUForecaster(random_state=0).fit(y_train, fh=fh).predict()
for name, each in {"with the temperature": y_pred, "without": without}.items():
    print(f"mean absolute error {name}: {(each - y_test).abs().mean():.2f} MW")

# %%
# The last week, and two days
# ---------------------------

ax = plot_forecast(
    y_train,
    y_pred,
    y_test=y_test,
    intervals=forecaster.predict_interval(X=X_ahead, coverage=[0.5, 0.9]),
    n_history=24 * 7,
)

# %%
# If it were five degrees colder
# ------------------------------
# The forecaster answers what the load would be with another weather.

colder = forecaster.predict(X=X_ahead - 5)
ax = plot_forecast(y_train, {"as forecast": y_pred, "5 degrees colder": colder}, n_history=72)
print(f"5 degrees colder: {colder.mean() - y_pred.mean():+.1f} MW, generated with +9.0 MW")
