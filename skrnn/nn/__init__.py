"""Torch modules. Tensors in, tensors out."""

from .builders import build_forecast_model, build_sequence_model, initialize, materialize
from .contract import Encoder, SequenceBatch, State
from .dropout import Dropout
from .heads import QuantileForecastHead
from .layers import INITIALIZERS, RECURRENCES, RecurrentLayer
from .models import ForecastModel, SequenceModel
from .pooling import POOLINGS, Pooling
from .recurrent import CELLS, CONNECTIONS, RecurrentEncoder

__all__ = [
    "CELLS",
    "CONNECTIONS",
    "INITIALIZERS",
    "POOLINGS",
    "RECURRENCES",
    "Dropout",
    "Encoder",
    "ForecastModel",
    "Pooling",
    "QuantileForecastHead",
    "RecurrentEncoder",
    "RecurrentLayer",
    "SequenceBatch",
    "SequenceModel",
    "State",
    "build_forecast_model",
    "build_sequence_model",
    "initialize",
    "materialize",
]
