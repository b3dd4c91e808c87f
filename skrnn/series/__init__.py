"""Numeric time series as a panel: examples, normalisation, interval widths and quantiles."""

from .conformal import ForecastWidths
from .copula import Dependence
from .covariate_scaler import CovariateScaler
from .examples import ForecastExamples, WindowSpec, batch_of
from .normalization import FixedNormalizer, Normalizer, OriginStats, StandardNormalizer
from .panel import Panel
from .quantiles import LEVELS, interpolate_quantiles
from .rollouts import RollingExamples, roll
from .short_history import ShortHistoryNormalizer, UsualScale

__all__ = [
    "LEVELS",
    "CovariateScaler",
    "Dependence",
    "FixedNormalizer",
    "ForecastExamples",
    "ForecastWidths",
    "Normalizer",
    "OriginStats",
    "Panel",
    "RollingExamples",
    "ShortHistoryNormalizer",
    "StandardNormalizer",
    "UsualScale",
    "WindowSpec",
    "batch_of",
    "interpolate_quantiles",
    "roll",
]
