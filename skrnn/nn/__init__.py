"""Torch modules: networks, their layers, and specs to build them from."""

from .adapter import ModuleAdapter, check_network_class, construct
from .adapter_check import check_module
from .attention import AdditiveAttention, ScaledDotAttention
from .builders import initialize, materialize
from .contract import Encoder, Module, SequenceBatch, State
from .dropout import Dropout
from .ensemble import Ensemble
from .example import LoopNetwork
from .heads import QuantileForecastHead
from .layers import INITIALIZERS, RECURRENCES, RecurrentLayer
from .models import ForecastModel, RollingForecastModel, SequenceModel
from .own_module import OwnModuleSpec
from .pooling import POOLINGS, Pooling
from .recurrent import CELLS, CONNECTIONS, RecurrentEncoder
from .seq2seq import AttentionWeights, Seq2SeqModel
from .specs import EncoderSpec, HeadSpec, NetworkSpec, StemSpec
from .stemmed import StemmedEncoder
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
    "EncoderSpec",
    "Ensemble",
    "ForecastModel",
    "HeadSpec",
    "LoopNetwork",
    "Module",
    "ModuleAdapter",
    "NetworkSpec",
    "OwnModuleSpec",
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
    "StemSpec",
    "StemmedEncoder",
    "TransformerEncoder",
    "WaveNetEncoder",
    "check_module",
    "check_network_class",
    "construct",
    "initialize",
    "materialize",
]
