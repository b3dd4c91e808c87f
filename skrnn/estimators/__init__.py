"""scikit-learn estimators."""

from .recurrent_classifiers import GRUClassifier, LSTMClassifier, RNNClassifier
from .recurrent_regressors import GRURegressor, LSTMRegressor, RNNRegressor

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "LSTMClassifier",
    "LSTMRegressor",
    "RNNClassifier",
    "RNNRegressor",
]
