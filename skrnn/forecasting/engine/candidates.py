"""The statistical forecast whose errors a network learns, chosen on held-out origins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.baselines import (
    NO_ERROR,
    PATH_BASELINES,
    PENALTIES,
    Blend,
    Ridge,
    Smoothing,
    fit_ridge,
    simplex,
    weigh_forecasts,
    weights_of,
)
from skrnn.series import ForecastExamples, Normalizer, Panel, WindowSpec

from .cross_fitting import cross_fitted, fit_parts
from .origins import effective_sample_size, pooled_sample_size, split_origins, thin
from .plan import Plan, choose_log, in_learned_units

STATISTICAL = (*PATH_BASELINES, "linear")
SERIES_ASKED = 1000  # of a large panel, on which baselines are compared
ORIGINS_ASKED = 3000  # held-out origins on which baselines are compared
LOG_ODDS = np.log(3)  # of what the series look like, in the choice of the logarithm
LEAST_WEIGHT = 0.01  # below which a baseline is left out
LEAST_SHARE = 0.05  # and a regression out of the mean of several
LONGEST_WINDOW = 1100  # of the regression: three years of days
LONG_HISTORY = 1000  # steps behind an origin that baselines are weighed from, held out or not


@dataclass(frozen=True)
class Candidate:
    """Baselines for one season and one unit, fitted before the held-out part.

    Parameters
    ----------
    season : int
        Steps of a season.
    log : bool
        Whether they forecast logarithms.
    blend : Blend
        The baselines and their weights.
    smoothing : Smoothing
        What those that follow the whole history rest on.
    evidence : float
        Log-likelihood of what was held out, up to a constant that all candidates share.
    earlier : bool
        Whether forecasts of what comes before have weighed the baselines, too.
    """

    season: int
    log: bool
    blend: Blend
    smoothing: Smoothing
    evidence: float
    earlier: bool = False


def choose_statistical(panel: Panel, seasons, log, n_steps, validation_fraction, asked):
    """Return the baselines, season and unit that held-out origins speak for.

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
        Newest part of each series, which the baselines do not see before they are compared.
    asked : str
        One baseline, or "auto" for a mean of all.
    """
    names = STATISTICAL if asked == "auto" else (asked,)
    panel = panel.sample(SERIES_ASKED)

    def fit(season, log):
        return fit_candidate(panel, season, log, n_steps, validation_fraction, names, max(seasons))

    expected = choose_log(panel, max(seasons)) if log is None else log
    best, *others = (fit(season, expected) for season in seasons)
    for other in others:
        if other.evidence > best.evidence + (LOG_ODDS if best.season == seasons[0] else 0.0):
            best = other
    if log is None and np.nanmin(panel.y) > 0:
        other = fit(best.season, not expected)
        if other.evidence > best.evidence + LOG_ODDS:
            best = other
    return weighed_anew(panel, best, n_steps, validation_fraction, max(seasons))


def fit_candidate(panel, season, log, n_steps, validation_fraction, names, longest_season=None):
    """Fit the baselines before the held-out part, and weigh them by their errors in it.

    Candidates are compared on the same part, that of the longest season among them.
    """
    spec = WindowSpec(1, 1, n_steps, season, baseline=None)
    units = Plan(spec, log)
    learned = in_learned_units(panel, units)
    split = replace(spec, season=longest_season or season)
    _, train, held_out, end = split_origins(learned, split, validation_fraction)
    n_held_out = np.bincount(held_out[0], minlength=panel.n_series)
    shares = effective_sample_size(n_held_out, n_steps)
    held_out = thin(held_out, ORIGINS_ASKED)
    smoothing = Smoothing.learn(learned, spec.season, end)
    normalizer = Normalizer(learned, spec.season, smoothing, learned.lengths)
    ridge = None
    if "linear" in names:
        ridge = _mean_ridge(learned, spec, train, held_out, end, shares)
        names = names if ridge is not None else tuple(n for n in names if n != "linear")
    names = names or ("smoothing",)
    weights, evidence = np.full(len(names), 1 / len(names)), 0.0
    if len(held_out[0]):
        errors = _errors(panel, units, normalizer, names, ridge, held_out)
        weights, evidence = weigh_forecasts(errors, held_out[0], shares, simplex(len(names)))
    return Candidate(season, log, _blend(names, weights, ridge), smoothing, evidence)


def weighed_anew(panel, candidate, n_steps, validation_fraction, longest_season):
    """Return a candidate whose baselines are weighed by long series from earlier origins, too.

    The newest part of a series may be a summer only. An origin with a long history behind it
    compares baselines as well as the last ones do, if the regressions are cross-fitted.
    """
    names = tuple(candidate.blend.weights)
    if len(names) == 1 or panel.lengths.max() <= LONG_HISTORY:
        return candidate
    spec = WindowSpec(1, 1, n_steps, candidate.season, baseline=candidate.blend)
    units = Plan(spec, candidate.log)
    learned = in_learned_units(panel, units)
    split = replace(spec, season=longest_season)
    (series, origin), *_, end = split_origins(learned, split, validation_fraction)
    tried = origin >= np.minimum(end, LONG_HISTORY)[series]
    if (origin >= end[series])[tried].all():
        return candidate
    shares = effective_sample_size(np.bincount(series[tried], minlength=panel.n_series), n_steps)
    origins = thin((series[tried], origin[tried]), ORIGINS_ASKED)
    normalizer = Normalizer(learned, spec.season, candidate.smoothing, learned.lengths)
    errors = np.full((len(names), len(origins[0]), n_steps, panel.n_targets), np.nan)
    for inside, baseline in cross_fitted(learned, origins, spec, n_steps):
        if set(names) == set(baseline.weights):  # else too little is apart from them
            held_out = tuple(of[inside] for of in origins)
            errors[:, inside] = _errors(panel, units, normalizer, names, baseline.ridge, held_out)
    if np.isnan(errors).all():
        return candidate
    weights, _ = weigh_forecasts(errors, origins[0], shares, simplex(len(names)))
    return replace(candidate, blend=_blend(names, weights, candidate.blend.ridge), earlier=True)


def _blend(names, weights, ridge):
    """Return the weighted mean of the baselines that weigh something."""
    chosen = {n: float(w) for n, w in zip(names, weights, strict=True) if w >= LEAST_WEIGHT}
    total = sum(chosen.values())
    chosen = {name: weight / total for name, weight in chosen.items()}
    return Blend(chosen, ridge if "linear" in chosen else None)


def refitted(panel: Panel, plan: Plan, n_steps):
    """Return the plan with its baselines fitted to all of the series, in learned units."""
    spec, blend = plan.spec, plan.spec.baseline
    if not isinstance(blend, Blend):
        return plan
    smoothing, ridge = Smoothing.learn(panel, spec.season), blend.ridge
    if ridge is not None:
        everything, *_ = split_origins(panel, spec, 0.0)
        normalizer = Normalizer(panel, spec.season, settled=panel.lengths)
        ridge = fit_parts(normalizer, everything, ridge.parts, n_steps) or ridge
    spec = replace(spec, baseline=Blend(blend.weights, ridge))
    return replace(plan, spec=spec, smoothing=smoothing)


def _mean_ridge(panel, spec, train, held_out, end, shares):
    """Return the mean of regressions on windows of several lengths, or None.

    They are weighed by their errors in the held-out part, as baselines are. Which one is best there
    is often chance, and their mean better than that.
    """
    ridges = []
    normalizer = Normalizer(panel, spec.season, settled=panel.lengths)
    for window_length in _windows(spec, int(panel.lengths.max())):
        shape = replace(spec, window_length=window_length)
        examples = ForecastExamples(panel, train, shape, normalizer, end=end)
        test = ForecastExamples(panel, held_out, shape, normalizer)
        if not len(examples):
            return None
        penalties = PENALTIES if len(test) else PENALTIES[len(PENALTIES) // 2 :][:1]
        ridge = fit_ridge(examples, penalties, test if len(test) else None)
        ridges += [] if ridge is None else [ridge]
    if not ridges or not len(held_out[0]):
        return ridges[0] if ridges else None
    errors = np.array([ridge.error for ridge in ridges])
    weights = weights_of(-pooled_sample_size(shares) * np.log(np.maximum(errors, NO_ERROR)))
    kept = weights >= LEAST_SHARE
    weights = weights[kept] / weights[kept].sum()
    return Ridge.mean([ridge for ridge, keep in zip(ridges, kept, strict=True) if keep], weights)


def _windows(spec, longest):
    """Return windows to compare: a few seasons, a horizon, a month of them, or several years."""
    season = spec.season
    year = {24: 168, 7: 365, 5: 260}.get(season, season)  # the cycle above the season
    seasons = (max(2 * season, 8), 3 * season + 1, 30 * season)
    wanted = (*seasons, -(-5 * spec.horizon // 4), 2 * year + season, 3 * year)
    most = max(2, min(longest // 3, LONGEST_WINDOW))
    return sorted({min(window, most) for window in wanted})


def _errors(panel, units, normalizer, names, ridge, held_out):
    """Return errors in the units of the series, over their changes, (n_names, n, n_steps, k)."""
    everyone, spec = np.arange(len(held_out[0])), units.spec
    series, origin = held_out
    scale = Normalizer(panel, 1).at(series, origin, spec.horizon).scale[:, None]
    actual, _ = panel.read(series, origin[:, None] + np.arange(spec.horizon))
    errors = []
    for name in names:
        named = replace(spec, baseline=Blend({name: 1.0}, ridge))
        examples = ForecastExamples(normalizer.panel, held_out, named, normalizer)
        forecast = examples.gather_inputs(everyone)[1].center
        with np.errstate(over="ignore"):
            errors.append((units.to_original(forecast) - actual) / scale)
    return np.stack(errors)
