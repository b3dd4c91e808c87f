"""Sequence models of the textbooks as scikit-learn and sktime estimators."""

from ._trainer import Trainer
from .estimators import (
    GRUClassifier,
    GRURegressor,
    LSTMClassifier,
    LSTMRegressor,
    RNNClassifier,
    RNNRegressor,
    SlidingWindowClassifier,
    SlidingWindowRegressor,
)

__version__ = "0.1.0"

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "LSTMClassifier",
    "LSTMRegressor",
    "RNNClassifier",
    "RNNRegressor",
    "SlidingWindowClassifier",
    "SlidingWindowRegressor",
    "Trainer",
]
