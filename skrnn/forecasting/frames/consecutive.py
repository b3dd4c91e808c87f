"""Check that the times of a series follow each other, and advice where they do not."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pandas as pd
from pandas.tseries.offsets import BusinessDay

from .infer_frequency import period_that_fits

LEAST_PRESENT = 0.5  # least fraction of steps with a row for which missing ones are worth adding
EVERY_STEP = "give every step a row, with NaN where nothing was observed"


def check_times(index):
    """Check that the times of each series are consecutive.

    Every row counts as one step, so a missing or repeated time would shift the lags.

    Raises
    ------
    TypeError
        If the times are neither dates nor periods nor integers.
    ValueError
        If a time is duplicated or missing, or there is no regular step.
    """
    times, offsets = index.times, index.offsets
    if isinstance(times, pd.TimedeltaIndex):
        raise TypeError("y has durations as times; pass dates, periods or integers as its index.")
    if isinstance(times, pd.DatetimeIndex) and times.freq is not None:
        return  # pandas has checked them
    later = np.ones(len(times), dtype=bool)
    later[offsets[:-1]] = False
    later = np.flatnonzero(later)
    twice = np.asarray(times[later - 1] == times[later])
    if twice.any():
        row = index.frame_index[later[int(np.argmax(twice))]]
        raise ValueError(f"y has two rows for {row}; keep one of them.")
    if index.frequency is None:
        if np.diff(offsets).max() > 2:
            raise ValueError(_irregular(index))
        return
    follows = index.follows(index.frequency)
    if not follows.all():
        raise ValueError(_missing(index, int(np.argmin(follows))))


def _missing(index, row):
    """Return what is wrong before a row, and what to do."""
    times, frequency = index.times, index.frequency
    before, after = times[row - 1], times[row]
    where = index.name_of(int(np.searchsorted(index.offsets, row, side="right")) - 1)
    one = np.array([1])
    if after < frequency.after(times[row - 1 : row], one)[0]:
        return (
            f"y{where} has rows for {before} and {after}, which are less than a step of "
            f"{frequency} apart; {_advice(index)}."
        )
    return f"y{where} has no row for the steps between {before} and {after}; {_advice(index)}."


def _irregular(index):
    """Return where times without any frequency are irregular, and what to do."""
    longest = int(np.argmax(np.diff(index.offsets)))
    times = index.times[index.offsets[longest] : index.offsets[longest + 1]]
    steps = np.diff(times.asi8)
    row = int(np.argmax(steps != steps[0]))
    return (
        f"the times of y{index.name_of(longest)} have no regular frequency: {times[0]} is followed "
        f"by {times[1]}, but {times[row]} by {times[row + 1]}; {_advice(index)}."
    )


def _advice(index):
    """Return how to make the times regular."""
    times, frequency = index.times, index.frequency
    if isinstance(times, pd.PeriodIndex):
        return EVERY_STEP
    if not isinstance(times, pd.DatetimeIndex):
        return f"{EVERY_STEP}, or number the rows 0, 1, 2, ... if none is missing"
    if isinstance(getattr(frequency, "offset", None), BusinessDay):
        regular = ", by y.asfreq('B')" if type(frequency.offset) is BusinessDay else ""
        number = "if these are trading days, number them by y.reset_index(drop=True)"
        return f"{number}, or {EVERY_STEP}{regular}"
    longest = int(np.argmax(np.diff(index.offsets)))
    series = times[index.offsets[longest] : index.offsets[longest + 1]]
    n_steps = _n_steps(frequency, series)
    period = period_that_fits(series) if n_steps is None else None
    if period is not None:
        zone = "" if times.tz is None else ".tz_localize(None)"
        return f"use periods as times, by y{zone}.to_period('{period}'), or {EVERY_STEP}"
    if n_steps is None or len(series) < LEAST_PRESENT * n_steps:
        return f"{EVERY_STEP}, or number the steps by y.reset_index(drop=True)"
    if index.instances is None and (times.tz is None or frequency.local == (frequency.days >= 1)):
        return f"{EVERY_STEP}, by y.asfreq('{frequency}')"
    return EVERY_STEP


def _n_steps(frequency, times):
    """Return the number of steps from the first to the last time; None if some lie in between."""
    with suppress(ValueError):
        return None if frequency is None else 1 + frequency.count(times[:1], times)[-1]
    return None
