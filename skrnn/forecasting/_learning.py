"""Learn a forecaster's network from a panel: split, train, calibrate, train on everything."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.data import ForecastWidths, Panel
from skrnn.training import FitResult, PinballLoss, fit_module

from ._calibration import (
    LEVELS,
    Outcomes,
    calibrate,
    measure_trust,
    n_independent,
    unmeasured_trust,
)
from ._iterate import BlockForecaster, make_examples, make_forecaster
from ._plan import Plan, choose_anchor

VALIDATION_ORIGINS = 1000


@dataclass
class Learned:
    """What comes of learning.

    Parameters
    ----------
    result : FitResult
        History and best epoch of the training that was validated.
    forecaster : BlockForecaster
        The network, and how far its corrections are believed.
    widths : ForecastWidths
        Calibration of its quantiles.
    """

    result: FitResult
    forecaster: BlockForecaster
    widths: ForecastWidths


def with_chosen_anchor(panel: Panel, plan: Plan, validation_fraction):
    """Return the plan with the anchor that is best before the held-out part."""
    spec = plan.spec
    _, train, _, end = split_origins(panel, spec, validation_fraction)
    stats = panel.location_and_scale(spec.season)
    return replace(plan, spec=replace(spec, anchor=choose_anchor(panel, spec, train, stats, end)))


@dataclass(frozen=True)
class SeenOrigins:
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

    def examples(self, panel: Panel, origins, spec, stats, end):
        """Return the examples of those among `origins` that the loss sees."""
        if self.n_last is not None:
            series, origin = origins
            first = np.full(panel.n_series, np.iinfo(np.int64).max)
            np.minimum.at(first, series, origin)
            last = np.maximum(end - (spec.rollout or spec.horizon), first)
            age = last[series] - origin
            seen = (age >= 0) & (age < self.n_last)
            origins = series[seen], origin[seen]
        return make_examples(panel, origins, spec, stats, end=end, half_life=self.half_life)


def all_examples(panel: Panel, spec, seen):
    """Return the examples of all origins that the loss sees."""
    everything, *_ = split_origins(panel, spec, 0.0)
    stats = panel.location_and_scale(spec.season)
    return seen.examples(panel, everything, spec, stats, panel.lengths)


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
    n_origins = lengths - first
    n_held_out = np.round(validation_fraction * n_origins).astype(int)
    n_held_out = np.clip(n_held_out, 1, np.maximum(n_origins - 1, 1))
    end = lengths - np.where(n_origins >= 4, n_held_out, 0)
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
    seen: SeenOrigins,
) -> Learned:
    """Train, calibrate the quantiles on held-out origins, and train again on everything.

    What is held out enters the training only by the plan, and by the location and scale of the
    series and their covariates, in whose units everything is.

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
    seen : SeenOrigins
        Which of the origins the loss sees.
    """
    stats = panel.location_and_scale(spec.season)
    everything, train, held_out, end = split_origins(panel, spec, validation_fraction)
    loss = PinballLoss(LEVELS)

    def fit(data, settings, validation=None):
        return fit_module(build(), data, loss, settings, seed=seed, validation=validation)

    all_data = seen.examples(panel, everything, spec, stats, panel.lengths)
    if not (len(held_out[0]) and len(train[0])):
        result = fit(all_data, settings_for(len(all_data)))
        forecaster = make_forecaster(result.module, spec, trust=unmeasured_trust(spec))
        widths = calibrate(forecaster, panel, stats, thin(everything), n_steps)
        return Learned(result, forecaster, widths)
    data = seen.examples(panel, train, spec, stats, end)
    settings = settings_for(len(data))
    validation = make_examples(panel, thin(held_out), spec, stats)
    result = fit(data, settings, validation)
    outcomes = Outcomes.of(panel, stats, thin(held_out), n_independent(held_out, n_steps), n_steps)
    forecaster = make_forecaster(result.module, spec)
    forecaster.trust = measure_trust(forecaster, panel, stats, outcomes)
    widths = calibrate(forecaster, panel, stats, thin(everything), n_steps, outcomes)
    if refit and not result.interrupted:
        again = replace(settings, stop_after=result.best_epoch + 1)
        forecaster.module = fit(all_data, again).module
    return Learned(result, forecaster, widths)


def thin(origins):
    """Take at most `VALIDATION_ORIGINS` of the origins, evenly."""
    series, origin = origins
    if len(series) <= VALIDATION_ORIGINS:
        return origins
    index = np.linspace(0, len(series) - 1, VALIDATION_ORIGINS).astype(int)
    return series[index], origin[index]
