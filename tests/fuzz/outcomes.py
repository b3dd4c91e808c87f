"""What became of a spoiled call."""

from __future__ import annotations

import re
import traceback
from typing import Any

import numpy as np
import pandas as pd
from sklearn.exceptions import NotFittedError
from sktime.exceptions import NotFittedError as NotFittedForecaster

from skrnn._compat import InvalidParameterError

from .table import OWN, REFUSE, SAME

SOUND, NAMELESS, OBSCURE = "sound message", "nameless", "obscure"
RIGHT, WRONGLY, WRONG = "accepted and right", "wrongly accepted", "NaN or wrong values"
ENDLESS, CRASH = "endless", "crash"
ALL = (SOUND, RIGHT, NAMELESS, OBSCURE, WRONGLY, WRONG, ENDLESS, CRASH)
CONVENTIONAL = {ValueError, TypeError, NotImplementedError, ImportError, InvalidParameterError}
CONVENTIONAL |= {NotFittedError, NotFittedForecaster}
# What Python and NumPy say of an operation, which the user has not written.
INTERNAL = re.compile(
    r"not supported between|unsupported operand|has no attribute|object is not|not iterable|"
    r"could not be broadcast|unhashable|unpack|truth value|has no len|positional argument|ufunc|"
    r"out of bounds|out of range|must be real number|can't convert|Cannot (cast|interpret|compare)"
)
TOLERANCE = 1e-4


def of_error(error: BaseException, names: set[str], must: str) -> tuple[str, str]:
    """Sort an exception by its class and its text; `names` are those of the argument."""
    text = "\n".join([str(error), *getattr(error, "__notes__", [])]).strip()
    any_name = "|".join(map(re.escape, names))
    named = re.search(rf"(?<![A-Za-z_])({any_name})(?![A-Za-z_])", text) is not None
    if must == OWN:
        return (SOUND if named else OBSCURE), text
    if type(error) not in CONVENTIONAL or not text:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return OBSCURE, f"{type(error).__name__} at {place.filename}:{place.lineno}: {text}"
    if named:
        return SOUND, text
    return (OBSCURE if INTERNAL.search(text) else NAMELESS), f"{type(error).__name__}: {text}"


def of_result(result: Any, expected: Any, must: str) -> tuple[str, str]:
    """Sort what an accepted call has returned; `expected` is the result of the valid one."""
    if must in (REFUSE, OWN):
        return WRONGLY, repr(result)[:200]
    numbers = flat(result)
    if not np.isfinite(numbers).all():
        return WRONG, f"{np.count_nonzero(~np.isfinite(numbers))} of {numbers.size} not finite"
    if must == SAME:
        others = flat(expected)
        if numbers.shape != others.shape:
            return WRONG, f"{numbers.size} values, not {others.size}"
        if not np.allclose(numbers, others, rtol=TOLERANCE, atol=TOLERANCE):
            return WRONG, f"differs by {np.abs(numbers - others).max():.3g}"
    return RIGHT, ""


def flat(result: Any) -> np.ndarray:
    """Return all numbers of a result, in one array; labels count as their hash does not."""
    if isinstance(result, list | tuple):
        return np.concatenate([np.empty(0), *map(flat, result)])
    if isinstance(result, pd.DataFrame | pd.Series):
        return flat(result.to_numpy())
    if isinstance(result, dict) or result is None:
        return np.empty(0)
    if hasattr(result, "quantile") and hasattr(result, "mean"):  # a distribution of skpro
        return flat(result.quantile(0.7))
    array = np.asarray(result)
    return array.astype(float).ravel() if array.dtype.kind in "fiub" else np.empty(0)
