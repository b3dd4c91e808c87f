"""What any sequence model reads: sequences, targets, scaling and splits. NumPy in, NumPy out."""

from .batch import Batch
from .lookback import Lookback
from .scaling import Standardizer, running_moments
from .sequences import Sequences
from .splits import n_effective, random_split, tail_split
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
    "n_effective",
    "random_split",
    "running_moments",
    "tail_split",
]
