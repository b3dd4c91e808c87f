"""A panel of series of unequal length, with covariates, in flat buffers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skrnn.data.ranges import ranges

from .selection import evenly_spaced


@dataclass
class Panel:
    """Series one after the other, with their covariates.

    Parameters
    ----------
    y : ndarray of shape (total_steps, n_targets)
        Values; NaN where missing.
    offsets : ndarray of shape (n_series + 1,)
        Series ``i`` is ``y[offsets[i]:offsets[i + 1]]``.
    past : ndarray of shape (total_steps, n_past)
        All covariates, for the same steps.
    n_known : int
        Number of covariates that are also known for the horizon; they come first.
    static : ndarray of shape (n_series, n_static), optional
        Features of the series.
    start : ndarray of shape (n_series,), optional
        Number of the first step of each series on a clock that all series share; 0 by default.
    """

    y: np.ndarray
    offsets: np.ndarray
    past: np.ndarray
    n_known: int = 0
    static: np.ndarray | None = None
    start: np.ndarray | None = None
    _cache: dict = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getstate__(self):
        return {**vars(self), "_cache": {}}

    def cached(self, key, compute) -> Any:
        """Return ``compute(self)``, computed once for each key.

        `compute` may read `y` and `offsets`. Copies and pickles of the panel have an empty cache.
        """
        if key not in self._cache:
            self._cache[key] = compute(self)
        return self._cache[key]

    @property
    def n_series(self):
        """Number of series."""
        return len(self.offsets) - 1

    @property
    def lengths(self):
        """Number of steps of each series."""
        return np.diff(self.offsets)

    @property
    def n_targets(self):
        """Number of columns of `y`."""
        return self.y.shape[1]

    @property
    def n_channels(self):
        """Number of input channels: values, observed flags, covariates and static features."""
        n_static = 0 if self.static is None else self.static.shape[1]
        return 2 * self.n_targets + self.past.shape[1] + n_static

    def static_of(self, series):
        """Return the static features of some series, (n, n_static), or None."""
        return None if self.static is None else self.static[series]

    def start_of(self, series):
        """Return the number of the first step of some series on the common clock."""
        return np.zeros_like(series) if self.start is None else self.start[series]

    def missing_before(self, series, origin):
        """Return the number of steps from the last observed value to each origin, (n, n_targets).

        It is 0 if the newest value is observed, or if nothing has been observed yet.
        """
        missing = self.cached("missing steps", _missing_steps)
        if missing is None:
            return np.zeros((len(series), self.n_targets), dtype=int)
        return np.where(origin > 0, missing[self.offsets[series] + origin - 1].T, 0).T

    def extremes(self, series, origin):
        """Return smallest and largest value before each origin, (n, n_targets); NaN if unknown."""
        before = self.offsets[series] + np.maximum(origin, 1) - 1
        return tuple(np.where(origin > 0, of[before].T, np.nan).T for of in self.extremes_so_far)

    @property
    def extremes_so_far(self):
        """Smallest and largest value of a series up to each step."""
        return self.cached("extremes", _extremes)

    def up_to_last_observed(self):
        """Return the panel without the steps after the last observed value of each series."""
        series = np.arange(self.n_series)
        missing = self.missing_before(series, self.lengths).min(axis=1)
        if not missing.any():
            return self
        return self.cut(series, np.zeros_like(series), self.lengths - missing)

    def cut(self, series, start, stop):
        """Return pieces of series as a panel.

        Parameters
        ----------
        series, start, stop : ndarray of shape (n,)
            Which series, and the first step of each piece and the step after its last one.
        """
        rows, offsets = ranges(self.offsets[series] + start, stop - start)
        static, begin = self.static_of(series), self.start_of(series) + start
        return Panel(self.y[rows], offsets, self.past[rows], self.n_known, static, begin)

    def series(self, i):
        """Return the values of series `i`, a view."""
        return self.y[self.offsets[i] : self.offsets[i + 1]]

    def sample(self, most):
        """Return a panel of at most `most` series, evenly spaced."""
        if self.n_series <= most:
            return self
        sampled = evenly_spaced(self.n_series, most)
        return self.cut(sampled, np.zeros_like(sampled), self.lengths[sampled])

    def read_values(self, series, steps):
        """Return the values at steps, as `read` does."""
        return self._read(self.y, series, steps)

    def read_covariates(self, series, steps):
        """Return the covariates at steps, as `read` does."""
        return self._read(self.past, series, steps)

    def read(self, series, steps):
        """Return values and covariates at the given steps; NaN outside the series.

        Parameters
        ----------
        series : ndarray of shape (n,)
            Which series.
        steps : ndarray of shape (n, t)
            Steps, counted from the beginning of the series.

        Returns
        -------
        y : ndarray of shape (n, t, n_targets)
        past : ndarray of shape (n, t, n_past)
        """
        return self.read_values(series, steps), self.read_covariates(series, steps)

    def _read(self, values, series, steps):
        inside = (steps >= 0) & (steps < self.lengths[series][:, None])
        read = values[np.where(inside, self.offsets[series][:, None] + steps, 0)]
        read[~inside] = np.nan
        return read


def _missing_steps(panel):
    """Return the steps since the last observed value at each step; None if no value is missing."""
    observed = ~np.isnan(panel.y)
    if observed.all():
        return None
    row = np.arange(len(observed))[:, None]
    first = np.repeat(panel.offsets[:-1], panel.lengths)[:, None]
    last = np.maximum.accumulate(np.where(observed, row, -1), axis=0)
    return np.where(last >= first, row - last, 0)


def _extremes(panel):
    """Return the smallest and the largest value of a series up to each step."""
    low, high = panel.y.copy(), panel.y.copy()
    for start, stop in zip(panel.offsets[:-1], panel.offsets[1:], strict=True):
        np.fmin.accumulate(low[start:stop], axis=0, out=low[start:stop])
        np.fmax.accumulate(high[start:stop], axis=0, out=high[start:stop])
    return low, high
