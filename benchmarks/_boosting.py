"""Gradient boosting on lags, calendar and covariates, as a user writes it for `covariates.py`.

One regressor learns from all series of a study. Its features are the last values, values one and
more seasons before the step to forecast, means of past seasons, the calendar, holidays, and the
covariates: those of the step, the day before and after, one and two seasons before, and their mean
over the season that ends with the step.
"""

from dataclasses import dataclass
from itertools import product
from math import gcd
from typing import Any

import numpy as np
import pandas as pd

N_LAST, N_LAGS = 6, (7, 2)  # last values, and lags of each season
MOST_ROWS, MOST_TREES = 100_000, 1500
FAR = 30  # days; the distance from farther holidays does not matter


@dataclass
class Boosting:
    """A regressor of scikit-learn, and how it is used.

    Parameters
    ----------
    direct : bool
        Whether it forecasts all steps, and has the step as a feature. If not, it forecasts the
        next step and reads its own forecasts to continue.
    units : {"values", "ratios", "differences"}
        What it reads and forecasts: values, their ratios to the mean of the last four seasons, or
        their differences from the mean of the last seven values at this time of the season.
    loss : {"squared_error", "absolute_error"}
        Loss of the regressor.
    """

    direct: bool
    units: str
    loss: str
    n_trees: int | None = None
    regressor: Any = None

    def __str__(self):
        strategy = "direct" if self.direct else "recursive"
        return f"{strategy}, {self.units}, {self.loss}, {self.n_trees} trees"

    def choose_trees(self, study):
        """Learn the training part, until its forecasts of the test part get no better."""
        horizon = study.horizon if self.direct else 1
        starts = thinned(study, study.n_train, study.times.size, horizon)
        X, y = Features(study, horizon, self.units).examples(starts)
        self._fit(study, {"early_stopping": True, "n_iter_no_change": 30}, X_val=X, y_val=y)
        self.n_trees = self.regressor.n_iter_
        return self

    def fit(self, study):
        """Learn the training part with the number of trees that was chosen."""
        return self._fit(study, {"early_stopping": False})

    def _fit(self, study, settings, **validation):
        from sklearn.ensemble import HistGradientBoostingRegressor

        horizon = study.horizon if self.direct else 1
        starts = thinned(study, 2 * study.season, study.n_train, horizon)
        X, y = Features(study, horizon, self.units).examples(starts)
        self.regressor = HistGradientBoostingRegressor(
            loss=self.loss,
            learning_rate=0.05,
            max_iter=self.n_trees or MOST_TREES,
            categorical_features=[0],
            random_state=0,
            **settings,
        ).fit(X, y, **validation)
        return self

    def forecast(self, study):
        """Return the forecasts from each origin, shape (n_series, n_origins, horizon)."""
        if self.direct:
            point = self._predict(Features(study, study.horizon, self.units), study.starts)
            return point.reshape(len(study.values), -1, study.horizon)
        return np.stack([self._continued(study, start) for start in study.starts], axis=1)

    def _continued(self, study, start):
        end = start + study.horizon
        features = Features(study, 1, self.units, last=end - 1)
        features.values[:, start:] = np.nan
        for step in range(start, end):
            features.values[:, step] = self._predict(features, np.array([step]))
        return features.values[:, start:end]

    def _predict(self, features, starts):
        X, shift, unit = features.rows(starts)
        return np.maximum(self.regressor.predict(X) * unit + shift, features.least)


