"""Prophet with the covariates as regressors: a peer of `covariates.py`.

It gets the regressors of `_harmonic_regression.expanded` and the holidays, and for hours a week of
42 harmonics, so that free days differ. It is fitted to each series, and again at each origin.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd
from _harmonic_regression import expanded


@dataclass
class Prophet:
    """Prophet, for which the validation part chooses how seasons and regressors enter.

    Parameters
    ----------
    mode : {"additive", "multiplicative"}
        Whether they are added to the trend or multiply it.
    refit : bool
        Whether it is fitted again at each origin, or only once.
    """

    mode: str
    refit: bool = True

    def __str__(self):
        return self.mode

    def fit(self, study):
        self.models = [self._fit_one(study, i, study.n_train) for i in range(len(study.values))]
        return self

    def forecast(self, study):
        """Return the forecasts from each origin, shape (n_series, n_origins, horizon)."""
        return np.stack([self._forecast_one(study, i) for i in range(len(study.values))])

    def _forecast_one(self, study, i):
        table, points = self._table(study, i), []
        for start in study.starts:
            model = self.models[i]
            if self.refit and start > study.n_train:
                model = self._fit_one(study, i, start)
            rows = table.iloc[start : start + study.horizon]
            points.append(model.predict(rows)["yhat"].to_numpy())
        point = np.stack(points)
        if study.opened is not None:
            ahead = study.starts[:, None] + np.arange(study.horizon)
            point = np.maximum(point, 0) * study.known[study.opened][i][ahead]
        return point

    def _fit_one(self, study, i, start):
        import prophet

        logging.getLogger("cmdstanpy").disabled = True
        table = self._table(study, i)
        hourly = study.times.freqstr == "h"
        model = prophet.Prophet(
            holidays=holidays(study),
            seasonality_mode=self.mode,
            weekly_seasonality=42 if hourly else "auto",
            daily_seasonality=False if hourly else "auto",
            uncertainty_samples=0,
        )
        for name in table.columns.drop(["ds", "y"]):
            model.add_regressor(name)
        known = np.arange(len(table)) < start
        if study.opened is not None:
            known &= study.known[study.opened][i] > 0
        return model.fit(table[known])

    def _table(self, study, i):
        columns = {"ds": study.times.to_timestamp(), "y": study.values[i], **expanded(study, i)}
        return pd.DataFrame(columns)


def holidays(study):
    """Return the table of holidays, with two days before and one after."""
    if not study.holidays:
        return None
    rows = [(name, pd.Timestamp(date)) for name, dates in study.holidays.items() for date in dates]
    return pd.DataFrame(rows, columns=["holiday", "ds"]).assign(lower_window=-2, upper_window=1)


def candidates():
    """Return the modes from which the validation part chooses, fitted once there."""
    return [Prophet(mode, refit=False) for mode in ("additive", "multiplicative")]
