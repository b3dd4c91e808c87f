"""Why sktime refuses a container of series, in words that say what to do."""

from __future__ import annotations

from numbers import Number

import numpy as np
import pandas as pd

NO_CONTAINERS = (str, bytes, dict, set, Number, list, tuple)


def refusal(data, name):
    """Return an error that explains why `data` is no time series, or None.

    Parameters
    ----------
    data : object
        Value that sktime has refused.
    name : str
        Name of the argument.
    """
    if not isinstance(data, pd.Series | pd.DataFrame):
        frames = isinstance(data, list) and any(isinstance(each, pd.DataFrame) for each in data)
        if frames or not isinstance(data, NO_CONTAINERS):
            return None
        return TypeError(
            f"{name} is of type {type(data).__name__}; pass a Series or DataFrame whose index has "
            "the times, or an array."
        )
    if not len(data):
        return None
    return _of_index(data.index, name) or (_of_values(data, name) if name == "y" else None)


def _of_index(index, name):
    times = index.get_level_values(-1)
    if isinstance(index, pd.MultiIndex) and not _are_times(times) and _has_times(index):
        return ValueError(
            f"the index of {name} has the levels {list(index.names)}, but its last level has no "
            f"times; put the times last, as in {name}.reorder_levels(...).sort_index()."
        )
    if not _are_times(times):
        remedy = "pass dates of one time zone, periods or integers"
        if isinstance(times[0], str) and not isinstance(index, pd.MultiIndex):
            remedy = f"convert dates by {name}.index = pd.to_datetime({name}.index)"
        return TypeError(
            f"the times of {name} are of type {times.dtype}, such as {str(times[0])!r}; {remedy}."
        )
    if not index.is_unique:
        row = index[int(np.argmax(index.duplicated()))]
        return ValueError(f"{name} has two rows for {row}; keep one of them.")
    if not index.is_monotonic_increasing:
        return ValueError(f"the rows of {name} are not in order; sort them by {name}.sort_index().")
    return None


def _are_times(index):
    dated = isinstance(index, pd.DatetimeIndex | pd.PeriodIndex | pd.TimedeltaIndex)
    return dated or pd.api.types.is_integer_dtype(index.dtype)


def _has_times(index):
    levels = (index.get_level_values(i) for i in range(index.nlevels))
    return any(isinstance(level, pd.DatetimeIndex | pd.PeriodIndex) for level in levels)


def _of_values(data, name):
    frame = pd.DataFrame(data)
    for column, dtype in frame.dtypes.items():
        if not (pd.api.types.is_numeric_dtype(dtype) or pd.api.types.is_bool_dtype(dtype)):
            hint = ""
            if isinstance(data, pd.DataFrame) and not isinstance(data.index, pd.MultiIndex):
                hint = (
                    "; if it names the series or the times of a long table, make it a level of the "
                    f"index, as in {name}.set_index([series, time])"
                )
            kind = "" if pd.api.types.is_datetime64_any_dtype(dtype) else "categorical "
            return TypeError(
                f"{name} has {kind}values of type {dtype} in column {column!r}; pass numbers{hint}."
            )
    return None
