"""The state of an object stays as it was."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def detached(thing: Any) -> Any:
    """Return a copy whose attributes, and dicts among them, are not those of the original."""
    twin = copy.copy(thing)
    dicts = {name: dict(value) for name, value in vars(thing).items() if type(value) is dict}
    vars(twin).update(dicts)
    return twin


@contextmanager
def unchanged_on_failure(thing: Any) -> Iterator[None]:
    """Restore the attributes of an object if the block raises, or is interrupted."""
    before = _attributes(thing)
    try:
        yield
    except BaseException:
        _restore(thing, before)
        raise


def _attributes(thing: Any) -> dict[str, tuple[Any, dict | None]]:
    """Return the attributes, with copies of the dicts, which sktime changes in place."""
    return {
        name: (value, dict(value) if type(value) is dict else None)
        for name, value in vars(thing).items()
    }


def _restore(thing: Any, before: dict[str, tuple[Any, dict | None]]) -> None:
    """Put attributes back; at no time is one of them missing, for other threads may read them."""
    state = vars(thing)
    for name, (value, items) in before.items():
        state[name] = value if items is None or _same_items(value, items) else items
    for name in state.keys() - before.keys():
        state.pop(name, None)


def _same_items(first: dict, second: dict) -> bool:
    """Whether two dicts hold the same objects."""
    return first.keys() == second.keys() and all(first[name] is second[name] for name in first)
