"""Which effects of known covariates, and of a long season, are compared for a panel."""

from __future__ import annotations

from dataclasses import dataclass

from skrnn.baselines import CovariateEffects, CovariateFeatures
from skrnn.series import Panel

MANY_CYCLES, FEW_CYCLES = 5, 2  # of a season whose mean pattern is subtracted
SHORTEST_YEAR = 50  # steps
LONGEST_PATTERN = 1000  # steps


@dataclass(frozen=True)
class EffectsLearner:
    """Learns effects of covariates from a panel.

    Parameters
    ----------
    features : list of CovariateFeatures
        Features to compare.
    season : int
        Steps of the season whose mean pattern is not explained by the covariates.
    """

    features: list
    season: int

    @property
    def has_long_season(self):
        """Whether a long season is among the features."""
        return self.features[0].has_season

    def learn(self, panel, end, log):
        """Return the effects in a panel in learned units, or None."""
        return CovariateEffects.learn(panel, self.features, self.season, end, relative=not log)


def effects_to_compare(panel: Panel, calendar, season, year):
    """Return learners of the effects of known covariates, and of these with a yearly season.

    Parameters
    ----------
    panel : Panel
        The series, with standardised covariates.
    calendar : tuple of int or None
        Seasons that the time index suggests.
    season : int
        Season that the series show.
    year : float or None
        Steps of a year, if the series are long enough for a season of it.
    """
    longest = int(panel.lengths.max())
    pattern = _pattern(longest, {season, *(calendar or ())})
    cycle = (calendar or (season,))[0] if calendar != () else 1
    cycle = cycle if MANY_CYCLES * cycle <= longest else 1
    long_season = 0.0
    if year is not None and year >= SHORTEST_YEAR:
        long_season = year
    known = panel.past[:, : panel.n_known]
    variants = CovariateFeatures.of(known, cycle, long_season).variants
    groups = [[v for v in variants if v.has_season == with_season] for with_season in (False, True)]
    return [EffectsLearner(group, pattern) for group in groups if group]


def _pattern(longest, seasons):
    """Return the season whose mean pattern covariates need not explain."""
    seasons = sorted(s for s in seasons if 1 < s <= LONGEST_PATTERN)
    often = [s for s in seasons if MANY_CYCLES * s <= longest]
    seldom = [s for s in seasons if FEW_CYCLES * s <= longest]
    return often[-1] if often else seldom[0] if seldom else 1
