"""The statistical forecast whose errors a network learns, chosen on held-out origins."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.data import (
    NO_ERROR,
    PATH_ANCHORS,
    PENALTIES,
    Blend,
    ForecastExamples,
    Panel,
    Reference,
    Ridge,
    Smoothing,
    WindowSpec,
    fit_ridge,
    simplex,
    weigh_forecasts,
    weights_of,
)

from ._context import in_learned_units
from ._origins import n_independent, n_surprises, split_origins, thin
from ._plan import Plan, choose_log

STATISTICAL = (*PATH_ANCHORS, "linear")
SERIES_ASKED = 1000  # of a large panel, on which anchors are compared
ORIGINS_ASKED = 3000  # held-out origins on which anchors are compared
LOG_ODDS = np.log(3)  # of what the series look like, in the choice of the logarithm
LEAST_WEIGHT = 0.01  # below which an anchor is left out
LEAST_SHARE = 0.05  # and a regression out of the mean of several
LONGEST_WINDOW = 1100  # of the regression: three years of days


@dataclass(frozen=True)
class Candidate:
    """Anchors for one season and one unit, fitted before the held-out part.

    Parameters
    ----------
    season : int
        Steps of a season.
    log : bool
        Whether they forecast logarithms.
    blend : Blend
        The anchors and their weights.
    smoothing : Smoothing
        What those that follow the whole history rest on.
    evidence : float
        Log-likelihood of what was held out, up to a constant that all candidates share.
    """

    season: int
    log: bool
    blend: Blend
    smoothing: Smoothing
    evidence: float


def choose_statistical(panel: Panel, seasons, log, n_steps, validation_fraction, asked):
    """Return the anchors, season and unit that held-out origins speak for.

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
        Newest part of each series, which the anchors do not see before they are compared.
    asked : str
        One anchor, or "auto" for a mean of all.
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
            return other
    return best


def fit_candidate(panel, season, log, n_steps, validation_fraction, names, longest_season=None):
    """Fit the anchors before the held-out part, and weigh them by their errors in it.

    Candidates are compared on the same part, that of the longest season among them.
    """
    spec = WindowSpec(1, 1, n_steps, season, anchor=None)
    units = Plan(spec, log)
    learned = in_learned_units(panel, units)
    split = replace(spec, season=longest_season or season)
    _, train, held_out, end = split_origins(learned, split, validation_fraction)
    n_held_out = np.bincount(held_out[0], minlength=panel.n_series)
    shares = n_independent(n_held_out, n_steps)
    held_out = thin(held_out, ORIGINS_ASKED)
    smoothing = Smoothing.learn(learned, spec.season, end)
    reference = Reference(learned, spec.season, smoothing, learned.lengths)
    ridge = None
    if "linear" in names:
        ridge = _mean_ridge(learned, spec, train, held_out, end, shares)
        names = names if ridge is not None else tuple(n for n in names if n != "linear")
    names = names or ("smoothing",)
    weights, evidence = np.full(len(names), 1 / len(names)), 0.0
    if len(held_out[0]):
        errors = _errors(panel, units, reference, names, ridge, held_out)
        weights, evidence = weigh_forecasts(errors, held_out[0], shares, simplex(len(names)))
    chosen = {n: float(w) for n, w in zip(names, weights, strict=True) if w >= LEAST_WEIGHT}
    total = sum(chosen.values())
    blend = Blend(
        {name: weight / total for name, weight in chosen.items()},
        ridge if "linear" in chosen else None,
    )
    return Candidate(season, log, blend, smoothing, evidence)


def refitted(panel: Panel, plan: Plan, n_steps):
    """Return the plan with its anchors fitted to all of the series, in learned units."""
    spec, blend = plan.spec, plan.spec.anchor
    if not isinstance(blend, Blend):
        return plan
    smoothing, ridge = Smoothing.learn(panel, spec.season), blend.ridge
    if ridge is not None:
        everything, *_ = split_origins(panel, spec, 0.0)
        reference = Reference(panel, spec.season, settled=panel.lengths)
        ridge = fit_parts(reference, everything, ridge.parts, n_steps) or ridge
    spec = replace(spec, anchor=Blend(blend.weights, ridge))
    return replace(plan, spec=spec, smoothing=smoothing)


def fit_parts(reference: Reference, origins, parts, n_steps):
    """Return the mean of regressions of known windows and penalties, or None without a horizon.

    Parameters
    ----------
    reference : Reference
        Where the series, in learned units, stand; without the smoothing, which none reads.
    origins : tuple of ndarray
        Series and origins to learn from.
    parts : sequence of Part
        The regressions.
    n_steps : int
        Steps to forecast.
    """
    ridges = []
    for part in parts:
        shape = WindowSpec(part.window_length, 1, n_steps, reference.season, anchor=None)
        examples = ForecastExamples(reference.panel, origins, shape, reference)
        ridges.append(fit_ridge(examples, (part.penalty,)))
    return None if None in ridges else Ridge.mean(ridges, [part.weight for part in parts])


def _mean_ridge(panel, spec, train, held_out, end, shares):
    """Return the mean of regressions on windows of several lengths, or None.

    They are weighed by their errors in the held-out part, as anchors are. Which one is best there
    is often chance, and their mean better than that.
    """
    ridges = []
    reference = Reference(panel, spec.season, settled=panel.lengths)
    for window_length in _windows(spec, int(panel.lengths.max())):
        shape = replace(spec, window_length=window_length)
        examples = ForecastExamples(panel, train, shape, reference, end=end)
        test = ForecastExamples(panel, held_out, shape, reference)
        if not len(examples):
            return None
        penalties = PENALTIES if len(test) else PENALTIES[len(PENALTIES) // 2 :][:1]
        ridge = fit_ridge(examples, penalties, test if len(test) else None)
        ridges += [] if ridge is None else [ridge]
    if not ridges or not len(held_out[0]):
        return ridges[0] if ridges else None
    errors = np.array([ridge.error for ridge in ridges])
    weights = weights_of(-n_surprises(shares) * np.log(np.maximum(errors, NO_ERROR)))
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


def _errors(panel, units, reference, names, ridge, held_out):
    """Return errors in the units of the series, over their changes, (n_names, n, n_steps, k)."""
    everyone, spec = np.arange(len(held_out[0])), units.spec
    series, origin = held_out
    scale = Reference(panel, 1).at(series, origin, spec.horizon).scale[:, None]
    actual, _ = panel.read(series, origin[:, None] + np.arange(spec.horizon))
    errors = []
    for name in names:
        named = replace(spec, anchor=Blend({name: 1.0}, ridge))
        examples = ForecastExamples(reference.panel, held_out, named, reference)
        forecast = examples.gather_inputs(everyone)[1].center
        with np.errstate(over="ignore"):
            errors.append((units.to_original(forecast) - actual) / scale)
    return np.stack(errors)
