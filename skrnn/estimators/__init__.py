"""scikit-learn estimators."""

from .lstm_fcn import LSTMFCNClassifier, LSTMFCNRegressor
from .module import ModuleClassifier, ModuleRegressor
from .recurrent_classifiers import GRUClassifier, LSTMClassifier, RNNClassifier
from .recurrent_regressors import GRURegressor, LSTMRegressor, RNNRegressor
from .seq2seq import Seq2SeqRegressor
from .sliding_window import SlidingWindowClassifier, SlidingWindowRegressor
from .transformer import TransformerClassifier, TransformerRegressor
from .wavenet import WaveNetClassifier, WaveNetRegressor

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "LSTMClassifier",
    "LSTMFCNClassifier",
    "LSTMFCNRegressor",
    "LSTMRegressor",
    "ModuleClassifier",
    "ModuleRegressor",
    "RNNClassifier",
    "RNNRegressor",
    "Seq2SeqRegressor",
    "SlidingWindowClassifier",
    "SlidingWindowRegressor",
    "TransformerClassifier",
    "TransformerRegressor",
    "WaveNetClassifier",
    "WaveNetRegressor",
]
