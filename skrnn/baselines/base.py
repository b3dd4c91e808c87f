"""What a baseline is: a statistical forecast whose errors a network learns to correct."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from skrnn.series import Normalizer, OriginView, Panel


@dataclass(frozen=True, eq=False)
class FitData:
    """What a baseline is fitted to.

    Parameters
    ----------
    panel : Panel
        Series in learned units.
    season, n_steps : int
        Steps of a season, and steps to forecast.
    origins : tuple of ndarray of shape (n,)
        Series and origins to learn from.
    end : ndarray of shape (n_series,)
        Steps of each series that may be read.
    held_out : tuple of ndarray of shape (m,), optional
        Later origins, on which a baseline may choose its settings.
    sample_size : float, default=0.0
        Effective sample size of the held-out origins.
    """

    panel: Panel
    season: int
    n_steps: int
    origins: tuple
    end: np.ndarray
    held_out: tuple | None = None
    sample_size: float = 0.0

    @property
    def normalizer(self):
        """Level and scale of the series, the scale from the whole of each."""
        return Normalizer(self.panel, self.season, settled=self.panel.lengths)


class Baseline(ABC):
    """A statistical forecast.

    A subclass needs `forecast` and `describe`. One that learns from the series sets `fitted`, and
    defines `fit` and `refit`. An instance goes into `skrnn.baselines.registry`.

    Attributes
    ----------
    name : str or None
        What users call it.
    fitted : bool
        Whether it learns from the series, as opposed to reading the window only.
    is_level : bool
        Whether it repeats the level, so that a network has nothing to read from it.
    """

    name: ClassVar[str | None] = None
    fitted: ClassVar[bool] = False
    is_level: ClassVar[bool] = False

    @property
    def reach(self) -> int:
        """Steps before the origin that the window has to hold, beside the seasons it reads."""
        return 0

    @property
    def learns_outcomes(self) -> bool:
        """Whether `fit` has learned from the steps after the origins.

        Then past errors need `cross_fit`, and the coefficients are in units of the level and
        scale at an origin.
        """
        return False

    def fit(self, data: FitData) -> Baseline | None:
        """Return the baseline fitted to series, or None if they are too short."""
        return self

    def refit(self, data: FitData) -> Baseline:
        """Return the baseline fitted to other origins with the settings that `fit` chose."""
        return self

    def cross_fit(self, data: FitData) -> Baseline | None:
        """Return what it is without the outcomes that are missing in `data`.

        None if too little is left.
        """
        return self

    def without_outcomes(self) -> Baseline | None:
        """Return what is left of it without `learns_outcomes`, or None."""
        return None if self.learns_outcomes else self

    def fixed_at(self, panel: Panel, series, origin, n_steps, new_origin) -> Baseline:
        """Return the baseline for a panel in which forecasts are fed back.

        Parameters
        ----------
        panel : Panel
            The observed series.
        series, origin : ndarray of shape (n,)
            Origins in this panel. Each becomes a series of the new one.
        n_steps : int
            Steps that are forecast from each.
        new_origin : int
            Where these origins are in the new panel.
        """
        return self

    @abstractmethod
    def forecast(self, at: OriginView) -> np.ndarray:
        """Return the forecast, (n, at.n_steps, n_targets)."""

    @abstractmethod
    def describe(self) -> str:
        """Return a few words for the plan."""
