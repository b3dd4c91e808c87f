"""Calibration of quantile forecasts, and quantiles at any level."""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, stdtrit

from .sample_size import step_sample_size

SCORES_PER_GROUP = 200  # scores that a step of the horizon needs for a factor of its own
PRIOR_ERRORS = 5  # that "as large as those of the other series" counts for
MIN_ERRORS = 5  # errors of the baseline from which a step gets a width of its own


class ForecastWidths:
    """Distances of the quantiles from the median: those of the network, and fixed ones.

    The network's distances are multiplied by factors found on held-out origins, a variant of
    conformalised quantile regression (Romano, Patterson & Candes, 2019). They adapt to the
    window, but take many held-out series or seasons. The fixed distances are quantiles of the
    errors of the baseline at all origins, without what it has learned from their outcomes, in units
    of the size that they have in each series. They are multiplied by the ratio of the errors of
    network and baseline on the held-out origins. The two are averaged; the weight of the first
    grows with the number of independent held-out scores. The mean of two widths that are both right
    is too wide where one of them is wide and the other narrow, so `corrected` tries it on the
    held-out outcomes.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels, increasing and symmetric about the middle one, the median.
    factors : ndarray of shape (n_steps, n_levels)
        Factors on the distances of the network.
    fixed : ndarray of shape (n_steps, n_targets, n_levels)
        Signed fixed distances, in units of the scale of a series.
    weight : float
        Weight of the network's distances.
    sizes : ndarray of shape (n_series + 1, n_steps, n_targets), optional
        Size of the fixed distances of each series that was learned from, and of all others; 1
        without.
    dependence : object, optional
        How the errors of the steps are correlated, for sampled trajectories.
    """

    def __init__(self, levels, factors, fixed, weight, sizes=None, dependence=None):
        self.levels = levels
        self.factors = factors
        self.fixed = fixed
        self.weight = weight
        self.sizes = np.ones((1, *fixed.shape[:2])) if sizes is None else sizes
        self.dependence = dependence

    def corrected(self, quantiles, actual, scale, series=-1):
        """Return widths whose mean covers held-out outcomes, in proportion to their weight.

        Parameters
        ----------
        quantiles : ndarray of shape (n, n_steps, n_targets, n_levels)
            Forecasts of the network from held-out origins.
        actual : ndarray of shape (n, n_steps, n_targets)
            Outcomes; NaN where unknown.
        scale : ndarray of shape (n, n_targets)
            Scale of the series.
        series : ndarray of shape (n,), default=-1
            Which of the series they are.
        """
        averaged = self.apply(quantiles, 1 + np.arange(len(self.factors)), scale, series)
        change = 1 + self.weight * (own_factors(self.levels, averaged, actual) - 1)
        factors, fixed = self.factors * change, self.fixed * change[:, None]
        return ForecastWidths(self.levels, factors, fixed, self.weight, self.sizes, self.dependence)

    def apply(self, quantiles, steps, scale, series=-1):
        """Return calibrated quantiles.

        Parameters
        ----------
        quantiles : ndarray of shape (n, len(steps), n_targets, n_levels)
            Forecasts of the network.
        steps : ndarray of int
            Which step of the horizon each is, counted from 1. Steps after the last calibrated
            one take its distances times the root of their ratio, as the errors of a random walk
            grow.
        scale : ndarray of shape (n, n_targets)
            Scale of the series.
        series : ndarray of shape (n,), default=-1
            Which of the series that were learned from they are; -1 for another one.
        """
        last, middle = len(self.factors), len(self.levels) // 2
        rows = np.clip(steps, 1, last) - 1
        growth = np.sqrt(np.maximum(steps / last, 1.0))[:, None, None]
        median = quantiles[..., middle : middle + 1]
        own = self.factors[rows][:, None] * (quantiles - median)
        unit = scale[:, None] * self.sizes[series][..., rows, :]
        fixed = self.fixed[rows] * unit[..., None]
        distance = growth * (self.weight * own + (1 - self.weight) * fixed)
        # Neighbouring levels have factors of their own, which may make their quantiles cross.
        above = np.maximum.accumulate(distance[..., middle:], axis=-1)
        below = np.minimum.accumulate(distance[..., middle::-1], axis=-1)[..., :0:-1]
        return median + np.concatenate([below, above], axis=-1)


