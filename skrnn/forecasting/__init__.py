"""sktime forecasters."""

from .recurrent import GRUForecaster, LSTMForecaster, RNNForecaster

__all__ = ["GRUForecaster", "LSTMForecaster", "RNNForecaster"]
