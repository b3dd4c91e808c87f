"""
Which covariates help?
======================

A panel of shops, forecast with promotions, visits to a web site and holidays.
``feature_importances`` measures what each of them contributes to the accuracy, and
:func:`skrnn.plotting.plot_forecast` shows the shops with the largest errors.
"""

# %%
# Twelve shops
# ------------
# All shops have a weekly pattern. Promotions raise the sales out of town more than downtown, and
# visits to the web site raise those a week later. Shops are closed on holidays. The weather has
# nothing to do with the sales.

import numpy as np
import pandas as pd

from skrnn import Covariates
from skrnn.forecasting import GRUForecaster
from skrnn.plotting import plot_forecast, plot_importances

DAYS = pd.period_range("2023-01-01", "2023-10-23", freq="D", name="day")
HOLIDAYS = ["2023-01-01", "2023-04-07", "2023-04-10", "2023-05-01", "2023-05-18", "2023-05-29"]
HOLIDAYS += ["2023-10-03", "2023-12-25"]
WEEK = np.array([9, 8, 8, 9, 12, 15, 4])


def make_shop(seed):
    """Return sales and covariates of a shop."""
    rng = np.random.default_rng(seed)
    n = len(DAYS)
    promotion, downtown = (rng.random(n) < 0.1).astype(float), float(seed % 2)
    visits, weather = rng.normal(size=(2, n))
    sales = WEEK[DAYS.dayofweek] + (1 if downtown else 8) * promotion
    sales += 1.5 * np.roll(visits, 7) + 0.5 * rng.normal(size=n)
    sales[DAYS.isin(pd.PeriodIndex(HOLIDAYS, freq="D"))] = 0
    columns = {"promotion": promotion, "visits": visits, "downtown": downtown, "weather": weather}
    return pd.DataFrame({"sales": sales, **columns}, index=DAYS)


table = pd.concat({f"shop {i}": make_shop(i) for i in range(12)}, names=["shop"])
y, X = table[["sales"]], table.drop(columns="sales")
past = table.index.get_level_values("day") <= "2023-09-25"

# %%
# Four weeks ahead of the training data are held out, two horizons of two weeks.

covariates = Covariates(
    past_columns=["visits"],
    static_columns=["downtown"],
    calendar_features=["day_of_month"],
    holidays=HOLIDAYS,
)
forecaster = GRUForecaster(covariates=covariates, random_state=0)
forecaster.fit(y[past], X=X[past], fh=range(1, 15))

# %%
# Importances
# -----------
# Values of one covariate change places between shops and between horizons, and the error grows.
# The forecaster is not trained again. The calendar features are one row, and so are the holidays.

importances = forecaster.feature_importances(y, X, random_state=0)
print(importances.round(2))
ax = plot_importances(importances)

# %%
# Forecasts
# ---------
# Each shop has axes of its own. The shops with the largest errors come first.

X_ahead = X[~past]
axes = plot_forecast(
    y[past],
    forecaster.predict(X=X_ahead),
    y_test=y[~past].groupby("shop").head(14),
    intervals=forecaster.predict_interval(X=X_ahead, coverage=[0.5, 0.9]),
    n_history=42,
    max_series=6,
    sort_by="mae",
)
