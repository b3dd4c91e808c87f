"""Arrays: sequences, windows, scaling and splits. NumPy in, NumPy out."""

from .batch import Batch
from .scaling import Standardizer
from .sequences import Sequences, Windows
from .splits import n_effective, random_split, tail_split
from .supervised import SupervisedSequences

__all__ = [
    "Batch",
    "Sequences",
    "Standardizer",
    "SupervisedSequences",
    "Windows",
    "n_effective",
    "random_split",
    "tail_split",
]
