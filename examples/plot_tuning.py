"""
Tune a forecaster
=================

The defaults are rules computed from the training data, and seldom need a search. If you want one,
sktime's searches compare settings by forecasts from earlier cutoffs.
"""

# %%
# The search
# ----------
# Each setting forecasts a year from three cutoffs. The last two years stay out of it. sktime 1.2
# warns that a default of its searches will change, which has no effect here.

import warnings

import matplotlib.pyplot as plt
import pandas as pd
from sktime.datasets import load_airline
from sktime.forecasting.model_selection import ForecastingGridSearchCV
from sktime.performance_metrics.forecasting import MeanAbsoluteScaledError
from sktime.split import ExpandingWindowSplitter

from skrnn.forecasting import GRUForecaster

y = load_airline()
y_train, y_test = y[:-24], y[-24:]
fh = list(range(1, 13))

warnings.filterwarnings("ignore", message="The default of config", category=FutureWarning)
search = ForecastingGridSearchCV(
    GRUForecaster(random_state=0),
    cv=ExpandingWindowSplitter(fh=fh, initial_window=len(y_train) - 36, step_length=12),
    param_grid={"hidden_size": [8, 32], "baseline": ["auto", "theta", None]},
    scoring=MeanAbsoluteScaledError(sp=12),
)
search.fit(y_train, fh=fh)

# %%
# What it found
# -------------
# The baseline matters more than the size of the network: without one, the network has to learn
# trend and season from ten years.

results = search.cv_results_.sort_values("mean_test_MeanAbsoluteScaledError")
params = pd.DataFrame(results["params"].tolist()).fillna("none")
names = "baseline " + params["baseline"] + ", hidden_size " + params["hidden_size"].astype(str)
fig, ax = plt.subplots(figsize=(7, 2.6), layout="constrained")
bars = ax.barh(names, results["mean_test_MeanAbsoluteScaledError"], color="#0072B2")
ax.bar_label(bars, fmt="%.2f", padding=3)
ax.invert_yaxis()
ax.set_xlabel("MASE over three cutoffs; lower is better")
ax.spines[["top", "right"]].set_visible(False)

# %%
# On data that the search has not seen
# ------------------------------------
# Both forecasters get the first of the two years, and forecast the second.

mase = MeanAbsoluteScaledError(sp=12)
seen, ahead = y[:-12], y[-12:]
for name, forecaster in {
    "best of the search": search.best_forecaster_.clone(),
    "defaults": GRUForecaster(random_state=0),
}.items():
    y_pred = forecaster.fit(seen, fh=fh).predict()
    print(f"{name}: MASE {mase(ahead, y_pred, y_train=seen):.2f}")
