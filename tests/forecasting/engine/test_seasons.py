"""Which seasons are compared: those of the calendar, and a longer one that the data show."""

import numpy as np
import pytest
from series.panels import panel_of

from skrnn.forecasting.engine.seasons import choose_season, seasons_to_compare

HOURS, SHIFTS, DAYS, WEEKS = (24, 168), (4, 28), (7, 365), (52,)


def noisy(pattern, n, seed=0):
    """Return a pattern, repeated, and noise."""
    values = pattern if callable(pattern) else lambda t: pattern[t % len(pattern)]
    return values(np.arange(n)) + np.random.default_rng(seed).normal(size=n)


def compared(series, calendar):
    panel = panel_of(*series)
    return seasons_to_compare(panel, choose_season(panel, calendar), calendar)


def of_length(n, seed=1):
    return 4 * np.random.default_rng(seed).normal(size=n)


@pytest.mark.parametrize(
    ("pattern", "n", "calendar", "seasons"),
    [
        (of_length(24), 600, HOURS, [24, 168]),  # whether it is there or not, for many steps
        (of_length(24), 500, HOURS, [24]),
        (of_length(28), 400, SHIFTS, {1, 4, 28}),
        (of_length(4), 400, SHIFTS, [4, 1]),
        (lambda t: 2 * np.sin(2 * np.pi * t / 365.25), 1500, DAYS, {1, 7, 365}),
        (lambda t: 6.0 * (t % 365 > 345), 1500, DAYS, {1, 7, 365}),
        (of_length(7), 1500, DAYS, [7, 1]),
        (lambda t: 2 * np.sin(2 * np.pi * t / 365.25), 1000, DAYS, {1, 7}),
        (of_length(52), 300, WEEKS, [52]),
        (np.zeros(1), 300, (), [1]),
        (of_length(17), 300, None, [17, 1]),
    ],
)
def test_of_one_series(pattern, n, calendar, seasons):
    found = compared([noisy(pattern, n)], calendar)
    assert (found if isinstance(seasons, list) else set(found)) == seasons


@pytest.mark.parametrize(("n_weekly", "longer"), [(2, False), (4, True)])
def test_a_quarter_of_the_series_decides(n_weekly, longer):
    series = [noisy(of_length(28 if i < n_weekly else 4), 400, seed=i) for i in range(12)]
    assert (28 in compared(series, SHIFTS)) == longer


def test_missing_values_do_not_hide_a_longer_season():
    y = noisy(lambda t: 3 * np.sin(2 * np.pi * t / 365.25), 1500)
    y[np.random.default_rng(0).random(1500) < 0.3] = np.nan
    y[500:520] = np.nan
    assert 365 in compared([y], DAYS)
