"""The argument `bounds` of the targets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from skrnn._arguments import reading


def read_bounds(given, names):
    """Return the bounds of each target as pairs of floats, or "auto".

    Raises
    ------
    ValueError
        If they are no bounds.
    """
    if not isinstance(given, Mapping):
        return [_read_pair(given)] * len(names)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"bounds names {unknown}, but y has the columns {list(names)}.")
    return [_read_pair(given.get(name, "auto")) for name in names]


def _read_pair(given):
    if given is None:
        return -np.inf, np.inf
    if isinstance(given, str) and given == "auto":
        return given
    with reading("bounds"):
        pair = [] if isinstance(given, str) else list(given)
        if len(pair) == 2:
            lower, upper = (
                float(infinite if bound is None else bound)
                for bound, infinite in zip(pair, (-np.inf, np.inf), strict=True)
            )
            if lower < upper:
                return lower, upper
        raise ValueError(
            f"bounds has the value {given!r}; pass 'auto', None, or a pair of a lower and a larger "
            "upper bound, where None stands for no bound."
        )
