"""Fit, predict and pickle with the skrnn that is installed, as `make dist` does: `python -I`."""

import pickle
import sys
from importlib.metadata import requires, version

import numpy as np
from sktime.datasets import load_airline

import skrnn
from skrnn import GRUClassifier, LSTMRegressor
from skrnn.forecasting import LSTMForecaster

print(f"Using skrnn {skrnn.__version__} of {skrnn.__file__}")
assert skrnn.__file__.startswith(sys.prefix), "this is not the skrnn of the environment"
assert version("skrnn") == skrnn.__version__
assert any(line.startswith("torch") for line in requires("skrnn"))

X = np.random.default_rng(0).normal(size=(60, 10))
LSTMRegressor(max_epochs=1).fit(X, X.sum(axis=1)).predict(X)
GRUClassifier(max_epochs=1).fit(X, X[:, 0] > 0).predict_proba(X)

y = load_airline()
forecaster = LSTMForecaster(max_epochs=1, random_state=0).fit(y, fh=range(1, 13))
intervals = forecaster.predict_interval(coverage=0.8)
assert intervals.notna().all(axis=None)
assert intervals.equals(pickle.loads(pickle.dumps(forecaster)).predict_interval(coverage=0.8))
