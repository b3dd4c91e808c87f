"""Sequences together with their targets and weights: what the training loop draws from."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from .sequences import Sequences


class SupervisedSequences:
    """Pairs of a sequence and its target.

    Parameters
    ----------
    inputs : Sequences or Windows
        The sequences.
    targets : ndarray of shape (n,) or (n, k), or Sequences
        One target per sequence, or one per step.
    weights : ndarray of shape (n,), optional
        Weight of each sequence; 1 when absent.
    """

    def __init__(self, inputs, targets, weights=None):
        self.inputs = inputs
        self.targets = targets
        self.weights = np.ones(len(inputs)) if weights is None else weights

    def __len__(self):
        return len(self.inputs)

    @cached_property
    def mean_weight(self):
        """Mean over the rows of the weight that a row brings to the loss."""
        if isinstance(self.targets, Sequences):
            return float(np.mean(self.weights * self.targets.lengths))
        return float(np.mean(self.weights))

    def take(self, index):
        """Return the chosen pairs."""
        targets = self.targets
        targets = targets.take(index) if isinstance(targets, Sequences) else targets[index]
        return SupervisedSequences(self.inputs.take(index), targets, self.weights[index])

    def join(self, other):
        """Return these pairs and then those of `other`."""
        if isinstance(self.targets, Sequences):
            targets = self.targets.join(other.targets)
        else:
            targets = np.concatenate([self.targets, other.targets])
        weights = np.concatenate([self.weights, other.weights])
        return SupervisedSequences(self.inputs.join(other.inputs), targets, weights)

    def gather(self, index):
        """Return inputs, targets and weights of the chosen rows.

        Weights have the shape of the losses: (n,), or (n, t) for one target per step, where
        steps of the padding weigh nothing.
        """
        inputs, weights = self.inputs.gather(index), self.weights[index]
        if not isinstance(self.targets, Sequences):
            return inputs, self.targets[index], weights
        targets = self.targets.gather(index)
        weights = np.repeat(weights[:, None], targets.x.shape[1], axis=1)
        if targets.lengths is not None:
            weights *= np.arange(weights.shape[1]) < targets.lengths[:, None]
        return inputs, targets.x, weights
