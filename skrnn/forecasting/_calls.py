"""Calls of a forecaster: their arguments are checked, and a failed one leaves no trace."""

from __future__ import annotations

from typing import Self

import pandas as pd
from pandas.errors import NullFrequencyError

from skrnn._arguments import check_flag, check_levels, reading
from skrnn._state import detached, unchanged_on_failure

from ._sktime import BaseForecaster
from .frames.horizon_argument import read_horizon
from .frames.index import check_finite, check_frame, check_unique, float_values
from .frames.refusals import refusal

ARRAYS = ("np.ndarray", "numpy3D")  # containers of sktime that have no times


class CarefulForecaster(BaseForecaster):
    """Base class of a forecaster that refuses what it cannot read, and survives it.

    Errors about arguments name the argument, also where they come from sktime or pandas.

    sktime notes cutoff, data and horizon before it calls what may fail. After a failed or
    interrupted `fit` the forecaster is unfitted, or pretrained if it was pretrained before. After
    any other failed call it is as it was before the call.
    """

    def fit(self, y, X=None, fh=None) -> Self:
        try:
            if y is None:
                raise TypeError("y is None; pass the series to learn.")
            return super().fit(y, X=X, fh=fh)
        except BaseException:
            self._reset_at("pretrained")  # as sktime does at the beginning of each fit
            raise

    def pretrain(self, y, X=None, fh=None) -> Self:
        with reading("fh"):
            fh = None if fh is None else read_horizon(fh, None)
        with unchanged_on_failure(self):
            return super().pretrain(y, X=X, fh=fh)

    def update(self, y, X=None, update_params=True) -> Self:
        check_flag(update_params, "update_params")
        with unchanged_on_failure(self):
            return super().update(y, X=X, update_params=update_params)

    def update_predict(
        self, y, cv=None, X=None, update_params=True, reset_forecaster=True
    ) -> pd.Series | pd.DataFrame:
        check_flag(update_params, "update_params")
        check_flag(reset_forecaster, "reset_forecaster")
        self._read_actual(y)
        with unchanged_on_failure(self):
            return super().update_predict(y, cv, X, update_params, reset_forecaster)

    def _predict_moving_cutoff(self, y, cv, X=None, update_params=True, reset_forecaster=True):
        try:
            return super()._predict_moving_cutoff(y, cv, X, update_params, reset_forecaster)
        except NullFrequencyError as error:
            raise ValueError(
                "y has times without a frequency, which update_predict needs here; set it, for "
                "example by y.asfreq('D'), which also gives every step a row."
            ) from error

    def update_predict_single(
        self, y=None, fh=None, X=None, update_params=True
    ) -> pd.Series | pd.DataFrame:
        check_flag(update_params, "update_params")
        with unchanged_on_failure(self):
            return super().update_predict_single(y, fh, X, update_params)

    def predict_quantiles(self, fh=None, X=None, alpha=None) -> pd.DataFrame:
        alpha = None if alpha is None else check_levels(alpha, "alpha")
        return super().predict_quantiles(fh, X, alpha)

    def predict_interval(self, fh=None, X=None, coverage=0.90) -> pd.DataFrame:
        return super().predict_interval(fh, X, check_levels(coverage, "coverage"))

    def predict_var(self, fh=None, X=None, cov=False) -> pd.DataFrame:
        check_flag(cov, "cov")
        return super().predict_var(fh, X, cov)

    def predict_proba(self, fh=None, X=None, marginal=True):
        check_flag(marginal, "marginal")
        return super().predict_proba(fh, X, marginal)

    def predict_residuals(self, y=None, X=None) -> pd.Series | pd.DataFrame:
        if y is None:
            return super().predict_residuals(y, X)
        actual = self._read_actual(y)
        if not hasattr(y, "index") and self._y_metadata["mtype"] not in ARRAYS:
            raise TypeError("y is an array without times; pass a Series or DataFrame, as to fit.")
        with reading("y"):
            y = actual.astype(float) if isinstance(y, pd.DataFrame) else y.astype(float)
            return super().predict_residuals(y, X)

    def score(self, y, X=None, fh=None) -> float:
        # Here, as this imports all metrics of sktime and its transformers.
        from sktime.performance_metrics.forecasting import mean_absolute_percentage_error

        actual = self._read_actual(y)
        forecasts = self.predict(fh, X)
        with reading("y"):
            if hasattr(forecasts, "index"):
                rows = actual.index.get_indexer(forecasts.index)
                if (rows < 0).any() or len(actual) > len(rows):
                    raise ValueError(
                        f"y has the {len(actual)} rows from {actual.index[0]} to "
                        f"{actual.index[-1]}, but the {len(rows)} forecasts of fh are for "
                        f"{forecasts.index[0]} to {forecasts.index[-1]}; pass the rows of the "
                        "horizon."
                    )
                actual = actual.iloc[rows]
            values = float_values(actual)
            forecasts = forecasts.to_numpy() if hasattr(forecasts, "index") else forecasts
            forecasts = forecasts.reshape(values.shape)
            return mean_absolute_percentage_error(values, forecasts, symmetric=False)

    def _read_actual(self, y):
        """Return observed values as a frame, without a trace on the forecaster."""
        self.check_is_fitted()
        actual = detached(self)._check_X_y(y=y)[1]
        with reading("y"):
            if actual is None:
                raise TypeError("y is None; pass the observed values.")
            check_unique(actual, "y")
            actual = self._observed.columns.named_alike(actual)
            values = float_values(actual)
            check_finite(values, "y", actual.columns, actual.index, allow_nan=True)
        return actual

    def _check_X_y(self, X=None, y=None, **options):
        check_frame(y, "y")
        check_frame(X, "X")
        with reading("y" if X is None else "X"):
            try:
                return super()._check_X_y(X, y, **options)
            except Exception as error:
                if X is None or y is None:
                    explained = refusal(y, "y") if X is None else refusal(X, "X")
                    raise explained or error from error.__cause__
                self._check_X_y(X=X)  # either may be wrong, or both together
                self._check_X_y(y=y, **options)
                raise ValueError(f"X does not fit y: {error}") from error

    def _check_fh(self, fh, pred_int=False):
        """Return the horizon of this call, which another thread may replace on the forecaster."""
        with reading("fh"):
            if fh is not None:
                fh = read_horizon(fh, self._cutoff)
            noted = super()._check_fh(fh, pred_int)
        return noted if fh is None else fh
