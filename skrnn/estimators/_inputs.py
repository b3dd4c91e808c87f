"""Read the arguments of the user as sequences and targets."""

from __future__ import annotations

import numpy as np
from sklearn.exceptions import DataConversionWarning
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    column_or_1d,
    validate_data,
)

from skrnn._warnings import warn
from skrnn.data import Sequences, Windows

FLOATS = [np.float64, np.float32]


def is_list_of_sequences(X):
    """Whether `X` is a list (or object array, or Series) with one array for each sequence."""
    if getattr(X, "dtype", None) == np.dtype(object) and X.ndim == 1:
        return len(X) > 0 and np.ndim(next(iter(X))) > 0
    if not isinstance(X, list | tuple) or not X:
        return False
    return np.ndim(X[0]) == 2 or (np.ndim(X[0]) == 1 and len({np.shape(row) for row in X}) > 1)


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
        sequences = _read_list(X, "X", estimator)
    elif n_dimensions(X) > 2:
        sequences = Sequences.from_array(_read_array(X, estimator))
    else:
        array = validate_data(estimator, X, dtype=FLOATS, reset=reset)
        sequences = Sequences.from_array(_unflatten(array, estimator.n_channels))
    _check_channels(estimator, sequences, reset)
    return sequences


def read_step(estimator, x):
    """Return one step of each of n sequences, (n, n_channels), or (n,) of one channel."""
    x = np.asarray(x)
    if x.ndim == 1 and estimator.n_channels_in_ == 1:
        x = x[:, None]
    if x.ndim != 2:
        raise ValueError(
            f"x has shape {x.shape}; pass one step of each sequence, "
            f"(n_samples, {estimator.n_channels_in_})."
        )
    return read_sequences(estimator, x[:, None], reset=False)


def squeeze_column(y):
    """Return `y` of shape (n, 1) as (n,), with scikit-learn's warning; others as they are."""
    if n_dimensions(y) != 2 or np.shape(y)[1] != 1:
        return y
    warn(
        "A column-vector y was passed when a 1d array was expected. Please change the shape of y "
        "to (n_samples,), for example using ravel().",
        DataConversionWarning,
    )
    return column_or_1d(y)


def n_dimensions(X):
    """Return the number of axes of `X`, which is an array or converts to one."""
    return X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim


def _read_array(X, estimator):
    array = check_array(
        X,
        dtype=FLOATS,
        allow_nd=True,
        ensure_min_features=0,
        input_name="X",
        estimator=estimator,
    )
    if array.ndim != 3 or 0 in array.shape:
        raise ValueError(
            f"X has shape {array.shape}; pass an array of shape (n_samples, n_timesteps, "
            "n_channels) with at least one step of at least one channel, or a 2-D array, or a "
            "list of sequences."
        )
    return array


def _read_list(arrays, name, estimator=None):
    arrays = [np.asarray(a) for a in arrays]
    arrays = [a[:, None] if a.ndim == 1 else a for a in arrays]
    n_columns = arrays[0].shape[-1]
    for i, shape in enumerate(a.shape for a in arrays):
        if len(shape) != 2 or 0 in shape or shape[1] != n_columns:
            raise ValueError(
                f"{name}[{i}] has shape {shape}; every array of a list needs the shape "
                f"(n_timesteps >= 1, {max(n_columns, 1)}), or (n_timesteps,), with as many "
                "columns in all of them."
            )
    ragged = Sequences.from_list(arrays)
    values = check_array(ragged.values, dtype=FLOATS, input_name=name, estimator=estimator)
    return ragged.with_values(values)


def _unflatten(array, n_channels):
    n, width = array.shape
    c = n_channels or 1
    if width % c:
        raise ValueError(
            f"X has {width} columns, which is not a multiple of n_channels={c}; pass "
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
    """Return the targets of `sequences`, and whether each is a number, as `read_targets` does.

    The targets are an array (n, k), or `Sequences` when there is one target per step.
    """
    targets, single = read_targets(y)
    check_consistent_length(sequences, targets)
    if isinstance(targets, Sequences):
        unequal = np.flatnonzero(targets.lengths != sequences.lengths)
        if len(unequal):
            i = unequal[0]
            raise ValueError(
                f"y[{i}] has {targets.lengths[i]} steps, but X[{i}] has {sequences.lengths[i]}; a "
                "target per step needs as many steps as its sequence."
            )
    return targets, single


def read_targets(y):
    """Return `y` as an array (n, k) or as `Sequences`, and whether a target is a number.

    A target is a number, not a vector, if `y` is (n,) or a list of (n_timesteps_i,).
    """
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None.")
    if is_list_of_sequences(y):
        return _read_list(y, "y"), np.ndim(next(iter(y))) == 1
    y = check_array(
        y, dtype=FLOATS, ensure_2d=False, allow_nd=True, input_name="y", ensure_min_features=0
    )
    if y.ndim > 3 or 0 in y.shape:
        raise ValueError(
            f"y has shape {y.shape}; pass (n_samples,) or (n_samples, k) for one target per "
            "sequence, or (n_samples, n_timesteps, k) for one per step."
        )
    if y.ndim == 3:
        return Sequences.from_array(y), False
    y = squeeze_column(y)
    return y.reshape(len(y), -1), y.ndim == 1
