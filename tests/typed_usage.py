"""What type checkers see of the public classes. `make types` reads this file; nothing runs it.

Each ignored error has to occur: mypy reports those that do not.
"""

from typing import Any, assert_type

import numpy as np

from skrnn import (
    GRUClassifier,
    LSTMRegressor,
    Seq2SeqRegressor,
    SlidingWindowRegressor,
    Trainer,
    WaveNetRegressor,
)
from skrnn.forecasting import LSTMForecaster, ModuleForecaster

X, y = np.zeros((8, 5, 2)), np.zeros(8)

regressor = LSTMRegressor(hidden_size=8, trainer=Trainer(weight_decay=0.1))
assert_type(regressor.fit(X, y), LSTMRegressor)
assert_type(regressor.partial_fit(X, y).set_params(refit=True), LSTMRegressor)
assert_type(regressor.predict(X), np.ndarray)
assert_type(regressor.predict(X, return_std=True), tuple[np.ndarray, np.ndarray])
assert_type(regressor.predict([X[0]]), Any)  # a list of arrays with one target per step
assert_type(regressor.score(X, y), float)
assert_type(Seq2SeqRegressor().fit(X, y).predict(X, n_steps=3), np.ndarray)
assert_type(WaveNetRegressor().fit(X, y), WaveNetRegressor)
assert_type(GRUClassifier().fit(X, y).predict_proba(X), np.ndarray)
assert_type(SlidingWindowRegressor(regressor).fit(X[0], y).predict(X[0]), np.ndarray)

forecaster = LSTMForecaster(hidden_size="auto", covariates=None)
assert_type(forecaster.fit(y, fh=[1, 2]), LSTMForecaster)
assert_type(forecaster.update(y).set_params(sp=7), LSTMForecaster)
assert_type(ModuleForecaster().pretrain(y), ModuleForecaster)
assert_type(forecaster.score(y), float)

LSTMRegressor(max_epoch=3)  # type: ignore[call-arg]
LSTMRegressor(32)  # type: ignore[call-arg]
LSTMRegressor(hidden_size="auto")  # type: ignore[arg-type]
regressor.fit(X, y, epochs=3)  # type: ignore[call-arg]
regressor.predict(X, mc_sample=3)  # type: ignore[call-overload]
Trainer(lerning_rate=0.1)  # type: ignore[call-arg]
LSTMForecaster(sampling_rate=2)  # type: ignore[call-arg]
forecaster.fit(y, horizon=3)  # type: ignore[call-arg]
forecaster.predict(steps=3)  # type: ignore[call-arg]
forecaster.predict_interval(level=0.9)  # type: ignore[call-arg]
forecaster.backtest(y, covarage=0.9)  # type: ignore[call-arg]
