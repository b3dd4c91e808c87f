"""Steps at which all series are certainly 0, such as days on which shops are closed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .panel import Panel

LEAST_STEPS = 10  # with the value of the covariate
MOST_ZEROS = 0.5  # of the other steps
LOGARITHM = -1000.0  # exp of it is 0


@dataclass(frozen=True)
class StructuralZeros:
    """Values of covariates, and days of the week, at which all series are 0.

    They are forecast as 0. Steps of a covariate say nothing about the others, and are read as
    missing. Days of the week are not: without them, the season of a week would be harder to see.

    Parameters
    ----------
    rules : tuple of (int, float)
        Column of a known covariate, and its value.
    week : int or None
        Steps of a week.
    days : tuple of int
        Positions in the week, by the common clock of the series.
    """

    rules: tuple = ()
    week: int | None = None
    days: tuple = ()

    @classmethod
    def find(cls, panel: Panel, week: int | None = None) -> StructuralZeros:
        """Find the columns of two values, and the days of the week, that go with zeros only.

        Parameters
        ----------
        panel : Panel
            Training series in original units, with standardised covariates.
        week : int, optional
            Steps of a week; None looks for no days.
        """
        if not (panel.y == 0).any():
            return cls()
        rules = []
        for column, values in enumerate(panel.past[:, : panel.n_known].T):
            low, high = values.min(), values.max()
            if not ((values == low) | (values == high)).all():
                continue
            rules += [
                (column, float(value)) for value in (low, high) if _certain(panel, values == value)
            ]
        if week is None:
            return cls(tuple(rules))
        series = np.repeat(np.arange(panel.n_series), panel.lengths)
        day = (panel.start_of(series) + np.arange(len(series)) - panel.offsets[series]) % week
        days = tuple(k for k in range(week) if _certain(panel, day == k, of_each=True))
        return cls(tuple(rules), week, days)

    @property
    def exist(self):
        """Whether there are any."""
        return bool(self.rules or self.days)

    def hide(self, panel: Panel) -> Panel:
        """Return the panel without the values at steps that a covariate tells."""
        if not self.rules:
            return panel
        closed = self._told(panel.past[:, : panel.n_known])
        return replace(panel, y=np.where(closed[:, None], np.nan, panel.y))

    def fill(self, quantiles, known, clock, *, log):
        """Return quantiles (..., n_targets, n_levels) in learned units, 0 at certain steps.

        Parameters
        ----------
        quantiles : ndarray of shape (..., n_targets, n_levels)
            Quantiles in learned units.
        known : ndarray of shape (..., n_known)
            Known covariates of the steps.
        clock : ndarray of shape (...)
            The steps, by the common clock of the series.
        log : bool
            Whether logarithms are learned.
        """
        if not self.exist:
            return quantiles
        closed = self._told(known)
        if self.days:
            closed |= np.isin(clock % self.week, self.days)
        return np.where(closed[..., None, None], LOGARITHM if log else 0.0, quantiles)

    def _told(self, known):
        """Return at which steps known covariates (..., n_known) say that the series are 0."""
        closed = np.zeros(known.shape[:-1], dtype=bool)
        for column, value in self.rules:
            closed |= known[..., column] == value
        return closed


def _certain(panel, there, *, of_each=False):
    """Return whether all values are 0 at some steps, often enough, and most others are not.

    With `of_each`, one of the series has to show it often enough, not all of them together.
    """
    zero = (panel.y == 0).all(axis=1)
    observed = ~np.isnan(panel.y).any(axis=1)
    elsewhere, there = observed & ~there, observed & there
    counts = np.add.reduceat(there, panel.offsets[:-1], dtype=int)
    often = (counts.max() if of_each else counts.sum()) >= LEAST_STEPS
    if not often or not elsewhere.any():
        return False
    return bool(zero[there].all() and zero[elsewhere].mean() < MOST_ZEROS)
