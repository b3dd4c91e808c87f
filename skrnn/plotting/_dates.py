"""Dates on the horizontal axis."""

from itertools import pairwise


def use_short_dates(ax):
    """Write what changes from tick to tick, and below it the rest where that changes."""
    from matplotlib.dates import AutoDateLocator, num2date
    from matplotlib.ticker import FuncFormatter

    class ShortDates(FuncFormatter):
        def format_ticks(self, values):
            return short_dates([num2date(value) for value in values])

    ax.xaxis.set_major_locator(AutoDateLocator(minticks=4, maxticks=9))
    ax.xaxis.set_major_formatter(ShortDates(lambda value, _: f"{num2date(value):%Y-%m-%d %H:%M}"))


def short_dates(dates):
    r"""Return labels of one or two lines for increasing dates.

    Parameters
    ----------
    dates : list of datetime.datetime
        The places of the ticks.

    Returns
    -------
    list of str
        Such as "29\nDec 2023", "31", "1\nJan 2024".
    """
    steps = [(b - a).total_seconds() / 3600 for a, b in pairwise(dates)]
    upper, lower = _forms(min(steps, default=24.0))
    labels, before = [], ""
    for date in dates:
        rest = lower(date)
        labels.append(upper(date) + (f"\n{rest}" if rest != before else ""))
        before = rest
    return labels


def _forms(hours):
    """Return how to write the two lines of ticks that are at least so far apart."""
    if hours >= 360 * 24:
        return "{:%Y}".format, "".format
    if hours >= 27 * 24:
        return "{:%b}".format, "{:%Y}".format
    if hours >= 24:
        return "{0.day}".format, "{:%b %Y}".format
    clock = "{:%H:%M}" if hours >= 1 / 60 else "{:%H:%M:%S}"
    return clock.format, "{0.day} {0:%b %Y}".format
