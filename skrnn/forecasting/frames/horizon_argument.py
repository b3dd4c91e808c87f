"""The argument `fh` as a horizon of sktime."""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pandas as pd
from sktime.utils.validation.forecasting import check_fh

MAX_STEPS = 1_000_000  # in either direction


def read_horizon(fh, cutoff):
    """Return the horizon that the user has passed.

    Parameters
    ----------
    fh : int, list of int, pd.Index or ForecastingHorizon
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
    fh = check_fh(fh, freq=cutoff)
    times = fh.to_pandas()
    if times.hasnans:
        raise ValueError("fh has a missing time; leave it out.")
    if pd.api.types.is_integer_dtype(times.dtype) and fh.is_relative:
        _check_near(int(times[0]))
        _check_near(int(times[-1]))
    return fh


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
