"""scikit-learn estimators."""

from .recurrent_classifiers import GRUClassifier, LSTMClassifier, RNNClassifier
from .recurrent_regressors import GRURegressor, LSTMRegressor, RNNRegressor
from .sliding_window import SlidingWindowClassifier, SlidingWindowRegressor

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "LSTMClassifier",
    "LSTMRegressor",
    "RNNClassifier",
    "RNNRegressor",
    "SlidingWindowClassifier",
    "SlidingWindowRegressor",
]
