"""The argument `fh` as a horizon of sktime."""

from __future__ import annotations

from datetime import datetime
from numbers import Integral

import numpy as np
import pandas as pd
from sktime.utils.validation.forecasting import check_fh

TIMES = (datetime, np.datetime64, pd.Period)
MAX_STEPS = 1_000_000  # in either direction


def read_horizon(fh, cutoff):
    """Return the horizon that the user has passed.

    Parameters
    ----------
    fh : int, list of int, list of times, pd.Index or ForecastingHorizon
        Steps or times.
    cutoff : pd.Index or None
        Last time of y, which has the frequency.

    Raises
    ------
    TypeError, ValueError
        If it is no horizon, misses a time, or reaches too far.
    """
    if _has_bools(fh):
        raise TypeError(f"fh={fh!r} is not a horizon; pass steps, such as [1, 2, 3].")
    if isinstance(fh, Integral):
        _check_near(fh)
    given = _times_as_index(fh)
    try:
        fh = check_fh(given, freq=cutoff)
    except TypeError as error:
        value = repr(fh) if np.ndim(fh) == 0 else f"{type(fh).__name__}(...)"
        raise TypeError(
            f"fh={value} is not a horizon; pass steps, such as fh=12 or fh=[1, 2, 3], or an index "
            "of times."
        ) from error
    times = fh.to_pandas()
    if times.hasnans:
        raise ValueError("fh has a missing time; leave it out.")
    if pd.api.types.is_integer_dtype(times.dtype) and fh.is_relative:
        _check_near(int(times[0]))
        _check_near(int(times[-1]))
    return fh


def _times_as_index(fh):
    """Return times in a list or an array as an index, which sktime reads; all else as it is."""
    several = isinstance(fh, list | tuple) or (isinstance(fh, np.ndarray) and fh.ndim == 1)
    values = fh if several else [fh]
    first = values[0] if len(values) else None
    if isinstance(first, pd.DateOffset):
        raise TypeError(f"fh has the offset {first}; pass steps such as fh=[1, 2, 3], or times.")
    return pd.Index(values) if isinstance(first, TIMES) else fh


def _has_bools(fh):
    steps = fh if isinstance(fh, list | tuple) else [fh]
    is_bool = any(isinstance(step, bool | np.bool_) for step in steps)
    return is_bool or getattr(fh, "dtype", None) == np.dtype(bool)


def _check_near(step):
    if abs(step) > MAX_STEPS:
        raise ValueError(
            f"fh has the step {step}, which is more than {MAX_STEPS} steps away; pass steps nearer "
            "to the end of y."
        )
