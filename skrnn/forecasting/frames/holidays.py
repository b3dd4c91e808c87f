"""Tables of holidays, read from lists, dicts and Series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from skrnn._arguments import reading
from skrnn._warnings import warn

from .country_holidays import country_holidays

UNNAMED = "holiday"
SEPARATOR = "; "  # between several holidays on one day, as in the package holidays


@dataclass(frozen=True)
class Holidays:
    """Dates by the name of the holiday.

    Parameters
    ----------
    days : dict of str to ndarray of datetime64[D]
        Unique dates of each holiday, in ascending order.
    end : numpy.datetime64
        Last date of the table as passed by the user.
    longest_gap : numpy.timedelta64
        Longest gap between consecutive dates of the table.
    """

    days: dict
    end: np.datetime64
    longest_gap: np.timedelta64

    @classmethod
    def of(cls, given, first=None, last=None):
        """Read a list of dates, a Series or dict of names by date, or the code of a country.

        Parameters
        ----------
        given : object
            The table, or a code such as "DE" or "US-CA".
        first, last : numpy.datetime64[D], optional
            First and last day of the training data, for a code.

        Raises
        ------
        ValueError, TypeError
            If the table is empty or contains anything but dates, or the code is unknown.
        ImportError
            If a code is given and the package holidays is not installed.
        """
        if isinstance(given, str):
            given = country_holidays(given, first, last)
        with reading("holidays"):
            names, dates = _names_and_dates(given)
            days = _days(dates)
        if len(days) == 0:
            raise ValueError(
                "holidays has no date; pass a list of dates, or a Series or dict of names by date "
                "that covers training data and horizon (a dict of the package holidays is empty "
                "unless it was created with years=...)."
            )
        every = np.unique(days)
        gap = np.diff(every).max() if len(every) > 1 else np.timedelta64(36500, "D")
        by_name = {name: np.unique(days[names == name]) for name in pd.unique(names)}
        return cls(by_name, every[-1], gap)

    def within(self, first, last):
        """Return only the holidays that occur in the given steps; no others can be learned."""
        days = {name: days for name, days in self.days.items() if _count(days, first, last).any()}
        return Holidays(days, self.end, self.longest_gap)

    def counts(self, first, last):
        """Return, for each holiday, the number of its days in each step."""
        return [_count(days, first, last) for days in self.days.values()]

    def warn_of_end(self, last):
        """Warn if steps lie further after the end of the table than its longest gap."""
        if len(last) and last.max() - self.end > self.longest_gap:
            warn(
                f"holidays ends with {self.end}, but the forecasts reach {last.max()}; add the "
                "later holidays.",
            )


def _names_and_dates(given):
    if isinstance(given, Mapping):
        given = pd.Series(list(given.values()), index=pd.Index(list(given)), dtype=object)
    if isinstance(given, pd.Series) and not _are_dates(given):
        if isinstance(given.index, pd.PeriodIndex):
            given = given.set_axis(given.index.to_timestamp())
        pairs = [
            (name, date) for date, text in given.items() for name in str(text).split(SEPARATOR)
        ]
        names = np.array([name for name, _ in pairs], dtype=object)
        return names, [date for _, date in pairs]
    if isinstance(given, pd.DataFrame):
        raise TypeError(
            f"holidays is a DataFrame with the columns {list(given.columns)}; pass a Series of "
            "names indexed by date, or a list of dates."
        )
    dates = list(given)
    return np.full(len(dates), UNNAMED, dtype=object), dates


def _are_dates(series):
    return pd.api.types.is_datetime64_any_dtype(series.dtype)


def _days(dates):
    """Return the local day of each date.

    Raises
    ------
    ValueError
        If one is not a date.
    """
    for date in dates:
        if isinstance(date, int | float | np.number):
            raise ValueError(f"holidays contains the number {date!r}; pass dates.")
    try:
        stamps = [pd.Timestamp(date) for date in dates]
    except (TypeError, ValueError) as error:
        raise ValueError(f"holidays contains something other than dates: {error}.") from error
    if any(stamp is pd.NaT for stamp in stamps):
        raise ValueError("holidays contains missing dates; leave them out.")
    return np.array([stamp.date() for stamp in stamps], dtype="datetime64[D]")


def _count(days, first, last):
    begin, end = np.searchsorted(days, first), np.searchsorted(days, last, side="right")
    return (end - begin).astype(np.float64)
