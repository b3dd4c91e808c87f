"""Values that are finite, but too large: in training data, in inputs, and in predictions."""

from __future__ import annotations

import numpy as np

from skrnn._warnings import warn
from skrnn.data import Sequences, Standardizer, Windows
from skrnn.data.outliers import find_outlier

LARGEST = {4: 1e37, 8: 1e200}  # values that can be scaled, by the bytes of their type


def check_training_data(data, rows):
    """Refuse values that cannot be scaled, and warn of those that set the scale of the others.

    Parameters
    ----------
    data : SupervisedSequences
        Inputs, and targets or codes of labels.
    rows : ndarray of shape (n,)
        Position of each sequence in the arguments.
    """
    inputs, targets = _fill_missing(data.inputs), data.targets
    if isinstance(inputs, Windows):  # they share the rows of a table, and end at some of them
        _check_values(inputs, "X", np.arange(len(inputs.values)))
        rows = None
    else:
        _check_values(inputs, "X", rows)
    if isinstance(targets, Sequences) or targets.dtype.kind == "f":
        _check_values(targets, "y", rows)


def _fill_missing(inputs):
    """Return inputs with the mean of their channel in place of missing values."""
    missing = np.isnan(inputs.values)
    if not missing.any():
        return inputs
    mean = Standardizer.fit_observed(inputs.values, np.ones(len(missing))).mean
    return inputs.with_values(np.where(missing, mean, inputs.values).astype(inputs.values.dtype))


def _check_values(data, name, rows):
    values = data if isinstance(data, np.ndarray) else data.values
    largest = LARGEST[values.dtype.itemsize]
    if max(values.max(), -values.min()) > largest:
        place = np.unravel_index(np.abs(values).argmax(), values.shape)
        raise ValueError(
            f"{describe(data, place, name, rows)}, but values beyond {largest:.0e} cannot be "
            "scaled; remove or clip it."
        )
    outlier = find_outlier(values)
    if outlier is not None:
        warn(
            f"{describe(data, outlier[:2], name, rows)}, but 98 % of the others lie between "
            f"{outlier.low:.6g} and {outlier.high:.6g}. It sets their scale, so that the network "
            "hardly sees their differences; remove or clip what is not real, and fill what is "
            "missing."
        )


def refuse_predictions(values, lengths):
    """Raise an error that names the first sequence whose prediction is not finite.

    Parameters
    ----------
    values : ndarray
        Predictions of all sequences, one after the other.
    lengths : ndarray of shape (n,)
        Number of predictions of each sequence.
    """
    i = np.flatnonzero(~np.isfinite(values).reshape(len(values), -1).all(axis=1))[0]
    row = np.searchsorted(np.cumsum(lengths), i, side="right")
    raise ValueError(
        f"The prediction for X[{row}] is not a finite number: the network overflows. Check X[{row}]"
        " for values that differ from those of the training, and a network of your own for "
        "functions without bound."
    )


def describe(data, place, name, rows=None):
    """Return a value and its place in words; only its column if `rows` are not known."""
    i, column = place
    if isinstance(data, np.ndarray):
        return f"{name}{_index(rows, i)} has {data[i, column]:.6g} in column {column}"
    value = f"{data.values[i, column]:.6g}"
    if isinstance(data, Sequences):
        row = int(np.searchsorted(data.offsets, i, side="right")) - 1
        step = i - data.offsets[row]
        return f"{name}{_index(rows, row)} has {value} at step {step} of channel {column}"
    return f"{name}{_index(rows, i)} has {value} in column {column}"


def _index(rows, i):
    return "" if rows is None else f"[{rows[i]}]"
