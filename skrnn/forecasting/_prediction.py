"""What forecasters answer: medians and quantiles of the steps that are asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from skrnn.series import ForecastWidths, interpolate_quantiles
from skrnn.series.quantiles import LEVELS

from ._history import History
from .engine.cold_start import CalibratedForecaster, ColdStart
from .engine.iterate import make_forecaster
from .engine.plan import Plan
from .frames.horizon import Horizon, check_begin, check_feedback

AT_ONCE = 4096  # origins whose quantiles are in memory together


@dataclass
class ForecastRequest:
    """Origins, and which steps are asked for from each.

    Parameters
    ----------
    series, origin : ndarray of shape (n,)
        An origin is the number of steps of its series that may be read.
    steps : ndarray of shape (n, n_requested)
        Steps from the last one that may be read, which is 0; those up to it are forecast from
        the origin right before each.
    known : ndarray of shape (n_rows, n_known), optional
        Standardised known covariates.
    known_rows : ndarray of shape (n, n_ahead), optional
        Which of them the steps behind each origin have.
    """

    series: np.ndarray
    origin: np.ndarray
    steps: np.ndarray
    known: np.ndarray | None = None
    known_rows: np.ndarray | None = None

    @property
    def n_ahead(self):
        """Steps from an origin to the last one that is asked for."""
        return n_ahead(self.steps)

    def known_of(self, rows):
        """Return the known covariates (n, n_ahead, n_known) behind some of the origins."""
        if self.known is None or self.known_rows is None:
            return None
        return self.known[self.known_rows[rows]]


def n_ahead(steps):
    """Return how many steps lie behind an origin up to the last one of `steps`."""
    return max(0, int(steps.max()))


def below(level, index, name):
    """Return an index with a level above those that it has."""
    parts = [index.get_level_values(i) for i in range(index.nlevels)]
    return pd.MultiIndex.from_arrays([level, *parts], names=[name, *index.names])


class Prediction:
    """Predictions from the history of a fitted forecaster."""

    _observed: History
    module_: Any
    correction_weight_: float
    widths_: ForecastWidths
    cold_start_: ColdStart | None
    plan_: Plan
    covariate_scaler_: Any

    def _predict(self, fh, X):
        requests, rows = self._ask(fh, X)
        median = self._medians(self._observed, requests)
        return pd.DataFrame(
            median.reshape(len(rows), -1), index=rows, columns=self._observed.columns.targets
        )

    def _predict_quantiles(self, fh, X, alpha):
        requests, rows = self._ask(fh, X)
        values = self._quantiles(self._observed, requests, alpha)
        columns = pd.MultiIndex.from_product([self._observed.columns.targets, alpha])
        return pd.DataFrame(values.reshape(len(rows), -1), index=rows, columns=columns)

    # -- from steps to values -----------------------------------------------------------------

    def _medians(self, history, requests, module=None):
        """Return the medians (n, n_requested, n_targets) in the units of the series."""
        middle = len(LEVELS) // 2
        parts = self._in_parts(history, requests, module)
        return self.plan_.to_original(np.concatenate([part[..., middle] for part, _ in parts]))

    def _quantiles(self, history, requests, alpha):
        """Return quantiles (n, n_requested, n_targets, len(alpha)), in the units of the series."""
        parts = self._in_parts(history, requests)
        values = [interpolate_quantiles(part, LEVELS, alpha) for part, _ in parts]
        return self.plan_.to_original(np.concatenate(values))

    def _in_parts(self, history, requests, module=None):
        """Yield the quantiles at `LEVELS`, learned units, of so many origins, and which those are.

        Yields
        ------
        quantiles : ndarray of shape (m, n_requested, n_targets, n_levels)
        rows : slice
        """
        for start in range(0, len(requests.series), AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            yield self._quantiles_of(history, requests, rows, module), rows

    def _quantiles_of(self, history, requests, rows, module):
        """Return the quantiles of the steps that are asked for, learned units."""
        series, origin = requests.series[rows], requests.origin[rows]
        steps = requests.steps[rows]
        quantiles = np.empty((*steps.shape, history.panel.n_targets, len(LEVELS)))
        ahead = steps > 0
        if ahead.any():
            known = requests.known_of(rows)
            answer = self._quantiles_at(history, series, origin, requests.n_ahead, known, module)
            quantiles[ahead] = answer[np.nonzero(ahead)[0], steps[ahead] - 1]
        if not ahead.all():
            which = np.nonzero(~ahead)[0]
            before = origin[which] - 1 + steps[~ahead]
            answer = self._quantiles_at(history, series[which], before, 1, module=module)
            quantiles[~ahead] = answer[:, 0]
        return quantiles

    def _quantiles_at(self, history, series, origin, n_steps, known=None, module=None):
        """Return calibrated quantiles (n, n_steps, n_targets, n_levels) in learned units.

        Each series is read up to its origin, and no further.
        """
        module = self.module_ if module is None else module
        forecaster = make_forecaster(module, self.plan_.spec, self.correction_weight_)
        ordinary = CalibratedForecaster(
            forecaster, self.widths_, history.normalizer, history.learned
        )
        panel, cold = history.panel, self.cold_start_
        if cold is None or not cold.forecasts(origin).any():
            return ordinary.quantiles(panel, series, origin, n_steps, known)
        short = cold.forecasts(origin)
        quantiles = np.empty((len(origin), n_steps, panel.n_targets, len(LEVELS)))
        for rows, calibrated in ((short, cold.calibrated(panel)), (~short, ordinary)):
            if rows.any():
                part = None if known is None else known[rows]
                requests = series[rows], origin[rows], n_steps
                quantiles[rows] = calibrated.quantiles(panel, *requests, part)
        return quantiles

    # -- from a horizon to steps --------------------------------------------------------------

    def _ask(self, fh, X):
        """Return the requests of a horizon behind the end of each series, and their rows."""
        history = self._observed
        history.columns.check_unknown(X)
        horizon = Horizon(fh, history.index)
        lengths = history.panel.lengths
        check_feedback(horizon.n_ahead, self.plan_.spec.horizon, history.columns)
        check_begin(horizon.steps, lengths)
        requests = ForecastRequest(np.arange(len(lengths)), lengths, horizon.steps)
        if history.columns.n_known and horizon.n_ahead:
            asked = horizon.asked_ahead()
            rows = horizon.rows_ahead()
            requests.known = self._covariates(X, rows, asked.ravel(), horizon.n_ahead)
            requests.known_rows = np.arange(asked.size).reshape(asked.shape)
        return requests, horizon.rows

    def _known(self, horizon, X):
        """Return the known covariates (n_series, n_ahead, n_known) of a horizon."""
        asked = horizon.asked_ahead()
        known = self._covariates(X, horizon.rows_ahead(), asked.ravel(), horizon.n_ahead)
        return known.reshape(*asked.shape, -1)

    def _covariates(self, X, index, asked, n_steps):
        """Return the standardised known covariates of rows; those `asked` for have to be there."""
        fed_back = n_steps > self.plan_.spec.horizon
        return self._observed.known_at(index, X, asked, self.covariate_scaler_, fed_back)
