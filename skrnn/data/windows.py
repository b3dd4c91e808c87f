"""Sliding windows over one table."""

from __future__ import annotations

import numpy as np

from .batch import Batch


class Windows:
    """Sliding windows over the rows of one table, gathered by index and never materialised.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_channels)
        The table.
    last : ndarray of shape (n_windows,)
        Row of the last step of each window.
    window_length : int
        Number of steps in a window.
    sampling_rate : int, default=1
        Distance in rows between two steps.

    Notes
    -----
    Steps before the first row read row 0 of `values`; a caller that has windows that begin
    earlier puts there what they are to see.
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
        """Number of rows from the first to the last step of a window."""
        return int(1 - self.steps[0])

    @property
    def lengths(self):
        """Number of steps of each window: the same for all of them."""
        return np.broadcast_to(len(self.steps), len(self))

    def with_values(self, values):
        """Return the same windows over another buffer (scaled, or of another dtype)."""
        copy = object.__new__(Windows)
        copy.values, copy.last, copy.steps = values, self.last, self.steps
        return copy

    def take(self, index):
        """Return the chosen windows as a new object over the same table."""
        copy = self.with_values(self.values)
        copy.last = self.last[index]
        return copy

    def seen(self, weights):
        """Return the rows that the windows reach, each of weight 1: windows share their rows."""
        rows = self.values[: self.last.max() + 1]
        return rows, np.ones(len(rows))

    def gather(self, index):
        """Return the chosen windows as a `Batch`."""
        return Batch(self.values[np.maximum(self.last[index][:, None] + self.steps, 0)])

    def to_table(self):
        """Return the windows as a copy of shape (n_windows, window_length * n_channels)."""
        return self.gather(np.arange(len(self))).x.reshape(len(self), -1)
