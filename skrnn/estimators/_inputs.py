"""Read the arguments of the user as sequences and targets."""

from __future__ import annotations

from contextlib import contextmanager

import numpy as np
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import assert_all_finite
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import (
    check_array,
    check_consistent_length,
    column_or_1d,
    validate_data,
)

from skrnn._arguments import as_numbers, reading
from skrnn._warnings import warn
from skrnn.data import Sequences, Windows
from skrnn.data.axes import looks_transposed

from ._channel_names import common_names, read_names
from ._input_scaler import check_missing

FLOATS = [np.float64, np.float32]


def is_list_of_sequences(X):
    """Whether `X` is a list (or object array, or Series) with one sequence in each entry."""
    return _is_list(X) and n_dimensions(next(iter(X))) > 0


def is_list_of_targets(y):
    """Whether `y` is a list (or object array, or Series) with the steps of one sequence each.

    Nested lists of numbers are the rows of an array, as everywhere in scikit-learn.
    """
    if not is_list_of_sequences(y):
        return False
    return not _is_nested(y) or n_dimensions(y) > 2


def _is_list(X):
    """Whether `X` has entries that need not be numbers."""
    if getattr(X, "dtype", None) == np.dtype(object):
        return X.ndim == 1 and len(X) > 0
    return isinstance(X, list | tuple) and len(X) > 0


def _is_nested(X):
    return isinstance(X, list | tuple) and isinstance(X[0], list | tuple)


def read_sequences(estimator, X, *, reset, name="X"):
    """Return `X` as `Sequences` (or the `Windows` that it is) and check its channels.

    Sets ``n_channels_in_`` if `reset`, for 2-D input also ``n_features_in_`` and
    ``feature_names_in_``, and for DataFrames in a list ``channel_names_in_``. Errors name the
    argument `name`.
    """
    if reset:
        for attribute in ("n_features_in_", "feature_names_in_", "channel_names_in_"):
            vars(estimator).pop(attribute, None)
    with reading(name):
        sequences = _as_sequences(estimator, X, reset)
        _check_channels(estimator, sequences, reset)
        check_missing(sequences, masks=estimator._masks)
    if reset and isinstance(sequences, Sequences) and not hasattr(estimator, "n_features_in_"):
        _check_axes(sequences)
    return sequences


def _as_sequences(estimator, X, reset):
    if isinstance(X, Windows):
        return X
    if is_list_of_sequences(X):
        read_names(estimator, common_names(X, "X"), reset)
        sequences = _read_list(X, "X", estimator)
        if reset and n_dimensions(X) == 2 and _is_nested(X) and unequal_row(X) is None:
            estimator.n_features_in_ = len(X[0])  # as for an array; scikit-learn expects it
        return sequences
    X = as_numbers(X, "X")
    if X.ndim > 2:
        read_names(estimator, None, reset)
        return Sequences.from_array(_read_array(X, estimator))
    array = validate_data(estimator, X, dtype=FLOATS, reset=reset, ensure_all_finite="allow-nan")
    return Sequences.from_array(_unflatten(array, estimator.n_channels))


def _check_axes(sequences):
    """Warn of sequences of equal length whose channels look like steps."""
    n_steps = sequences.lengths[0]
    if sequences.n_channels <= n_steps or (sequences.lengths != n_steps).any():
        return
    shape = len(sequences), n_steps, sequences.n_channels
    if looks_transposed(sequences.values.reshape(shape)):
        warn(
            f"X has {len(sequences)} sequences of {n_steps} steps and {sequences.n_channels} "
            "channels, but the channels look like steps in time: the order of the axes is "
            "(n_samples, n_timesteps, n_channels). If X has that of sktime, (n_samples, "
            "n_channels, n_timesteps), pass np.swapaxes(X, 1, 2)."
        )


