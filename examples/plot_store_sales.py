"""
Store sales: promotions, prices and closed days
===============================================

A table of daily sales becomes forecasts for each store: never below zero, zero on closed days, and
with the effects of what is planned for the days ahead.
"""

# %%
# The table
# ---------
# One row for each store and day, as it comes from a database. Six stores, more than a year.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skrnn.forecasting import GRUForecaster
from skrnn.plotting import plot_forecast

DAYS = pd.date_range("2023-11-01", "2024-12-21", name="date")
WEEK = np.array([0.9, 0.8, 0.85, 1.0, 1.3, 1.6, 0.0])  # closed on Sundays


def make_store(number):
    """Return the rows of a store."""
    rng = np.random.default_rng(number)
    level = rng.uniform(40, 200)
    promotion = rng.choice(["none", "leaflet", "discount"], p=[0.85, 0.1, 0.05], size=len(DAYS))
    price = (
        10 * np.where(promotion == "discount", 0.7, 1)
        + np.repeat(rng.normal(0, 0.4, -(-len(DAYS) // 30)), 30)[: len(DAYS)]
    )
    advent = np.clip(1 - np.abs((DAYS - pd.Timestamp("2023-12-20")).days) / 25, 0, 1)
    lift = np.select([promotion == "leaflet", promotion == "discount"], [1.35, 1.5], 1.0)
    demand = level * WEEK[DAYS.dayofweek] * lift * (10 / price) ** 1.5 * (1 + 0.6 * advent)
    demand *= np.exp(0.1 * np.cumsum(rng.normal(0, 0.1, len(DAYS))))
    return pd.DataFrame(
        {
            "store": f"store {number}",
            "date": DAYS,
            "sales": rng.poisson(demand),
            "promotion": promotion,
            "price": price.round(2),
            "open": DAYS.dayofweek < 6,
        }
    )


table = pd.concat([make_store(number) for number in range(1, 7)], ignore_index=True)
print(table.head(4).to_string(index=False))

# %%
# Four weeks ahead
# ----------------
# The index says what a row is. What is known ahead goes into ``X``, columns of text too.

rows = table.set_index(["store", "date"])
y, X = rows[["sales"]], rows[["promotion", "price", "open"]]
past = rows.index.get_level_values("date") < "2024-11-24"

fh = range(1, 29)
forecaster = GRUForecaster(random_state=0).fit(y[past], X=X[past], fh=fh)
y_pred = forecaster.predict(X=X[~past])
print(forecaster.plan_)

# %%
# What the covariates are worth
# -----------------------------
# The mean absolute error in pieces a day, with and without ``X``, and of the same day a week ago.

without = GRUForecaster(random_state=0).fit(y[past], fh=fh).predict()
newest = y[past].groupby("store").tail(7).to_numpy().reshape(6, 7)
last_week = pd.DataFrame(np.tile(newest, 4).reshape(-1, 1), y_pred.index, y_pred.columns)
errors = {
    "promotions, prices, open days": y_pred,
    "sales alone": without,
    "the same day a week ago": last_week,
}
errors = pd.Series(
    {name: (y[~past] - each).abs().to_numpy().mean() for name, each in errors.items()}
)
fig, ax = plt.subplots(figsize=(7, 1.9), layout="constrained")
bars = ax.barh(errors.index, errors, color=["#0072B2", "0.65", "0.8"])
ax.bar_label(bars, fmt="%.1f", padding=3)
ax.invert_yaxis()
ax.set_xlabel("mean absolute error, pieces a day")
ax.spines[["top", "right"]].set_visible(False)

# %%
# The stores
# ----------
# Intervals that should hold 80 % of the days.

axes = plot_forecast(
    y[past],
    y_pred,
    y_test=y[~past],
    intervals=forecaster.predict_interval(X=X[~past], coverage=0.8),
    n_history=28,
)