def own_factors(levels, quantiles, actual):
    """Return the factors on the network's distances that cover held-out outcomes.

    The score of an outcome is its distance from the median in units of the predicted distance on
    its side; the factor of both bounds of an interval is the empirical quantile of the scores. A
    factor for each bound would generalise from one shock to all series of a panel.
    Neighbouring steps share a factor until it rests on enough scores.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels.
    quantiles : ndarray of shape (n, n_steps, n_targets, n_levels)
        Forecasts from held-out origins.
    actual : ndarray of shape (n, n_steps, n_targets)
        Outcomes; NaN where unknown.
    """
    n_steps, middle = quantiles.shape[1], len(levels) // 2
    factors = np.ones((n_steps, len(levels)))
    median = quantiles[..., middle]
    n_scores = np.count_nonzero(~np.isnan(actual))
    n_groups = int(np.clip(n_scores // SCORES_PER_GROUP, 1, n_steps))
    for steps in np.array_split(np.arange(n_steps), n_groups):
        error, predicted = (actual - median)[:, steps], quantiles[:, steps]
        for q, level in enumerate(levels[:middle]):
            bound = np.where(error < 0, predicted[..., q], predicted[..., -1 - q])
            distance = np.abs(bound - median[:, steps])
            scores = np.abs(error) / np.where(distance == 0, np.nan, distance)
            scores = scores[~np.isnan(scores)]
            factors[steps, q] = upper_quantile(scores, 1 - 2 * level)
    factors[:, middle + 1 :] = factors[:, middle - 1 :: -1]
    return np.maximum(factors, 0.05)


def fixed_distances(levels, error):
    """Return signed distances of the quantiles from the errors of a forecast without learning.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels.
    error : ndarray of shape (n, n_steps, n_targets)
        Errors in units of the scale; NaN where unknown.

    Returns
    -------
    ndarray of shape (n_steps, n_targets, n_levels)
        Symmetric distances that do not fall with the step. Steps with hardly any error take the
        last known distances times the root of the ratio of the steps.
    """
    coverage = np.abs(2 * np.array(levels) - 1)
    sign = np.sign(np.array(levels) - 0.5)
    widths = [_past_widths(of_target, coverage) for of_target in np.moveaxis(np.abs(error), 2, 0)]
    return sign * np.stack(widths, axis=1)


def sizes_of_series(error, series, lengths):
    """Return how large the errors of each series are, as a ratio to those of all.

    A random walk and noise beside it have errors that grow differently, and no common scale makes
    them alike. The ratio of the mean absolute errors of a step is averaged with 1, which weighs
    more the fewer independent errors a series has.

    Parameters
    ----------
    error : ndarray of shape (n, n_steps, n_targets)
        Errors in units of the scale; NaN where unknown.
    series : ndarray of shape (n,)
        Series of each.
    lengths : ndarray of shape (n_series,)
        Lengths of the series.

    Returns
    -------
    sizes : ndarray of shape (n_series, n_steps, n_targets)
        Of the series.
    expected : ndarray of shape (n, n_steps, n_targets)
        The same for each error, as the others of its series tell it: an error in units of a size
        that it has helped to make is never large.
    """
    size, n_steps = np.abs(error), error.shape[1]
    count, total = np.zeros((2, len(lengths), *size.shape[1:]))
    np.add.at(count, series, ~np.isnan(size))
    usual = np.nansum(size, axis=0) / np.maximum(count.sum(axis=0), 1)
    ratio = np.nan_to_num(size / np.where(usual > 0, usual, 1.0))
    np.add.at(total, series, ratio)
    most = step_sample_size(lengths[:, None, None], np.arange(1, n_steps + 1)[:, None])
    n = np.minimum(count, most)
    total *= n / np.maximum(count, 1)
    sizes = (total + PRIOR_ERRORS) / (n + PRIOR_ERRORS)
    others, n_others = np.maximum(total[series] - ratio, 0), np.maximum(n[series] - 1, 0)
    return sizes, (others + PRIOR_ERRORS) / (n_others + PRIOR_ERRORS)


def _past_widths(size, coverage):
    """Return widths (n_steps, n_levels) from the sizes (n, n_steps) of the errors of a target."""
    n_steps, known = size.shape[1], 0
    widths = np.zeros((n_steps, len(coverage)))
    for step in range(n_steps):
        known_sizes = size[~np.isnan(size[:, step]), step]
        n_known = len(known_sizes)
        if n_known >= MIN_ERRORS or step == 0:
            levels = of_few(coverage, step_sample_size(n_known, step + 1))
            widths[step] = (
                np.quantile(known_sizes, levels, method="inverted_cdf") if n_known else 1.0
            )
            known = step
        else:
            widths[step] = widths[known] * np.sqrt((step + 1) / (known + 1))
    return np.maximum.accumulate(widths, axis=0)


def upper_quantile(scores, level):
    """Quantile with the correction for a finite sample, the largest score at most; 1 of none."""
    n = len(scores)
    if n == 0:
        return 1.0
    return float(np.quantile(scores, min(1.0, (n + 1) * level / n), method="inverted_cdf"))


def of_few(coverage, sample_size):
    """Return the coverage of past errors by a width that covers a new one as often as requested.

    The spread of a few independent errors is uncertain: for normal errors the quantiles of new
    ones are those of Student's distribution.
    """
    return 2 * ndtr(stdtrit(max(1.0, sample_size), (1 + coverage) / 2)) - 1