def read_step(estimator, x):
    """Return one step of each of n sequences, (n, n_channels), or (n,) of one channel."""
    with reading("x"):
        names = common_names([x], "x")
        if names is not None:
            read_names(estimator, names, reset=False)
        x = np.asarray(as_numbers(x, "x"))
        if x.ndim == 1 and estimator.n_channels_in_ == 1:
            x = x[:, None]
        if x.ndim != 2:
            raise ValueError(
                f"x has shape {x.shape}; pass one step of each sequence, "
                f"(n_samples, {estimator.n_channels_in_})."
            )
        sequences = Sequences.from_array(_read_array(x[:, None], estimator))
        _check_channels(estimator, sequences, reset=False)
        if not estimator._masks:
            check_missing(sequences, masks=False)
    return sequences


def unequal_row(y):
    """Return the first of nested lists that is not as long as the first one, or None."""
    if not _is_nested(y):
        return None
    return next((i for i, row in enumerate(y) if np.shape(row) != np.shape(y[0])), None)


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
    """Return the number of axes of `X`, of lists as their first entries have it."""
    n_lists = 0
    while isinstance(X, list | tuple):
        n_lists += 1
        if not X:
            return n_lists
        X = X[0]
    return n_lists + (X.ndim if hasattr(X, "ndim") else np.asarray(X).ndim)


