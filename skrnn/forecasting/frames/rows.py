"""Frames whose rows arrive one by one, or in any order."""

from __future__ import annotations

import numpy as np
import pandas as pd


def group_series(frame):
    """Return the frame with the rows of a series one after the other, in the order of the times.

    The series keep the order in which they begin; the frame itself comes back if nothing is to do.
    """
    if frame is None or not isinstance(frame.index, pd.MultiIndex):
        return frame
    series = _series_of_rows(frame.index)
    if (np.diff(series) >= 0).all():
        return frame
    return frame.iloc[np.argsort(series, kind="stable")]


def merge_rows(old, new):
    """Return the rows of both frames; where both have one, that of `new` counts.

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
            f"the new rows have an index of {after}, but those seen before one of {before}; pass "
            "rows that continue them."
        )
    start = _goes_on_from(old, new)
    if start is not None:
        return pd.concat([old.iloc[:start], new]) if start else new
    both = pd.concat([old, new])
    series = _series_of_rows(both.index)
    step = pd.factorize(both.index.get_level_values(-1), sort=True)[0]
    order = np.lexsort((step, series))
    last = ~both.index.duplicated(keep="last")
    return both.iloc[order[last[order]]]


def _goes_on_from(old, new):
    """Return the row of `old` from which `new` has all that follows; None if there is none.

    Rows that arrive one by one, or all again with a few more, need no sorting.
    """
    if isinstance(old.index, pd.MultiIndex) or not old.columns.equals(new.columns):
        return None
    start = old.index.searchsorted(new.index[0])
    n_shared = len(old) - start
    in_order = new.index.is_monotonic_increasing and new.index.is_unique
    return start if in_order and old.index[start:].equals(new.index[:n_shared]) else None


def rows_until(frame, new):
    """Return the frame up to the last rows of `new`; series that `new` has not are left whole."""
    if not isinstance(frame.index, pd.MultiIndex):
        return frame[frame.index <= new.index[-1]]
    times = new.index.get_level_values(-1)
    ends = pd.Series(times, index=new.index.droplevel(-1)).groupby(level=_levels(new)).max()
    end = ends.reindex(frame.index.droplevel(-1))
    later = frame.index.get_level_values(-1) > pd.Index(end)
    return frame[~(later & end.notna().to_numpy())]


def _series_of_rows(index):
    """Return the number of the series of each row, counted in the order in which they begin."""
    if not isinstance(index, pd.MultiIndex):
        return np.zeros(len(index), dtype=int)
    return pd.factorize(index.droplevel(-1))[0]


def _kind(index):
    """Return what an index is made of, in words."""
    times = index.get_level_values(-1)
    name = "integers" if pd.api.types.is_integer_dtype(times.dtype) else type(times).__name__
    freq = f" ({times.freqstr})" if isinstance(times, pd.PeriodIndex) else ""
    return f"{'instances and ' * (index.nlevels - 1)}{name}{freq}"


def _levels(frame):
    return list(range(frame.index.nlevels - 1))
