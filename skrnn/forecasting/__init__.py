"""sktime forecasters."""

from .module import ModuleForecaster
from .recurrent import GRUForecaster, LSTMForecaster, RNNForecaster
from .seq2seq import Seq2SeqForecaster
from .transformer import TransformerForecaster
from .wavenet import WaveNetForecaster

__all__ = [
    "GRUForecaster",
    "LSTMForecaster",
    "ModuleForecaster",
    "RNNForecaster",
    "Seq2SeqForecaster",
    "TransformerForecaster",
    "WaveNetForecaster",
]
