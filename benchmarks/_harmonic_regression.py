"""Regression on harmonics, holidays and covariates, with ARMA errors: a peer of `covariates.py`.

Dynamic harmonic regression is SARIMAX with the covariates and Fourier terms of week and year as
regressors. Here its coefficients are estimated by generalised least squares, for ARMA errors that
statsmodels fits to the residuals, in turn. Numeric covariates also enter as hinges at their
quartiles and, for hours, as products with the harmonics of the day. Each series has a regression
of its own.
"""

from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pandas as pd

DAY, WEEK, YEAR = 1.0, 7.0, 365.25  # in days
ORDERS = ((1, 0, 0), (2, 0, 0), (3, 0, 0), (1, 0, 1), (2, 0, 1), (2, 0, 2))
N_ROUNDS = 2  # of coefficients and errors


@dataclass
class HarmonicRegression:
    """Regressions with ARMA errors, one for each series.

    Parameters
    ----------
    log : bool
        Whether the regression is one of log(1 + y).
    models : list of tuple
        Terms, coefficients and errors of each series.
    """

    log: bool
    models: list = field(default_factory=list)

    def __str__(self):
        orders = sorted({str(errors.order) for _, _, errors in self.models})
        return " ".join(("logarithms," if self.log else "values,", "ARIMA", *orders))

    def fit(self, study):
        self.models = [self._fit_one(study, i) for i in range(len(study.values))]
        return self

    def _fit_one(self, study, i):
        n, values = study.n_train, self._to_units(study, i)
        y, options = values[:n], choices(study)
        best = min(options, key=lambda terms: criterion(y, regressors(study, i, *terms)[:n]))
        X = regressors(study, i, *best)[:n]
        coefficients = least_squares(y, X)
        errors = best_errors(y - X @ coefficients, study.season)
        for _ in range(N_ROUNDS):
            coefficients = generalised(y, X, errors)
            errors = errors.refitted(y - X @ coefficients)
        return best, coefficients, errors

    def _to_units(self, study, i):
        """Return the values of a series, missing where they are 0 for certain."""
        y = np.log1p(study.values[i]) if self.log else study.values[i].copy()
        return y if study.opened is None else np.where(study.known[study.opened][i] > 0, y, np.nan)

    def forecast(self, study):
        """Return the forecasts from each origin, shape (n_series, n_origins, horizon)."""
        return np.stack([self._forecast_one(study, i) for i in range(len(study.values))])

    def _forecast_one(self, study, i):
        terms, coefficients, errors = self.models[i]
        line, y = regressors(study, i, *terms) @ coefficients, self._to_units(study, i)
        ahead = study.starts[:, None] + np.arange(study.horizon)
        rest = [errors.forecast((y - line)[:start], study.horizon) for start in study.starts]
        point = line[ahead] + np.stack(rest)
        point = np.expm1(point) if self.log else point
        return point if study.opened is None else point * study.known[study.opened][i][ahead]


@dataclass
class Errors:
    """ARMA errors of statsmodels, with their parameters."""

    order: tuple
    seasonal: tuple
    parameters: np.ndarray | None = None
    aic: float = np.inf

    def model(self, values):
        from statsmodels.tsa.statespace.sarimax import SARIMAX

        return SARIMAX(values, order=self.order, seasonal_order=self.seasonal)

    def refitted(self, values):
        found = self.model(values).fit(self.parameters, disp=False, maxiter=100)
        return Errors(self.order, self.seasonal, found.params, found.aic)

    def whitened(self, values):
        """Return values less what is expected from those before, in units of the deviation."""
        found = self.model(values).filter(self.parameters)
        return found.filter_results.standardized_forecasts_error[0]

    def forecast(self, values, horizon):
        return self.model(values).filter(self.parameters).forecast(horizon)


def best_errors(values, season):
    """Return the errors with the lowest criterion of Akaike."""
    plain = [Errors(order, (0, 0, 0, 0)).refitted(values) for order in ORDERS]
    best = min(plain, key=lambda errors: errors.aic)
    return min(best, Errors(best.order, (1, 0, 0, season)).refitted(values), key=lambda e: e.aic)


def least_squares(y, X):
    known = np.isfinite(y)
    return np.linalg.lstsq(X[known], y[known], rcond=None)[0]


def generalised(y, X, errors):
    """Return the coefficients by generalised least squares."""
    known = np.isfinite(y)
    white = [errors.whitened(np.where(known, column, np.nan)) for column in (y, *X.T)]
    return least_squares(white[0], np.stack(white[1:], axis=1))


def criterion(y, X):
    """Return the criterion of Akaike, corrected for few rows, of a least squares fit."""
    known = np.isfinite(y)
    n, rank = known.sum(), np.linalg.matrix_rank(X[known]) + 1
    error = np.square(y - X @ least_squares(y, X))[known].mean()
    return n * np.log(error) + 2 * rank * n / max(n - rank - 1, 1)


# -- regressors ----------------------------------------------------------------------------------


def choices(study):
    """Return the numbers of harmonics of day, week and year that are compared, and of names."""
    if study.times.freqstr == "h":
        return [(day, week, 0, False) for day, week in ((8, 0), (8, 3), (0, 42), (0, 63), (0, 80))]
    return list(product((0,), (3,), (0, 2, 4, 8), (False, True) if study.holidays else (False,)))


def regressors(study, i, day, week, year, named):
    """Return the regressors of a series, shape (n_steps, n_regressors)."""
    times = study.times
    days = np.arange(len(times)) / (24 if times.freqstr == "h" else 1)
    columns = [np.ones(len(times))]
    if days[-1] > 2 * YEAR:
        columns.append(days / YEAR)
    for period, n in ((DAY, day), (WEEK, week), (YEAR, year)):
        columns += harmonics(days, period, n)
    columns += expanded(study, i).values()
    if study.holidays:
        columns += near_holidays(study, named)
    return np.stack(columns, axis=1)


def harmonics(days, period, n):
    angles = [2 * np.pi * k * days / period for k in range(1, n + 1)]
    return [wave(angle) for angle in angles for wave in (np.sin, np.cos)]


def expanded(study, i):
    """Return the covariates of a series by name, with hinges and products of the numeric ones."""
    columns = {}
    for name, known in study.known.items():
        values = known[i]
        if name in study.static or name == study.opened:
            continue
        columns[name] = values
        if len(np.unique(values)) > 2:
            columns |= with_hinges(name, values, study)
    return columns


def with_hinges(name, values, study):
    """Return the hinges of a numeric covariate, and for hours their products with the day."""
    knots = np.quantile(values[: study.n_train], (0.25, 0.5, 0.75))
    found = {f"{name} above {k:.4g}": np.clip(values - k, 0, None) for k in knots}
    if study.times.freqstr == "h":
        waves = harmonics(study.times.hour.to_numpy() / 24, DAY, 2)
        bases = {name: values - values[: study.n_train].mean(), **found}
        found |= {f"{b}, {j}": v * w for b, v in bases.items() for j, w in enumerate(waves)}
    return found


def near_holidays(study, named):
    """Return indicators of holidays, of two days before and of the day after."""
    groups = study.holidays.values()
    if not named:
        groups = [[date for dates in groups for date in dates]]
    days, found = study.times.asi8, []
    for dates in groups:
        away = days - pd.PeriodIndex(dates, freq="D").asi8[:, None]
        found += [(away == k).any(axis=0).astype(float) for k in (-2, -1, 0, 1)]
    return found
