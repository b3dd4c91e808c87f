"""
Save a forecaster, and go on later
==================================

A fitted estimator is an ordinary object: pickle or joblib writes it, and it predicts the same when
it is read again, with the same versions of the libraries.
"""

# %%
# Save
# ----

import pickle
import tempfile
from pathlib import Path

from sktime.datasets import load_airline

from skrnn.forecasting import LSTMForecaster
from skrnn.plotting import plot_forecast

y = load_airline()
y_train, y_later = y[:-24], y[-24:-12]

fh = list(range(1, 13))
forecaster = LSTMForecaster(random_state=0).fit(y_train, fh=fh)

path = Path(tempfile.mkdtemp()) / "forecaster.pkl"
path.write_bytes(pickle.dumps(forecaster))
print(f"{path.stat().st_size / 1024:.0f} kB")

# %%
# Load
# ----
# Read such files only if you trust who wrote them: unpickling can run any code.

loaded = pickle.loads(path.read_bytes())
print(f"the same forecasts: {loaded.predict().equals(forecaster.predict())}")

# %%
# Go on
# -----
# A year later there are new values. ``update`` appends them, and forecasts start after them,
# without a new training.

loaded.update(y_later, update_params=False)
ax = plot_forecast(
    y[:-12],
    loaded.predict(),
    y_test=y[-12:],
    intervals=loaded.predict_interval(coverage=0.8),
)
