"""The frequency of a time index: how long a step is, and which time is how many steps away."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pandas.tseries import offsets

DAY = pd.Timedelta(days=1)
LONG = 28  # years over which the mean length of a step is measured
# Offsets that pandas adds to one time after the other.
SLOW_OFFSETS = (
    offsets.BusinessHour,
    offsets.CustomBusinessDay,
    offsets.CustomBusinessHour,
    offsets.CustomBusinessMonthBegin,
    offsets.CustomBusinessMonthEnd,
    offsets.Easter,
    offsets.FY5253,
    offsets.FY5253Quarter,
    offsets.LastWeekOfMonth,
    offsets.WeekOfMonth,
)


@dataclass(frozen=True)
class Frequency:
    """The step of a time index.

    Parameters
    ----------
    offset : DateOffset or None
        Length of a step. None stands for integers.
    local : bool
        Whether steps are counted in local time, so that a day may have 23 or 25 hours. Otherwise
        elapsed time counts.
    """

    offset: Any = None
    local: bool = True

    @classmethod
    def of(cls, offset):
        """Return the frequency of an index with this offset: days and longer in local time."""
        return cls(offset, not _is_tick(offset))

    def __str__(self):
        return "1" if self.offset is None else self.offset.freqstr

    @cached_property
    def length(self):
        """Length of a step; None if it varies, as that of months does."""
        if _is_tick(self.offset):
            return pd.Timedelta(self.offset)
        days = {offsets.Day: 1, offsets.Week: 7}.get(type(self.offset))
        return None if days is None else days * self.offset.n * DAY

    @cached_property
    def days(self):
        """Mean length of a step in days."""
        if self.length is not None:
            return self.length / DAY
        start = pd.Timestamp("2000-01-01") + self.offset
        n_steps = max(1, round(LONG * 365.25 * DAY / (start + self.offset - start)))
        return (start + n_steps * self.offset - start) / DAY / n_steps

    @property
    def ends_at_stamp(self):
        """Whether a time marks the last day of its step.

        Weeks that begin on a Monday are marked by their first day, other weeks by their last one.
        """
        if isinstance(self.offset, offsets.Week):
            return self.offset.weekday not in (None, 0)
        name = type(self.offset).__name__
        return name.endswith("End") or name.startswith("FY5253")

    def after(self, end, steps):
        """Return the times that are numbers of steps later than one time.

        Parameters
        ----------
        end : pd.Index of length 1
            The time.
        steps : ndarray of int
            Numbers of steps, which may be negative.

        Returns
        -------
        pd.Index
            Without a name.
        """
        end = end.rename(None)
        if not isinstance(end, pd.DatetimeIndex):
            return end.take(np.zeros(len(steps), dtype=int)) + steps
        start = self._clock(end)
        if self.length is not None:
            times = start.take(np.zeros(len(steps), dtype=int)) + steps * self.length
        else:
            times = pd.DatetimeIndex([self._moved(start[0], int(k)) for k in steps])
        return self._from_clock(times, end)

    def later(self, end, durations):
        """Return the times that are durations later than one time.

        Parameters
        ----------
        end : pd.Index of length 1
            The time.
        durations : pd.Index
            Timedeltas or offsets.
        """
        start = end.take(np.zeros(len(durations), dtype=int))
        if not isinstance(end, pd.DatetimeIndex):
            return start + durations
        return self._from_clock(pd.DatetimeIndex(self._clock(start) + durations), end)

    def count(self, end, times):
        """Return how many steps later than `end` the times are.

        Parameters
        ----------
        end : pd.Index of length 1
            The time from which steps are counted.
        times : pd.Index
            Times of the same kind.

        Returns
        -------
        ndarray of int

        Raises
        ------
        ValueError
            If a time is not a whole number of steps away.
        """
        if getattr(times, "tz", None) is not None:
            times = times.tz_convert(end.tz)
        if isinstance(end, pd.PeriodIndex):
            steps = (times.asi8 - end.asi8) / end.freq.n
        elif not isinstance(end, pd.DatetimeIndex):
            steps = np.asarray(times) - end[0]
        elif self.length is not None:
            rounded = np.rint((self._clock(times) - self._clock(end)[0]) / self.length).astype(int)
            fits = self._clock(self.after(end, rounded)) == self._clock(times)
            steps = np.where(fits, rounded, np.nan)
        else:
            steps = self._search(end, times)
        whole = np.rint(steps) == steps
        if not whole.all():
            raise ValueError(
                f"fh has the time {times[int(np.argmin(whole))]}, which is no step of y: y ends at "
                f"{end[0]} with steps of {self}, so that {self.after(end, np.array([1]))[0]} comes "
                "next; pass times of such steps."
            )
        return steps.astype(int)

    def steps_since_epoch(self, times):
        """Return the number of each time on a clock that begins in 1970, rounded."""
        if isinstance(times, pd.PeriodIndex):
            return times.asi8 // times.freq.n
        if not isinstance(times, pd.DatetimeIndex):
            return np.asarray(times)
        days = (self._clock(times) - pd.Timestamp(0)) / DAY
        return np.rint(np.asarray(days) / self.days).astype(int)

    def on(self, times):
        """Return consecutive dates with their offset, as far as pandas can express it."""
        if isinstance(times, pd.DatetimeIndex):
            with suppress(ValueError):  # steps of local time where clocks change
                return pd.DatetimeIndex(times, freq=self.offset)
        return times

    def follows(self, before, after):
        """Return, for each pair of times, whether `after` is one step later than `before`."""
        if not isinstance(before, pd.DatetimeIndex):
            return np.asarray(before + 1 == after)
        first, second = self._clock(before), self._clock(after)
        same = np.asarray(_add(first, self.offset) == second)
        if before.tz is not None and self.local and not same.all():
            # A time that the clocks skip is moved.
            same |= np.asarray(self._from_clock(_add(first, self.offset), before) == after)
            same |= np.asarray(self._from_clock(_add(second, -self.offset), before) == before)
        return same

    def days_of(self, times):
        """Return the first and the last day of the step of each time, as datetime64[D]."""
        if isinstance(times, pd.PeriodIndex):
            first, stop = times.start_time, (times + 1).start_time
        elif self.days < 1 or (self.length is not None and self.length % DAY):
            first = local_times(times)
            stop = local_times(self._from_clock(_add(self._clock(times), self.offset), times))
        elif self.ends_at_stamp:
            last = local_times(times).normalize()
            first, stop = _add(last, -self.offset) + DAY, last + DAY
        else:
            first = local_times(times).normalize()
            stop = _add(first, self.offset)
        last = np.maximum(first, stop - pd.Timedelta(1, "us"))
        return tuple(t.to_numpy().astype("datetime64[D]") for t in (first, last))

    def _moved(self, time, k):
        """Return the time `k` steps later."""
        if k >= 0:
            return time + k * self.offset if k else time
        # Going back, business hours stop at the end of a day, not at the beginning of the next.
        return time + (k - 1) * self.offset + self.offset

    def _search(self, end, times):
        """Return the steps of times where steps vary in length; NaN between two steps."""
        ahead = (self._clock(times) - self._clock(end)[0]) / DAY / self.days
        low, high = min(0, int(1.3 * ahead.min())) - 9, max(0, int(1.3 * ahead.max())) + 9
        steps = np.arange(low, high + 1)
        found = self._clock(self.after(end, steps)).get_indexer(self._clock(times))
        return np.where(found < 0, np.nan, steps[found])

    def _clock(self, times):
        """Return times without a zone, in which steps are counted."""
        if times.tz is None:
            return times
        return times.tz_localize(None) if self.local else times.tz_convert(None)

    def _from_clock(self, times, like):
        """Return times with the zone and the resolution of others."""
        times = times.as_unit(like.unit)
        if like.tz is None:
            return times
        if not self.local:
            return times.tz_localize("UTC").tz_convert(like.tz)
        summer = np.ones(len(times), dtype=bool)
        return times.tz_localize(like.tz, ambiguous=summer, nonexistent="shift_forward")


def local_times(times):
    """Return naive timestamps: the start of each period, or the local time of each timestamp."""
    if isinstance(times, pd.PeriodIndex):
        return times.to_timestamp()
    return times.tz_localize(None)


def _add(times, offset):
    """Return naive times one offset later."""
    if isinstance(offset, SLOW_OFFSETS):
        return pd.DatetimeIndex([time + offset for time in times])
    return times + offset


def _is_tick(offset):
    """Whether steps are hours or shorter units, which always have the same length."""
    return isinstance(offset, offsets.Tick) and not isinstance(offset, offsets.Day)
