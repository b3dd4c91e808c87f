"""Read one column of a CSV file as a regular series, or say what is wrong with it."""

import sys
import warnings

import numpy as np
import pandas as pd

from skrnn.baselines.seasonality import find_periods


def read_series(path, target, time=None, day_first=None, date_format=None):
    """Return one column in the order of time, and say how it was read; exit if it cannot be."""
    table, separator = _read_table(path)
    if target is None:
        sys.exit(f"Name the column to forecast, as in --target {table.columns[-1]}.")
    for column in filter(None, (target, time)):
        if column not in table:
            sys.exit(f"{path} has no column {column!r}; it has {', '.join(map(repr, table))}.")
    y = _read_numbers(table[target], decimal_commas=separator != ",")
    return y if time is None else _order_by_time(y, table[time], day_first, date_format)


def _read_table(path):
    """Return the table as text, and what separates its columns."""
    try:
        with open(path, encoding="utf-8-sig") as lines:
            header = lines.readline()
        separator = max(",;\t", key=header.count)
        options = {"dtype": str, "encoding": "utf-8-sig", "skipinitialspace": True}
        return pd.read_csv(path, sep=separator, **options), separator
    except FileNotFoundError:
        sys.exit(f"There is no file {path}.")
    except (OSError, ValueError) as error:  # pandas' own errors are ValueErrors
        sys.exit(f"{path} cannot be read as a CSV file: {error}")


def _read_numbers(column, decimal_commas):
    text = column
    if decimal_commas and not column.str.contains(".", regex=False).any():
        text = column.str.replace(",", ".")
        if (changed := text != column).any() and column.notna().any():
            first = (changed & column.notna()).idxmax()
            print(f"{column.name}: {column[first]!r} is read as {text[first]}")
    numbers = pd.to_numeric(text, errors="coerce")
    wrong, missing = ~np.isfinite(numbers) & column.notna(), column.isna()
    if wrong.any():
        row = wrong.idxmax()
        sys.exit(f"Column {column.name!r} is not numeric: row {row + 1} has {column[row]!r}.")
    if missing.any():
        sys.exit(
            f"Column {column.name!r} has {missing.sum()} missing values, the first in row "
            f"{missing.idxmax() + 1}; ExponentialSmoothing and AutoETS take none, so fill them in."
        )
    return numbers.astype(float)


def _order_by_time(y, column, day_first, date_format):
    times = _read_times(column, day_first, date_format)
    y = y.set_axis(times).sort_index()
    if y.index.has_duplicates:
        twice = y.index[y.index.duplicated()][0]
        sys.exit(
            f"Column {column.name!r} has {twice} twice; keep one row for each time, of one series."
        )
    if isinstance(times, pd.DatetimeIndex):
        freq = _frequency(times)
    else:
        freq = "row" if y.index.diff()[1:].nunique() == 1 else None
    if freq is None:
        sys.exit(_describe_gap(y.index, column.name))
    if freq == "row":
        return y.reset_index(drop=True)
    y.index = pd.DatetimeIndex(y.index, freq=freq)
    return y.to_period() if freq[0] in "MQY" else y  # months, quarters and years differ in length


def _frequency(times):
    times = times.sort_values()
    return pd.infer_freq(times) if len(times) > 2 and times.is_unique else None


def _read_times(column, day_first, date_format):
    # Four digits are years and eight are days; other whole numbers count the rows.
    whole = column.str.fullmatch(r"\d+", na=False).all() and date_format is None
    if whole and not column.str.len().isin([4, 8]).all():
        return pd.Index(column.astype(int))
    if column.str.match(r"\d{4}", na=True).all():  # the year, then month and day
        day_first = False
    if date_format is not None:
        times = _parse(column, format=date_format)
    elif day_first is not None:
        times = _parse(column, dayfirst=day_first)
    else:
        times = _in_either_order(column)
    if times.isna().any():
        value = column[times.isna().argmax()]
        form = "write it like 2024-12-31 or 2024-12-31 23:00, or pass --date-format"
        sys.exit(f"Column {column.name!r} has a time that cannot be read, {value!r}; {form}.")
    print(f"{column.name}: {column[0]!r} is read as {times[0]:%d %B %Y, %H:%M}")
    return times


def _parse(column, **options):
    with warnings.catch_warnings():
        # "1959Q1" and "Jan 1980" have no format that pandas knows by name; it reads them well.
        warnings.simplefilter("ignore", UserWarning)
        times = pd.to_datetime(column, errors="coerce", utc=True, **options)
    return pd.DatetimeIndex(times).tz_localize(None)


def _in_either_order(column):
    """Return times whose days and months may come in either order, as their rows tell."""
    month_first, day_first = (_parse(column, dayfirst=flag) for flag in (False, True))
    if month_first.equals(day_first) or day_first.isna().any():
        return month_first
    if month_first.isna().any():
        return day_first
    regular = [times for times in (month_first, day_first) if _frequency(times) is not None]
    if len(regular) == 1:
        return regular[0]
    at = (month_first != day_first).argmax()
    sys.exit(
        f"Column {column.name!r} has {column[at]!r}, which may be {month_first[at]:%d %B} or "
        f"{day_first[at]:%d %B}; pass --day-first, --no-day-first or --date-format."
    )


def _describe_gap(times, name):
    if len(times) < 3:
        return f"Column {name!r} has {len(times)} rows, too few to infer a frequency."
    steps = pd.Series(times[1:] - times[:-1])
    at = (steps - steps.mode()[0]).abs().argmax()
    return (
        f"Column {name!r} is not regular: {times[at + 1]} follows {times[at]}, while most steps "
        f"are {steps.mode()[0]}; pass a row for each step."
    )


def usual_season(y):
    """Return the season of a series in steps, as its frequency suggests."""
    if isinstance(y.index, pd.RangeIndex):
        return next(iter(find_periods(y)), 1)
    step = y.index[1] - y.index[0]
    if isinstance(step, pd.Timedelta) and step < pd.Timedelta(days=1):
        return max(1, round(pd.Timedelta(days=1) / step))
    seasons = {"M": 12, "Q": 4, "W": 52, "B": 5, "D": 7}
    return seasons.get(y.index.freqstr.split("-")[0], 1)
