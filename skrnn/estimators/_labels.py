"""What a classifier learns of labels: one for each sequence, or any number of them."""

from __future__ import annotations

import numpy as np
from scipy.special import expit
from sklearn.utils.extmath import softmax

from skrnn.training import CLASSIFICATION_LOSSES, MULTILABEL_LOSSES


class OneLabel:
    """One of several classes for each sequence; targets are positions in `classes`."""

    losses = CLASSIFICATION_LOSSES

    def __init__(self, classes):
        self.classes = classes

    def strata(self, targets):
        """Return the groups that a random split keeps in proportion."""
        return targets

    def encode(self, targets, dtype):
        """Return targets as the loss reads them."""
        return targets

    def indicators(self, targets):
        """Return 1 for the class of each row and 0 for the others, (n, n_classes)."""
        return np.equal.outer(targets, np.arange(len(self.classes)))

    def probabilities(self, outputs):
        """Return the probabilities (n, n_classes), which sum to 1."""
        return softmax(outputs)

    def predict(self, proba):
        """Return the most probable class of each sequence, (n,)."""
        return self.classes[proba.argmax(axis=1)]


class SeveralLabels:
    """Any number of labels for each sequence; targets are a matrix of 0 and 1.

    Each label is learned by a logistic regression on the same features.
    """

    losses = MULTILABEL_LOSSES

    def __init__(self, n_labels):
        self.classes = np.arange(n_labels)

    def strata(self, targets):
        """Return None: few rows have the same labels."""
        return None

    def encode(self, targets, dtype):
        """Return targets as the loss reads them."""
        return targets.astype(dtype)

    def indicators(self, targets):
        """Return the encoded targets themselves, (n, n_labels)."""
        return targets

    def probabilities(self, outputs):
        """Return the probability of each label, (n, n_labels)."""
        return expit(outputs)

    def predict(self, proba):
        """Return 1 for the labels that are more probable than not, (n, n_labels)."""
        return (proba > 0.5).astype(np.int64)
