"""sktime estimators that wrap the scikit-learn ones."""

from __future__ import annotations

from .panel_classifier import PanelClassifier
from .panel_regressor import PanelRegressor

__all__ = ["PanelClassifier", "PanelRegressor"]
