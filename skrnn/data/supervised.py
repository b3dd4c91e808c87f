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

    @property
    def longest(self):
        """Steps of the longest sequence."""
        return int(self.inputs.lengths.max())

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


class PaddedTargets(SupervisedSequences):
    """Pairs of a sequence and a sequence of targets of any length, padded to the same one.

    Parameters
    ----------
    inputs : Sequences
        The sequences.
    targets : Sequences
        Targets, with as many steps for each sequence as there are.
    weights : ndarray of shape (n,)
        Weight of each sequence.
    n_steps : int
        Steps that all targets have when gathered, those of the longest or more.
    """

    def __init__(self, inputs, targets, weights, n_steps):
        super().__init__(inputs, targets, weights)
        self.n_steps = n_steps

    def gather(self, index):
        """Return inputs, targets (n, n_steps, k) and weights (n, n_steps) of the chosen rows."""
        inputs, targets, weights = super().gather(index)
        missing = ((0, 0), (0, self.n_steps - targets.shape[1]))
        return inputs, np.pad(targets, (*missing, (0, 0))), np.pad(weights, missing)
