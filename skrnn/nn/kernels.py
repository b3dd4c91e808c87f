r"""Recurrences over time, forward and backward, compiled for the CPU.

All arrays have the sequences (the rows of a batch) on their last axis, a multiple of `LANES` of
them, and a kernel works through blocks of so many: for each block the steps, for each step one
product of the weights with what the cell reads. The functions of a cell take the same arguments:

=========== ================== =================================================================
x           (C, T, N)          input
state       (Z, N) or (0, 0)   state to begin with; LSTM: hidden above cell state
weight      (G H, C + S)       weights of input and recurrent state, gate by gate
bias        (.,)               biases: G H, then GRU's recurrent one (H), or the read-out's (S)
gain        (G H,) or None     gains of the layer normalisation: None is compiled without it
readout     (S, .) or (0, 0)   weights of the read-out (simple RNN)
mask        (S, N) or (0, 0)   recurrent dropout: factors of the recurrent state
lengths     (N,) or (0,)       valid steps; behind them the state stays as it is
out         (S, T, N)          recurrent state after each step
saved       (R, T, N) or empty what the way back needs
last        (Z, N)             state after all steps
=========== ================== =================================================================

and on the way back the gradients `d_out`, `d_last`, `d_x` (empty if nobody wants it), `d_state`,
`d_pre (D, T, N)` of the linear parts (from which the caller makes those of
the weights in one product) and `sums (P, N)` of biases and gains.
"""

from __future__ import annotations

from .kernel_correlation import correlation
from .kernel_elman import elman_backward, elman_forward
from .kernel_gru import gru_backward, gru_forward
from .kernel_lstm import lstm_backward, lstm_forward
from .kernel_vectors import AVX512
from .kernel_wavenet import gate_backward, gate_forward, wavenet_step

FORWARD = {"rnn": elman_forward, "lstm": lstm_forward, "gru": gru_forward}
BACKWARD = {"rnn": elman_backward, "lstm": lstm_backward, "gru": gru_backward}

__all__ = [
    "AVX512",
    "BACKWARD",
    "FORWARD",
    "correlation",
    "gate_backward",
    "gate_forward",
    "wavenet_step",
]
