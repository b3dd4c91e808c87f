"""The data that a baseline may read at forecast origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .panel import Panel


@dataclass(frozen=True)
class OriginView:
    """The series up to forecast origins.

    Parameters
    ----------
    window : ndarray of shape (n, t, n_targets)
        Values up to each origin; NaN where unknown.
    level, scale : ndarray of shape (n, 1, n_targets)
        Level and scale of the series at the origin.
    season : int
        Steps of a season.
    n_seasons : int
        Number of seasons at the end of the window that a baseline may read.
    n_steps : int
        Steps to forecast.
    panel : Panel, optional
        The whole series, for baselines that read more than the window.
    series, origin : ndarray of shape (n,), optional
        Series and origin in this panel.
    """

    window: np.ndarray
    level: np.ndarray
    scale: np.ndarray
    season: int
    n_seasons: int
    n_steps: int
    panel: Panel | None = None
    series: np.ndarray | None = None
    origin: np.ndarray | None = None

    def seasons(self):
        """Return the last `n_seasons` seasons of the window, (n, n_seasons, season, n_targets)."""
        n_read = self.n_seasons * self.season
        used = self.window[:, self.window.shape[1] - n_read :]
        return used.reshape(len(used), self.n_seasons, self.season, -1)
