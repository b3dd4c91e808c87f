"""Base class of baselines that read the whole history before an origin."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from .averaged_smoothing import AveragedSmoothing
from .base import Baseline
from .smoothing_states import SmoothingStates


@dataclass(frozen=True, eq=False)
class HistoryBaseline(Baseline):
    """Baseline that depends on states of the whole history before an origin.

    The states are computed once for each panel, which caches them.

    Parameters
    ----------
    model : AveragedSmoothing or StructuralModel, optional
        Model of the states, learned by `fit`.

    Attributes
    ----------
    model_class, states_class : type
        Classes of the model and of its states.
    """

    model: Any = None
    fitted = True
    model_class: ClassVar[Any] = AveragedSmoothing
    states_class: ClassVar[Any] = SmoothingStates

    def fit(self, data):
        """Learn the prior of the model's parameters from the series up to `data.end`."""
        model, key = self.model_class, (self.model_class, data.season, data.end.tobytes())
        return type(self)(
            data.panel.cached(key, lambda panel: model.learn(panel, data.season, data.end))
        )

    refit = fit

    def fixed_at(self, panel, series, origin, n_steps, new_origin):
        """Return the forecasts from these origins, which ignore values that are fed back."""
        return FixedForecast(self._path(panel, series, origin, n_steps), new_origin, self)

    def forecast(self, at):
        """Return the forecast, or the level if nothing has been observed."""
        path = self._path(at.panel, at.series, at.origin, at.n_steps)
        return np.where(np.isnan(path), at.level, path)

    def _path(self, panel, series, origin, n_steps):
        return self._continued(self._states(panel), series, origin, n_steps)

    def _states(self, panel):
        return panel.cached(self.model, lambda panel: self.states_class(panel, self.model))

    @abstractmethod
    def _continued(self, states, series, origin, n_steps):
        """Return the forecast (n, n_steps, n_targets); NaN at an origin without history."""


@dataclass(frozen=True, eq=False)
class FixedForecast(Baseline):
    """Forecasts of a baseline from one fixed origin of each series.

    Parameters
    ----------
    path : ndarray of shape (n_series, n_steps, n_targets)
        The forecasts; NaN where nothing has been observed.
    start : int
        The origin.
    source : Baseline
        Baseline that made the forecasts.
    """

    path: np.ndarray
    start: int
    source: Baseline

    def forecast(self, at):
        """Return the steps of the path after each origin."""
        ahead = at.origin[:, None] - self.start + np.arange(at.n_steps)
        path = self.path[at.series[:, None], ahead]
        return np.where(np.isnan(path), at.level, path)

    def describe(self):
        """Return the text of its source."""
        return self.source.describe()
