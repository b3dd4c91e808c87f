"""Arrays: sequences, windows, panels, scaling and splits. NumPy in, NumPy out."""

from .anchors import PATH_ANCHORS, WINDOW_ANCHORS, Blend
from .averaging import NO_ERROR, learned_prior, simplex, weigh_forecasts, weights_of
from .batch import Batch
from .calibration import ForecastWidths, interpolate_quantiles
from .context import Context
from .origins import ForecastExamples, WindowSpec, batch_of
from .panel import Panel
from .reference import FixedReference, Reference, StandardReference, Standing
from .ridge import PENALTIES, Ridge, fit_ridge
from .rollout import RollingExamples, roll
from .scaling import Standardizer, running_moments
from .seasonality import autocorrelation, find_periods
from .sequences import Sequences, Windows
from .short import ShortReference, UsualScale
from .smoothing import Smoothing
from .splits import n_effective, random_split, tail_split
from .supervised import PaddedTargets, SupervisedSequences

__all__ = [
    "NO_ERROR",
    "PATH_ANCHORS",
    "PENALTIES",
    "WINDOW_ANCHORS",
    "Batch",
    "Blend",
    "Context",
    "FixedReference",
    "ForecastExamples",
    "ForecastWidths",
    "PaddedTargets",
    "Panel",
    "Reference",
    "Ridge",
    "RollingExamples",
    "Sequences",
    "ShortReference",
    "Smoothing",
    "StandardReference",
    "Standardizer",
    "Standing",
    "SupervisedSequences",
    "UsualScale",
    "WindowSpec",
    "Windows",
    "autocorrelation",
    "batch_of",
    "find_periods",
    "fit_ridge",
    "interpolate_quantiles",
    "learned_prior",
    "n_effective",
    "random_split",
    "roll",
    "running_moments",
    "simplex",
    "tail_split",
    "weigh_forecasts",
    "weights_of",
]
