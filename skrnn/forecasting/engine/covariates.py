"""Which effects of known covariates, and of a long season, are compared for a panel."""

from __future__ import annotations

from functools import partial

from skrnn.baselines import CovariateEffects, CovariateFeatures
from skrnn.series import Panel

MANY_CYCLES, FEW_CYCLES = 5, 2  # of a season whose mean pattern is subtracted
SHORTEST_YEAR = 50  # steps
LONGEST_PATTERN = 1000  # steps


def effects_to_compare(panel: Panel, calendar, season, year):
    """Return functions that learn effects of covariates from a panel.

    Each is called as ``learn(panel, end, season, log)``. The first one has effects of the known
    covariates. If the series contain a year twice, another one also has a yearly season.

    Parameters
    ----------
    panel : Panel
        The series, with standardised covariates.
    calendar : tuple of int or None
        Seasons that the time index suggests.
    season : int
        Season that the series show.
    year : float or None
        Steps of a year.
    """
    longest = int(panel.lengths.max())
    pattern = _pattern(longest, {season, *(calendar or ())})
    cycle = (calendar or (season,))[0] if calendar != () else 1
    cycle = cycle if MANY_CYCLES * cycle <= longest else 1
    long_season = 0.0
    if year is not None and year >= SHORTEST_YEAR and FEW_CYCLES * year <= longest:
        long_season = year
    known = panel.past[:, : panel.n_known]
    variants = CovariateFeatures.of(known, cycle, long_season).variants
    groups = [[v for v in variants if v.has_season == with_season] for with_season in (False, True)]
    return [partial(_learn, group, pattern) for group in groups if group]


def _learn(features, pattern, panel, end, season, log):
    return CovariateEffects.learn(panel, features, pattern, end, relative=not log)


def _pattern(longest, seasons):
    """Return the season whose mean pattern covariates need not explain."""
    seasons = sorted(s for s in seasons if 1 < s <= LONGEST_PATTERN)
    often = [s for s in seasons if MANY_CYCLES * s <= longest]
    seldom = [s for s in seasons if FEW_CYCLES * s <= longest]
    return often[-1] if often else seldom[0] if seldom else 1
