"""Functions that reduce the quantiles of a forecast to what is returned, in original units.

They take quantiles (m, n_targets, n_levels) in learned units, and lower and upper bounds (m,
n_targets) in original units.
"""

from __future__ import annotations

import numpy as np

from skrnn.series import LEVELS, interpolate_quantiles
from skrnn.series.quantiles import MEDIAN, expectation, variance


def point(plan):
    """Return the function that reduces quantiles to the median or mean, as the plan says."""
    if plan.target.point_forecast == "median":
        return lambda quantiles, *bounds: possible_values(quantiles[..., MEDIAN], bounds, plan)

    def mean(quantiles, *bounds):
        of = _within(bounds, plan)
        return expectation(quantiles, lambda x, _: of(x), steepest=plan.steepest)

    return mean


def at_levels(alpha, plan):
    """Return the function that interpolates the quantiles at the levels `alpha`."""

    def summarize(quantiles, *bounds):
        values = interpolate_quantiles(quantiles, LEVELS, alpha, plan.steepest)
        return possible_values(values, [bound[..., None] for bound in bounds], plan)

    return summarize


def variance_of(plan):
    """Return the function that computes the variance."""

    def summarize(quantiles, *bounds):
        return variance(quantiles, _within(bounds, plan), plan.steepest)

    return summarize


def all_levels(quantiles, *bounds):
    """Return the quantiles at all of `LEVELS` in learned units, and last the bounds."""
    return np.concatenate([quantiles, np.stack(bounds, axis=-1)], axis=-1)


def split_bounds(values):
    """Return the quantiles, lower and upper bounds that `all_levels` has joined."""
    return values[..., :-2], values[..., -2], values[..., -1]


def possible_values(values, bounds, plan):
    """Return values in original units that the target can have, given values in learned units."""
    values = np.clip(plan.to_original(values), *bounds)
    return np.rint(values) if plan.target.integer else values


def _within(bounds, plan):
    """Return a function from values at the nodes of a quadrature to original units."""
    lower, upper = (bound[..., None, None] for bound in bounds)
    return lambda values: np.clip(plan.to_original(values), lower, upper)
