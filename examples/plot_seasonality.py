"""
Find the seasons of a series
============================

A forecaster with a season in it, be it seasonal naive or a recurrent network with a window of the
right length, has to be told how long the season is. :func:`skrnn.plotting.plot_seasonality` draws
the autocorrelation of a series and marks the periods that stand out from what noise, a trend or
a random walk would show.
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
# Many series have a rhythm within a rhythm. In an hourly load with calm weekends the week stands
# out among the multiples of the day: :func:`skrnn.baselines.seasonality.find_periods`, which does
# the work of the plot, returns both, the one that explains more of the series first.

rng = np.random.default_rng(0)
hour = np.arange(24 * 7 * 10)
weekend = hour // 24 % 7 >= 5
load = 10 + 3 * np.sin(2 * np.pi * hour / 24) - 2 * weekend + rng.normal(size=len(hour))
plot_seasonality(load)
print(find_periods(load))
