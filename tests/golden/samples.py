"""Data of the cases, and networks of a user's own."""

import numpy as np
import pandas as pd
import torch
from torch import nn


def series(n=72, index="month", sp=12, seed=0):
    """Return a season on a slope, with noise; `sp=1` has no season."""
    rng = np.random.default_rng(seed)
    cycle = 4 * rng.normal(size=sp) * (sp > 1)
    values = 50 + 0.2 * np.arange(n) + cycle[np.arange(n) % sp] + rng.normal(size=n)
    index = {
        "month": lambda: pd.period_range("2001-03", periods=n, freq="M"),
        "day": lambda: pd.date_range("2001-03-30", periods=n, freq="D"),
        "no freq": lambda: pd.DatetimeIndex(pd.date_range("2001-03-30", periods=n).to_numpy()),
        "hour": lambda: pd.date_range("2020-03-01", periods=n, freq="h"),
        "zone": lambda: pd.date_range("2020-03-28", periods=n, freq="h", tz="Europe/Berlin"),
        "quarter": lambda: pd.period_range("1980Q1", periods=n, freq="Q"),
        "range": lambda: pd.RangeIndex(n),
        "int": lambda: pd.Index(np.arange(100, 100 + n)),
    }[index]()
    return pd.Series(values, index=index, name="y")


def panel(lengths=(48, 31, 40), first=0, **params):
    """Return series of unequal length."""
    parts = {
        f"s{i}": series(n, seed=10 + i, **params).to_frame()
        for i, n in enumerate(lengths, start=first)
    }
    return pd.concat(parts, names=["shop", "time"])


def hierarchy():
    return pd.concat({"north": panel(), "south": panel() + 9}, names=["region"])


def covariates(index, names=("u", "v"), seed=5):
    values = np.random.default_rng(seed).normal(size=(len(index), len(names)))
    return pd.DataFrame(values, index=index, columns=list(names))


def walk(n=60):
    """Return a series without season."""
    return pd.Series(np.random.default_rng(4).normal(size=n).cumsum())


def with_gaps(y, seed=3):
    y = y.copy()
    y.iloc[np.random.default_rng(seed).choice(len(y) - 8, size=len(y) // 8, replace=False)] = np.nan
    return y


def heads(y, n):
    """Return the first rows of each series of a panel."""
    return y.groupby(level=list(range(y.index.nlevels - 1))).head(n)


def sequences(n=40, t=7, c=2, seed=0):
    """Return sequences, numbers, labels, and one target per step."""
    X = np.random.default_rng(seed).normal(size=(n, t, c))
    y = X[:, :, 0].sum(axis=1)
    return X, y, np.array(["a", "b", "c"])[np.digitize(y, [-1, 1])], np.cumsum(X[..., :1], axis=1)


def ragged(n=40, c=2, seed=0):
    rng = np.random.default_rng(seed)
    X = [rng.normal(size=(length, c)) for length in rng.integers(3, 10, size=n)]
    return X, np.array([x[:, 0].sum() for x in X]), [np.cumsum(x[:, :1], axis=0) for x in X]


class Network(nn.Module):
    """A network of the user's: features for a forecast, outputs for an estimator."""

    def __init__(self, input_size, output_size=5, per_step=False, width=6, dropout=0.0):
        super().__init__()
        self.per_step = per_step
        self.rnn = nn.GRU(input_size, width, batch_first=True)
        self.drop = nn.Dropout(dropout)
        self.out = nn.Linear(width, output_size)

    def forward(self, x, lengths):
        h, _ = self.rnn(x)
        if not self.per_step:
            h = h[torch.arange(len(h)), lengths - 1]
        return self.out(self.drop(h))


class Knowing(nn.Module):
    """One that reads what is known for the horizon apart, and drops whole channels."""

    def __init__(self, input_size):
        super().__init__()
        self.rnn = nn.LSTM(input_size, 5, batch_first=True)
        self.drop = nn.Dropout1d(0.2)

    def forward(self, x, past, future):
        h, _ = self.rnn(self.drop(x.transpose(1, 2)).transpose(1, 2))
        return torch.cat([h[:, -1], past.mean(dim=1), future.flatten(1)], dim=1)
