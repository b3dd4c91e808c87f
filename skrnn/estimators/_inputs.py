"""From what the user passes to sequences, targets and weights."""

from __future__ import annotations

import numpy as np
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    column_or_1d,
    validate_data,
)

from skrnn.data import Sequences, Windows

FLOATS = [np.float64, np.float32]


def is_list_of_sequences(X):
    """Whether `X` is a list (or object array) with one array for each sequence."""
    if isinstance(X, np.ndarray):
        return X.dtype == object and X.ndim == 1
    if not isinstance(X, list | tuple) or not len(X):
        return False
    if np.ndim(X[0]) == 2:
        return True
    return np.ndim(X[0]) == 1 and len({len(row) for row in X}) > 1


def read_sequences(estimator, X, *, reset):
    """Return `X` as `Sequences` (or the `Windows` that it is) and check its channels.

    Sets ``n_channels_in_`` if `reset`, and for 2-D input also ``n_features_in_`` and
    ``feature_names_in_``.
    """
    if reset:
        for name in ("n_features_in_", "feature_names_in_"):
            vars(estimator).pop(name, None)
    if isinstance(X, Windows):
        sequences = X
    elif is_list_of_sequences(X):
        sequences = _read_list(X)
    elif getattr(X, "ndim", None) == 3 or (isinstance(X, list) and np.ndim(X) == 3):
        array = check_array(
            X, dtype=FLOATS, allow_nd=True, ensure_min_features=0, estimator=estimator
        )
        if 0 in array.shape[1:]:
            raise ValueError(
                f"X has shape {array.shape}; every sequence needs at least one step of at least "
                "one channel."
            )
        sequences = Sequences.from_array(array)
    else:
        array = validate_data(estimator, X, dtype=FLOATS, reset=reset)
        sequences = Sequences.from_array(_unflatten(array, estimator.n_channels))
    _check_channels(estimator, sequences, reset)
    return sequences


def _read_list(X):
    arrays = [np.asarray(x) for x in X]
    arrays = [a[:, None] if a.ndim == 1 else a for a in arrays]
    shapes = [a.shape for a in arrays]
    for i, shape in enumerate(shapes):
        if len(shape) != 2 or shape[0] == 0 or shape[1] != shapes[0][1]:
            raise ValueError(
                f"X[{i}] has shape {shape}; every sequence of a list needs the shape "
                f"(n_timesteps >= 1, {shapes[0][-1]}), with the same channels in all of them."
            )
    ragged = Sequences.from_list(arrays)
    return ragged.with_values(check_array(ragged.values, dtype=FLOATS, input_name="X"))


def _unflatten(array, n_channels):
    n, width = array.shape
    c = n_channels or 1
    if width % c:
        raise ValueError(
            f"X has {width} columns, which is no multiple of n_channels={c}; pass "
            "n_timesteps * n_channels columns, or an array of shape "
            "(n_samples, n_timesteps, n_channels)."
        )
    return array.reshape(n, width // c, c)


def _check_channels(estimator, sequences, reset):
    if reset:
        estimator.n_channels_in_ = sequences.n_channels
    elif sequences.n_channels != estimator.n_channels_in_:
        raise ValueError(
            f"X has {sequences.n_channels} channels, but {type(estimator).__name__} was fitted "
            f"with {estimator.n_channels_in_}; the last axis of "
            "(n_samples, n_timesteps, n_channels) has to agree."
        )


def read_regression_targets(y, sequences):
    """Return `y` coded as targets, and whether each target is a number rather than a vector.

    The targets are an array (n, k), or `Sequences` when there is one target per step.
    """
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None.")
    if is_list_of_sequences(y):
        arrays = [np.asarray(a) for a in y]
        single = arrays[0].ndim == 1
        targets = Sequences.from_list([a[:, None] if a.ndim == 1 else a for a in arrays])
        targets = targets.with_values(check_array(targets.values, dtype=FLOATS, input_name="y"))
    else:
        y = check_array(
            y, dtype=FLOATS, ensure_2d=False, allow_nd=True, input_name="y", ensure_min_features=0
        )
        if y.ndim < 3:
            if y.ndim == 2 and y.shape[1] == 1:
                y = column_or_1d(y, warn=True)
            check_consistent_length(sequences, y)
            return y.reshape(len(y), -1), y.ndim == 1
        targets, single = Sequences.from_array(y), False
    check_consistent_length(sequences, targets)
    unequal = np.flatnonzero(targets.lengths != sequences.lengths)
    if len(unequal):
        i = unequal[0]
        raise ValueError(
            f"y[{i}] has {targets.lengths[i]} steps, but X[{i}] has {sequences.lengths[i]}; a "
            "target per step needs as many steps as its sequence."
        )
    return targets, single
