"""The statistical forecast whose errors a network learns, chosen on held-out origins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.baselines import (
    Combination,
    FitData,
    Level,
    Smoothing,
    Theta,
    simplex,
    weigh_forecasts,
)
from skrnn.series import (
    ForecastExamples,
    Normalizer,
    Panel,
    WindowSpec,
    effective_sample_size,
    pooled_sample_size,
)
from skrnn.training import one_blas_thread

from .cross_fitting import cross_fitted
from .origins import split_origins, thin
from .plan import Plan, in_learned_units
from .units import choose_log

MOST_SERIES = 1000  # of a large panel, on which baselines are compared
MOST_ORIGINS = 3000  # on which baselines are compared
WINDOW_ORIGINS = 1000  # on which baselines that read the window are compared
LOG_ODDS = np.log(3)  # of the look of the series, in the choice of the logarithm
LEAST_WEIGHT = 0.01  # below which a baseline is left out
LONG_HISTORY = 1000  # steps before an origin that weighs baselines, held out or not


@dataclass(frozen=True)
class Candidate:
    """A combination of baselines for one season and one unit, fitted before the held-out part.

    Parameters
    ----------
    season : int
        Steps of a season.
    log : bool
        Whether the baselines forecast logarithms.
    baseline : Combination
        The baselines and their weights.
    evidence : float
        Log-likelihood of what was held out, up to a constant that all candidates share.
    earlier : bool
        Whether forecasts from earlier origins count in the weights, too.
    """

    season: int
    log: bool
    baseline: Combination
    evidence: float
    earlier: bool = False


def choose_statistical(panel: Panel, seasons, log, n_steps, validation_fraction, baselines):
    """Return the baselines, season and unit with the best forecasts from held-out origins.

    Parameters
    ----------
    panel : Panel
        The series in their own units.
    seasons : sequence of int
        Seasons to compare, the one that is expected first.
    log : bool or None
        Whether to forecast logarithms; None compares.
    n_steps : int
        Steps to forecast.
    validation_fraction : float
        Newest fraction of each series, which the baselines do not read before they are compared.
    baselines : sequence of Baseline
        Which to combine.
    """
    panel, longest = panel.sample(MOST_SERIES), max(seasons)

    def fit(season, log):
        return fit_candidate(panel, season, log, n_steps, validation_fraction, baselines, longest)

    expected = choose_log(panel, longest) if log is None else log
    best, *others = (fit(season, expected) for season in seasons)
    for other in others:
        if other.evidence > best.evidence + (LOG_ODDS if best.season == seasons[0] else 0.0):
            best = other
    if log is None and np.nanmin(panel.y) > 0:
        other = fit(best.season, not expected)
        if other.evidence > best.evidence + LOG_ODDS:
            best = other
    return weigh_on_earlier_origins(panel, best, n_steps, validation_fraction, longest)


def fit_candidate(panel, season, log, n_steps, validation_fraction, baselines, longest_season=None):
    """Fit the baselines before the held-out part, and weigh them by their errors in it.

    Candidates are compared on the same part, that of the longest season among them.
    """
    units = Plan(WindowSpec(1, 1, n_steps, season, Level()), log)
    learned = in_learned_units(panel, units)
    split = replace(units.spec, season=longest_season or season)
    _, train, held_out, end = split_origins(learned, split, validation_fraction)
    n_held_out = np.bincount(held_out[0], minlength=panel.n_series)
    sizes = effective_sample_size(n_held_out, n_steps)
    held_out = thin(held_out, MOST_ORIGINS)
    data = FitData(learned, season, n_steps, train, end, held_out, pooled_sample_size(sizes))
    fitted = [baseline.fit(data) for baseline in baselines]
    members = [member for member in fitted if member is not None] or [Smoothing().fit(data)]
    weights: Any = np.ones(len(members))
    evidence = 0.0
    if len(held_out[0]):
        errors = _errors(panel, units, learned, members, held_out)
        weights, evidence = weigh_forecasts(errors, held_out[0], sizes, simplex(len(members)))
    if all(member.learns_outcomes for member in members):
        members += [Smoothing().fit(data), Theta().fit(data)]  # stand in where none can be fitted
        weights = [*weights, 0.0, 0.0]
    return Candidate(season, log, Combination.of(members, weights, LEAST_WEIGHT), evidence)


def weigh_on_earlier_origins(panel, candidate, n_steps, validation_fraction, longest_season):
    """Return a candidate whose weights follow, for long series, from earlier origins, too.

    The newest part of a series may be a summer only. An origin with a long history compares
    baselines as well as the last ones do, if those that learn from outcomes are cross-fitted.
    """
    members = candidate.baseline.active
    if len(members) == 1 or panel.lengths.max() <= LONG_HISTORY:
        return candidate
    spec = WindowSpec(1, 1, n_steps, candidate.season, Combination.of(members))
    units = Plan(spec, candidate.log)
    learned = in_learned_units(panel, units)
    split = replace(spec, season=longest_season)
    (series, origin), *_, end = split_origins(learned, split, validation_fraction)
    long = origin >= np.minimum(end, LONG_HISTORY)[series]
    if (origin >= end[series])[long].all():
        return candidate
    counts = np.bincount(series[long], minlength=panel.n_series)
    origins = thin((series[long], origin[long]), MOST_ORIGINS)
    errors = np.full((len(members), len(origins[0]), n_steps, panel.n_targets), np.nan)
    for inside, baseline in cross_fitted(learned, origins, spec, n_steps):
        if len(baseline.members) == len(members):  # otherwise too few origins are left for one
            held_out = tuple(of[inside] for of in origins)
            errors[:, inside] = _errors(panel, units, learned, baseline.members, held_out)
    if np.isnan(errors).all():
        return candidate
    sizes = effective_sample_size(counts, n_steps)
    weights, _ = weigh_forecasts(errors, origins[0], sizes, simplex(len(members)))
    return replace(candidate, baseline=Combination.of(members, weights, LEAST_WEIGHT), earlier=True)


def choose_window_baseline(panel: Panel, spec, origins, normalizer, end, baselines):
    """Return the baseline with the lowest mean absolute error on origins of the training part."""
    stride = max(1, len(origins[0]) // WINDOW_ORIGINS)
    sampled = tuple(part[::stride] for part in origins)
    errors = []
    for baseline in baselines:
        spec = replace(spec, baseline=baseline)
        examples = ForecastExamples(panel, sampled, spec, normalizer, end=end)
        _, error, weight = examples.gather(np.arange(len(examples)))
        errors.append(float(np.abs(error * weight).sum() / max(weight.sum(), 1.0)))
    return baselines[int(np.argmin(errors))]


@one_blas_thread()
def refitted(panel: Panel, plan: Plan, n_steps):
    """Return the plan with its baseline fitted to all of the series, in learned units."""
    spec = plan.spec
    if not spec.baseline.fitted:
        return plan
    everything, *_ = split_origins(panel, spec, 0.0)
    data = FitData(panel, spec.season, n_steps, everything, panel.lengths)
    return replace(plan, spec=replace(spec, baseline=spec.baseline.refit(data)))


def _errors(panel, units, learned, members, origins):
    """Return errors in the units of the series, over their changes, (n_members, n, n_steps, k)."""
    everyone, spec = np.arange(len(origins[0])), units.spec
    series, origin = origins
    scale = Normalizer(panel, 1).at(series, origin).scale[:, None]
    actual, _ = panel.read(series, origin[:, None] + np.arange(spec.horizon))
    normalizer = Normalizer(learned, spec.season, settled=learned.lengths)
    errors = []
    for member in members:
        examples = ForecastExamples(learned, origins, replace(spec, baseline=member), normalizer)
        forecast = examples.gather_inputs(everyone)[1].center
        with np.errstate(over="ignore"):
            errors.append((units.to_original(forecast) - actual) / scale)
    return np.stack(errors)
