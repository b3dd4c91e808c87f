"""Calls of a forecaster that fail without a trace, and that threads may make together."""

from __future__ import annotations

from sktime.forecasting.base import BaseForecaster
from sktime.utils.validation.forecasting import check_fh

from skrnn._state import unchanged_on_failure


class CarefulForecaster(BaseForecaster):
    """Base class of a forecaster that a failed call leaves in a known state.

    sktime notes cutoff, data and horizon before it calls what may fail. After a failed or
    interrupted `fit` the forecaster is unfitted, or pretrained if it was pretrained before. After
    any other failed call it is as it was before the call.
    """

    def fit(self, y, X=None, fh=None):
        try:
            return super().fit(y, X=X, fh=fh)
        except BaseException:
            self._reset_at("pretrained")  # as sktime does at the beginning of each fit
            raise

    def pretrain(self, y, X=None, fh=None):
        with unchanged_on_failure(self):
            return super().pretrain(y, X=X, fh=fh)

    def update(self, y, X=None, update_params=True):
        with unchanged_on_failure(self):
            return super().update(y, X=X, update_params=update_params)

    def update_predict(self, y, cv=None, X=None, update_params=True, reset_forecaster=True):
        with unchanged_on_failure(self):
            return super().update_predict(y, cv, X, update_params, reset_forecaster)

    def update_predict_single(self, y=None, fh=None, X=None, update_params=True):
        with unchanged_on_failure(self):
            return super().update_predict_single(y, fh, X, update_params)

    def _check_fh(self, fh, pred_int=False):
        """Return the horizon of this call, which another thread may replace on the forecaster."""
        if fh is not None:
            fh = check_fh(fh, freq=self._cutoff)
        noted = super()._check_fh(fh, pred_int)
        return noted if fh is None else fh
