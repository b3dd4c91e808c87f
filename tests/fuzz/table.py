"""The table of spoilings, by the tags of arguments, and how values are spoiled.

REFUSE: the call has to fail. SAME: if it succeeds, its result is that of the valid call. FREE: if
it succeeds, its result is finite. OWN: an exception of the user passes, with a note that names the
argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np
import pandas as pd

REFUSE, SAME, FREE, OWN = "refuse", "same", "free", "own"


@dataclass(frozen=True, eq=False)
class Spoiling:
    """How an argument is spoiled, and what has to come of it."""

    name: str
    must: str
    make: Callable[[Any, np.random.Generator], Any]


TABLE: dict[str, dict[str, Spoiling]] = {}


def spoil(tags: str, *tables: dict, without: str = "", **entries: Any) -> None:
    """Enter spoilings of the arguments with one of the tags, as name=(must, function of the value).

    A function that also takes `rng` draws.
    """
    for name, (must, make) in {
        k: v for each in (*tables, entries) for k, v in each.items()
    }.items():
        if name not in without.split():
            draws = "rng" in signature(make).parameters
            function = make if draws else lambda value, rng, make=make: make(value)
            for tag in tags.split():
                TABLE.setdefault(tag, {})[name] = Spoiling(name, must, function)


def values(**entries: Any) -> dict:
    """Return entries name=(must, value) that replace the whole argument; a function makes it."""

    def replacing(made):
        return lambda _: made() if callable(made) else made

    return {name: (must, replacing(value)) for name, (must, value) in entries.items()}


def numbers(value: Any) -> np.ndarray:
    """Return the numbers of an array, a frame, or a list of arrays, as one array."""
    if isinstance(value, list | tuple):
        return np.concatenate([np.ravel(part) for part in value])
    return np.asarray(value)


def rebuilt(value: Any, convert: Callable[[np.ndarray], Any]) -> Any:
    """Return the value with other numbers: arrays part by part, frames column by column."""
    if isinstance(value, list | tuple):
        return type(value)(convert(part) for part in value)
    if isinstance(value, pd.DataFrame):
        columns = {
            name: pd.Series(convert(column.to_numpy()), index=value.index)
            for name, column in value.items()
        }
        return pd.DataFrame(columns)
    if isinstance(value, pd.Series):
        return pd.Series(convert(value.to_numpy()), index=value.index, name=value.name)
    return convert(value)


def cast(dtype: Any) -> Callable[[Any], Any]:
    return lambda value: rebuilt(value, lambda array: np.asarray(array).astype(dtype))


def each(convert: Callable[[float], Any]) -> Callable[[Any], Any]:
    """Return a spoiling that makes an object of each number."""

    def objects(array):
        array = np.asarray(array)
        flat = np.empty(array.size, dtype=object)
        flat[:] = [convert(x) for x in array.ravel()]
        return flat.reshape(array.shape)

    return lambda value: rebuilt(value, objects)


def one(replacement: Any) -> Callable[[Any, Any], Any]:
    """Return a spoiling that replaces one number."""

    def spoiled(value, rng):
        def convert(array):
            kind = float if isinstance(replacement, float | int) else object
            array = np.array(array, dtype=kind)
            array[np.unravel_index(rng.integers(array.size), array.shape)] = replacement
            return array

        return rebuilt(value, convert)

    return spoiled


def dates(value: Any) -> Any:
    return rebuilt(value, lambda a: (np.arange(np.size(a)).reshape(np.shape(a))).astype("M8[D]"))


def structured(value: Any) -> Any:
    if hasattr(value, "iloc"):  # pandas has no records
        return each(lambda x: (x, x))(value)
    return rebuilt(
        value, lambda a: np.array([(x, x) for x in np.ravel(a)], "f8,f8").reshape(np.shape(a))
    )


def masked(value: Any) -> Any:
    flat = np.zeros(np.shape(value), dtype=bool)
    flat[tuple(0 for _ in flat.shape)] = True
    return np.ma.array(np.asarray(value, dtype=float), mask=flat)
