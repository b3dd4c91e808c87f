"""Calendar features: the phase of each step in calendar cycles, and holidays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from skrnn._arguments import reading

from .consecutive import check_times
from .frequency import DAY, Frequency, local_times
from .holidays import Holidays

WEEK = 7  # days; shorter steps also mark the days before and after a holiday


class Cycle(NamedTuple):
    """A cycle of the calendar.

    Parameters
    ----------
    days : float
        Length of the cycle in days.
    resolution : float
        Number of days over which the phase is constant.
    phase : callable
        ``phase(stamps)`` returns the elapsed fraction of the cycle, in [0, 1).
    """

    days: float
    resolution: float
    phase: Callable[[pd.DatetimeIndex], Any]


CYCLES = {
    "minute": Cycle(1 / 24, 1 / 1440, lambda t: t.minute / 60),
    "hour": Cycle(1, 1 / 24, lambda t: t.hour / 24),
    "day_of_week": Cycle(7, 1, lambda t: t.dayofweek / 7),
    "day_of_month": Cycle(30.4, 1, lambda t: (t.day - 1) / t.days_in_month),
    "day_of_year": Cycle(365.25, 1, lambda t: (t.dayofyear - 1) / (365 + t.is_leap_year)),
    "week_of_year": Cycle(365.25, 7, lambda t: (t.isocalendar().week.to_numpy() - 1) / 52.18),
    "month": Cycle(365.25, 28, lambda t: (t.month - 1) / 12),
    "quarter": Cycle(365.25, 90, lambda t: (t.quarter - 1) / 4),
}
WITHIN_THE_YEAR = ("minute", "hour", "day_of_week", "day_of_month")
OF_THE_YEAR = ("day_of_year", "week_of_year", "month", "quarter")


@dataclass(frozen=True)
class Calendar:
    """Compute features from the times of steps.

    Parameters
    ----------
    cycles : tuple of str
        Names in `CYCLES`; each gives a sine and a cosine.
    holidays : Holidays or None
        Table of holidays.
    frequency : Frequency
        Frequency of the training data.
    """

    cycles: tuple = ()
    holidays: Holidays | None = None
    frequency: Frequency = field(default_factory=Frequency)

    @classmethod
    def of(cls, features, holidays, index):
        """Choose the features for the training data.

        Parameters
        ----------
        features : None, "auto" or list of str
            Names in `CYCLES`. "auto" takes the cycles that are at least two steps long and that
            the longest series covers twice. Of the yearly cycles it considers only the coarsest
            one that still distinguishes neighbouring steps.
        holidays : object
            Holidays in one of the forms that `Holidays.of` reads, or None.
        index : SeriesIndex
            Times of the series.

        Raises
        ------
        ValueError
            If the times are not consecutive dates, or a name is unknown or does not vary.
        """
        if features is None and holidays is None:
            return cls(frequency=index.frequency or Frequency())
        check_times(index)
        what = "holidays" if features is None else f"calendar_features={features!r}"
        days, step = _longest_span(index, what), index.frequency.days
        if features is None:
            cycles = ()
        elif isinstance(features, str):
            cycles = _long_enough(step, days)
        else:
            with reading("calendar_features"):
                cycles = _checked(list(features), step)
        table = None
        if holidays is not None:
            first, last = index.frequency.days_of(index.times)
            table = Holidays.of(holidays, first.min(), last.max()).within(first, last)
        return cls(cycles, table, index.frequency)

    @property
    def n_columns(self):
        """Number of features."""
        n_holidays = 0 if self.holidays is None else len(self.holidays.days)
        return 2 * len(self.cycles) + n_holidays * (3 if self._marks_neighbours else 1)

    @property
    def _marks_neighbours(self):
        """Whether the days before and after a holiday have features, too."""
        return self.holidays is not None and self.frequency.days < WEEK

    def values(self, times, frequency=None):
        """Return the features of each step.

        A holiday feature counts the days of the holiday within the step. Steps shorter than a
        week have two more features for each holiday: the day before it and the day after it.

        Parameters
        ----------
        times : pd.PeriodIndex or pd.DatetimeIndex
            Times of the steps.
        frequency : Frequency, optional
            Frequency of `times`; that of the training data by default.

        Returns
        -------
        ndarray of shape (n_steps, n_columns)
        """
        columns = [np.empty((0, len(times)))]
        if self.cycles:
            stamps = local_times(times)
            phase = np.array([CYCLES[name].phase(stamps) for name in self.cycles], dtype=float)
            columns += [np.sin(2 * np.pi * phase), np.cos(2 * np.pi * phase)]
        if self.holidays is not None:
            first, last = (frequency or self.frequency).days_of(times)
            columns += self.holidays.counts(first, last)
            if self._marks_neighbours:
                columns += self.holidays.counts(last + 1, last + 1)
                columns += self.holidays.counts(first - 1, first - 1)
        return np.vstack(columns).T


def _longest_span(index, what):
    """Return the days that the longest series covers."""
    if not isinstance(index.times, pd.PeriodIndex | pd.DatetimeIndex):
        raise ValueError(
            f"{what} needs dates, but the times of y are {index.times.dtype}; give y a "
            "DatetimeIndex or PeriodIndex, or leave this parameter out."
        )
    if index.frequency is None:
        raise ValueError(
            f"{what} needs the frequency of y, which cannot be inferred from its times; set it, "
            "for example by y.asfreq('D')."
        )
    longest = int(np.argmax(np.diff(index.offsets)))
    times = index.times[index.offsets[longest] : index.offsets[longest + 1]]
    times = local_times(times.append(index.frequency.after(times[-1:], np.array([1]))))
    return (times[-1] - times[0]) / DAY


def _long_enough(step, days):
    fine = [name for name in OF_THE_YEAR if CYCLES[name].resolution <= max(step, 1)]
    return tuple(
        name
        for name in (*WITHIN_THE_YEAR, fine[-1])
        if 2 * step <= CYCLES[name].days and 2 * CYCLES[name].days <= 1.01 * days
    )


def _checked(names, step):
    """Return names of cycles that vary from step to step."""
    unknown = [name for name in names if name not in CYCLES]
    if unknown:
        raise ValueError(
            f"calendar_features contains the unknown names {unknown}; choose among {list(CYCLES)}."
        )
    constant = [name for name in names if CYCLES[name].days <= step]
    if constant:
        raise ValueError(
            f"calendar_features contains {constant}, which are the same at all steps of y (a step "
            f"is {step:.3g} days long); leave them out."
        )
    return tuple(dict.fromkeys(names))
