"""A training that continues keeps its network."""

from __future__ import annotations

from typing import Any

import numpy as np

from skrnn.nn import NetworkSpec, OwnModuleSpec


def check_same_network(
    before: NetworkSpec | OwnModuleSpec, now: NetworkSpec | OwnModuleSpec
) -> None:
    """Raise an error if the parameters now describe another network than before."""
    old, new = before.all_settings, now.all_settings
    changed = [name for name in old | new if not _equal(old.get(name), new.get(name))]
    if changed:
        was, are = (
            ", ".join(f"{name}={settings.get(name)!r}" for name in changed)
            for settings in (old, new)
        )
        raise ValueError(
            f"The training continues the network of the last call, which has {was}, but the "
            f"parameters now say {are}; set them back, or fit a new network with warm_start=False."
        )


def _equal(first: Any, second: Any) -> bool:
    """Whether two settings are the same; a network of the user may have arrays among them."""
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(_equal(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(_equal, first, second))
    return first is second or bool(np.array_equal(first, second))
