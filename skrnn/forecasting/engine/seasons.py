"""Choice of the season of a panel."""

from __future__ import annotations

import numpy as np

from skrnn.baselines import autocorrelation, find_periods
from skrnn.series import Panel

VOTERS = 100  # series of a large panel that are examined
NEWEST_STEPS = 10_000  # steps of a long series that are examined


def choose_season(panel: Panel, calendar):
    """Return the season of a panel, or 1 if there is none.

    A season counts if at least a quarter of up to 100 sampled series show one. With a `calendar`
    season, a series can only show this one; without it, any period of its autocorrelation.
    """
    sample = panel.sample(VOTERS)
    newest = [sample.series(i)[-NEWEST_STEPS:, 0] for i in range(sample.n_series)]
    votes = [_season_of(y, calendar) for y in newest]
    seasonal = [vote for vote in votes if vote > 1]
    if 4 * len(seasonal) < len(votes) or not seasonal:
        return 1
    return int(np.bincount(seasonal).argmax())


def _season_of(y, calendar):
    if calendar is None:
        periods = find_periods(y, max_periods=1)
        return int(periods[0]) if len(periods) else 1
    if calendar == 1 or np.count_nonzero(~np.isnan(y)) < 2 * calendar + 2:
        return 1
    return calendar if _is_seasonal(y, calendar) else 1


def _is_seasonal(y, season):
    """Test the autocorrelation at the season against its standard error (Bartlett, 1946).

    The series is differenced first, as a trend would make any lag significant.
    """
    r = autocorrelation(np.diff(y), season)
    error = np.sqrt((1 + 2 * np.sum(r[1:season] ** 2)) / max(1, np.count_nonzero(~np.isnan(y))))
    return bool(r[season] > 1.645 * error)


def seasons_to_compare(season, calendar, longest):
    """Return the seasons to compare for a statistical baseline; the one of the series comes first.

    Parameters
    ----------
    season : int
        Season that the series show.
    calendar : int or None
        Season that the time index suggests.
    longest : int
        Length of the longest series; a season may be at most a third of it.
    """
    steps_of_a_week = 7 * calendar if calendar is not None and calendar >= 24 else 1
    known = {season, calendar or 1, steps_of_a_week}
    if max(season, calendar or 1) < 24:  # for long seasons, regressions find the pattern
        known.add(1)
    possible = sorted(s for s in known if s == 1 or 3 * s <= longest)
    return sorted(possible, key=lambda s: s != season) or [1]
