"""Ordering and merging of the rows of frames."""

from __future__ import annotations

import numpy as np
import pandas as pd


def group_series(frame):
    """Return the frame with the rows of each series adjacent.

    Series are ordered by their first row. If nothing has to move, the frame itself is returned.
    """
    if frame is None or not isinstance(frame.index, pd.MultiIndex):
        return frame
    series = _series_of_rows(frame.index)
    if (np.diff(series) >= 0).all():
        return frame
    return frame.iloc[np.argsort(series, kind="stable")]


def merge_rows(old, new, name):
    """Return the rows of both frames; where both have a row, that of `new` is kept.

    Raises
    ------
    ValueError
        If the frames have indices of different kinds.
    """
    if old is None or new is None:
        return new if old is None else old
    before, after = _kind(old.index), _kind(new.index)
    if before != after:
        raise ValueError(
            f"{name} has an index of {after}, but the rows observed before have one of {before}; "
            "pass rows that continue them."
        )
    start = _start_of_overlap(old, new)
    if start is not None:
        return pd.concat([old.iloc[:start], new]) if start else new
    both = pd.concat([old, new])
    series = _series_of_rows(both.index)
    step = pd.factorize(both.index.get_level_values(-1), sort=True)[0]
    order = np.lexsort((step, series))
    last = ~both.index.duplicated(keep="last")
    return both.iloc[order[last[order]]]


def _start_of_overlap(old, new):
    """Return the row of `old` from which on `new` replaces all rows, or None.

    Then the frames can be concatenated without sorting, for instance when `new` has one more row,
    or all old rows and a few more.
    """
    if isinstance(old.index, pd.MultiIndex) or not old.columns.equals(new.columns):
        return None
    start = old.index.searchsorted(new.index[0])
    n_shared = len(old) - start
    in_order = new.index.is_monotonic_increasing and new.index.is_unique
    return start if in_order and old.index[start:].equals(new.index[:n_shared]) else None


def rows_until(frame, new):
    """Return the rows up to the end of each series in `new`; other series stay complete."""
    if not isinstance(frame.index, pd.MultiIndex):
        return frame[frame.index <= new.index[-1]]
    times = new.index.get_level_values(-1)
    ends = pd.Series(times, index=new.index.droplevel(-1)).groupby(level=_levels(new)).max()
    end = ends.reindex(frame.index.droplevel(-1))
    later = frame.index.get_level_values(-1) > pd.Index(end)
    return frame[~(later & end.notna().to_numpy())]


def _series_of_rows(index):
    """Return the number of each row's series; series are numbered by their first row."""
    if not isinstance(index, pd.MultiIndex):
        return np.zeros(len(index), dtype=int)
    return pd.factorize(index.droplevel(-1))[0]


def _kind(index):
    """Return a description of the kind of an index."""
    times = index.get_level_values(-1)
    name = "integers" if pd.api.types.is_integer_dtype(times.dtype) else type(times).__name__
    detail = times.freqstr if isinstance(times, pd.PeriodIndex) else getattr(times, "tz", None)
    return f"{'instances and ' * (index.nlevels - 1)}{name}{f' ({detail})' if detail else ''}"


def _levels(frame):
    return list(range(frame.index.nlevels - 1))
