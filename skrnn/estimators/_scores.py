"""Scores of predictions, with checked targets and weights."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import accuracy_score, r2_score

from skrnn._arguments import read_weights, reading

from ._inputs import check_same_length, read_label_matrix, read_labels


def r2(y, y_pred, sample_weight):
    """Return R² of targets that were read."""
    check_same_length(y, y_pred, "y")
    weights = None if sample_weight is None else read_weights(sample_weight, y_pred)
    y, y_pred = (values.reshape(len(values), -1) for values in (y, y_pred))
    with np.errstate(over="ignore", invalid="ignore"):
        score = r2_score(y, y_pred, sample_weight=weights)
    if np.isfinite(score) or len(y) < 2:
        return score
    largest = np.abs(y).max()  # squares are not finite
    score = r2_score(y / largest, y_pred / largest, sample_weight=weights)
    return max(score, -np.finfo(np.float64).max)


def accuracy(y, y_pred, sample_weight):
    """Return the accuracy of labels as the user passes them.

    Of several labels of a sequence, all have to be right.
    """
    y = read_labels(y) if y_pred.ndim == 1 else read_label_matrix(y)
    check_same_length(y, y_pred, "y")
    weights = None if sample_weight is None else read_weights(sample_weight, y_pred)
    with reading("y"):
        return accuracy_score(y, y_pred, sample_weight=weights)
