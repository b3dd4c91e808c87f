"""Sequences with their targets and weights, from which the training loop draws batches."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .sequences import Sequences


class SupervisedSequences:
    """Sequences with their targets.

    Parameters
    ----------
    inputs : Sequences or Windows
        The sequences.
    targets : ndarray of shape (n,) or (n, k), or Sequences
        One target per sequence, or one per step.
    weights : ndarray of shape (n,), optional
        Weight of each sequence; 1 by default.
    """

    def __init__(self, inputs, targets, weights=None):
        self.inputs = inputs
        self.targets = targets
        self.weights = np.ones(len(inputs)) if weights is None else weights

    def __len__(self):
        return len(self.inputs)

    @property
    def longest(self):
        """Number of steps of the longest sequence."""
        return int(self.inputs.lengths.max())

    @cached_property
    def mean_weight(self):
        """Mean weight of a sequence in the loss."""
        if isinstance(self.targets, Sequences):
            return float(np.mean(self.weights * self.targets.lengths))
        return float(np.mean(self.weights))

    def take(self, index):
        """Return the selected sequences with their targets."""
        targets = self.targets
        targets = targets.take(index) if isinstance(targets, Sequences) else targets[index]
        return SupervisedSequences(self.inputs.take(index), targets, self.weights[index])

    def join(self, other):
        """Return these sequences followed by those of `other`."""
        if isinstance(self.targets, Sequences):
            targets = self.targets.join(other.targets)
        else:
            targets = np.concatenate([self.targets, other.targets])
        weights = np.concatenate([self.weights, other.weights])
        return SupervisedSequences(self.inputs.join(other.inputs), targets, weights)

    def gather(self, index):
        """Return inputs, targets and weights of the selected sequences.

        Weights have the shape of the losses: (n,), or (n, t) for one target per step. Padded
        steps have weight 0.
        """
        inputs, weights = self.inputs.gather(index), self.weights[index]
        if not isinstance(self.targets, Sequences):
            return inputs, self.targets[index], weights
        targets = self.targets.gather(index)
        weights = np.repeat(weights[:, None], targets.x.shape[1], axis=1)
        if targets.lengths is not None:
            weights *= np.arange(weights.shape[1]) < targets.lengths[:, None]
        return inputs, targets.x, weights


class PaddedTargets(SupervisedSequences):
    """Sequences with sequences of targets of any length, padded to a common length.

    Parameters
    ----------
    inputs : Sequences
        The sequences.
    targets : Sequences
        Target sequences; they may be longer or shorter than their inputs.
    weights : ndarray of shape (n,)
        Weight of each sequence.
    n_steps : int
        Length to which targets are padded, at least that of the longest one.
    """

    def __init__(self, inputs, targets, weights, n_steps):
        super().__init__(inputs, targets, weights)
        self.n_steps = n_steps

    def gather(self, index):
        """Return inputs, targets (n, n_steps, k) and weights (n, n_steps)."""
        inputs, targets, weights = super().gather(index)
        missing = ((0, 0), (0, self.n_steps - targets.shape[1]))
        return inputs, np.pad(targets, (*missing, (0, 0))), np.pad(weights, missing)
