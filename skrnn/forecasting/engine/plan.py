"""The plan: what a forecaster has chosen from the training data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from skrnn.series import LEVELS, Normalizer, StandardNormalizer, WindowSpec
from skrnn.training import Settings

from .describe import describe


@dataclass(frozen=True)
class TrainingSummary:
    """The network, and how it was trained.

    Parameters
    ----------
    width : int or None
        Values that the head reads at the origin; None for a network of the user's.
    n_weights : int
        Weights of one network.
    n_members : int
        Networks that are averaged.
    settings : Settings
        Settings of the training with validation.
    best_epoch : int or None
        Epoch with the lowest loss on the held-out origins, -1 before the first; None where
        nothing was held out.
    correction_weight : float
        Weight of its correction of the baseline, in [0, 1].
    """

    width: int | None
    n_weights: int
    n_members: int
    settings: Settings
    best_epoch: int | None
    correction_weight: float


@dataclass(frozen=True, repr=False)
class Plan:
    """What was chosen for the training data. Printed, it explains each choice.

    Parameters
    ----------
    spec : WindowSpec
        Window, horizon, season and baseline.
    log : bool
        Whether the logarithm of the series is learned.
    segment_length : int, optional
        Steps of a long window that the network reads at once, as one segment.
    normalization : {"auto", "standard"}
        Whether level and scale are those of an origin, or mean and standard deviation of a series.
    reasons : dict of str to str
        Why each part was chosen.
    summary : TrainingSummary, optional
        The training that followed.
    """

    spec: WindowSpec
    log: bool
    segment_length: int | None = None
    normalization: str = "auto"
    reasons: dict = field(default_factory=dict)
    summary: TrainingSummary | None = None

    @property
    def n_steps_read(self):
        """Steps of the network over a window."""
        return -(-self.spec.window_length // (self.segment_length or 1))

    @property
    def effort(self):
        """Fraction of the updates of a network that has no fitted baseline to correct."""
        return 0.5 if self.spec.baseline.fitted else 1.0

    def standardized(self):
        """Return the plan in z-scores, without baselines whose units are those of an origin."""
        spec = replace(self.spec, baseline=self.spec.baseline.without_outcomes())
        return replace(self, spec=spec, normalization="standard")

    def normalizer(self, panel, settled=None, kept=None):
        """Return level and scale of the series of a panel, in learned units.

        Parameters
        ----------
        panel : Panel
            The series.
        settled : ndarray of shape (n_series,), optional
            Steps of each that give its scale at all origins; all steps, as in training, by default.
        kept : ndarray of shape (2, n_series, n_targets), optional
            Mean and deviation that z-scores keep; NaN for series that have none yet.
        """
        settled = panel.lengths if settled is None else settled
        if self.normalization == "standard":
            return StandardNormalizer(panel, self.spec.season, settled, kept)
        return Normalizer(panel, self.spec.season, settled)

    def head_settings(self, panel):
        """Return the settings of a head that forecasts all steps and quantiles."""
        return {
            "horizon": self.spec.horizon,
            "n_targets": panel.n_targets,
            "n_quantiles": len(LEVELS),
            "n_future": panel.n_known,
            "reads_baseline": not self.spec.baseline.is_level,
        }

    def to_learned(self, y):
        """Return values in the units in which they are learned."""
        return np.log(y) if self.log else y

    def to_original(self, values):
        """Return learned values in the units of the series."""
        return np.exp(values) if self.log else values

    def __repr__(self):
        return describe(self)


def in_learned_units(panel, plan):
    """Return the panel in the units in which it is learned.

    Raises
    ------
    ValueError
        If that is the logarithm and a value is not positive.
    """
    if plan.log and not np.nanmin(panel.y) > 0:
        raise ValueError(
            f"y has the value {np.nanmin(panel.y)}, but its logarithm is learned; use "
            "transform=None for series that are not positive."
        )
    return replace(panel, y=plan.to_learned(panel.y))
