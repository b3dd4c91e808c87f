"""Statistical forecasts, whose errors a network learns to correct, and the search for seasons."""

from .combination import PATH_BASELINES, WINDOW_BASELINES, Blend
from .ridge import PENALTIES, Ridge, fit_ridge
from .seasonality import autocorrelation, find_periods
from .smoothing import Smoothing
from .weighting import NO_ERROR, learned_prior, simplex, weigh_forecasts, weights_of

__all__ = [
    "NO_ERROR",
    "PATH_BASELINES",
    "PENALTIES",
    "WINDOW_BASELINES",
    "Blend",
    "Ridge",
    "Smoothing",
    "autocorrelation",
    "find_periods",
    "fit_ridge",
    "learned_prior",
    "simplex",
    "weigh_forecasts",
    "weights_of",
]
