"""Checks of arguments that methods share, and errors that name the argument."""

from __future__ import annotations

import re
from functools import cache
from numbers import Integral, Real
from typing import Any

import numpy as np

from ._compat import InvalidParameterError, check_sample_weight

CONVENTIONAL = {ValueError, TypeError, NotImplementedError, InvalidParameterError}
MAX_COUNT = 2**31 - 1
MAX_WEIGHT = 1e100  # times values, larger ones overflow


class reading:
    """Context in which an argument is read; errors within it name the argument.

    An error that names the argument passes. Any other, of whatever library, becomes a ValueError
    or TypeError that begins with the name.

    Parameters
    ----------
    name : str
        Name of the argument.

    Examples
    --------
    >>> from skrnn._arguments import reading
    >>> with reading("X"):
    ...     float("up")
    Traceback (most recent call last):
    ...
    ValueError: X is not valid: could not convert string to float: 'up'
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: Any, traceback: Any) -> None:
        if isinstance(error, Exception) and not isinstance(error, MemoryError):
            clear = named(error, self.name)
            if clear is not error:
                raise clear from error


def named(error: Exception, name: str) -> Exception:
    """Return the error if it names the argument, else one that does."""
    text = str(error).strip() or type(error).__name__
    if type(error) in CONVENTIONAL and _word(name).search(text):
        return error
    kind = TypeError if isinstance(error, TypeError) else ValueError
    return kind(f"{name} is not valid: {text}")


@cache
def _word(name: str) -> re.Pattern:
    return re.compile(rf"\b{name}\b")


def as_numbers(values: Any, name: str) -> Any:
    """Return an array, or the frame or sparse matrix that was passed, which may hold numbers.

    Raises
    ------
    TypeError, ValueError
        If it is no array and does not convert to one, or holds dates, records, complex or masked
        values, of which NumPy would make numbers.
    """
    if type(values) is np.ndarray and values.dtype.kind in "fiub":  # the usual case, at no cost
        return values
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ValueError(f"{name} has masked values; fill them, or leave their rows out.")
    if isinstance(values, np.ndarray):
        dtypes = [values.dtype]
    elif hasattr(values, "iloc") or hasattr(values, "tocsr"):
        dtypes = getattr(values, "dtypes", values.dtype if hasattr(values, "dtype") else [])
        dtypes = dtypes if np.iterable(dtypes) else [dtypes]
    else:
        given, values = values, np.asarray(values)
        dtypes = [values.dtype]
        if values.ndim == 0 and values.dtype == object:
            raise TypeError(f"{name} is of type {type(given).__name__}; pass an array or a list.")
    for dtype in dtypes:
        kind = getattr(dtype, "kind", "O")
        if kind in "mMV":
            raise TypeError(f"{name} has values of type {dtype}; pass numbers.")
        if kind == "c":
            raise ValueError(f"Complex data not supported: {name} has values of type {dtype}.")
    return values


def read_weights(sample_weight: Any, samples: Any) -> np.ndarray:
    """Return a weight for each sample; 1 by default.

    Raises
    ------
    TypeError, ValueError
        If there are not as many, or one is no number from 0 up to `MAX_WEIGHT`.
    """
    with reading("sample_weight"):
        if sample_weight is not None and not isinstance(sample_weight, Real):
            sample_weight = as_numbers(sample_weight, "sample_weight")
        weights = check_sample_weight(
            sample_weight, samples, dtype=np.float64, ensure_non_negative=True
        )
        if len(weights) and not weights.max() <= MAX_WEIGHT:
            raise ValueError(
                f"sample_weight has the value {weights.max()}; pass numbers from 0 to {MAX_WEIGHT}."
            )
        return weights


def check_flag(value: Any, name: str) -> None:
    """Raise an error for anything but a bool."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidParameterError(
            f"{name}={value!r} is of type {type(value).__name__}; pass True or False."
        )


def check_count(value: Any, name: str, minimum: int = 1) -> int:
    """Return a whole number from `minimum` on as an int.

    Raises
    ------
    InvalidParameterError, ValueError
        If it is something else.
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise InvalidParameterError(
            f"{name}={value!r} is of type {type(value).__name__}; pass an int."
        )
    count = int(value)
    if not minimum <= count <= MAX_COUNT:
        raise ValueError(f"{name}={value} is out of range; pass an int from {minimum} on.")
    return count


def check_levels(levels: Any, name: str) -> list[float]:
    """Return a probability, or several, as a list of floats.

    Raises
    ------
    InvalidParameterError, ValueError
        If there is none, or one is no float between 0 and 1 or occurs twice.
    """
    several = np.ndim(levels) == 1 if hasattr(levels, "ndim") else isinstance(levels, list | tuple)
    floats = []
    for value in list(levels) if several else [levels]:
        if not isinstance(value, Real) or isinstance(value, bool):
            raise InvalidParameterError(
                f"{name}={levels!r} is no float between 0 and 1, and no list of them."
            )
        floats.append(float(value))
        if not (floats[-1] > 0 and 0.5 + floats[-1] / 2 < 1):  # the bound of an interval
            raise ValueError(
                f"{name} has the value {value!r}; pass floats in the open interval (0, 1)."
            )
    if not floats:
        raise ValueError(f"{name} is empty; pass a float between 0 and 1, or a list of them.")
    if len(set(floats)) < len(floats):
        raise ValueError(f"{name}={floats} has a value twice; pass each once.")
    return floats
