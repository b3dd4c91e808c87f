"""The Theta method as a baseline."""

from __future__ import annotations

from dataclasses import dataclass

from .history import HistoryBaseline


@dataclass(frozen=True, eq=False)
class Theta(HistoryBaseline):
    """Exponential smoothing without a trend plus half the slope of the line through all values.

    This is the Theta method (Assimakopoulos & Nikolopoulos, 2000) in the form of Hyndman &
    Billah (2003).
    """

    name = "theta"

    def _continued(self, states, series, origin, n_steps):
        return states.theta(series, origin, n_steps)

    def describe(self):
        """Return the text for the plan."""
        return "the Theta method"
