"""Base class of the baselines, statistical forecasts that a network learns to correct."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from skrnn.series import Normalizer, OriginView, Panel


@dataclass(frozen=True, eq=False)
class FitData:
    """Data to fit a baseline to.

    Parameters
    ----------
    panel : Panel
        Series in learned units.
    season, n_steps : int
        Steps of a season, and steps to forecast.
    origins : tuple of ndarray of shape (n,)
        Series and origins to learn from.
    end : ndarray of shape (n_series,)
        Number of steps of each series that may be read.
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
        """Level and scale of the series; the scale comes from the whole series."""
        return Normalizer(self.panel, self.season, settled=self.panel.lengths)


class Baseline(ABC):
    """A statistical forecast.

    A subclass defines `forecast` and `describe`. If it learns from the series, it also sets
    `fitted` and defines `fit` and `refit`. To register it, add an instance to
    `skrnn.baselines.registry`.

    Attributes
    ----------
    name : str or None
        Value of the parameter `baseline` that selects it.
    in_auto : bool
        Whether the value "auto" includes it, whatever the length of the series.
    fitted : bool
        Whether it learns from the series; otherwise it only reads the window.
    is_level : bool
        Whether it repeats the level, so that it is no input for a network.
    """

    name: ClassVar[str | None] = None
    in_auto: ClassVar[bool] = True
    fitted: ClassVar[bool] = False
    is_level: ClassVar[bool] = False

    @property
    def reach(self) -> int:
        """Number of steps before the origin that it reads, apart from the last seasons."""
        return 0

    @property
    def predicts_deviation(self) -> bool:
        """Whether it has a `deviation`, which is the unit of its calibrated distances."""
        return False

    def deviation(self, panel: Panel, series, origin, n_steps) -> np.ndarray:
        """Return the standard deviation of the errors that it predicts, (n, n_steps, n_targets).

        Only baselines that predict it define it.
        """
        raise NotImplementedError

    @property
    def reads_covariates(self) -> bool:
        """Whether it reads covariates."""
        return False

    @property
    def learns_outcomes(self) -> bool:
        """Whether `fit` has used the steps after the origins.

        If so, errors at past origins need `cross_fit`, and the coefficients apply to values that
        are normalised at an origin.
        """
        return False

    def with_calendar(self, cycles: tuple[int, ...], year: float | None) -> Baseline:
        """Return the baseline for series whose calendar has these cycles and year, in steps."""
        return self

    def fit(self, data: FitData) -> Baseline | None:
        """Return the baseline fitted to series, or None if they are too short."""
        return self

    def refit(self, data: FitData) -> Baseline:
        """Return the baseline fitted to other origins, with the settings chosen by `fit`."""
        return self

    def cross_fit(self, data: FitData) -> Baseline | None:
        """Return the baseline fitted only to the origins of `data`, or None if they are too few."""
        return self

    def without_outcomes(self) -> Baseline | None:
        """Return the baseline without the parts that use outcomes, or None if none is left."""
        return None if self.learns_outcomes else self

    def fixed_at(self, panel: Panel, series, origin, n_steps, new_origin) -> Baseline:
        """Return the baseline for a new panel, in which forecasts are fed back as values.

        Parameters
        ----------
        panel : Panel
            The observed series.
        series, origin : ndarray of shape (n,)
            Origins in this panel. Each becomes a series of the new one.
        n_steps : int
            Number of steps to forecast from each.
        new_origin : int
            Position of the origins in the new panel.
        """
        return self

    @abstractmethod
    def forecast(self, at: OriginView) -> np.ndarray:
        """Return the forecast, (n, at.n_steps, n_targets)."""

    @abstractmethod
    def describe(self) -> str:
        """Return the text for the plan."""
