"""The plan: the settings that a forecaster chooses from the training data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from skrnn.baselines import CovariateEffects
from skrnn.series import LEVELS, Normalizer, StandardNormalizer, StructuralZeros, WindowSpec
from skrnn.series.limits import LARGEST_LOGARITHM
from skrnn.series.quantiles import STEEPEST
from skrnn.training import Settings

from .describe import describe
from .target import TargetPlan


@dataclass(frozen=True)
class TrainingSummary:
    """The network, and how it was trained.

    Parameters
    ----------
    width : int or None
        Width of the encoder's output; None for a user's own network.
    n_weights : int
        Number of weights of one network.
    n_members : int
        Number of networks that are averaged.
    settings : Settings
        Settings of the training with validation.
    best_epoch : int or None
        Epoch with the lowest loss on the held-out origins, -1 if it was lowest before the first
        epoch; None if nothing was held out.
    correction_weight : float
        Weight of the network's correction of the baseline, in [0, 1].
    """

    width: int | None
    n_weights: int
    n_members: int
    settings: Settings
    best_epoch: int | None
    correction_weight: float


@dataclass(frozen=True, repr=False)
class Plan:
    """Settings chosen from the training data. ``print(plan)`` shows and explains them.

    Parameters
    ----------
    spec : WindowSpec
        Window, horizon, season and baseline.
    log : bool
        Whether the network learns the logarithm of the series.
    segment_length : int, optional
        Number of steps in one segment of a long window.
    normalization : {"auto", "standard"}
        "auto" takes level and scale at the origin; "standard", mean and standard deviation of the
        series.
    reasons : dict of str to str
        Reason for each choice.
    target : TargetPlan, optional
        Bounds of the targets, and the form of forecasts.
    summary : TrainingSummary, optional
        Facts about the training.
    effects : CovariateEffects, optional
        Effects of known covariates, which are subtracted from the series.
    zeros : StructuralZeros, optional
        Steps at which the series are certainly 0.
    """

    spec: WindowSpec
    log: bool
    segment_length: int | None = None
    normalization: str = "auto"
    reasons: dict = field(default_factory=dict)
    target: TargetPlan = field(default_factory=TargetPlan)
    summary: TrainingSummary | None = None
    effects: CovariateEffects | None = None
    zeros: StructuralZeros = field(default_factory=StructuralZeros)

    @property
    def n_steps_read(self):
        """Number of steps of the network over a window."""
        return -(-self.spec.window_length // (self.segment_length or 1))

    @property
    def effort(self):
        """Fraction of the usual number of updates; fewer are needed with a fitted baseline."""
        return 0.5 if self.spec.baseline.fitted else 1.0

    def standardized(self):
        """Return the plan for z-scores, without baselines that need the scale at an origin."""
        spec = replace(self.spec, baseline=self.spec.baseline.without_outcomes())
        return replace(self, spec=spec, normalization="standard")

    def normalizer(self, panel, settled=None, kept=None):
        """Return level and scale of the series of a panel, in learned units.

        Parameters
        ----------
        panel : Panel
            The series.
        settled : ndarray of shape (n_series,), optional
            Number of steps of each series that determine its scale at all origins. All steps by
            default, as in training.
        kept : ndarray of shape (2, n_series, n_targets), optional
            Fixed mean and deviation for z-scores; NaN for series that have none yet.
        """
        settled = panel.lengths if settled is None else settled
        if self.normalization == "standard":
            return StandardNormalizer(panel, self.spec.season, settled, kept)
        return Normalizer(panel, self.spec.season, settled)

    def head_settings(self, panel):
        """Return the settings of the head."""
        return {
            "horizon": self.spec.horizon,
            "n_targets": panel.n_targets,
            "n_quantiles": len(LEVELS),
            "n_future": panel.n_known,
            "reads_baseline": not self.spec.baseline.is_level,
        }

    def to_learned(self, y):
        """Return values in learned units."""
        return np.log(y) if self.log else y

    def to_original(self, values):
        """Return values in original units."""
        return np.exp(values) if self.log else values

    def with_known(self, quantiles, panel, learned, origins, known=None):
        """Return quantiles (n, n_steps, n_targets, n_levels) with what known covariates say.

        These are their effects and the structural zeros; parameters as for `effects_ahead`.
        """
        if self.effects is None and not self.zeros.exist:
            return quantiles
        n_steps = quantiles.shape[1]
        known = _known_ahead(panel, origins, n_steps) if known is None else known
        effects = self.effects_ahead(panel, learned, origins, n_steps, known)
        quantiles = quantiles if effects is None else quantiles + effects[..., None]
        if self.log:
            quantiles = np.minimum(quantiles, LARGEST_LOGARITHM)
        series, origin = origins
        clock = (panel.start_of(series) + origin)[:, None] + np.arange(n_steps)
        return self.zeros.fill(quantiles, known, clock, log=self.log)

    def effects_ahead(self, panel, learned, origins, n_steps, known=None):
        """Return the effects of covariates (n, n_steps, n_targets) after origins, or None.

        Parameters
        ----------
        panel : Panel
            The series, in learned units.
        learned : ndarray of shape (n_series,)
            Index of each series among the training series; -1 for a new one.
        origins : tuple of ndarray of shape (n,)
            Series and origins.
        n_steps : int
            Number of steps after each origin.
        known : ndarray of shape (n, n_steps, n_known), optional
            Standardised known covariates of these steps; by default from the panel.
        """
        if self.effects is None:
            return None
        known = _known_ahead(panel, origins, n_steps) if known is None else known
        return self.effects.ahead(panel, learned, origins, known)

    def bounds_at(self, panel, learned, origins):
        """Return lower and upper bounds (n, n_targets) of forecasts, in original units."""
        bounds, effects = self.target.bounds, self.effects
        if effects is not None and bounds.assumed.any():
            panel = panel.cached("with effects", lambda panel: effects.add(panel, learned))
        return bounds.at(panel, *origins)

    @property
    def steepest(self):
        """Largest slope of the tails of a forecast distribution in learned units."""
        return STEEPEST if self.log else np.inf

    @property
    def one_sided(self):
        """Whether the two sides of intervals differ: many values are at a bound."""
        return self.target.bounds.reached

    @property
    def learned_bounds(self):
        """Bounds of the targets in learned units; None if there are none.

        Without the effects of covariates, values have no bounds.
        """
        if not self.target.bounds.exist or self.effects is not None:
            return None
        return self.target.bounds.logarithms() if self.log else self.target.bounds

    def __repr__(self):
        return describe(self)


def _known_ahead(panel, origins, n_steps):
    """Return the known covariates (n, n_steps, n_known) of the steps after origins."""
    series, origin = origins
    ahead = panel.read_covariates(series, origin[:, None] + np.arange(n_steps))
    return ahead[..., : panel.n_known]


def in_learned_units(panel, plan, learned=None):
    """Return the panel in learned units: values or their logarithms, without covariate effects.

    Structural zeros become missing.

    Parameters
    ----------
    panel : Panel
        Series in original units, with standardised covariates.
    plan : Plan
        The units.
    learned : ndarray of shape (n_series,), optional
        Index of each series among the training series, -1 for a new one; by default they are the
        training series.

    Raises
    ------
    ValueError
        If logarithms are learned and a value is not positive.
    """
    panel = plan.zeros.hide(panel)
    if plan.log and not np.nanmin(panel.y) > 0:
        raise ValueError(
            f"y has the value {np.nanmin(panel.y)}, but its logarithm is learned; use "
            "transform=None for series that are not positive."
        )
    panel = replace(panel, y=plan.to_learned(panel.y))
    if plan.effects is None:
        return panel
    return plan.effects.subtract(panel, np.arange(panel.n_series) if learned is None else learned)
