"""A warning where clocks change and seasons count elapsed hours."""

from __future__ import annotations

import numpy as np

from skrnn._warnings import warn


def warn_of_clock_change(times, frequency, season):
    """Warn if clocks change among the times, and a season covers days in hours or shorter steps.

    Parameters
    ----------
    times : pd.Index
        Times of the steps.
    frequency : Frequency or None
        Frequency of the series, if it is known.
    season : int
        Steps of a season.
    """
    if getattr(times, "tz", None) is None or frequency is None:
        return
    if frequency.local or season * frequency.days < 1:
        return
    ahead_of_utc = (times.tz_localize(None) - times.tz_convert(None)).to_numpy()
    changed = np.flatnonzero(ahead_of_utc != ahead_of_utc[0])
    if len(changed):
        warn(
            f"clocks change at {times[changed[0]]}, but the season of {season} steps counts "
            "elapsed time, so that the patterns of a day move in local time; for seasons in local "
            "time, pass y.tz_localize(None) with one row for the hour that occurs twice, and NaN "
            "for the hour that is missing."
        )


def times_around(rows, index, n_steps):
    """Return the times that forecasts read, and their own.

    Parameters
    ----------
    rows : pd.Index
        Rows of the forecasts.
    index : SeriesIndex
        Index of the series.
    n_steps : int
        Number of steps that are read before the end of a series.
    """
    times = rows.get_level_values(-1)
    if getattr(times, "tz", None) is None or index.frequency is None:
        return times
    end = index.ends[[index.ends.argmin()]]
    return index.frequency.after(end, np.arange(1 - n_steps, 1)).append(times)
