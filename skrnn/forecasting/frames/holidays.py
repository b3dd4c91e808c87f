"""Days that are unlike others, as users have them in tables, lists and dicts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from skrnn._warnings import warn

UNNAMED = "holiday"
BETWEEN_NAMES = "; "  # of several holidays on one day, in the dicts of the package holidays


@dataclass(frozen=True)
class Holidays:
    """Days by the name of the holiday.

    Parameters
    ----------
    days : dict of str to ndarray of datetime64[D]
        Days of each holiday, in rising order, each once.
    end : numpy.datetime64
        Last day of the table that was given.
    longest_gap : numpy.timedelta64
        Most days between two of its days that follow one another.
    """

    days: dict
    end: np.datetime64
    longest_gap: np.timedelta64

    @classmethod
    def of(cls, given):
        """Read a list of dates, or a Series or dict of names by date.

        Raises
        ------
        ValueError, TypeError
            If there is no date, or something else than dates.
        """
        names, dates = _names_and_dates(given)
        days = _days(dates)
        if len(days) == 0:
            raise ValueError(
                "holidays has no date; pass a list of dates, or a Series or dict of names by date "
                "that covers training data and horizon (a dict of the package holidays has the "
                "years that it was asked for)."
            )
        every = np.unique(days)
        gap = np.diff(every).max() if len(every) > 1 else np.timedelta64(36500, "D")
        by_name = {name: np.unique(days[names == name]) for name in pd.unique(names)}
        return cls(by_name, every[-1], gap)

    def among(self, first, last):
        """Return the table without the holidays of which no day is in the steps given.

        Nothing could be learned of them.
        """
        seen = {name: days for name, days in self.days.items() if _count(days, first, last).any()}
        return Holidays(seen, self.end, self.longest_gap)

    def counts(self, first, last):
        """Return for each holiday how many of its days lie in steps from `first` to `last`."""
        return [_count(days, first, last) for days in self.days.values()]

    def warn_of_end(self, last):
        """Warn if steps lie further behind the table than two of its days from each other."""
        if len(last) and last.max() - self.end > self.longest_gap:
            warn(
                f"holidays ends with {self.end}, but the forecasts reach {last.max()}; list the "
                "later ones, too.",
            )


def _names_and_dates(given):
    if isinstance(given, Mapping):
        given = pd.Series(list(given.values()), index=pd.Index(list(given)), dtype=object)
    if isinstance(given, pd.Series) and not _are_dates(given):
        if isinstance(given.index, pd.PeriodIndex):
            given = given.set_axis(given.index.to_timestamp())
        pairs = [
            (name, date) for date, text in given.items() for name in str(text).split(BETWEEN_NAMES)
        ]
        names = np.array([name for name, _ in pairs], dtype=object)
        return names, [date for _, date in pairs]
    if isinstance(given, pd.DataFrame):
        raise TypeError(
            f"holidays is a DataFrame with the columns {list(given.columns)}; pass a Series of the "
            "names, indexed by date, or a list of the dates."
        )
    dates = list(given)
    return np.full(len(dates), UNNAMED, dtype=object), dates


def _are_dates(series):
    return pd.api.types.is_datetime64_any_dtype(series.dtype)


def _days(dates):
    """Return dates as days, in the time of their own zone.

    Raises
    ------
    ValueError
        If one is no date.
    """
    for date in dates:
        if isinstance(date, int | float | np.number):
            raise ValueError(f"holidays has the number {date!r}, but dates are needed.")
    try:
        stamps = [pd.Timestamp(date) for date in dates]
    except (TypeError, ValueError) as error:
        raise ValueError(f"holidays has something else than dates: {error}.") from error
    if any(stamp is pd.NaT for stamp in stamps):
        raise ValueError("holidays has missing dates; leave them out.")
    return np.array([stamp.date() for stamp in stamps], dtype="datetime64[D]")


def _count(days, first, last):
    begin, end = np.searchsorted(days, first), np.searchsorted(days, last, side="right")
    return (end - begin).astype(np.float64)
