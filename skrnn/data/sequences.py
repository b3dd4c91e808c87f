"""Sequences of unequal length in one flat buffer."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .batch import Batch
from .ranges import ranges


class Sequences:
    """Sequences of unequal length in one flat buffer.

    Parameters
    ----------
    values : ndarray of shape (total_steps, n_channels)
        Steps of all sequences, concatenated.
    offsets : ndarray of shape (n_sequences + 1,)
        Sequence ``i`` is ``values[offsets[i]:offsets[i + 1]]``.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.data import Sequences
    >>> ragged = Sequences.from_list([np.ones((3, 2)), np.zeros((1, 2))])
    >>> ragged.lengths
    array([3, 1])
    >>> ragged.gather(np.array([0, 1])).x.shape
    (2, 3, 2)
    """

    def __init__(self, values, offsets):
        self.values = values
        self.offsets = offsets

    @classmethod
    def from_array(cls, array):
        """Read an array of shape (n_sequences, n_timesteps, n_channels)."""
        n, t, c = array.shape
        return cls(array.reshape(n * t, c), np.arange(n + 1) * t)

    @classmethod
    def from_list(cls, arrays):
        """Concatenate a list of arrays of shape (n_timesteps_i, n_channels)."""
        lengths = np.array([len(a) for a in arrays], dtype=np.intp)
        return cls(np.concatenate(arrays), np.concatenate([[0], np.cumsum(lengths)]))

    def __len__(self):
        return len(self.offsets) - 1

    @property
    def n_channels(self):
        """Number of channels of every step."""
        return self.values.shape[1]

    @cached_property
    def lengths(self):
        """Number of steps of each sequence."""
        return np.diff(self.offsets)

    @cached_property
    def _n_steps(self):
        """Number of steps if all sequences are equally long, else None."""
        lengths = self.lengths
        return int(lengths[0]) if len(lengths) and (lengths == lengths[0]).all() else None

    def with_values(self, values):
        """Return sequences of the same lengths with other values."""
        return Sequences(values, self.offsets)

    def take(self, index):
        """Return the selected sequences."""
        steps, offsets = ranges(self.offsets[index], self.lengths[index])
        return Sequences(self.values[steps], offsets)

    def join(self, other):
        """Return these sequences followed by those of `other`."""
        offsets = np.concatenate([self.offsets, self.offsets[-1] + other.offsets[1:]])
        return Sequences(np.concatenate([self.values, other.values]), offsets)

    def window_ends(self, window_length, stride):
        """Return the last step of each window, grouped by sequence.

        Windows are counted from the end of the sequence: the last window ends at the last step,
        and steps that do not fill a window are left over at the beginning. A sequence shorter
        than a window has one.
        """
        counts = np.maximum(1 + (self.lengths - window_length) // stride, 1)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        backwards = np.repeat(offsets[1:], counts) - 1 - np.arange(offsets[-1])
        steps = np.repeat(self.offsets[1:] - 1, counts) - stride * backwards
        return Sequences(self.values[steps], offsets)

    def weighted_steps(self, weights):
        """Return all steps, each with the weight of its sequence."""
        return self.values, np.repeat(weights, self.lengths)

    def gather(self, index):
        """Return the selected sequences as a `Batch`, padded with zeros on the right."""
        if self._n_steps is not None:
            return Batch(self.values.reshape(len(self), self._n_steps, -1)[index])
        starts, lengths = self.offsets[index], self.lengths[index]
        longest = lengths.max()
        steps = starts[:, None] + np.arange(longest)
        if lengths.min() == longest:
            return Batch(self.values[steps])
        valid = np.arange(longest) < lengths[:, None]
        x = self.values[np.where(valid, steps, 0)]
        x[~valid] = 0
        return Batch(x, lengths)

    def split(self, values=None):
        """Return one view of `values` (default: the buffer) per sequence."""
        values = self.values if values is None else values
        return [values[a:b] for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]
