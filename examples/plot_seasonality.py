"""
Find the seasons of a series
============================

Seasonal forecasters need the length of the season. :func:`skrnn.plotting.plot_seasonality` draws
the autocorrelation of a series. It marks the periods that stand out from noise, a trend and a
random walk.
"""

# %%
# Four series, four answers
# -------------------------
# Airline passengers by month, carbon dioxide on Mauna Loa by week (with missing values), sunspots
# by year, and the flow of the Nile by year, which has no season.

import matplotlib.pyplot as plt
import numpy as np
from sktime.datasets import load_airline
from statsmodels.datasets import co2, nile, sunspots

from skrnn.baselines.seasonality import find_periods
from skrnn.plotting import plot_seasonality

series = {
    "Airline passengers, monthly": load_airline(),
    "Carbon dioxide, weekly": co2.load_pandas().data["co2"],
    "Sunspots, yearly": sunspots.load_pandas().data["SUNACTIVITY"],
    "Flow of the Nile, yearly": nile.load_pandas().data["volume"],
}

fig, axes = plt.subplots(2, 2, figsize=(10, 6.4), layout="constrained")
for (title, y), ax in zip(series.items(), axes.flat, strict=True):
    plot_seasonality(y, ax=ax)
    ax.set_title(title, loc="left", fontsize="medium", pad=22)

# %%
# Two seasons at once
# -------------------
# Many series have two seasons. In an hourly load with low weekends, the week stands out among the
# multiples of the day. :func:`skrnn.baselines.seasonality.find_periods` returns both periods, the
# one that explains more of the series first. The plot uses the same function.

rng = np.random.default_rng(0)
hour = np.arange(24 * 7 * 10)
weekend = hour // 24 % 7 >= 5
load = 10 + 3 * np.sin(2 * np.pi * hour / 24) - 2 * weekend + rng.normal(size=len(hour))
plot_seasonality(load)
print(find_periods(load))
