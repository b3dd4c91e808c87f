"""Base class of sktime's forecasters, as `skrnn._bases` has those of scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["BaseForecaster"]


if TYPE_CHECKING:
    import pandas as pd

    class BaseForecaster:
        _check_X_y: Any
        _check_fh: Any
        _predict_moving_cutoff: Any
        fit: Any
        predict_interval: Any
        predict_proba: Any
        predict_quantiles: Any
        predict_residuals: Any
        predict_var: Any
        pretrain: Any
        set_params: Any
        update: Any
        update_predict: Any
        update_predict_single: Any

        def __getattr__(self, name: str) -> Any: ...
        def predict(self, fh=None, X=None) -> pd.Series | pd.DataFrame: ...
        def fit_predict(self, y, X=None, fh=None, X_pred=None) -> pd.Series | pd.DataFrame: ...

else:
    from sktime.forecasting.base import BaseForecaster
