"""Sliding windows over a table."""

from __future__ import annotations

import numpy as np

from .batch import Batch


class Windows:
    """Sliding windows over the rows of a table, copied only when a batch is gathered.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_channels)
        The rows of the table.
    last : ndarray of shape (n_windows,)
        Row at which each window ends.
    window_length : int
        Number of steps in a window.
    sampling_rate : int, default=1
        Distance in rows between two steps.

    Notes
    -----
    Steps before the first row read row 0. If windows begin that early, put the padding value
    there.
    """

    def __init__(self, values, last, window_length, sampling_rate=1):
        self.values = values
        self.last = last
        self.steps = sampling_rate * np.arange(1 - window_length, 1)

    def __len__(self):
        return len(self.last)

    @property
    def n_channels(self):
        """Number of channels of every step."""
        return self.values.shape[1]

    @property
    def reach(self):
        """Number of rows that a window spans."""
        return int(1 - self.steps[0])

    @property
    def lengths(self):
        """Number of steps of each window."""
        return np.broadcast_to(len(self.steps), len(self))

    def with_values(self, values):
        """Return the same windows over other values."""
        copy = object.__new__(Windows)
        copy.values, copy.last, copy.steps = values, self.last, self.steps
        return copy

    def take(self, index):
        """Return the selected windows over the same table."""
        copy = self.with_values(self.values)
        copy.last = self.last[index]
        return copy

    def weighted_steps(self, weights):
        """Return the rows up to the last window, each with weight 1, since windows share rows."""
        rows = self.values[: self.last.max() + 1]
        return rows, np.ones(len(rows))

    def gather(self, index):
        """Return the selected windows as a `Batch`."""
        return Batch(self.values[np.maximum(self.last[index][:, None] + self.steps, 0)])

    def to_table(self):
        """Return the windows as a copy of shape (n_windows, window_length * n_channels)."""
        return self.gather(np.arange(len(self))).x.reshape(len(self), -1)
