"""What is kept of the quantiles of a forecast: the median, some levels, or all."""

from __future__ import annotations

from skrnn.series import LEVELS, interpolate_quantiles
from skrnn.series.quantiles import MEDIAN


def median(quantiles):
    """Keep the median."""
    return quantiles[..., MEDIAN]


def at_levels(alpha):
    """Return what keeps the quantiles at the levels `alpha`."""
    return lambda quantiles: interpolate_quantiles(quantiles, LEVELS, alpha)


def all_levels(quantiles):
    """Keep the quantiles at all of `LEVELS`."""
    return quantiles