def _read_array(X, estimator):
    array = check_array(
        X,
        dtype=FLOATS,
        allow_nd=True,
        ensure_all_finite="allow-nan",
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
    arrays = [np.asarray(as_numbers(a, f"{name}[{i}]")) for i, a in enumerate(arrays)]
    flat = all(a.ndim == 1 for a in arrays)
    arrays = [a[:, None] if a.ndim == 1 else a for a in arrays]
    n_columns = arrays[0].shape[-1]
    for i, shape in enumerate(a.shape for a in arrays):
        if len(shape) != 2 or 0 in shape or shape[1] != n_columns:
            raise ValueError(
                f"{name}[{i}] has shape {shape}; every array of a list needs the shape "
                f"(n_timesteps >= 1, {max(n_columns, 1)}), or (n_timesteps,), with as many "
                "columns in all of them."
            )
    if flat and estimator is not None and estimator.n_channels is not None:
        arrays = [
            _unflatten(a.T, estimator.n_channels, f"{name}[{i}]")[0] for i, a in enumerate(arrays)
        ]
    ragged = Sequences.from_list(arrays)
    values = check_array(
        ragged.values,
        dtype=FLOATS,
        ensure_all_finite=True if estimator is None else "allow-nan",
        input_name=name,
        estimator=estimator,
    )
    return ragged.with_values(values)


def _unflatten(array, n_channels, name="X"):
    n, width = array.shape
    c = n_channels or 1
    if width % c:
        raise ValueError(
            f"{name} has {width} columns, which is not a multiple of n_channels={c}; pass "
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
    y = np.stack(list(y)) if _is_list_of_vectors(y, sequences) else y
    targets, single = read_targets(y)
    check_same_length(targets, sequences, "y")
    if isinstance(targets, Sequences):
        unequal = np.flatnonzero(targets.lengths != sequences.lengths)
        if len(unequal):
            i = unequal[0]
            raise ValueError(
                f"y[{i}] has {targets.lengths[i]} steps, but X[{i}] has {sequences.lengths[i]}; a "
                "target per step needs as many steps as its sequence."
            )
    return targets, single


def _is_list_of_vectors(y, sequences):
    """Whether `y` has one vector in each entry, and not one number for each step."""
    if not is_list_of_targets(y) or n_dimensions(next(iter(y))) > 1:
        return False
    lengths = [np.size(row) for row in y]
    return len(set(lengths)) == 1 and not np.array_equal(lengths, sequences.lengths)


def read_targets(y):
    """Return `y` as an array (n, k) or as `Sequences`, and whether a target is a number.

    A target is a number, not a vector, if `y` is (n,) or a list of arrays (n_timesteps_i,).
    """
    check_passed(y)
    with reading("y"):
        return _read_targets(y)


def _read_targets(y):
    if is_list_of_targets(y):
        common_names(y, "y")
        return _read_list(y, "y"), n_dimensions(next(iter(y))) == 1
    i = unequal_row(y)
    if i is not None:
        raise ValueError(
            f"y[0] has shape {np.shape(y[0])}, but y[{i}] has {np.shape(y[i])}; pass rows of the "
            "same length for one vector per sequence, or a list of arrays for one target per step."
        )
    y = check_array(
        as_numbers(y, "y"),
        dtype=FLOATS,
        ensure_2d=False,
        allow_nd=True,
        input_name="y",
        ensure_min_features=0,
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


@contextmanager
def reading_validation_data():
    """Name the arguments in errors about validation data."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"X_val or y_val does not fit: {error}") from error


def read_targets_of_rows(y):
    """Return one number or vector for each row of a table, in the type that it has."""
    check_passed(y)
    with reading("y"):
        y = check_array(as_numbers(y, "y"), ensure_2d=False, input_name="y", ensure_min_features=0)
        return y.astype(np.float64) if y.dtype.kind in "OSU" else y


def read_labels(y, name="y"):
    """Return one label for each sequence, as an array (n,)."""
    check_passed(y)
    with reading(name):
        if is_list_of_targets(y) or n_dimensions(y) > 2 or unequal_row(y) is not None:
            raise ValueError(
                f"{name} has more than one label per sequence; pass an array of shape (n_samples,)."
            )
        if isinstance(y, np.ma.MaskedArray):
            as_numbers(y, name)
        y = column_or_1d(squeeze_column(y))
        if y.dtype.kind == "V":
            raise TypeError(f"{name} has values of type {y.dtype}; pass numbers or strings.")
        assert_all_finite(y, input_name=name)
        check_classification_targets(y)
        return y


def has_several_labels(y):
    """Whether `y` has a row of labels for each sequence: two columns or more."""
    if n_dimensions(y) != 2 or (_is_list(y) and len({np.shape(row) for row in y}) > 1):
        return False
    return np.shape(y)[1] > 1


def read_label_matrix(y):
    """Return the labels (n, k) of sequences that may have several, each 0 or 1, as int8."""
    with reading("y"):
        values = as_numbers(y, "y")
        values = values.toarray() if hasattr(values, "toarray") else np.asarray(values)
        assert_all_finite(values, input_name="y")
        if not np.isin(values, (0, 1)).all():
            raise ValueError(
                f"y has shape {values.shape} and values other than 0 and 1; pass one label per "
                "sequence, of shape (n_samples,), or for several labels a matrix of 0 and 1 with "
                "a column for each."
            )
        return values.astype(np.int8)


def check_passed(y):
    """Raise a ValueError, as scikit-learn words it, if `y` is None."""
    if y is None:
        raise ValueError("requires y to be passed, but the target y is None.")


def check_same_length(values, sequences, name):
    """Raise a ValueError if there is not one of the values for each of the sequences."""
    with reading(name):
        check_consistent_length(sequences, values)


def read_state(state, first):
    """Return the state of sequences as arrays, in the types of the one that is `first`.

    Raises
    ------
    TypeError, ValueError
        If it has other parts, other rows or a value that is not finite.
    """
    with reading("state"):
        parts = [np.asarray(as_numbers(part, "state")) for part in state]
        n, n_needed = len(parts[0]) if parts and parts[0].ndim else 0, len(first[0])
        if n != n_needed:
            raise ValueError(
                f"state belongs to {n} sequences, but x has {n_needed} rows; pass the state of the "
                "same sequences, or None to start new ones."
            )
        shapes, needed = ([tuple(part.shape) for part in these] for these in (parts, first))
        if shapes != needed:
            raise ValueError(
                f"state has the shapes {shapes}, but x and the network need {needed}; pass the "
                "state that predict_step has returned for the same sequences, or None to start."
            )
        pairs = zip(parts, first, strict=True)
        parts = [part.astype(needed.numpy().dtype, copy=False) for part, needed in pairs]
        if not all(np.isfinite(part).all() for part in parts):
            raise ValueError("state contains NaN or infinity; start again with None.")
        return tuple(parts)
