"""Levels and scales of single sequences."""

from __future__ import annotations

import numpy as np

EXPLAINED = 0.1  # fraction of the variance of levels that classes may explain
VARYING = 0.1  # variance of levels, in that of all values
LOG_VARYING = 0.25  # standard deviation of the logarithms of scales


def levels_and_scales(sequences):
    """Return mean and standard deviation of each sequence and channel, each (n, n_channels).

    Missing values are left out. The scale of a constant sequence is 1, and so is that of one
    without a value, whose level is 0.
    """
    observed = ~np.isnan(sequences.values)
    values = np.where(observed, sequences.values, 0).astype(np.float64)
    starts, lengths = sequences.offsets[:-1], sequences.lengths
    counts = np.maximum(np.add.reduceat(observed, starts, dtype=np.intp), 1)
    level = np.add.reduceat(values, starts) / counts
    centered = np.where(observed, values - np.repeat(level, lengths, axis=0), 0)
    scale = np.sqrt(np.add.reduceat(centered**2, starts) / counts)
    rounding = 10 * np.finfo(sequences.values.dtype).eps * np.abs(level)
    return level, np.where(scale <= rounding, 1.0, scale)


def normalize_each(sequences):
    """Return the sequences, each with mean 0 and standard deviation 1 in every channel."""
    level, scale = (
        np.repeat(part, sequences.lengths, axis=0) for part in levels_and_scales(sequences)
    )
    values = (sequences.values - level) / scale
    return sequences.with_values(values.astype(sequences.values.dtype, copy=False))


def levels_tell_nothing(sequences, groups, weights):
    """Whether levels or scales of the sequences vary, and the same in all groups.

    Parameters
    ----------
    sequences : Sequences
        Sequences of at least two groups.
    groups : ndarray of shape (n,)
        Group of each sequence.
    weights : ndarray of shape (n,)
        Weights of the sequences.
    """
    level, scale = levels_and_scales(sequences)
    within = np.average(scale**2, axis=0, weights=weights)
    between = np.average((level - np.average(level, axis=0, weights=weights)) ** 2, axis=0)
    logs = np.log(scale)
    varying = between > VARYING * (between + within)
    varying |= logs.std(axis=0) > LOG_VARYING
    if not varying.any():
        return False
    features = np.concatenate([level, logs], axis=1)
    return bool(_explained(features, groups, weights).max() < EXPLAINED)


def _explained(features, groups, weights):
    """Return the fraction of the variance that groups explain, adjusted for their number."""
    codes = np.unique(groups, return_inverse=True)[1]
    n, k = len(codes), codes.max() + 1
    if n <= k:
        return np.ones(features.shape[1])
    totals = np.bincount(codes, weights)
    means = np.stack([np.bincount(codes, weights * column) for column in features.T], axis=1)
    residual = features - (means / totals[:, None])[codes]
    centered = features - np.average(features, axis=0, weights=weights)
    unexplained = np.average(residual**2, axis=0, weights=weights) / (n - k)
    total = np.average(centered**2, axis=0, weights=weights) / (n - 1)
    return 1 - np.divide(unexplained, total, out=np.ones_like(total), where=total > 0)
