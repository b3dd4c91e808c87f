"""Structural models as a baseline, for seasons that were seen up to three times."""

from __future__ import annotations

from dataclasses import dataclass

from .history import HistoryBaseline
from .structural_model import StructuralModel
from .structural_states import StructuralStates


@dataclass(frozen=True, eq=False)
class Structural(HistoryBaseline):
    """Structural models of level, trend and season, averaged over their variances."""

    name = "structural"
    in_auto = False
    model_class = StructuralModel
    states_class = StructuralStates

    @property
    def predicts_deviation(self):
        """Always true."""
        return True

    def deviation(self, panel, series, origin, n_steps):
        """Return the predictive standard deviations (n, n_steps, n_targets)."""
        return self._states(panel).forecast(series, origin, n_steps)[1]

    def _continued(self, states, series, origin, n_steps):
        return states.forecast(series, origin, n_steps)[0]

    def describe(self):
        """Return the text for the plan."""
        return "structural models of level, trend and season"
