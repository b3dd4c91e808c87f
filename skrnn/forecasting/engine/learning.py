"""Training of a forecaster: train, calibrate on held-out origins, train again on all data."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from skrnn.data.gathered import gathered_once
from skrnn.nn import Ensemble
from skrnn.series import (
    LEVELS,
    CovariateScaler,
    Panel,
    effective_sample_size,
    pooled_sample_size,
)
from skrnn.training import (
    FitResult,
    PinballLoss,
    Progress,
    Settings,
    fit_and_refit,
    fit_module,
    one_thread,
    spawn_seeds,
)

from .calibration import HeldOut, calibrate, choose_correction_weight
from .candidates import refitted
from .cold_start import learn_cold_start
from .fitted import FittedForecaster
from .network import NetworkForecaster
from .origins import split_origins, thin
from .plan import Plan, TrainingSummary, in_learned_units
from .training_examples import OriginSelection, all_examples, make_examples

VALIDATION_ORIGINS = 1000


@dataclass(frozen=True)
class TrainingOptions:
    """How the networks are built and trained.

    Parameters
    ----------
    network_spec : callable
        ``network_spec(plan, panel)`` describes the network.
    settings : callable
        ``settings(n_examples, plan)`` returns the settings of the loop.
    seed : int
        Seed of the initial weights and of the order of the examples.
    n_members : int
        Number of networks to average.
    validation_fraction : float
        Newest fraction of the origins of each series, which is held out.
    refit : bool
        Whether to train again on all data.
    refit_window : int or None
        Number of newest steps of each series to refit on; None means all.
    selection : OriginSelection
        Which origins enter the loss.
    cold_start : bool
        Whether to train a second network for series of a few steps.
    progress : Progress
        Bar that shows the stages.
    """

    network_spec: Callable[[Plan, Panel], Any]
    settings: Callable[[int, Plan], Settings]
    seed: int
    n_members: int
    validation_fraction: float
    refit: bool
    refit_window: int | None
    selection: OriginSelection
    cold_start: bool
    progress: Progress


@dataclass(frozen=True)
class Learned:
    """Result of `learn`.

    Parameters
    ----------
    forecaster : FittedForecaster
        Network, plan and calibration.
    result : FitResult
        History and best epoch of the training with validation, of the first member.
    panel : Panel
        The series in learned units, with standardised covariates.
    """

    forecaster: FittedForecaster
    result: FitResult
    panel: Panel


def learn(panel: Panel, plan: Plan, n_steps: int, options: TrainingOptions) -> Learned:
    """Train, calibrate the quantiles on held-out origins, and train again on all data.

    The held-out part affects the first training only through the plan, and through location and
    scale of the series and their covariates.

    Parameters
    ----------
    panel : Panel
        Series and covariates in original units. What follows the last observed value of a series
        is not learned.
    plan : Plan
        Shape of the examples, and the baseline fitted before the held-out part.
    n_steps : int
        Number of steps to calibrate, which may exceed the steps that the network returns at once.
    options : TrainingOptions
        How to build and train.

    Raises
    ------
    ValueError
        If `refit_window` is shorter than the horizon.
    """
    check_refit_window(options.refit_window, plan.spec)
    whole, observed = panel, panel.up_to_last_observed()
    scaler = CovariateScaler.fit(observed)
    scaled = scaler.transform(observed)
    panel = in_learned_units(scaled, plan)
    normalizer, selection = plan.normalizer(panel), options.selection
    *seeds, cold_seed = spawn_seeds(options.seed, 2 * options.n_members + 1)
    everything, train, test, end = split_origins(panel, plan.spec, options.validation_fraction)
    validation, sampled = None, thin(test, VALIDATION_ORIGINS)
    if len(test[0]) and len(train[0]):
        validation = gathered_once(make_examples(panel, sampled, plan.spec, normalizer))
    else:
        train, end = everything, panel.lengths
    examples = selection.examples(panel, train, plan.spec, normalizer, end)
    settings = options.settings(len(examples), plan)
    refit_on_all = cache(lambda: refitted(scaled, plan, n_steps))

    def full_data():
        (full, whole_panel), newest = refit_on_all(), options.refit_window
        data = all_examples(full.normalizer(whole_panel), full.spec, selection, newest)
        again = settings if newest is None else options.settings(len(data), plan)
        return gathered_once(data), again

    network_spec = options.network_spec(plan, panel)
    trained = fit_and_refit(
        lambda member: network_spec.build(seeds[2 * member]),
        gathered_once(examples),
        PinballLoss(LEVELS),
        settings,
        seeds[1::2],
        validation=validation,
        everything=full_data if options.refit else None,
        progress=options.progress,
    )
    options.progress.stage("calibrate")
    results, held_out = trained.validated, None
    if validation is not None:
        module, bounds = mean_network(results), plan.learned_bounds
        network = NetworkForecaster(module, plan.spec, bounds=bounds)
        sample_size = pooled_sample_size(effective_sample_size(np.bincount(test[0]), n_steps))
        held_out = HeldOut(network, panel, normalizer, sampled, n_steps, sample_size)
    weight = choose_correction_weight(plan.spec, held_out)
    place = panel, normalizer, everything, n_steps
    widths = calibrate(plan.spec, weight, *place, held_out, one_sided=plan.one_sided)
    summary = summarize(results, settings, weight, validated=validation is not None)
    final_plan, panel = (plan, panel) if trained.final is results else refit_on_all()
    final_plan = replace(final_plan, summary=summary)
    cold_start = None
    if options.cold_start:
        cold_start = learn_cold_start(panel, final_plan, n_steps, options, cold_seed)
    module = mean_network(trained.final)
    forecaster = FittedForecaster(
        module, network_spec, weight, final_plan, widths, scaler, cold_start
    )
    if observed is not whole:
        panel = forecaster.read(whole, np.arange(whole.n_series))
    return Learned(forecaster, results[0], panel)


def check_refit_window(refit_window, spec):
    """Check that the window holds a whole horizon."""
    n_ahead = spec.rollout or spec.horizon
    if refit_window is not None and refit_window < n_ahead:
        raise ValueError(
            f"refit_window={refit_window} is shorter than the {n_ahead} steps that are learned at "
            f"once; pass at least {n_ahead}, or None to learn from everything."
        )


def mean_network(results):
    """Return the trained network, or the mean of several."""
    modules = [result.module for result in results]
    return modules[0] if len(modules) == 1 else Ensemble(modules)


def summarize(results, settings, correction_weight, *, validated):
    """Return the facts about networks and training that the plan reports."""
    module = results[0].module
    n_weights = sum(parameter.numel() for parameter in module.parameters())
    best_epoch = results[0].best_epoch if validated else None
    return TrainingSummary(
        module.width, n_weights, len(results), settings, best_epoch, correction_weight
    )


@one_thread()
def train_further(forecaster, history, selection, settings, seed, progress):
    """Return the forecaster with a copy of its network, trained further on the observed series.

    Parameters
    ----------
    forecaster : FittedForecaster
        Forecaster to train.
    history : Observed
        The series.
    selection : OriginSelection
        Which origins enter the loss.
    settings : callable
        ``settings(n_examples)`` returns the settings of the loop.
    seed : int
        Seed of the order of the examples.
    progress : Progress
        Bar that shows the training.
    """
    examples = all_examples(history.normalizer.for_training(), forecaster.plan.spec, selection)
    module = copy.deepcopy(forecaster.module)
    examples = gathered_once(examples)
    how, loss = settings(len(examples)), PinballLoss(LEVELS)
    progress.stage("train", how.epochs_to_run)
    result = fit_module(module, examples, loss, how, seed=seed, progress=progress)
    return replace(forecaster, module=result.module)
