"""Cold start: forecasts of series of a few steps, by a network trained on short pieces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from skrnn.baselines import Level
from skrnn.data.gathered import gathered_once
from skrnn.series import (
    LEVELS,
    ForecastWidths,
    Panel,
    ShortHistoryNormalizer,
    TypicalScale,
    effective_sample_size,
)
from skrnn.training import PinballLoss, fit_and_refit

from .calibration import HeldOut, calibrate
from .network import NetworkForecaster
from .origins import FIRST_STEPS, origins_between, split_origins, thin
from .plan import Plan
from .training_examples import make_examples

MOST_PIECES = 10_000
MOST_VALIDATION_PIECES = 1000


@dataclass(frozen=True)
class ColdStart:
    """Forecaster of series of a few steps.

    Parameters
    ----------
    module : torch.nn.Module
        The network, which corrects the level of the few steps.
    widths : ForecastWidths
        Calibration of its quantiles.
    plan : Plan
        Shape of the examples.
    typical : TypicalScale
        Typical scale of the training series.
    longest : int
        Length of the longest history that it forecasts.
    """

    module: Any
    widths: ForecastWidths
    plan: Plan
    typical: TypicalScale
    longest: int

    @property
    def network(self):
        """The network as a forecaster of the median and its quantiles."""
        return NetworkForecaster(self.module, self.plan.spec, bounds=self.plan.learned_bounds)

    def forecasts(self, origin):
        """Return which origins have a short history, and are forecast by this object."""
        return origin <= self.longest

    def normalizer(self, panel):
        """Return level and scale of the series of a panel."""
        return ShortHistoryNormalizer(panel, self.plan.spec.season, self.typical)


def longest_short(spec):
    """Return the length of the longest history that is left to the cold start.

    The ordinary training leaves it out, or the season was seen too seldom for it.
    """
    if spec.baseline.predicts_deviation:
        return spec.season - 1
    return 2 * spec.season + FIRST_STEPS - 1


def learn_cold_start(panel: Panel, plan: Plan, n_steps, options, seed):
    """Train on short pieces of the series.

    Parameters
    ----------
    panel : Panel
        Series in learned units, covariates standardised.
    plan : Plan
        Shape of the examples; the baseline becomes the level.
    n_steps : int
        Number of steps to calibrate.
    options : TrainingOptions
        How to build and train. The pieces that validate the network come from the newest part of
        each series.
    seed : int
        Seed of the pieces and of the training.

    Raises
    ------
    ValueError
        If the series are constant, or too short to be cut into pieces.
    """
    settings, longest = partial(options.settings, plan=plan), longest_short(plan.spec)
    plan = replace(plan, spec=replace(plan.spec, baseline=Level(), n_seasons=1))
    spec, rng = plan.spec, np.random.default_rng(seed)
    typical = TypicalScale.learn(panel, spec.season, longest)
    *_, end = split_origins(panel, spec, options.validation_fraction)
    ahead = max(n_steps, spec.rollout or spec.horizon)
    before = _cut(panel, np.ones_like(end), end, longest, ahead, rng)
    after = _cut(panel, end, panel.lengths, longest, ahead, rng)
    if typical is None or not (before.n_series and after.n_series):
        raise ValueError(
            f"cold_start=True learns from pieces of the series, but those of y, of up to "
            f"{panel.lengths.max()} steps, are too short or constant; pass longer ones, or "
            "cold_start=False."
        )

    def examples(pieces, origins=None):
        normalizer = ShortHistoryNormalizer(pieces.panel, spec.season, typical)
        return make_examples(pieces.panel, origins or pieces.origins, spec, normalizer)

    def full_data():
        pieces = _cut(panel, np.ones_like(end), panel.lengths, longest, ahead, rng)
        return gathered_once(examples(pieces)), first

    tested = thin(after.origins, MOST_VALIDATION_PIECES)
    data, test = examples(before), examples(after, tested)
    first = settings(len(data))
    network_spec = options.network_spec(plan, panel)
    trained = fit_and_refit(
        lambda member: network_spec.build(seed),
        gathered_once(data),
        PinballLoss(LEVELS),
        first,
        [seed],
        validation=gathered_once(test),
        everything=full_data if options.refit else None,
        progress=options.progress,
        title="cold start: ",
    )
    network = NetworkForecaster(trained.validated[0].module, spec, bounds=plan.learned_bounds)
    sample_size = effective_sample_size(after.n_series, n_steps)
    place = after.panel, test.normalizer, tested, n_steps
    held_out = HeldOut(network, *place, sample_size)
    one_sided = plan.one_sided
    widths = calibrate(spec, 1.0, *place, held_out, pooled=True, one_sided=one_sided)
    return ColdStart(trained.final[0].module, widths, plan, typical, longest)


@dataclass(frozen=True)
class _Pieces:
    """Pieces of series, and the origin of each."""

    panel: Panel
    origin: np.ndarray

    @property
    def n_series(self):
        return len(self.origin)

    @property
    def origins(self):
        return np.arange(len(self.origin)), self.origin


def _cut(panel, first, end, longest, ahead, rng):
    """Cut a piece with a history of up to `longest` steps for each origin from `first` to `end`.

    At most `MOST_PIECES` pieces, drawn at random, are kept.
    """
    series, origin = origins_between(first, end)
    if len(series) > MOST_PIECES:
        drawn = np.sort(rng.choice(len(series), MOST_PIECES, replace=False))
        series, origin = series[drawn], origin[drawn]
    history = rng.integers(1, longest + 1, size=len(series))
    history = np.minimum(history, origin)
    stop = np.minimum(origin + ahead, end[series])
    return _Pieces(panel.cut(series, origin - history, stop), history)
