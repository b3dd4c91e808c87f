"""Seasons that the frequency of a time index suggests."""

from __future__ import annotations

import math

import pandas as pd
from pandas.tseries.offsets import BusinessHour

SECOND, MINUTE, HOUR, DAY, WEEK = (pd.Timedelta(1, unit) for unit in ("s", "min", "h", "D", "W"))
WORKING_DAY, WORKING_WEEK = 1.4, 7.0  # mean lengths in days, weekends included
YEAR = 365.25  # days
INEXACT = 0.01  # largest relative error of a year in whole steps
MOST_CYCLES = 14  # most cycles after which steps have to fall on the same times again


def calendar_seasons(frequency):
    """Return the seasons that a frequency suggests, in steps.

    The first one is the season to expect: a minute for steps of seconds, a day for minutes and
    hours, a week for days, a year for longer steps. Then follows the next longer cycle: an hour,
    a week, a year.

    Where a cycle is no whole number of steps, as a day is none of 5 hours, the season is the number
    of steps after which they fall on the same times of the cycle again: 24 for 5 hours.

    Parameters
    ----------
    frequency : Frequency or None
        Frequency of the series.

    Returns
    -------
    tuple of int or None
        Empty if no season is to be expected, as for years. None if only the data can tell.
    """
    if frequency is None or frequency.offset is None or frequency.days < SECOND / DAY:
        return None
    seasons = _within_the_year(frequency)
    per_year = YEAR / frequency.days
    if frequency.days >= 1 and abs(per_year - round(per_year)) <= INEXACT * per_year:
        seasons.append(round(per_year))
    found = tuple(dict.fromkeys(season for season in seasons if season > 1))
    return None if not found and frequency.length is not None else found


def steps_of_year(frequency):
    """Return the mean number of steps in a year; None without dates."""
    return None if frequency is None or frequency.offset is None else YEAR / frequency.days


def _within_the_year(frequency):
    days, length, n = frequency.days, frequency.length, frequency.offset.n
    if days >= WEEK / DAY:
        return []
    if isinstance(frequency.offset, BusinessHour):
        return [round(WORKING_DAY / days), round(WORKING_WEEK / days)]
    if length is None:
        per_week = round(WORKING_WEEK / days * n)
        return [per_week // math.gcd(per_week, n)]
    cycles = [WEEK]
    if length < DAY:
        cycles = [MINUTE, HOUR] if length < MINUTE else [DAY, WEEK]
    n_steps = [(cycle, _steps_until_repeated(cycle, length)) for cycle in cycles]
    return [n for cycle, n in n_steps if n * length <= MOST_CYCLES * cycle]


def _steps_until_repeated(cycle, length):
    cycle, length = (duration.as_unit("ns").value for duration in (cycle, length))
    return cycle // math.gcd(cycle, length)
