"""Functions that reduce the quantiles of a forecast to the median or to given levels."""

from __future__ import annotations

from skrnn.series import LEVELS, interpolate_quantiles
from skrnn.series.quantiles import MEDIAN


def median(quantiles):
    """Return the median."""
    return quantiles[..., MEDIAN]


def at_levels(alpha, plan):
    """Return a function that interpolates the quantiles at the levels `alpha`."""
    return lambda quantiles: interpolate_quantiles(quantiles, LEVELS, alpha, plan.steepest)


def all_levels(quantiles):
    """Return the quantiles at all of `LEVELS`, unchanged."""
    return quantiles
