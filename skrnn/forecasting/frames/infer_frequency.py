"""Inference of the frequency of times that carry none."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas.tseries.frequencies import to_offset

from .frequency import DAY, Frequency

# Frequencies that pandas does not infer.
NOT_INFERRED = tuple(
    Frequency.of(offset) for offset in (pd.offsets.SemiMonthBegin(), pd.offsets.SemiMonthEnd())
)
WEEKS = 3  # least length of a series that shows which days are working days
LONG_STEP = 1.5  # times further apart than this multiple of the median step have a gap
LEAST_EQUAL = 4  # least times that are equally far apart; three months may be
MOST_IN_PLACE = 0.8  # least fraction of consecutive times for a frequency that explains them


def infer_frequency(times, series, share):
    """Return the frequency of all series, or the one that they come closest to.

    Parameters
    ----------
    times : pd.DatetimeIndex
        Times of all series.
    series : list of pd.DatetimeIndex
        Times of single series, the longest first.
    share : callable
        ``share(frequency)`` returns the fraction of rows that are one step after the last one.

    Returns
    -------
    Frequency or None
        None if no series has three times, or none has a frequency.
    """
    nearest = None
    for frequency in _candidates(times, series):
        if share(frequency) == 1:
            return frequency
        nearest = nearest or frequency
    if nearest is not None or len(series[0]) < 3:
        return nearest
    others = [*NOT_INFERRED, *_working_days(series[0])]
    best = max(others, key=share)
    return best if share(best) > MOST_IN_PLACE else _from_longest_run(series[0])


def _candidates(times, series):
    """Yield frequencies: that of the longest series, that of all times, those of other series."""
    yield from _infer(series[0])
    if len(series) > 1:
        yield from _infer(times.unique().sort_values())
    for shorter in series[1:]:
        yield from _infer(shorter)


def _infer(times):
    """Yield the frequency of regular times, if there is one."""
    if len(times) < 3:
        return
    local = pd.infer_freq(times.tz_localize(None))
    frequency = Frequency.of(to_offset(local)) if local else None
    if times.tz is None or (frequency is not None and frequency.days >= 1):
        if frequency is not None:
            yield frequency
        return
    elapsed = pd.infer_freq(times.tz_convert(None))
    if elapsed or local:
        yield Frequency(to_offset(elapsed or local), local=not elapsed)


def _from_longest_run(times):
    """Return the frequency of the longest part of a series that is regular, None without one."""
    clock = times.tz_convert(None) if times.tz is not None else times
    steps = np.diff(clock.to_numpy())
    usual = np.median(steps)
    for breaks, least in ((steps > LONG_STEP * usual, 3), (steps != usual, LEAST_EQUAL)):
        bounds = np.concatenate([[0], np.flatnonzero(breaks) + 1, [len(times)]])
        longest = int(np.argmax(np.diff(bounds)))
        run = times[bounds[longest] : bounds[longest + 1]]
        frequency = next(_infer(run), None) if len(run) >= least else None
        if frequency is not None:
            working = frequency.length == DAY and (times.dayofweek < 5).all()
            return Frequency.of(pd.offsets.BDay()) if working else frequency
    return None


def _working_days(times):
    """Yield steps from working day to working day, if some days of the week never occur."""
    days = np.unique(times.dayofweek)
    if 1 < len(days) < 7 and len(times) >= WEEKS * len(days):
        mask = "".join(str(int(day in days)) for day in range(7))
        five = mask == "1111100"
        offset = pd.offsets.BDay() if five else pd.offsets.CustomBusinessDay(weekmask=mask)
        yield Frequency.of(offset)


def period_that_fits(times):
    """Return the name of the periods that follow each other where times do not, or None.

    Examples are months that are marked by their 15th or last trading day.
    """
    naive = times.tz_localize(None)
    for name in ("h", "D", "W", "M", "Q", "Y"):
        steps = np.diff(naive.to_period(name).asi8)
        if (steps >= 1).all() and (steps == 1).mean() > MOST_IN_PLACE:
            return name
    return None
