"""Learn a forecaster's network from a panel: split, train, calibrate, train on everything."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.nn import Ensemble
from skrnn.series import ForecastWidths, Panel
from skrnn.series.quantiles import LEVELS
from skrnn.training import FitResult, PinballLoss, fit_module

from .calibration import (
    Outcomes,
    calibrate,
    measure_correction_weight,
    unmeasured_correction_weight,
)
from .candidates import refitted
from .iterate import BlockForecaster, make_examples, make_forecaster
from .origins import effective_sample_size, pooled_sample_size, split_origins, thin
from .plan import Plan, TrainingSummary

VALIDATION_ORIGINS = 1000


@dataclass
class Learned:
    """What comes of learning.

    Parameters
    ----------
    result : FitResult
        History and best epoch of the training that was validated, of the first member.
    forecaster : BlockForecaster
        The network, and how far its corrections are believed.
    widths : ForecastWidths
        Calibration of its quantiles.
    plan : Plan
        The plan, its baseline fitted to what the network was trained on last.
    """

    result: FitResult
    forecaster: BlockForecaster
    widths: ForecastWidths
    plan: Plan


@dataclass(frozen=True)
class OriginSelection:
    """Which origins of a series the loss sees.

    Parameters
    ----------
    n_last : int or None
        So many of the last ones with a whole horizon behind them; all of them without.
    half_life : float or None
        Steps before the end of the series at which an origin weighs one half.
    """

    n_last: int | None = None
    half_life: float | None = None

    def examples(self, panel: Panel, origins, spec, normalizer, end):
        """Return the examples of those among `origins` that the loss sees."""
        if self.n_last is not None:
            series, origin = origins
            first = np.full(panel.n_series, np.iinfo(np.int64).max)
            np.minimum.at(first, series, origin)
            last = np.maximum(end - (spec.rollout or spec.horizon), first)
            age = last[series] - origin
            seen = (age >= 0) & (age < self.n_last)
            origins = series[seen], origin[seen]
        return make_examples(panel, origins, spec, normalizer, end=end, half_life=self.half_life)


def all_examples(normalizer, spec, seen, n_newest=None):
    """Return the examples of all origins of the panel of a normalizer that the loss sees.

    With `n_newest` those only whose targets are among so many newest steps of each series.
    """
    panel = normalizer.panel
    (series, origin), *_ = split_origins(panel, spec, 0.0)
    if n_newest is not None:
        late = origin >= panel.lengths[series] - n_newest
        series, origin = series[late], origin[late]
    return seen.examples(panel, (series, origin), spec, normalizer, panel.lengths)


def learn(
    panel: Panel,
    plan: Plan,
    build,
    settings_for,
    seeds,
    *,
    n_steps: int,
    validation_fraction: float,
    refit: bool,
    refit_window: int | None,
    seen: OriginSelection,
) -> Learned:
    """Train, calibrate the quantiles on held-out origins, and train again on everything.

    What is held out enters the training only by the plan, and by the location and scale of the
    series and their covariates, in whose units everything is.

    Parameters
    ----------
    panel : Panel
        Series in learned units, covariates standardised.
    plan : Plan
        Shape of the examples, and their baseline as it was fitted before the held-out part.
    build : callable
        ``build(member)`` returns a new module, the same one each time.
    settings_for : callable
        ``settings_for(n_examples)`` returns the settings of the loop.
    seeds : sequence of int
        Seed of the loop of each member.
    n_steps : int
        Steps to calibrate, which may be more than the network returns at once.
    validation_fraction : float
        Part of each series whose origins are held out, the newest ones.
    refit : bool
        Whether to train again on everything.
    refit_window : int or None
        Newest steps of each series that this training learns from; everything without.
    seen : OriginSelection
        Which of the origins the loss sees.

    Raises
    ------
    ValueError
        If `refit_window` has no place for a horizon.
    """
    spec, normalizer = plan.spec, plan.normalizer(panel)
    check_refit_window(refit_window, spec)
    everything, train, held_out, end = split_origins(panel, spec, validation_fraction)
    loss = PinballLoss(LEVELS)

    def fit(data, all_settings, validation=None):
        return [
            fit_module(build(i), data, loss, settings, seed=seed, validation=validation)
            for i, (settings, seed) in enumerate(zip(all_settings, seeds, strict=True))
        ]

    if not (len(held_out[0]) and len(train[0])):
        data = all_examples(normalizer, spec, seen)
        settings = settings_for(len(data))
        results = fit(data, [settings] * len(seeds))
        forecaster = make_forecaster(
            together(results), spec, correction_weight=unmeasured_correction_weight(spec)
        )
        widths = calibrate(forecaster, panel, normalizer, everything, n_steps)
        plan = replace(
            plan, summary=training_summary(results, settings, None, forecaster.correction_weight)
        )
        return Learned(results[0], forecaster, widths, plan)
    data = seen.examples(panel, train, spec, normalizer, end)
    settings = settings_for(len(data))
    test = thin(held_out, VALIDATION_ORIGINS)
    validation = make_examples(panel, test, spec, normalizer)
    results = fit(data, [settings] * len(seeds), validation)
    n_tests = pooled_sample_size(effective_sample_size(np.bincount(held_out[0]), n_steps))
    outcomes = Outcomes.of(panel, normalizer, test, n_tests, n_steps)
    forecaster = make_forecaster(together(results), spec)
    forecaster.correction_weight = measure_correction_weight(
        forecaster, panel, normalizer, outcomes
    )
    widths = calibrate(forecaster, panel, normalizer, everything, n_steps, outcomes)
    if refit and not any(result.interrupted for result in results):
        plan = refitted(panel, plan, n_steps)
        data = all_examples(plan.normalizer(panel), plan.spec, seen, refit_window)
        again = settings if refit_window is None else settings_for(len(data))
        module = together(fit(data, [stopped(again, settings, result) for result in results]))
        forecaster = make_forecaster(module, plan.spec, forecaster.correction_weight)
    summary = training_summary(
        results, settings, results[0].best_epoch, forecaster.correction_weight
    )
    return Learned(results[0], forecaster, widths, replace(plan, summary=summary))


def training_summary(results, settings, best_epoch, correction_weight):
    """Return what the plan tells of the networks and their training."""
    module = results[0].module
    n_weights = sum(parameter.numel() for parameter in module.parameters())
    encoder = getattr(module, "encoder", None)  # a network of the user's is a whole
    width = None if encoder is None else encoder.output_size
    return TrainingSummary(width, n_weights, len(results), settings, best_epoch, correction_weight)


def check_refit_window(refit_window, spec):
    """Check that a whole horizon can be learned."""
    n_ahead = spec.rollout or spec.horizon
    if refit_window is not None and refit_window < n_ahead:
        raise ValueError(
            f"refit_window={refit_window} is shorter than the {n_ahead} steps that are learned at "
            f"once; pass at least {n_ahead}, or None to learn from everything."
        )


def stopped(again, settings, result):
    """Return settings that stop where in the schedule of the first ones the result was best."""
    n_epochs = -(-(result.best_epoch + 1) * again.n_epochs // settings.n_epochs)
    return replace(again, stop_after=n_epochs)


def together(results):
    """Return the trained network, or the mean of several."""
    modules = [result.module for result in results]
    return modules[0] if len(modules) == 1 else Ensemble(modules)
