"""Numeric time series as a panel: examples, normalisation, interval widths and quantiles."""

from .conformal import ForecastWidths
from .copula import Dependence
from .covariate_scaler import CovariateScaler
from .examples import ForecastExamples, WindowSpec, batch_of
from .normalization import FixedNormalizer, Normalizer, OriginStats, StandardNormalizer
from .origin_view import OriginView
from .panel import Panel
from .quantiles import LEVELS, interpolate_quantiles
from .rollouts import RollingExamples, roll
from .sample_size import effective_sample_size, pooled, pooled_sample_size
from .selection import chunks, evenly_spaced
from .short_history import ShortHistoryNormalizer, TypicalScale
from .structural_zeros import StructuralZeros

__all__ = [
    "LEVELS",
    "CovariateScaler",
    "Dependence",
    "FixedNormalizer",
    "ForecastExamples",
    "ForecastWidths",
    "Normalizer",
    "OriginStats",
    "OriginView",
    "Panel",
    "RollingExamples",
    "ShortHistoryNormalizer",
    "StandardNormalizer",
    "StructuralZeros",
    "TypicalScale",
    "WindowSpec",
    "batch_of",
    "chunks",
    "effective_sample_size",
    "evenly_spaced",
    "interpolate_quantiles",
    "pooled",
    "pooled_sample_size",
    "roll",
]
