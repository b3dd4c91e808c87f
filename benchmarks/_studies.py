"""The studies of `covariates.py`: series, what is known ahead of them, and where forecasts start.

The hours of load and the days of sales are generated; the riders of Chicago are read from a file.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from _datasets import Dataset, panel, read, split

N_ZONES, LOAD_WEEKS, LOAD_TEST_WEEKS = 5, 12, 2
N_STORES, SALES_START, SALES_CUTOFF, SALES_END = 50, "2020-11-01", "2023-10-31", "2024-01-23"
HOLIDAYS = {
    "New Year": ("2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"),
    "Good Friday": ("2021-04-02", "2022-04-15", "2023-04-07"),
    "Easter Monday": ("2021-04-05", "2022-04-18", "2023-04-10"),
    "May Day": ("2021-05-01", "2022-05-01", "2023-05-01"),
    "Ascension": ("2021-05-13", "2022-05-26", "2023-05-18"),
    "Whit Monday": ("2021-05-24", "2022-06-06", "2023-05-29"),
    "Unity Day": ("2021-10-03", "2022-10-03", "2023-10-03"),
    "Christmas": ("2020-12-25", "2021-12-25", "2022-12-25", "2023-12-25"),
    "Boxing Day": ("2020-12-26", "2021-12-26", "2022-12-26", "2023-12-26"),
}


@dataclass(frozen=True)
class Study(Dataset):
    """A set with known covariates `X`, whose series have the same steps.

    Parameters
    ----------
    seasons : tuple of int
        Seasons that a user would know, the shortest first.
    holidays : dict of str to tuple of str, or None
        Dates by name.
    static : tuple of str
        Columns of `X` that are constant in a series.
    opened : str or None
        Column of `X` that is 0 where a value is 0 for certain.
    truth : ndarray of shape (n_series, n_steps) or None
        Median of each value, without its noise.
    memory : float
        Autocorrelation of the noise from one step to the next.
    """

    seasons: tuple = ()
    holidays: dict | None = None
    static: tuple = ()
    opened: str | None = None
    truth: np.ndarray | None = None
    memory: float = 0.0

    @cached_property
    def times(self):
        """Return the periods of both parts."""
        return next(iter(split(self.y_whole).values())).index

    @cached_property
    def values(self):
        """Return both parts as an array of shape (n_series, n_steps)."""
        return self.y_whole.to_numpy(float).reshape(len(self.series), -1)

    @cached_property
    def known(self):
        """Return the covariates by name, as arrays of the shape of `values`."""
        return {name: self.X[name].to_numpy(float).reshape(self.values.shape) for name in self.X}

    @property
    def starts(self):
        """Return the number of steps that are known at each origin."""
        return self.n_train + np.array(self.origins)

    @property
    def n_train(self):
        """Return the number of steps of the training part."""
        return len(next(iter(self.series.values())))

    @property
    def unit(self):
        """Return the mean of the training part of each series."""
        return self.values[:, : self.n_train].mean(axis=1)

    def error(self, point):
        """Return the mean absolute error in units of the mean of each series."""
        errors = np.abs(point - self.actual()).mean(axis=(1, 2))
        return float((errors / self.unit).mean())

    def dates_of_holidays(self):
        """Return the names of the holidays by date."""
        return {date: name for name, dates in self.holidays.items() for date in dates}

    def validation(self):
        """Return the study that ends with the training part, and has as long a test part."""
        last = self.n_train
        first = last - (self.values.shape[1] - last)
        rows = self.times[:last]
        time = self.X.index.get_level_values(-1)
        return replace(
            self,
            y_train=between(self.y_train, rows[0], rows[first - 1]),
            y_test=between(self.y_train, rows[first], rows[-1]),
            X=self.X[time <= rows[-1]],
            truth=None,
        )


def between(y, first, last):
    """Return the rows of a series or panel from one period to another."""
    time = y.index.get_level_values(-1)
    return y[(time >= first) & (time <= last)]


def ewma(values, halflife):
    """Return the exponentially weighted mean of each step and all before."""
    return pd.Series(values).ewm(halflife=halflife).mean().to_numpy()


def autoregression(rng, shape, memory, spread):
    """Return stationary AR(1) noise along the last axis."""
    from scipy.signal import lfilter

    shocks = rng.normal(0, spread * np.sqrt(1 - memory**2), shape)
    shocks[..., 0] = rng.normal(0, spread, shape[:-1])
    return lfilter([1], [1, -memory], shocks, axis=-1)


# -- load ----------------------------------------------------------------------------------------


def load_of(zone):
    """Twelve weeks of hourly load and temperature, and forecasts of 24 hours at each midnight.

    Each zone begins in another season. Below 15.5 degrees the load grows by heating, most in the
    morning and evening; above 20.5 by cooling, most in the afternoon. Walls delay both. Noise and
    level have a memory.
    """
    rng, memory = np.random.default_rng(zone), 0.85
    n = (LOAD_WEEKS + LOAD_TEST_WEEKS) * 168
    times = pd.period_range("2023-01-02 00:00", periods=n + zone * 1680, freq="h")[-n:]
    hour, weekday = times.hour.to_numpy(), times.dayofweek.to_numpy()
    degrees = temperature(rng, times)
    felt = 0.6 * degrees + 0.4 * ewma(degrees, 8)
    day = 2 * np.pi / 24
    heating = 1 + 0.35 * np.cos(day * (hour - 7)) + 0.25 * np.cos(2 * day * (hour - 7))
    cooling = 1 + 0.6 * np.cos(day * (hour - 16))
    weather = 14 * rng.uniform(0.8, 1.2) * heating * np.clip(15.5 - felt, 0, None)
    weather += 20 * rng.uniform(0.8, 1.2) * cooling * np.clip(felt - 20.5, 0, None)
    level = 1000 + 0.7 * rng.normal(size=n).cumsum()
    truth = level * shape_of_week(rng)[weekday, hour] + weather
    y = truth + autoregression(rng, (n,), memory, 20)
    n_train = LOAD_WEEKS * 168
    series = pd.Series(y, times, name="load")
    return Study(
        "load",
        series[:n_train],
        series[n_train:],
        horizon=24,
        season=24,
        origins=range(0, n - n_train - 23, 24),
        X=pd.DataFrame({"temperature": degrees}, times),
        seasons=(24, 168),
        truth=truth[None],
        memory=memory,
    )


def temperature(rng, times):
    """Return the temperature of hours: the year, the weather of some days, and the sun."""
    n_days = len(times) // 24
    hour, day = times.hour.to_numpy(), times.dayofyear.to_numpy()
    year = np.sin(2 * np.pi * (day - 105) / 365.25)
    fronts = autoregression(rng, (n_days + 1,), 0.75, 4)
    fronts = np.interp(np.arange(len(times)) / 24, np.arange(n_days + 1), fronts)
    sun = np.repeat(rng.uniform(0.3, 1.3, n_days), 24) * (4 + 1.5 * year)
    fine = autoregression(rng, (len(times),), 0.9, 0.7)
    return 11 + 10 * year + fronts + sun * np.cos(2 * np.pi * (hour - 15) / 24) + fine


def shape_of_week(rng):
    """Return the load of a week without weather, shape (7, 24), with a mean of about 1."""
    hour = np.arange(24)

    def bump(at, width):
        return np.exp(-0.5 * ((hour - at) / width) ** 2)

    work = 0.72 + 0.28 * bump(9, 2.5) + 0.25 * bump(13.5, 3.5) + 0.3 * bump(19, 2.2)
    free = 0.7 + 0.12 * bump(11, 3) + 0.1 * bump(14, 3) + 0.28 * bump(19.5, 2.4)
    week = np.stack([work] * 5 + [free + 0.04, free])
    week[0, :7] -= 0.03
    week[4, 15:] -= 0.05
    return week * rng.normal(1, 0.02, week.shape)


# -- sales ---------------------------------------------------------------------------------------


def sales():
    """Daily sales of 50 stores over three years, and forecasts of 28 days from three cutoffs.

    Promotions, prices and closed days are known. Types 0 and 1 are closed on Sundays and holidays,
    and sell more before and after; type 2 is open and sells more on these days. A promotion sells
    most at its beginning and end, and less is sold after it. Discounts below 10 % are hardly
    noticed. The beginning of a month sells more. A store that was rebuilt wins its customers back
    in some weeks.
    """
    rng = np.random.default_rng(0)
    days = pd.period_range(SALES_START, SALES_END, freq="D")
    size, kind = rng.lognormal(1.5, 0.5, N_STORES), rng.choice(3, N_STORES, p=[0.4, 0.4, 0.2])
    promotion, price = promotions_and_prices(rng, days)
    opened, rebuilt = opening(rng, days, kind)
    log = 3 + 0.6 * np.log(size) + rng.normal(0, 0.3, N_STORES)
    log = log[:, None] + seasons_of_stores(rng, days, kind) + holiday_effects(rng, days, kind)
    log += promotion_effects(rng, promotion, size, kind)
    log += price_effects(rng, price)
    log += 0.08 * (days.day <= 3) - 0.3 * after(rebuilt, 14)
    log += autoregression(rng, log.shape, 0.97, 0.06)
    y, truth = counts(rng, np.exp(log + 1), opened)
    columns = {
        "open": opened,
        "promotion": promotion,
        "price": price,
        "size": np.broadcast_to(size[:, None], y.shape),
        "type": np.broadcast_to(kind[:, None], y.shape),
    }
    index = pd.MultiIndex.from_product([range(N_STORES), days], names=["store", "day"])
    table = pd.DataFrame({"sales": y.ravel()}, index)
    n_test = int((days > pd.Period(SALES_CUTOFF, "D")).sum())
    return Study(
        "sales",
        between(table, days[0], days[-n_test - 1]),
        between(table, days[-n_test], days[-1]),
        horizon=28,
        season=7,
        origins=range(0, n_test - 27, 28),
        X=pd.DataFrame({name: c.ravel().astype(float) for name, c in columns.items()}, index),
        seasons=(7, 364),
        holidays=HOLIDAYS,
        static=("size", "type"),
        opened="open",
        truth=truth,
    )


def counts(rng, mean, opened):
    """Return counts that vary more than those of Poisson, and their medians."""
    from scipy.stats import nbinom

    dispersion = 60
    chance = dispersion / (dispersion + mean)
    y = rng.negative_binomial(dispersion, chance).astype(float)
    return y * opened, nbinom.ppf(0.5, dispersion, chance) * opened


def promotions_and_prices(rng, days):
    """Return promotions, of six days in most stores at once, and prices, shape (stores, days)."""
    promotion = np.zeros((N_STORES, len(days)))
    price = np.exp(rng.normal(0, 0.05, (N_STORES, 1))) * np.ones(promotion.shape)
    changes = rng.normal(0, 0.03, promotion.shape) * (rng.random(promotion.shape) < 0.01)
    price *= np.exp(changes.cumsum(axis=1))
    for start in np.flatnonzero(days.dayofweek == 0):
        if rng.random() < 0.4:
            stores = rng.random(N_STORES) < 0.8
            promotion[stores, start : start + 6] = 1
            price[stores, start : start + 6] *= 1 - rng.uniform(0, 0.3)
    return promotion, price


def promotion_effects(rng, promotion, size, kind):
    """Return the effects of promotions on the logarithm of sales, and those of days after."""
    gain = np.array([0.35, 0.2, 0.08])[kind] + 0.02 * (size - 5) + rng.normal(0, 0.05, N_STORES)
    gain, effect = np.maximum(gain, 0)[:, None], np.zeros(promotion.shape)
    since = promotion * days_of(promotion)
    for day, share in enumerate((1.3, 1.0, 0.8, 0.8, 1.0, 1.3)):
        effect += share * gain * (since == day + 1)
    ended = (1 - promotion) * days_of(1 - promotion) * (promotion.cumsum(axis=1) > 0)
    for day, share in enumerate((0.1, 0.5, 0.35, 0.2)):
        effect -= share * gain * (ended == day + 1)
    return effect


def price_effects(rng, price):
    """Return the effects of prices on the logarithm of sales, stronger for noticed discounts."""
    elasticity = rng.normal(1.1, 0.3, (N_STORES, 1))
    usual = pd.DataFrame(price.T).rolling(28, min_periods=1).median().to_numpy().T
    noticed = np.clip(-np.log(price / usual) - 0.1, 0, None)
    return elasticity * (2 * noticed - np.log(price))


def days_of(state):
    """Return how many days in a row, up to each, the state is 1."""
    total = state.cumsum(axis=1)
    return total - np.maximum.accumulate(np.where(state > 0, 0, total), axis=1)


def after(state, halflife):
    """Return 1 when the state ends and half of it after each half-life, and 0 before."""
    ago = np.where(state.cumsum(axis=1) > 0, days_of(1 - state), np.inf)
    return 0.5 ** (ago / halflife)


def opening(rng, days, kind):
    """Return 1 where a store is open, and 1 where it is rebuilt, shape (stores, days)."""
    opened, rebuilt = np.ones((2, N_STORES, len(days)))
    free = (days.dayofweek == 6) | (away_from_holidays(days) == 0).any(axis=0)
    opened[np.ix_(kind < 2, free)] = 0
    for store in np.flatnonzero(rng.random(N_STORES) < 0.3):
        start = rng.integers(len(days))
        rebuilt[store, start : start + 14] = 0
    return opened * rebuilt, 1 - rebuilt


def away_from_holidays(days):
    """Return the days since each holiday, shape (holidays, days); before it they are negative."""
    dates = [pd.Period(date, "D").ordinal for some in HOLIDAYS.values() for date in some]
    return days.asi8 - np.array(dates)[:, None]


def holiday_effects(rng, days, kind):
    """Return the effects of holidays on the logarithm of sales, shape (stores, days)."""
    away = away_from_holidays(days)
    near = 0.3 * (away == -1) + 0.12 * (away == -2) + 0.1 * (away == 1)
    christmas = pd.PeriodIndex(HOLIDAYS["Christmas"], freq="D").asi8
    left = christmas[:, None] - days.asi8
    advent = np.where((left > 0) & (left <= 24), 0.35 * np.exp(-left / 10), 0).sum(axis=0)
    effect = near.max(axis=0) + advent
    on = 0.35 * (away == 0).any(axis=0)
    strength = rng.uniform(0.6, 1.4, (N_STORES, 1))
    return strength * np.where((kind == 2)[:, None], on + 0.3 * advent, effect)


def seasons_of_stores(rng, days, kind):
    """Return trend, week and year of each store in logarithms, shape (stores, days)."""
    weeks = np.array(
        [
            [0.0, -0.05, -0.05, 0.0, 0.2, 0.35, 0.0],
            [0.1, 0.0, 0.0, 0.05, 0.15, -0.1, 0.0],
            [-0.1, -0.1, -0.05, 0.0, 0.15, 0.25, 0.2],
        ]
    )
    week = weeks[kind] + rng.normal(0, 0.06, (N_STORES, 7))
    year = 2 * np.pi * days.dayofyear.to_numpy() / 365.25
    waves = np.stack([np.sin(year), np.cos(year), np.sin(2 * year), np.cos(2 * year)])
    swing = np.array([0.02, -0.08, 0.03, 0.0]) + rng.normal(0, 0.05, (N_STORES, 4))
    growth = rng.normal(0.03, 0.06, (N_STORES, 1)) * np.arange(len(days)) / 365.25
    return week[:, days.dayofweek] + swing @ waves + growth


# -- riders --------------------------------------------------------------------------------------


def riders(folder):
    """Riders of Chicago's buses and trains two weeks ahead, from every week of five months."""
    table = read(folder, "cta_ridership.csv", parse_dates=["service_date"]).drop_duplicates()
    table = table.set_index("service_date").sort_index().to_period("D")["2016":"2019-05"]
    y = panel({"bus": table["bus"], "rail": table["rail_boardings"]})
    types = pd.get_dummies(table["day_type"], dtype=float)
    n_test = len(table["2019":])
    return Study(
        "riders",
        between(y, table.index[0], table.index[-n_test - 1]),
        between(y, table.index[-n_test], table.index[-1]),
        horizon=14,
        season=7,
        origins=range(0, n_test - 13, 7),
        X=pd.concat([types, types]).set_axis(y.index),
        seasons=(7, 364),
    )


STUDIES = {
    "load": lambda folder: [load_of(zone) for zone in range(N_ZONES)],
    "sales": lambda folder: [sales()],
    "riders": lambda folder: [riders(folder)],
}
