"""Scale of series with a short history, estimated with the help of longer series."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .normalization import Normalizer
from .panel import Panel

WEIGHT = 3.0  # weight of the estimate from other series, in changes from step to step


@dataclass(frozen=True)
class TypicalScale:
    """Typical scale of the training series, as a prior for series of a few steps.

    Parameters
    ----------
    scale, change : ndarray of shape (n_targets,)
        Medians over the series of the scale and of the mean absolute change from step to step.
    relative : bool
        Whether both are relative to the level of a series.
    n_steps : int
        Number of newest steps that are read.
    """

    scale: np.ndarray
    change: np.ndarray
    relative: bool
    n_steps: int

    @classmethod
    def learn(cls, panel: Panel, season: int, n_steps: int) -> TypicalScale | None:
        """Estimate from the ends of series; None if they are constant.

        The values are relative to the level if relative scales vary less between the series.
        """
        indices = np.arange(panel.n_series)
        stats = Normalizer(panel, season).at(indices, panel.lengths)
        total, count = _changes(panel, indices, panel.lengths, n_steps)
        level = np.where(stats.location == 0, np.nan, np.abs(stats.location))
        relative = bool(_spread(stats.scale / level) < _spread(stats.scale))
        unit = level if relative else 1.0
        change = np.where((count > 0) & (total > 0), total / np.maximum(count, 1), np.nan)
        known = np.isfinite(change / unit)
        if not known.any(axis=0).all():
            return None
        scale, change = (
            np.nanmedian(np.where(known, values / unit, np.nan), axis=0)
            for values in (stats.scale, change)
        )
        return cls(scale, change, relative, n_steps)

    def at(self, panel: Panel, series, origin, location):
        """Return the scale (n, n_targets) of series at origins.

        The typical scale is multiplied by the ratio of the series' own changes to typical ones. The
        ratio is shrunk towards 1, the more the fewer changes there are (empirical Bayes; Robbins,
        1956).
        """
        unit = np.where(location == 0, 1.0, np.abs(location)) if self.relative else 1.0
        total, count = _changes(panel, series, origin, self.n_steps)
        factor = (total / (unit * self.change) + WEIGHT) / (count + WEIGHT)
        return self.scale * unit * factor


class ShortHistoryNormalizer(Normalizer):
    """Location and scale of series with a short history.

    Parameters
    ----------
    panel, season
        As for `Normalizer`.
    typical : TypicalScale
        Typical scale of the training series.
    """

    def __init__(self, panel: Panel, season: int, typical: TypicalScale):
        super().__init__(panel, season)
        self.typical = typical

    def at(self, series, origin):
        """Return location and scale of series at origins."""
        stats = super().at(series, origin)
        scale = self.typical.at(self.panel, series, origin, stats.location)
        return replace(stats, scale=scale)


def _changes(panel, series, origin, n_steps):
    """Return sum and count of the absolute changes from step to step before origins."""
    y = panel.read_values(series, origin[:, None] - np.arange(n_steps, 0, -1))
    change = np.abs(np.diff(y, axis=1))
    known = ~np.isnan(change)
    return np.where(known, change, 0.0).sum(axis=1), known.sum(axis=1)


def _spread(values):
    """Return the variance of the logarithms; infinite with fewer than two known values."""
    log = np.log(values[np.isfinite(values) & (values > 0)])
    return log.var() if len(log) > 1 else np.inf
