"""Small forecasters, and series to forecast."""

import numpy as np
import pandas as pd

from skrnn.forecasting import GRUForecaster, LSTMForecaster, RNNForecaster

FORECASTERS = [GRUForecaster, LSTMForecaster, RNNForecaster]
QUICK = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}
# What is left without the rules that look at the data: a network on normalised windows.
BARE = {"anchor": None, "transform": None, "sp": 1}


def quick(cls=LSTMForecaster, **params):
    """Return a forecaster that trains for a moment."""
    return cls(**{**QUICK, **params})


def times(kind, n):
    """Return `n` times of an index of this kind."""
    return {
        "range": lambda: pd.RangeIndex(n),
        "int64": lambda: pd.Index(np.arange(100, 100 + n)),
        "period": lambda: pd.period_range("2001-03", periods=n, freq="M"),
        "datetime": lambda: pd.date_range("2001-03-30", periods=n, freq="D"),
        "no freq": lambda: pd.DatetimeIndex(pd.date_range("2001-03-30", periods=n).to_numpy()),
        "month end": lambda: pd.date_range("2001-03-31", periods=n, freq="ME"),
        "zone": lambda: pd.date_range("2020-03-28", periods=n, freq="h", tz="Europe/Berlin"),
    }[kind]()


def seasonal(n=60, kind="period", *, sp=4, noise=0.2, seed=0, name=None):
    """Return a noisy season on a slope."""
    rng = np.random.default_rng(seed)
    cycle = 3 * np.random.default_rng(seed + 1000).normal(size=sp)
    values = 20 + 0.1 * np.arange(n) + cycle[np.arange(n) % sp] + noise * rng.normal(size=n)
    return pd.Series(values, index=times(kind, n), name=name)


def panel(lengths=(40, 31, 36), kind="period", names=("s10", "s2", "a"), columns=("y",)):
    """Return series of unequal length that begin together, as a frame."""
    frames = {
        name: pd.DataFrame(
            {c: seasonal(n, kind, seed=10 * i + j) + 50 * i for j, c in enumerate(columns)}
        )
        for i, (name, n) in enumerate(zip(names, lengths, strict=False))
    }
    return pd.concat(frames, names=["shop", "time"])


def weights(forecaster):
    """Return all weights of the network in one array."""
    return np.concatenate([p.detach().numpy().ravel() for p in forecaster.module_.parameters()])


def mean_error(prediction, actual):
    """Return the mean absolute error."""
    return float(np.abs(np.ravel(prediction) - np.ravel(actual)).mean())
