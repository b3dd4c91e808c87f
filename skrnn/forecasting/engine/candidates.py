"""Choice of baselines, season and log transform by errors on held-out origins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from skrnn.baselines import (
    Combination,
    CovariateEffects,
    FitData,
    Level,
    Smoothing,
    Structural,
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
    pooled,
    pooled_sample_size,
)
from skrnn.training import one_blas_thread

from .cross_fitting import cross_fitted
from .origins import split_origins, thin
from .plan import Plan, in_learned_units
from .units import choose_log

MOST_SERIES = 1000  # series on which baselines are compared
MOST_ORIGINS = 3000  # origins on which baselines are compared
WINDOW_ORIGINS = 1000  # origins on which baselines that only read the window are compared
LOG_ODDS = np.log(3)  # prior log odds of the expected season and log transform
LEAST_WEIGHT = 0.01  # baselines with a lower weight are left out
LONG_HISTORY = 1000  # steps before an earlier origin that also counts in the weights


@dataclass(frozen=True)
class Candidate:
    """A combination of baselines for one season, with or without logarithms.

    Parameters
    ----------
    season : int
        Steps of a season.
    log : bool
        Whether the baselines forecast logarithms.
    baseline : Combination
        The baselines, fitted before the held-out part, and their weights.
    evidence : float
        Log-likelihood of the held-out part, up to a constant that all candidates share.
    earlier : bool
        Whether the weights also depend on forecasts from earlier origins.
    effects : CovariateEffects or None
        Effects of known covariates, which the baselines do not forecast.
    """

    season: int
    log: bool
    baseline: Combination
    evidence: float
    earlier: bool = False
    effects: CovariateEffects | None = None


def choose_statistical(
    panel: Panel, seasons, log, n_steps, validation_fraction, baselines, learners=()
):
    """Return the baselines, season and log transform with the best held-out forecasts.

    Parameters
    ----------
    panel : Panel
        The series in original units.
    seasons : sequence of int
        Seasons to compare; the expected one comes first.
    log : bool or None
        Whether to forecast logarithms; None compares both.
    n_steps : int
        Number of steps to forecast.
    validation_fraction : float
        Newest fraction of each series, which is held out for the comparison.
    baselines : sequence of Baseline
        Baselines to combine.
    learners : sequence of EffectsLearner
        Effects of covariates to compare, the simpler ones first.
    """
    panel, longest = panel.sample(MOST_SERIES), max(seasons)
    # Slow baselines join the others once season, log transform and effects are chosen.
    slow = [baseline for baseline in baselines if baseline.reads_covariates]
    baselines = [baseline for baseline in baselines if baseline not in slow] or slow

    def fit(season, log, effects=None):
        return fit_candidate(
            panel, season, log, n_steps, validation_fraction, baselines, longest, effects
        )

    def with_effects(learner, candidate, log):
        effects = learn_before_held_out(panel, learner, log, longest, validation_fraction)
        return None if effects is None else fit(candidate.season, log, effects)

    expected = choose_log(panel, longest) if log is None else log
    best = _with_best_season([fit(season, expected) for season in seasons])
    if log is None and np.nanmin(panel.y) > 0:
        other = fit(best.season, not expected)
        if other.evidence > best.evidence + LOG_ODDS:
            best = other
    for learner in learners:
        other = with_effects(learner, best, best.log)
        # The held-out part may be too short for all weathers; left-out blocks cover the series.
        if other is not None and (not learner.has_long_season or other.evidence > best.evidence):
            best, chosen = other, learner
    if best.effects is not None:
        # The effects may have hidden a season.
        others = {s: fit(s, best.log, best.effects) for s in seasons if s != best.season}
        best = _with_best_season([others.get(season, best) for season in seasons])
    if best.effects is not None and log is None and np.nanmin(panel.y) > 0:
        other = with_effects(chosen, best, not best.log)
        if other is not None and other.evidence > best.evidence + LOG_ODDS:
            best = other
    if slow and slow != baselines:
        baselines = [*baselines, *slow]
        best = fit(best.season, best.log, best.effects)
    return weigh_on_earlier_origins(panel, best, n_steps, validation_fraction, longest)


def _with_best_season(candidates):
    """Return the candidate with the most evidence; the first one has the expected season."""
    best, *others = candidates
    for other in others:
        if other.evidence > best.evidence + (LOG_ODDS if best is candidates[0] else 0.0):
            best = other
    return best


def choose_structural(panel: Panel, season, log, n_steps, validation_fraction, learners=()):
    """Return structural models for a season that was seen up to three times.

    Errors on held-out origins tell little about such a season. The models are weighted by their
    likelihood, and so are values and logarithms, unless `log` says which.

    Parameters
    ----------
    panel, season, log, n_steps, validation_fraction
        As for `fit_candidate`; None compares values and logarithms.
    learners : sequence of EffectsLearner
        As for `choose_statistical`; only effects of covariates are used.
    """
    panel = panel.sample(MOST_SERIES)

    def fit(log, effects=None):
        return fit_candidate(
            panel, season, log, n_steps, validation_fraction, (Structural(),), effects=effects
        )

    if log is not None or not np.nanmin(panel.y) > 0:
        best = fit(bool(log))
    else:
        values, logarithms = fit(False), fit(True)
        best = logarithms if _log_evidence(panel, values, logarithms) > -LOG_ODDS else values
    for learner in (each for each in learners if not each.has_long_season):
        effects = learn_before_held_out(panel, learner, best.log, season, validation_fraction)
        best = best if effects is None else fit(best.log, effects)
    return best


def _log_evidence(panel, values, logarithms):
    """Return the log odds of logarithms, given structural models of them and of the values."""
    learned = replace(panel, y=np.log(panel.y))
    of_values, of_logarithms = (
        candidate.baseline.members[0].model.evidence(of)
        for candidate, of in ((values, panel), (logarithms, learned))
    )
    # The density of values is that of their logarithms over the values. The level is left out, as
    # the models hold any level for equally probable.
    mean, _ = Normalizer(learned, 1).units(np.arange(panel.n_series), panel.lengths)
    count = np.add.reduceat(~np.isnan(panel.y), panel.offsets[:-1], axis=0, dtype=int)
    density = np.nan_to_num(mean) * np.maximum(count - 1, 0)
    return pooled((of_logarithms - density.T.ravel() - of_values).sum(), panel.n_series)


def learn_before_held_out(panel, learner, log, longest_season, validation_fraction):
    """Return the effects of covariates, learned before the held-out part, or None."""
    units = Plan(WindowSpec(1, 1, 1, longest_season, Level()), log)
    *_, end = split_origins(panel, units.spec, validation_fraction)
    return learner.learn(in_learned_units(panel, units), end, log)


def fit_candidate(
    panel, season, log, n_steps, validation_fraction, baselines, longest_season=None, effects=None
):
    """Fit the baselines before the held-out part, and weight them by their errors on it.

    The held-out part is that of the longest season, so that it is the same for all candidates.
    """
    units = Plan(WindowSpec(1, 1, n_steps, season, Level()), log, effects=effects)
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
        members += [Smoothing().fit(data), Theta().fit(data)]  # fallback for cross-fitting
        weights = [*weights, 0.0, 0.0]
    baseline = Combination.of(members, weights, LEAST_WEIGHT)
    return Candidate(season, log, baseline, evidence, effects=effects)


def weigh_on_earlier_origins(panel, candidate, n_steps, validation_fraction, longest_season):
    """Return a candidate whose weights, for long series, also use earlier origins.

    The newest part of a series may cover only a summer. Earlier origins with a long history compare
    baselines equally well, provided that those that use outcomes are cross-fitted.
    """
    members = candidate.baseline.active
    if len(members) == 1 or panel.lengths.max() <= LONG_HISTORY:
        return candidate
    spec = WindowSpec(1, 1, n_steps, candidate.season, Combination.of(members))
    units = Plan(spec, candidate.log, effects=candidate.effects)
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
        if len(baseline.members) == len(members):  # otherwise a member has too few origins
            held_out = tuple(of[inside] for of in origins)
            errors[:, inside] = _errors(panel, units, learned, baseline.members, held_out)
    if np.isnan(errors).all():
        return candidate
    sizes = effective_sample_size(counts, n_steps)
    weights, _ = weigh_forecasts(errors, origins[0], sizes, simplex(len(members)))
    return replace(candidate, baseline=Combination.of(members, weights, LEAST_WEIGHT), earlier=True)


def choose_window_baseline(panel: Panel, spec, origins, normalizer, end, baselines):
    """Return the baseline with the lowest mean absolute error on training origins."""
    stride = max(1, len(origins[0]) // WINDOW_ORIGINS)
    sampled = tuple(part[::stride] for part in origins)
    errors = []
    for baseline in baselines:
        spec = replace(spec, baseline=baseline)
        examples = ForecastExamples(panel, sampled, spec, normalizer, end=end)
        error, weight = examples.baseline_errors(np.arange(len(examples)))
        errors.append(float(np.abs(error * weight).sum() / max(weight.sum(), 1.0)))
    return baselines[int(np.argmin(errors))]


@one_blas_thread()
def refitted(panel: Panel, plan: Plan, n_steps):
    """Return the plan with effects and baseline fitted to the whole series, and these series.

    Parameters
    ----------
    panel : Panel
        Series in original units, with standardised covariates.
    plan : Plan
        Plan with the chosen settings.
    n_steps : int
        Number of steps to forecast.
    """
    spec = plan.spec
    if plan.effects is not None:
        without = in_learned_units(panel, replace(plan, effects=None))
        plan = replace(plan, effects=plan.effects.refit(without, panel.lengths))
    panel = in_learned_units(panel, plan)
    if not spec.baseline.fitted:
        return plan, panel
    everything, *_ = split_origins(panel, spec, 0.0)
    data = FitData(panel, spec.season, n_steps, everything, panel.lengths)
    return replace(plan, spec=replace(spec, baseline=spec.baseline.refit(data))), panel


def _errors(panel, units, learned, members, origins):
    """Return errors in original units over the mean change, (n_members, n, n_steps, k)."""
    indices, spec = np.arange(len(origins[0])), units.spec
    series, origin = origins
    scale = Normalizer(panel, 1).at(series, origin).scale[:, None]
    actual = panel.read_values(series, origin[:, None] + np.arange(spec.horizon))
    normalizer = Normalizer(learned, spec.season, settled=learned.lengths)
    numbers = np.arange(panel.n_series)
    effects = units.effects_ahead(learned, numbers, origins, spec.horizon)
    errors = []
    for member in members:
        examples = ForecastExamples(learned, origins, replace(spec, baseline=member), normalizer)
        forecast = member.forecast(examples.view(indices))
        forecast = forecast if effects is None else forecast + effects
        with np.errstate(over="ignore"):
            errors.append((units.to_original(forecast) - actual) / scale)
    return np.stack(errors)
