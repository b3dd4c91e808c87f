"""Learn a forecaster's network from a panel: split, train, calibrate, train on everything."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.data import ForecastExamples, ForecastWidths, Panel, Standardizer
from skrnn.data.calibration import TRUSTED_SCORES, fixed_distances, own_factors
from skrnn.training import FitResult, PinballLoss, auto_batch_size, fit_module

from ._iterate import forecast_blocks
from ._plan import Plan, choose_anchor

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
MAX_UPDATES = 2000
BATCHES_PER_EPOCH = 50
VALIDATION_ORIGINS = 1000


@dataclass
class Learned:
    """What comes of learning.

    Parameters
    ----------
    result : FitResult
        History and best epoch of the training that was validated.
    module : torch.nn.Module
        The network.
    widths : ForecastWidths
        Calibration of its quantiles.
    """

    result: FitResult
    module: Any
    widths: ForecastWidths


def standardize_covariates(panel: Panel, scaler: Standardizer | None = None):
    """Return the panel with standardised covariates, and the scaler."""
    if panel.past.shape[1] == 0:
        return panel, None
    if scaler is None:
        scaler = Standardizer.fit(panel.past, np.ones(len(panel.past)))
    return replace(panel, past=scaler.transform(panel.past, np.float64)), scaler


def origin_budget(n, batch_size, max_epochs):
    """Return batch size, epochs and batches of an epoch for `n` origins.

    Origins overlap: ``30 sqrt(n)`` updates, at least 300 and at most 2,000, see enough of them,
    and an epoch is at most 50 batches of origins drawn anew.
    """
    batch_size = auto_batch_size(n) if batch_size == "auto" else int(batch_size)
    n_batches = min(math.ceil(n / batch_size), BATCHES_PER_EPOCH)
    if max_epochs != "auto":
        return batch_size, int(max_epochs), n_batches
    n_updates = min(MAX_UPDATES, max(300, 30 * math.sqrt(n)))
    return batch_size, math.ceil(n_updates / n_batches), n_batches


def with_chosen_anchor(panel: Panel, plan: Plan, validation_fraction):
    """Return the plan with the anchor that is best before the held-out part."""
    spec = plan.spec
    _, train, _, _ = split_origins(panel, spec, validation_fraction)
    stats = panel.location_and_scale(spec.season)
    return replace(plan, spec=replace(spec, anchor=choose_anchor(panel, spec, train, stats)))


def all_examples(panel: Panel, spec):
    """Return the examples of all origins."""
    everything, *_ = split_origins(panel, spec, 0.0)
    return ForecastExamples(panel, *everything, spec, *panel.location_and_scale(spec.season))


def split_origins(panel: Panel, spec, validation_fraction):
    """Return training examples, held-out ones, and the end of the training targets.

    The newest part of each series is held out: the targets of the training end before it, and
    the held-out origins begin with it. Origins near an end have fewer targets; the missing ones
    weigh nothing. An origin has at least one step of history, a season if the series has two.

    Returns
    -------
    everything, train, held_out : tuple of ndarray
        Series and origin of each example.
    end : ndarray of shape (n_series,)
        Steps of each series that the training targets may come from.
    """
    lengths = panel.lengths
    first = np.where(lengths > 2 * spec.season, spec.season, 1)
    first = np.minimum(first, np.maximum(lengths - 1, 0))
    n_held_out = np.round(validation_fraction * (lengths - first)).astype(int)
    end = lengths - np.where(lengths - first >= 4, np.maximum(n_held_out, 1), 0)
    everything = _origins(first, lengths)
    return everything, _origins(first, end), _origins(end, lengths), end


def _origins(start, stop):
    """Pairs of series and origin, for the origins from `start` to before `stop` of each."""
    counts = np.maximum(stop - start, 0)
    series = np.repeat(np.arange(len(start)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return series, np.arange(counts.sum()) - before + np.repeat(start, counts)


def learn(
    panel: Panel,
    spec,
    build,
    settings_for,
    seed,
    *,
    n_steps: int,
    validation_fraction: float,
    refit: bool,
) -> Learned:
    """Train, calibrate the quantiles on held-out origins, and train again on everything.

    Parameters
    ----------
    panel : Panel
        Series in learned units, covariates standardised.
    spec : WindowSpec
        Shape of the examples.
    build : callable
        ``build()`` returns a new module, the same one each time.
    settings_for : callable
        ``settings_for(n_examples)`` returns the settings of the loop.
    seed : int
        Seed of the loop.
    n_steps : int
        Steps to calibrate, which may be more than the network returns at once.
    validation_fraction : float
        Part of each series whose origins are held out, the newest ones.
    refit : bool
        Whether to train again on everything.
    """
    stats = panel.location_and_scale(spec.season)
    everything, train, held_out, end = split_origins(panel, spec, validation_fraction)
    held_out = _thin(held_out)
    loss = PinballLoss(LEVELS)

    def fit(origins, settings, end=None, validation=None):
        data = ForecastExamples(panel, *origins, spec, *stats, end=end)
        return fit_module(build(), data, loss, settings, seed=seed, validation=validation)

    if not (len(held_out[0]) and len(train[0])):
        result = fit(everything, settings_for(len(everything[0])))
        widths = calibrate(result.module, panel, everything, None, spec, stats, n_steps)
        return Learned(result, result.module, widths)
    settings = settings_for(len(train[0]))
    validation = ForecastExamples(panel, *held_out, spec, *stats)
    result = fit(train, settings, end, validation)
    widths = calibrate(result.module, panel, everything, held_out, spec, stats, n_steps)
    module = result.module
    if refit:
        module = fit(everything, replace(settings, stop_after=result.best_epoch + 1)).module
    return Learned(result, module, widths)


def _thin(origins):
    """Take at most `VALIDATION_ORIGINS` of the origins, evenly."""
    series, origin = origins
    if len(series) <= VALIDATION_ORIGINS:
        return origins
    index = np.linspace(0, len(series) - 1, VALIDATION_ORIGINS).astype(int)
    return series[index], origin[index]


def calibrate(module, panel, everything, held_out, spec, stats, n_steps):
    """Return the widths of the forecasts of `module`, which has not seen the held-out origins."""
    whole = replace(spec, horizon=n_steps)
    fixed = fixed_distances(LEVELS, anchor_errors(panel, _thin(everything), whole, stats))
    factors, weight = np.ones(fixed.shape), 0.0
    if held_out is not None:
        series, origin = held_out
        quantiles = forecast_blocks(module, panel, series, origin, n_steps, spec, stats)
        actual, _ = panel.read(series, origin[:, None] + np.arange(n_steps))
        factors = own_factors(LEVELS, quantiles, actual)
        error = (actual - quantiles[..., len(LEVELS) // 2]) / stats[1][series][:, None]
        naive = anchor_errors(panel, held_out, whole, stats)
        n_independent = 2 * len(series) / (n_steps + 1)
        weight = n_independent / (n_independent + TRUSTED_SCORES)
        ratio = np.nanmean(np.abs(error)) / max(np.nanmean(np.abs(naive)), 1e-12)
        fixed = fixed * (n_independent * min(ratio, 2.0) + 10) / (n_independent + 10)
    return ForecastWidths(LEVELS, factors, fixed, weight)


def anchor_errors(panel, origins, spec, stats):
    """Return the errors of the anchor (n, horizon, n_targets), in units of the scale."""
    examples = ForecastExamples(panel, *origins, spec, *stats)
    _, error, weight = examples.gather(np.arange(len(examples)))
    return np.where(weight > 0, error, np.nan)
