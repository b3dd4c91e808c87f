"""Weights with which the outputs of a baseline and of networks are added."""

from __future__ import annotations

import numpy as np
import torch
from scipy.optimize import minimize, minimize_scalar

FIRST = (1.0, 1.0)


def additive_weights(baseline, network, targets, weights, loss):
    """Return weights, 0 or more, whose weighed sum of scores has the lowest cross-entropy.

    Labels are smoothed by 1 / (n + 2), as for Platt scaling (Platt, 1999), so that scores without
    an error do not get infinite weights.

    Parameters
    ----------
    baseline, network : ndarray of shape (n, k)
        Scores for rows that were not seen.
    targets : ndarray
        Targets as `loss` reads them.
    weights : ndarray of shape (n,)
        Weights of the rows.
    loss : callable
        Cross-entropy without reduction, with a parameter `label_smoothing`.
    """
    smoothing = 1 / (len(weights) + 2)

    def mean_loss(factors):
        scores = factors[0] * baseline + factors[1] * network
        return _mean(lambda *pair: loss(*pair, label_smoothing=smoothing), scores, targets, weights)

    return tuple(minimize(mean_loss, FIRST, bounds=[(0, None)] * 2).x.tolist())


def mixture_weights(baseline, network, targets, weights, loss):
    """Return weights that sum to 1, whose weighed sum of predictions has the lowest loss.

    Parameters
    ----------
    baseline, network : ndarray of shape (n, k)
        Predictions for rows that were not seen.
    targets : ndarray of shape (n, k)
        Targets.
    weights : ndarray of shape (n,)
        Weights of the rows.
    loss : callable
        Loss without reduction.
    """

    def mean_loss(share):
        return _mean(loss, (1 - share) * baseline + share * network, targets, weights)

    share = float(minimize_scalar(mean_loss, bounds=(0, 1), method="bounded").x)
    return 1 - share, share


def _mean(loss, outputs, targets, weights):
    losses = loss(torch.from_numpy(outputs), torch.from_numpy(targets))
    return np.average(losses.numpy(), weights=weights)
