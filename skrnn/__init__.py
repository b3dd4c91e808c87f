"""Sequence models of the textbooks as scikit-learn and sktime estimators."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ._groups import Convolution, Covariates, Examples, Inputs, Recurrence, Target
from ._trainer import Trainer
from .estimators import (
    GRUClassifier,
    GRURegressor,
    LSTMClassifier,
    LSTMFCNClassifier,
    LSTMFCNRegressor,
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
    "Inputs",
    "LSTMClassifier",
    "LSTMFCNClassifier",
    "LSTMFCNRegressor",
    "LSTMRegressor",
    "ModuleClassifier",
    "ModuleRegressor",
    "RNNClassifier",
    "RNNRegressor",
    "Recurrence",
    "Seq2SeqRegressor",
    "SlidingWindowClassifier",
    "SlidingWindowRegressor",
    "Target",
    "Trainer",
    "TransformerClassifier",
    "TransformerRegressor",
    "WaveNetClassifier",
    "WaveNetRegressor",
]

# Imported when they are first used.
_SUBMODULES = ("adapters", "forecasting", "metrics", "plotting")


def __getattr__(name: str) -> Any:
    if name in _SUBMODULES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_SUBMODULES})