class Features:
    """Features of the steps after origins.

    Parameters
    ----------
    study : Study
        The data.
    horizon : int
        Steps after each origin.
    units : str
        Units of values, as in `Boosting`.
    last : int or None
        Last step whose covariates are known; by default the last one of the horizon.
    """

    N_VALUES = N_LAST + sum(N_LAGS) + 4

    def __init__(self, study, horizon, units, last=None):
        self.study, self.horizon, self.units, self.last = study, horizon, units, last
        self.values = study.values.copy()
        self.least = 0.0 if study.values[:, : study.n_train].min() >= 0 else -np.inf
        self.calendar = calendar(study)

    def examples(self, starts):
        """Return features and what to forecast: a row for each series, origin and step."""
        X, shift, unit = self.rows(starts)
        y = taken(self.values, self._steps(starts)[1]).ravel()
        return X, (y - shift) / unit

    def rows(self, starts):
        """Return features, and the shift and unit of the values of each row.

        The first column is the number of the series, the next `N_VALUES` are values.
        """
        step, target = self._steps(starts)
        start, (short, long) = target - step, self.study.seasons
        means = [mean_up_to(self.values, start, n) for n in (short, 4 * short, long, 2 * long)]
        columns = [
            np.arange(len(self.values))[:, None],
            *(taken(self.values, start - 1 - k) for k in range(N_LAST)),
            *(taken(self.values, place) for place in self._lags(target, step)),
            *means,
            *self._covariates(target, step),
            *self.calendar[:, target],
            step,
        ]
        shape = len(self.values), len(target)
        X = np.stack([np.broadcast_to(column, shape).ravel() for column in columns], axis=1)
        values = X[:, 1 : 1 + self.N_VALUES]
        shift, unit = np.zeros(len(X)), np.ones(len(X))
        if self.units == "ratios":
            level = np.broadcast_to(means[1], shape).ravel()
            unit = np.where(level > 0, level, 1.0)
        elif self.units == "differences":
            shift = np.nanmean(values[:, N_LAST : N_LAST + N_LAGS[0]], axis=1)
        X[:, 1 : 1 + self.N_VALUES] = (values - shift[:, None]) / unit[:, None]
        return X, shift, unit

    def _steps(self, starts):
        """Return steps within the horizon, and since the beginning of the series."""
        step = np.tile(np.arange(self.horizon), len(starts))
        return step, np.repeat(starts, self.horizon) + step

    def _lags(self, target, step):
        for season, n in zip(self.study.seasons, N_LAGS, strict=True):
            for k in range(1, n + 1):
                yield target - season * (step // season + k)

    def _covariates(self, target, step):
        season = self.study.season
        last = target - step + self.horizon - 1 if self.last is None else self.last
        for name, known in self.study.known.items():
            if name in self.study.static:
                yield known[:, :1]
                continue
            for away in (-1, 0, 1):
                yield taken(known, np.minimum(target + away, last))
            for k in (1, 2):
                yield taken(known, target - season * (step // season + k))
            yield mean_up_to(known, target + 1, season)


def thinned(study, first, end, horizon):
    """Return origins whose steps are in a part, so few that time and memory suffice."""
    starts = np.arange(first, end - horizon + 1)
    stride = -(-len(starts) * horizon * len(study.values) // MOST_ROWS)
    while gcd(stride, study.season) > 1:  # origins at all hours, or days of the week
        stride += 1
    return starts[::stride]


def taken(values, place):
    """Return values at some steps, and NaN for steps before the first."""
    return np.where(place >= 0, values[:, np.maximum(place, 0)], np.nan)


def mean_up_to(values, end, length):
    """Return the mean of the `length` steps before `end`, or of as many as there are."""
    total = np.hstack([np.zeros((len(values), 1)), np.nan_to_num(values).cumsum(axis=1)])
    begin = np.maximum(end - length, 0)
    return (total[:, end] - total[:, begin]) / (end - begin)


def calendar(study):
    """Return features of the time of each step, shape (n_features, n_steps)."""
    times = study.times
    rows = [times.dayofweek, times.dayofyear, times.day, np.arange(len(times))]
    if times.freqstr == "h":
        rows += [times.hour, times.dayofweek * 24 + times.hour]
    if study.holidays:
        rows += nearest_holiday(study)
    return np.stack([np.asarray(row, dtype=float) for row in rows])


def nearest_holiday(study):
    """Return the days since the nearest holiday, negative before it, and its number."""
    numbers = [i for i, dates in enumerate(study.holidays.values()) for _ in dates]
    dates = [date for dates in study.holidays.values() for date in dates]
    away = study.times.asi8 - pd.PeriodIndex(dates, freq="D").asi8[:, None]
    nearest = np.abs(away).argmin(axis=0)
    return np.clip(away.T[np.arange(len(nearest)), nearest], -FAR, FAR), np.array(numbers)[nearest]


def candidates():
    """Return the ways from which the validation part chooses."""
    units = ("values", "ratios", "differences")
    losses = ("squared_error", "absolute_error")
    return [Boosting(*way) for way in product((True, False), units, losses)]
