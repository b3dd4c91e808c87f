"""Small forecasters, and series to forecast."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from selection import mainly
from torch import nn

from skrnn.forecasting import (
    GRUForecaster,
    LSTMForecaster,
    ModuleForecaster,
    RNNForecaster,
    Seq2SeqForecaster,
    TransformerForecaster,
    WaveNetForecaster,
)
from skrnn.forecasting.frames.index import SeriesIndex

RECURRENT = [GRUForecaster, LSTMForecaster, RNNForecaster]
FORECASTERS = [
    *RECURRENT,
    Seq2SeqForecaster,
    TransformerForecaster,
    WaveNetForecaster,
    ModuleForecaster,
]
# One of those with the same encoder, and each of the others: for what a network could break.
ARCHITECTURES = [LSTMForecaster, *FORECASTERS[len(RECURRENT) :]]
every_architecture = pytest.mark.parametrize("cls", mainly(ARCHITECTURES, FORECASTERS))
# For what all forecasters share.
one_forecaster = pytest.mark.parametrize("cls", mainly([LSTMForecaster], FORECASTERS))
# What is learned in a moment is no better than the baseline, and would be taken back.
QUICK = {"hidden_size": 4, "max_epochs": 2, "early_stopping": False, "random_state": 0}
# What is left without the rules that look at the data: a network on normalised windows.
BARE = {"baseline": None, "transform": None, "sp": 1}


class LastState(nn.Module):
    """A recurrent layer of torch: a network such as users write."""

    def __init__(self, input_size, hidden_size=32, dropout=0.0):
        super().__init__()
        self.rnn = nn.GRU(input_size, hidden_size, batch_first=True)
        self.drop = nn.Dropout(dropout)

    def forward(self, x):
        h, _ = self.rnn(x)
        return self.drop(h[:, -1])


def quick(cls=LSTMForecaster, **params):
    """Return a forecaster that trains for a moment."""
    return cls().set_params(**with_network(cls, **{**QUICK, **params}))


def with_network(cls, **params):
    """Return `params`; what the forecaster of any network does not have belongs to the network."""
    if cls is not ModuleForecaster:
        return params
    own = {name: value for name, value in params.items() if hasattr(cls(), name.split("__")[0])}
    rest = {name: value for name, value in params.items() if name not in own}
    return {"module": LastState, "module_params": rest, **own}


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


# One series of each kind.
SERIES = {
    "series": seasonal(60),
    "log": np.exp(seasonal(60) / 10),
    "frame": pd.DataFrame({"a": seasonal(60), "b": seasonal(60, seed=4)}),
    "panel": panel(columns=("u", "v")),
}


def set_correction_weight(forecaster, weight):
    """Give the network of a fitted forecaster another weight."""
    forecaster.fitted_ = replace(forecaster.fitted_, correction_weight=weight)


def able(cls=LSTMForecaster, **params):
    """Return a forecaster that learns something, but reads too little to find a season."""
    params = {"window_length": 4, "random_state": 0, "hidden_size": 16, **BARE, **params}
    return cls().set_params(**with_network(cls, **params))


def by_weekday(n=400, kind="datetime", seed=0):
    """Return values that depend on the day of the week only, and not on earlier values."""
    rng = np.random.default_rng(seed)
    index = times(kind, n)
    effect = np.array([3.0, -2, 1, -3, 2, -1, 0])[index.dayofweek]
    return pd.Series(effect + 0.1 * rng.normal(size=n), index=index)


def index_like(times):
    return SeriesIndex.of(pd.DataFrame(index=times))


def index_of(freq, n, start="2001-01-31"):
    return index_like(pd.date_range(start, periods=n, freq=freq))
