r"""Recurrences over time, forward and backward, compiled for the CPU.

All arrays have the sequences (the rows of a batch) on their last axis, whose size is a multiple
of `LANES`. A kernel loops over blocks of `LANES` rows, then over steps, with one product of
weights and inputs per step. The forward functions of all cells take the same arguments:

=========== ================== =================================================================
x           (C, T, N)          input
state       (Z, N) or (0, 0)   initial state; LSTM: rows of the hidden, then of the cell state
weight      (G H, C + S)       weights of input and recurrent state, gate by gate
bias        (.,)               biases: G H, then GRU's recurrent one (H), or the read-out's (S)
gain        (G H,) or None     gains of layer normalisation; None compiles without it
readout     (S, .) or (0, 0)   weights of the read-out (simple RNN)
mask        (S, N) or (0, 0)   recurrent dropout: factors of the recurrent state
lengths     (N,) or (0,)       number of valid steps; after them the state stays constant
out         (S, T, N)          recurrent state after each step
saved       (R, T, N) or empty intermediate values for the backward pass
last        (Z, N)             state after all steps
=========== ================== =================================================================

The backward functions also take the gradients `d_out`, `d_last`, `d_x` (empty if not needed) and
`d_state`; `d_pre (D, T, N)`, the gradients of the pre-activations, from which the caller computes
those of the weights in one product; and `sums (P, N)`, the gradients of biases and gains.
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
