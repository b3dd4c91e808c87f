"""Exponential smoothing as a baseline."""

from __future__ import annotations

from dataclasses import dataclass

from .history import HistoryBaseline


@dataclass(frozen=True, eq=False)
class Smoothing(HistoryBaseline):
    """Exponential smoothing with damped trend and season, averaged over its parameters."""

    name = "smoothing"

    def _continued(self, states, series, origin, n_steps):
        return states.smoothing(series, origin, n_steps)

    def describe(self):
        """Return the text for the plan."""
        return "exponential smoothing"
