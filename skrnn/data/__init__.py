"""Arrays: sequences, windows, panels, scaling and splits. NumPy in, NumPy out."""

from .batch import Batch
from .calibration import ForecastWidths, interpolate_quantiles
from .context import Context
from .origins import ForecastExamples, WindowSpec, batch_of
from .panel import Panel
from .rollout import RollingExamples, origin_level, roll
from .scaling import Standardizer, running_moments
from .seasonality import autocorrelation, find_periods
from .sequences import Sequences, Windows
from .splits import n_effective, random_split, tail_split
from .supervised import PaddedTargets, SupervisedSequences

__all__ = [
    "Batch",
    "Context",
    "ForecastExamples",
    "ForecastWidths",
    "PaddedTargets",
    "Panel",
    "RollingExamples",
    "Sequences",
    "Standardizer",
    "SupervisedSequences",
    "WindowSpec",
    "Windows",
    "autocorrelation",
    "batch_of",
    "find_periods",
    "interpolate_quantiles",
    "n_effective",
    "origin_level",
    "random_split",
    "roll",
    "running_moments",
    "tail_split",
]
