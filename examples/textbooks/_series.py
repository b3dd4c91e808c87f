"""The series of the book, in parts for training and validation."""

from typing import NamedTuple

import numpy as np

N_STEPS = 50  # that a network reads
BUDGET = {"max_epochs": 20, "batch_size": 32}


def generate_series(n_values, n_series=10_000, seed=42):
    """Return series of shape (n_series, n_values), as the book draws them."""
    random = np.random.RandomState(seed)
    freq1, freq2, offset1, offset2 = random.rand(4, n_series, 1)
    times = np.linspace(0, 1, n_values)
    series = 0.5 * np.sin((times - offset1) * (freq1 * 10 + 10))
    series += 0.2 * np.sin((times - offset2) * (freq2 * 20 + 20))
    series += 0.1 * (random.rand(n_series, n_values) - 0.5)
    return series.astype(np.float32)


class Data(NamedTuple):
    """Inputs (n, 50, 1) and the values that follow the last step: (n, horizon)."""

    X: np.ndarray
    y: np.ndarray

    @property
    def y_steps(self):
        """The values that follow each step: (n, 50, horizon)."""
        horizon = self.y.shape[1]
        series = np.hstack([self.X[:, :, 0], self.y])
        ahead = [series[:, k : k + self.X.shape[1]] for k in range(1, horizon + 1)]
        return np.stack(ahead, axis=-1)

    def part(self, begin, end):
        """Return the series from `begin` to before `end`, parts of their number."""
        rows = slice(round(begin * len(self.X)), round(end * len(self.X)))
        return Data(self.X[rows], self.y[rows])


def load(horizon, n_series=10_000):
    """Return the training and the validation part: 70 % and 20 % of the series."""
    series = generate_series(N_STEPS + horizon, n_series)
    data = Data(series[:, :N_STEPS, None], series[:, N_STEPS:])
    return data.part(0, 0.7), data.part(0.7, 0.9)


def squared_error(predicted, data):
    """Return the mean over series and over the values of the horizon."""
    return float(np.mean((predicted - data.y) ** 2, dtype=np.float64))
