"""What forecasters answer: medians and quantiles of the steps that are asked for."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd

from skrnn.data import ForecastWidths, interpolate_quantiles

from ._calibration import LEVELS
from ._context import Context
from ._frames import read_known
from ._horizon import Horizon, check_begin, check_feedback
from ._iterate import make_forecaster
from ._plan import Plan


class Prediction:
    """Predictions from the context of a fitted forecaster."""

    _context: Context
    module_: Any
    trust_: float
    widths_: ForecastWidths
    plan_: Plan
    covariate_scaler_: Any

    def _predict(self, fh, X):
        quantiles, rows = self._forecast(fh, X)
        median = self.plan_.to_original(quantiles[..., len(LEVELS) // 2])
        return pd.DataFrame(median, index=rows, columns=self._context.columns.targets)

    def _predict_quantiles(self, fh, X, alpha):
        quantiles, rows = self._forecast(fh, X)
        values = self.plan_.to_original(interpolate_quantiles(quantiles, LEVELS, alpha))
        columns = pd.MultiIndex.from_product([self._context.columns.targets, alpha])
        return pd.DataFrame(values.reshape(len(rows), -1), index=rows, columns=columns)

    def _forecast(self, fh, X):
        """Return calibrated quantiles (n_rows, n_targets, n_levels), learned units, and rows."""
        self._context.columns.check_unknown(X)
        horizon = Horizon(fh, self._context.index)
        steps, panel = horizon.steps, self._context.panel
        check_feedback(horizon.n_ahead, self.plan_.spec.horizon, self._context.columns)
        check_begin(steps, panel.lengths)
        quantiles = np.empty((*steps.shape, panel.n_targets, len(LEVELS)))
        ahead = steps > 0
        series = np.nonzero(ahead)[0]
        if ahead.any():
            quantiles[ahead] = self._ahead(horizon, X)[series, steps[ahead] - 1]
        if not ahead.all():
            quantiles[~ahead] = self._in_sample(np.nonzero(~ahead)[0], steps[~ahead])
        return quantiles.reshape(-1, *quantiles.shape[2:]), horizon.rows

    def _ahead(self, horizon, X):
        """Return the quantiles of all steps from the end of each series to the last one asked."""
        panel, stats = self._context.panel, self._context.stats
        everyone, n_steps = np.arange(panel.n_series), horizon.n_ahead
        known = self._known(horizon, X)
        quantiles = self._forecaster.forecast(panel, stats, everyone, panel.lengths, n_steps, known)
        return self.widths_.apply(quantiles, np.arange(1, n_steps + 1), stats[1])

    def _in_sample(self, series, steps):
        """Return the quantiles of single steps, each from the origin right before it."""
        panel, stats = self._context.panel, self._context.stats
        origin = panel.lengths[series] - 1 + steps
        quantiles = self._forecaster.forecast(panel, stats, series, origin, 1)
        return self.widths_.apply(quantiles, np.array([1]), stats[1][series])[:, 0]

    @property
    def _forecaster(self):
        return make_forecaster(self.module_, self.plan_.spec, self.trust_)

    def _known(self, horizon, X):
        """Return the standardised known covariates of the steps ahead."""
        columns = self._context.columns
        if not columns.known:
            return None
        asked = horizon.asked_ahead()
        known = read_known(X, columns, horizon.rows_ahead(), asked.ravel())
        if horizon.n_ahead > self.plan_.spec.horizon and np.isnan(known).any():
            warnings.warn(
                "X has no rows for the steps between those of fh; the forecasts that are fed back "
                "read the mean of the training data there.",
                stacklevel=6,  # where the user calls `predict`
            )
        scaler = self.covariate_scaler_.select(len(columns.known))
        return scaler.transform(known, np.float64).reshape(*asked.shape, -1)
