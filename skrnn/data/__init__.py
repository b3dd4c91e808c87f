"""Arrays: sequences, windows, panels, scaling and splits. NumPy in, NumPy out."""

from .batch import Batch
from .calibration import ForecastWidths, interpolate_quantiles
from .context import Context
from .origins import ForecastExamples, WindowSpec
from .panel import Panel
from .scaling import Standardizer, running_moments
from .seasonality import autocorrelation, find_periods
from .sequences import Sequences, Windows
from .splits import n_effective, random_split, tail_split
from .supervised import SupervisedSequences

__all__ = [
    "Batch",
    "Context",
    "ForecastExamples",
    "ForecastWidths",
    "Panel",
    "Sequences",
    "Standardizer",
    "SupervisedSequences",
    "WindowSpec",
    "Windows",
    "autocorrelation",
    "find_periods",
    "interpolate_quantiles",
    "n_effective",
    "random_split",
    "running_moments",
    "tail_split",
]
