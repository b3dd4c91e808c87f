"""Torch modules. Tensors in, tensors out."""

from .builders import build_forecast_model, build_sequence_model, initialize, materialize
from .contract import SequenceBatch, State
from .dropout import Dropout
from .heads import QuantileForecastHead
from .models import POOLINGS, ForecastModel, SequenceModel
from .recurrent import CELLS, RecurrentEncoder

__all__ = [
    "CELLS",
    "POOLINGS",
    "Dropout",
    "ForecastModel",
    "QuantileForecastHead",
    "RecurrentEncoder",
    "SequenceBatch",
    "SequenceModel",
    "State",
    "build_forecast_model",
    "build_sequence_model",
    "initialize",
    "materialize",
]
