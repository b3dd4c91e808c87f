"""Names of the channels, which DataFrames in a list have."""

from __future__ import annotations

import numpy as np

from skrnn._warnings import warn


def common_names(frames, name):
    """Return the column names that all DataFrames of a list share, or None if none has any.

    As in scikit-learn, only strings are names.

    Raises
    ------
    ValueError
        If two DataFrames have other columns, or the same ones in another order.
    """
    names, first = None, 0
    for i, frame in enumerate(frames):
        columns = list(getattr(frame, "columns", ()))
        if not columns or not all(isinstance(column, str) for column in columns):
            continue
        if names is None:
            names, first = columns, i
        elif columns != names:
            raise ValueError(
                f"{name}[{i}] has the columns {columns}, but {name}[{first}] has {names}; pass "
                "the same columns in the same order in all DataFrames."
            )
    return names


def read_names(estimator, names, reset):
    """Set ``channel_names_in_`` if `reset`, else check that the names are the same.

    Raises
    ------
    ValueError
        If the channels have other names than in the training, or another order.
    """
    if reset and names is not None:
        estimator.channel_names_in_ = np.asarray(names, dtype=object)
    fitted = vars(estimator).get("channel_names_in_")
    if fitted is None:
        return
    if names is None:
        warn(
            f"X has no names of channels, but {type(estimator).__name__} was fitted with "
            f"{fitted.tolist()}; make sure that they are in this order."
        )
    elif names != fitted.tolist():
        raise ValueError(
            f"X has the columns {names}, but {type(estimator).__name__} was fitted with "
            f"{fitted.tolist()}; pass the same columns in the same order."
        )
