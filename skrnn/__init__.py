"""Sequence models of the textbooks as scikit-learn and sktime estimators."""

from ._groups import Convolution, Covariates, Examples, Recurrence
from ._trainer import Trainer
from .estimators import (
    GRUClassifier,
    GRURegressor,
    LSTMClassifier,
    LSTMRegressor,
    ModuleClassifier,
    ModuleRegressor,
    RNNClassifier,
    RNNRegressor,
    Seq2SeqRegressor,
    SlidingWindowClassifier,
    SlidingWindowRegressor,
    TransformerClassifier,
    TransformerRegressor,
    WaveNetClassifier,
    WaveNetRegressor,
)

__version__ = "0.1.0"

__all__ = [
    "Convolution",
    "Covariates",
    "Examples",
    "GRUClassifier",
    "GRURegressor",
    "LSTMClassifier",
    "LSTMRegressor",
    "ModuleClassifier",
    "ModuleRegressor",
    "RNNClassifier",
    "RNNRegressor",
    "Recurrence",
    "Seq2SeqRegressor",
    "SlidingWindowClassifier",
    "SlidingWindowRegressor",
    "Trainer",
    "TransformerClassifier",
    "TransformerRegressor",
    "WaveNetClassifier",
    "WaveNetRegressor",
]
