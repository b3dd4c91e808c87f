"""What any sequence model reads: sequences, targets, scaling and splits. NumPy in, NumPy out."""

from .batch import Batch
from .lookback import Lookback
from .scaling import Standardizer, running_moments
from .sequences import Sequences
from .splits import hold_out, n_effective
from .supervised import PaddedTargets, SupervisedSequences
from .windows import Windows

__all__ = [
    "Batch",
    "Lookback",
    "PaddedTargets",
    "Sequences",
    "Standardizer",
    "SupervisedSequences",
    "Windows",
    "hold_out",
    "n_effective",
    "running_moments",
]
