"""Torch modules. Tensors in, tensors out."""

from .adapter import ModuleAdapter, check_network_class, construct, with_head
from .adapter_check import check_module
from .attention import AdditiveAttention, ScaledDotAttention
from .builders import build_forecast_model, build_sequence_model, initialize, materialize, reads_on
from .contract import Encoder, SequenceBatch, State
from .dropout import Dropout
from .ensemble import Ensemble
from .example import LoopNetwork
from .heads import QuantileForecastHead
from .layers import INITIALIZERS, RECURRENCES, RecurrentLayer
from .models import ForecastModel, RollingForecastModel, SequenceModel
from .pooling import POOLINGS, Pooling
from .recurrent import CELLS, CONNECTIONS, RecurrentEncoder
from .seq2seq import AttentionWeights, Seq2SeqModel
from .transformer import TransformerEncoder
from .wavenet import WaveNetEncoder

__all__ = [
    "CELLS",
    "CONNECTIONS",
    "INITIALIZERS",
    "POOLINGS",
    "RECURRENCES",
    "AdditiveAttention",
    "AttentionWeights",
    "Dropout",
    "Encoder",
    "Ensemble",
    "ForecastModel",
    "LoopNetwork",
    "ModuleAdapter",
    "Pooling",
    "QuantileForecastHead",
    "RecurrentEncoder",
    "RecurrentLayer",
    "RollingForecastModel",
    "ScaledDotAttention",
    "Seq2SeqModel",
    "SequenceBatch",
    "SequenceModel",
    "State",
    "TransformerEncoder",
    "WaveNetEncoder",
    "build_forecast_model",
    "build_sequence_model",
    "check_module",
    "check_network_class",
    "construct",
    "initialize",
    "materialize",
    "reads_on",
    "with_head",
]
