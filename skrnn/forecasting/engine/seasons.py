"""Choice of the season of a panel."""

from __future__ import annotations

import numpy as np

from skrnn.baselines import autocorrelation, find_periods
from skrnn.baselines.structural_states import MOST_STEPS
from skrnn.series import Panel

VOTERS = 100  # series of a large panel that are examined
NEWEST_STEPS = 10_000  # steps of a long series that are examined
MANY_STEPS = 24  # least number of steps in a long season
LEAST_SEEN = 1.5  # times that a season with at most three, or a year, is in the longest series
LEAST_BLOCKS = 4  # least number of means in a longer season


def choose_season(panel: Panel, calendar):
    """Return the season of a panel, or 1 if there is none.

    A season counts if at least a quarter of up to 100 sampled series show one.

    Parameters
    ----------
    panel : Panel
        The series.
    calendar : tuple of int or None
        Seasons that the time index suggests. A series can only show the first one. With None, it
        can show any period of its autocorrelation.
    """
    expected = None if calendar is None else _expected(calendar)
    votes = [_season_of(y, expected) for y in _voters(panel)]
    seasonal = [vote for vote in votes if vote > 1]
    if 4 * len(seasonal) < len(votes) or not seasonal:
        return 1
    return int(np.bincount(seasonal).argmax())


def _expected(calendar):
    return calendar[0] if calendar else 1


def _voters(panel):
    """Return the first target of up to 100 series."""
    sample = panel.sample(VOTERS)
    return [sample.series(i)[-NEWEST_STEPS:, 0] for i in range(sample.n_series)]


def _season_of(y, expected):
    if expected is None:
        periods = find_periods(y, max_periods=1)
        return int(periods[0]) if len(periods) else 1
    if expected == 1 or np.count_nonzero(~np.isnan(y)) < 2 * expected + 2:
        return 1
    return expected if _is_seasonal(y, expected) else 1


def _is_seasonal(y, season):
    """Test the autocorrelation at the season against its standard error (Bartlett, 1946).

    The series is differenced first, as a trend would make any lag significant.
    """
    r = autocorrelation(np.diff(y), season)
    error = np.sqrt((1 + 2 * np.sum(r[1:season] ** 2)) / max(1, np.count_nonzero(~np.isnan(y))))
    return bool(r[season] > 1.645 * error)


def seasons_to_compare(panel: Panel, season, calendar):
    """Return the seasons to compare for a statistical baseline; the one of the series comes first.

    Parameters
    ----------
    panel : Panel
        The series. A season may be at most a third of the longest one.
    season : int
        Season that the series show.
    calendar : tuple of int or None
        Seasons that the time index suggests, the one to expect first. A longer one that is not
        compared for all series is compared if at least a quarter of them show it.
    """
    longest, expected = int(panel.lengths.max()), _expected(calendar or ())
    known = {season, expected}
    for longer in (calendar or ())[1:]:
        possible = 3 * longer <= longest
        if possible and (expected >= MANY_STEPS or _shows_longer(panel, expected, longer)):
            known.add(longer)
    if max(season, expected) < MANY_STEPS:  # for long seasons, regressions find the pattern
        known.add(1)
    possible = sorted(s for s in known if s == 1 or 3 * s <= longest)
    return sorted(possible, key=lambda s: s != season) or [1]


def season_seen_few_times(panel: Panel, sp, calendar):
    """Return the season to expect if the longest series has 1.5 to 3 of it, else None.

    Parameters
    ----------
    panel : Panel
        The series.
    sp : int or "auto"
        Season that the user names; "auto" means the first one of the calendar.
    calendar : tuple of int or None
        Seasons that the time index suggests, the one to expect first.
    """
    longest = int(panel.lengths.max())
    season = _expected(calendar or ()) if sp == "auto" else int(sp)
    seen = season > 1 and round(LEAST_SEEN * season) <= longest <= 3 * season
    return season if seen and longest <= MOST_STEPS else None


def _shows_longer(panel, season, longer):
    """Return whether a quarter of the series show a longer season than the expected one.

    It is looked for in the means of one season, and of four, in which the shorter season and most
    of the noise cancel.
    """
    blocks = [k * season for k in (1, 4) if longer >= LEAST_BLOCKS * k * season]
    series = _voters(panel)
    shown = [any(_is_seasonal_in_means(y, block, longer) for block in blocks) for y in series]
    return 4 * sum(shown) >= len(shown)


def _is_seasonal_in_means(y, block, longer):
    n_blocks, season = len(y) // block, round(longer / block)
    if n_blocks < 3 * season:
        return False
    blocks = y[len(y) - n_blocks * block :].reshape(n_blocks, block)
    seen = ~np.isnan(blocks)
    counts = seen.sum(axis=1)
    sums = np.where(seen, blocks, 0.0).sum(axis=1)
    means = np.divide(sums, counts, out=np.full(n_blocks, np.nan), where=counts > 0)
    return _is_seasonal(means, season)
