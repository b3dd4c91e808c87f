"""Forecasts of series that have hardly begun, by a network that has learned from such ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.series import ForecastWidths, Panel, ShortHistoryNormalizer, UsualScale
from skrnn.series.quantiles import LEVELS
from skrnn.training import PinballLoss, fit_module

from .calibration import Outcomes, calibrate
from .iterate import BlockForecaster, make_examples, make_forecaster
from .origins import FIRST_STEPS, effective_sample_size, split_origins, thin
from .plan import Plan

MOST_PIECES = 10_000
MOST_TESTED = 1000


@dataclass(frozen=True)
class CalibratedForecaster:
    """A calibrated forecaster.

    Parameters
    ----------
    forecaster : BlockForecaster
        Network, and how far it is believed.
    widths : ForecastWidths
        Calibration of its quantiles.
    normalizer : Normalizer
        Where the series stand at each origin.
    learned : ndarray of shape (n_series,)
        Which of the series that were learned from each is; -1 for a new one.
    """

    forecaster: BlockForecaster
    widths: ForecastWidths
    normalizer: Any
    learned: np.ndarray

    def quantiles(self, panel, series, origin, n_steps, known=None):
        """Return calibrated quantiles (n, n_steps, n_targets, n_levels) in learned units."""
        quantiles = self.forecaster.forecast(panel, self.normalizer, series, origin, n_steps, known)
        scale = self.normalizer.at(series, origin, n_steps).scale
        steps = np.arange(1, n_steps + 1)
        return self.widths.apply(quantiles, steps, scale, self.learned[series])


@dataclass(frozen=True)
class ColdStart:
    """What forecasts a series of a few steps.

    Parameters
    ----------
    module : torch.nn.Module
        The network, which corrects the level of what is there.
    widths : ForecastWidths
        Calibration of its quantiles.
    plan : Plan
        Shape of what it reads.
    usual : UsualScale
        What tells the scale of a few steps.
    """

    module: Any
    widths: ForecastWidths
    plan: Plan
    usual: UsualScale

    def forecasts(self, origin):
        """Return from which origins this forecasts, not the ordinary network."""
        return origin <= longest_short(self.plan.spec)

    def calibrated(self, panel):
        """Return what answers for the series of a panel."""
        normalizer = ShortHistoryNormalizer(panel, self.plan.spec.season, self.usual)
        forecaster = make_forecaster(self.module, self.plan.spec)
        return CalibratedForecaster(
            forecaster, self.widths, normalizer, np.full(panel.n_series, -1)
        )


def longest_short(spec):
    """Return the steps of the longest history that the ordinary training leaves out."""
    return 2 * spec.season + FIRST_STEPS - 1


def learn_cold_start(
    panel: Panel, plan: Plan, build, settings_for, seed, *, n_steps, validation_fraction, refit
):
    """Train on pieces of the series, as if each had begun there.

    Parameters
    ----------
    panel : Panel
        Series in learned units, covariates standardised.
    plan : Plan
        Shape of the examples; the baseline becomes the level.
    build : callable
        ``build(plan)`` returns a new module, the same one each time.
    settings_for : callable
        ``settings_for(n_examples)`` returns the settings of the loop.
    seed : int
        Decides the pieces, and the seed of the loop.
    n_steps : int
        Steps to calibrate.
    validation_fraction : float
        Newest part of each series, in which the pieces lie that the network is tested on.
    refit : bool
        Whether to train again on pieces of everything.

    Raises
    ------
    ValueError
        If the series are too short to be cut in pieces, or constant.
    """
    plan = replace(plan, smoothing=None, spec=replace(plan.spec, baseline=None, n_seasons=1))
    spec, rng = plan.spec, np.random.default_rng(seed)
    usual = UsualScale.learn(panel, spec.season, longest_short(spec))
    *_, end = split_origins(panel, spec, validation_fraction)
    before = _cut(panel, np.ones_like(end), end, spec, n_steps, rng)
    behind = _cut(panel, end, panel.lengths, spec, n_steps, rng)
    if usual is None or not (before.n_series and behind.n_series):
        raise ValueError(
            f"cold_start=True learns from pieces of the series, but those of y, of up to "
            f"{panel.lengths.max()} steps, are too short or constant; pass longer ones, or "
            "cold_start=False."
        )

    def examples(pieces, origins=None):
        normalizer = ShortHistoryNormalizer(pieces.panel, spec.season, usual)
        return make_examples(pieces.panel, origins or pieces.origins, spec, normalizer)

    tested = thin(behind.origins, MOST_TESTED)
    data, test = examples(before), examples(behind, tested)
    settings, loss = settings_for(len(data)), PinballLoss(LEVELS)
    result = fit_module(build(plan), data, loss, settings, seed=seed, validation=test)
    n_tests = effective_sample_size(behind.n_series, n_steps)
    outcomes = Outcomes.of(behind.panel, test.normalizer, tested, n_tests, n_steps)
    forecaster = make_forecaster(result.module, spec)
    widths = calibrate(
        forecaster, behind.panel, test.normalizer, tested, n_steps, outcomes, alike=True
    )
    module = result.module
    if refit and not result.interrupted:
        data = examples(_cut(panel, np.ones_like(end), panel.lengths, spec, n_steps, rng))
        again = replace(settings, stop_after=result.best_epoch + 1)
        module = fit_module(build(plan), data, loss, again, seed=seed).module
    return ColdStart(module, widths, plan, usual)


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


def _cut(panel, first, end, spec, n_steps, rng):
    """Cut a piece with a short history for each origin from `first` to before `end`.

    Too many are thinned out at random.
    """
    counts = np.maximum(end - first, 0)
    series = np.repeat(np.arange(panel.n_series), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    origin = np.arange(len(series)) - before + np.repeat(first, counts)
    if len(series) > MOST_PIECES:
        drawn = np.sort(rng.choice(len(series), MOST_PIECES, replace=False))
        series, origin = series[drawn], origin[drawn]
    history = rng.integers(1, longest_short(spec) + 1, size=len(series))
    history = np.minimum(history, origin)
    ahead = max(n_steps, spec.rollout or spec.horizon)
    stop = np.minimum(origin + ahead, end[series])
    return _Pieces(panel.cut(series, origin - history, stop), history)
