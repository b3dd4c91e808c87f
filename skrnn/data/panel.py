"""A panel of series of unequal length, with covariates, in flat buffers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
        Covariates of the same steps, all of them.
    n_known : int
        How many of them, the first ones, are known also for the horizon.
    """

    y: np.ndarray
    offsets: np.ndarray
    past: np.ndarray
    n_known: int = 0

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
        """Channels of a window: values, whether they are observed, and covariates."""
        return 2 * self.n_targets + self.past.shape[1]

    def series(self, i):
        """Return the values of series `i`, a view."""
        return self.y[self.offsets[i] : self.offsets[i + 1]]

    def read(self, series, steps):
        """Return values and covariates at the given steps; NaN outside of the series.

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
        inside = (steps >= 0) & (steps < self.lengths[series][:, None])
        rows = np.where(inside, self.offsets[series][:, None] + steps, 0)
        y, past = self.y[rows], self.past[rows]
        y[~inside] = np.nan
        past[~inside] = np.nan
        return y, past

    def location_and_scale(self, season):
        """Return the mean of each series and the scale of its changes over a season.

        The scale is the mean absolute difference of values a season apart (the denominator of
        the seasonal MASE of Hyndman & Koehler, 2006), of neighbours where that is zero or the
        series too short, and 1 for constant series.

        Returns
        -------
        location, scale : ndarray of shape (n_series, n_targets)
        """
        location = self._mean_of_series(self.y, default=0.0)
        scale = np.full(location.shape, np.nan)
        for lag in dict.fromkeys((season, 1)):  # a set would forget which comes first
            change = np.full(self.y.shape, np.nan)
            change[lag:] = np.abs(self.y[lag:] - self.y[:-lag])
            step = np.arange(len(self.y)) - np.repeat(self.offsets[:-1], self.lengths)
            change[step < lag] = np.nan
            mean = self._mean_of_series(change, default=0.0)
            tiny = 1e-9 * np.abs(location)
            scale = np.where(np.isnan(scale) | (scale <= tiny), mean, scale)
        return location, np.where(scale <= 1e-9 * np.abs(location) + 1e-300, 1.0, scale)

    def _mean_of_series(self, values, default):
        observed = ~np.isnan(values)
        starts = self.offsets[:-1]
        total = np.add.reduceat(np.where(observed, values, 0.0), starts, axis=0)
        count = np.add.reduceat(observed, starts, axis=0, dtype=np.int64)
        return np.where(count > 0, total / np.maximum(count, 1), default)
