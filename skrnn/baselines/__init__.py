"""Baselines, that is statistical forecasts that a network corrects, and the search for seasons."""

from .base import Baseline, FitData
from .boosting import Boosting
from .combination import Combination
from .covariate_effects import CovariateEffects
from .covariate_features import CovariateFeatures
from .naive import Drift, Level, SeasonalMedian, SeasonalNaive
from .registry import BASELINE_NAMES, BASELINES, candidates
from .ridge import Ridge
from .seasonality import autocorrelation, find_periods
from .smoothing import Smoothing
from .structural import Structural
from .theta import Theta
from .weighting import simplex, weigh_forecasts

__all__ = [
    "BASELINES",
    "BASELINE_NAMES",
    "Baseline",
    "Boosting",
    "Combination",
    "CovariateEffects",
    "CovariateFeatures",
    "Drift",
    "FitData",
    "Level",
    "Ridge",
    "SeasonalMedian",
    "SeasonalNaive",
    "Smoothing",
    "Structural",
    "Theta",
    "autocorrelation",
    "candidates",
    "find_periods",
    "simplex",
    "weigh_forecasts",
]
