"""Calibration of quantile forecasts, and quantiles at any level."""

from __future__ import annotations

import copy

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from .sample_size import step_sample_size

SCORES_PER_GROUP = 200  # fewer scores: neighbouring steps of the horizon share a factor
PRIOR_ERRORS = 5  # weight of the mean of all series in the error size of one series
PRIOR_DEVIATIONS, PRIOR_RATIO = 10, 1.2  # weight in errors; errors over predicted deviations
MIN_ERRORS = 5  # fewer errors: a step takes its width from an earlier step


class ForecastWidths:
    """Calibrated distances of the forecast quantiles from the median.

    They are the weighted mean of two kinds of distances:

    - Those of the network, multiplied by factors from the held-out origins. This is a variant of
      conformalised quantile regression (Romano, Patterson & Candes, 2019). They adapt to the
      window, but need many held-out series or seasons.
    - Fixed ones: quantiles of the baseline's cross-fitted errors at all origins, relative to the
      error size of each series. They are multiplied by the ratio of the network's errors to the
      baseline's on the held-out origins.

    The weight of the network's distances grows with the number of independent held-out scores. The
    mean of two correct widths is too wide where one is wide and the other narrow. `corrected`
    rescales it to cover the held-out outcomes.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels, increasing and symmetric about the middle one, the median.
    factors : ndarray of shape (n_steps, n_levels)
        Factors on the distances of the network.
    fixed : ndarray of shape (n_steps, n_targets, n_levels)
        Signed fixed distances, in units of the scale of a series or of a predicted deviation.
    weight : float
        Weight of the network's distances.
    sizes : ndarray of shape (n_series + 1, n_steps, n_targets), optional
        Size of the fixed distances of each training series and, last, of any other series; 1 by
        default.
    dependence : Dependence, optional
        Correlation of the errors of the steps, for sampled trajectories.
    growth : ndarray of shape (n_targets,), default=0.5
        Beyond the last calibrated step, distances grow as this power of the number of steps. The
        default is that of a random walk.
    one_sided : bool, default=False
        Whether the two sides of an interval are calibrated separately.
    """

    def __init__(
        self,
        levels,
        factors,
        fixed,
        weight,
        sizes=None,
        dependence=None,
        growth=0.5,
        one_sided=False,
    ):
        self.levels = levels
        self.factors = factors
        self.fixed = fixed
        self.weight = weight
        self.sizes = np.ones((1, *fixed.shape[:2])) if sizes is None else sizes
        self.dependence = dependence
        self.growth = growth
        self.one_sided = one_sided

    def corrected(self, quantiles, actual, unit, series=-1):
        """Return widths that are rescaled to cover held-out outcomes, as far as `weight` goes.

        Parameters
        ----------
        quantiles : ndarray of shape (n, n_steps, n_targets, n_levels)
            Forecasts of the network from held-out origins.
        actual : ndarray of shape (n, n_steps, n_targets)
            Outcomes; NaN where unknown.
        unit : ndarray of shape (n, n_targets) or (n, n_steps, n_targets)
            Unit of the fixed distances.
        series : ndarray of shape (n,), default=-1
            Index of the series of each forecast.
        """
        averaged = self.apply(quantiles, unit, series)
        own = own_factors(self.levels, averaged, actual, one_sided=self.one_sided)
        corrected = copy.copy(self)
        change = 1 + self.weight * (own - 1)
        corrected.factors, corrected.fixed = self.factors * change, self.fixed * change[:, None]
        return corrected

    def n_needed(self, n_steps, missing):
        """Return the number of steps that `apply` reads for `n_steps` after missing values."""
        return max(n_steps, min(n_steps + int(np.max(missing, initial=0)), len(self.factors)))

    def apply(self, quantiles, unit, series=-1, missing=0, n_steps=None):
        """Return calibrated quantiles.

        A step h after the last calibrated step H takes the distances of H times a power of h / H.
        Where the newest values are missing, a step takes the
        distances of its number of steps from the last observed value.

        Parameters
        ----------
        quantiles : ndarray of shape (n, n_needed, n_targets, n_levels)
            Forecasts of the network for the steps from 1 on.
        unit : ndarray of shape (n, n_targets) or (n, n_needed, n_targets)
            Unit of the fixed distances.
        series : ndarray of shape (n,), default=-1
            Index among the training series; -1 for a new series.
        missing : ndarray of shape (n, n_targets), default=0
            Number of missing values between the last observed one and each origin.
        n_steps : int, optional
            Number of steps to return; all by default.
        """
        last, middle = len(self.factors), len(self.levels) // 2
        n_steps = quantiles.shape[1] if n_steps is None else n_steps
        away = np.arange(1, n_steps + 1)[:, None] + np.expand_dims(np.atleast_2d(missing), 1)
        step = np.minimum(away, last) - 1
        growth = (np.maximum(away / last, 1.0) ** self.growth)[..., None]
        rows, series = (np.reshape(i, (-1, 1, 1)) for i in (np.arange(len(quantiles)), series))
        targets = np.arange(quantiles.shape[2])
        median = quantiles[..., middle : middle + 1]
        own = self.factors[step] * (quantiles - median)[rows, step, targets]
        unit = (unit[:, None] if unit.ndim == 2 else unit[:, :n_steps]) * self.sizes[
            series, step, targets
        ]
        fixed = self.fixed[step, targets] * unit[..., None]
        median = median[:, :n_steps]
        distance = growth * (self.weight * own + (1 - self.weight) * fixed)
        # Each level has its own factor, so the quantiles of neighbouring levels could cross.
        above = np.maximum.accumulate(distance[..., middle:], axis=-1)
        below = np.minimum.accumulate(distance[..., middle::-1], axis=-1)[..., :0:-1]
        return median + np.concatenate([below, above], axis=-1)


def own_factors(levels, quantiles, actual, *, one_sided=False):
    """Return the factors by which the network's distances cover held-out outcomes.

    The score of an outcome is its distance from the median, divided by the predicted distance on
    the same side. The factor is the empirical quantile of the scores. Both bounds of an interval
    share it: with two factors, one shock would shift the intervals of all series of a panel.
    Neighbouring steps share a factor if a single step has too few scores.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels.
    quantiles : ndarray of shape (n, n_steps, n_targets, n_levels)
        Forecasts from held-out origins.
    actual : ndarray of shape (n, n_steps, n_targets)
        Outcomes; NaN where unknown.
    one_sided : bool, default=False
        Whether each side has its own factor. This suits targets with many values at a bound, which
        no outcome can miss on that side.
    """
    n_steps, middle = quantiles.shape[1], len(levels) // 2
    factors = np.ones((n_steps, len(levels)))
    median = quantiles[..., middle]
    n_scores = np.count_nonzero(~np.isnan(actual))
    n_groups = int(np.clip(n_scores // SCORES_PER_GROUP, 1, n_steps))
    for steps in np.array_split(np.arange(n_steps), n_groups):
        error = (actual - median)[:, steps]
        distance = quantiles[:, steps] - median[:, steps, :, None]
        for q, level in enumerate(levels[:middle]):
            below, above = distance[..., q], distance[..., -1 - q]
            if one_sided:
                factors[steps, q] = _factor(np.minimum(error, 0.0), below, 1 - level)
                factors[steps, -1 - q] = _factor(np.maximum(error, 0.0), above, 1 - level)
            else:
                factors[steps, q] = _factor(error, np.where(error < 0, below, above), 1 - 2 * level)
                factors[steps, -1 - q] = factors[steps, q]
    return np.maximum(factors, 0.05)


def _factor(error, distance, level):
    """Return the factor on predicted distances that covers a fraction `level` of the errors."""
    scores = np.abs(error) / np.where(distance == 0, np.nan, np.abs(distance))
    return upper_quantile(scores[~np.isnan(scores)], level)


def fixed_distances(levels, error, *, one_sided=False):
    """Return signed distances of the quantiles from the median, given past errors.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels.
    error : ndarray of shape (n, n_steps, n_targets)
        Errors in units of the scale; NaN where unknown.
    one_sided : bool, default=False
        Whether the distances of each side come from the errors on this side. By default they are
        symmetric.

    Returns
    -------
    ndarray of shape (n_steps, n_targets, n_levels)
        Distances that never decrease with the step. A step h with fewer than
        `MIN_ERRORS` errors takes the distances of the last step k that has enough, times the
        square root of h / k. Steps before the first one with an error take its distances.
    """
    coverage = np.abs(2 * np.array(levels) - 1)
    sign = np.sign(np.array(levels) - 0.5)

    def both_sides(n):
        return small_sample_coverage(coverage, n)

    def one_side(n):
        return (1 + both_sides(n)) / 2

    def widths(size, coverage):
        return np.stack([_past_widths(of, coverage) for of in np.moveaxis(size, 2, 0)], axis=1)

    if not one_sided:
        return sign * widths(np.abs(error), both_sides)
    above, below = (widths(np.maximum(side, 0.0), one_side) for side in (error, -error))
    return sign * np.where(sign > 0, above, below)


def standard_distances(levels, error, sample_size, *, one_sided=False):
    """Return signed distances of the quantiles from the median, in predicted deviations.

    They are the same for all steps: the mean of the quantiles of past errors and of those of normal
    errors that are `PRIOR_RATIO` times as large as predicted, as no series follows its model
    exactly. The latter have the weight of `PRIOR_DEVIATIONS` independent errors.

    Parameters
    ----------
    levels : tuple of float
        Quantile levels.
    error : ndarray of shape (n, n_steps, n_targets)
        Errors over the deviations that were predicted for them; NaN where unknown.
    sample_size : float
        Effective sample size of the errors.
    one_sided : bool, default=False
        As for `fixed_distances`.

    Returns
    -------
    ndarray of shape (n_steps, n_targets, n_levels)
    """
    coverage, sign = np.abs(2 * np.array(levels) - 1), np.sign(np.array(levels) - 0.5)
    normal = PRIOR_RATIO * np.abs(ndtri(levels))
    weight = sample_size / (sample_size + PRIOR_DEVIATIONS)

    def past(size, coverage):
        pooled = [of[~np.isnan(of)] for of in np.moveaxis(size, 2, 0)]
        return np.stack([np.quantile(of, coverage) if len(of) else normal for of in pooled])

    if one_sided:
        above, below = (past(np.maximum(of, 0.0), (1 + coverage) / 2) for of in (error, -error))
        distances = np.where(sign > 0, above, below)
    else:
        distances = past(np.abs(error), coverage)
    distances = sign * (weight * distances + (1 - weight) * normal)
    return np.repeat(distances[None], error.shape[1], axis=0)


def relative_sizes(error, series, lengths):
    """Return the size of the errors of each series relative to the mean over all series.

    The errors of a random walk grow with the step and those of white noise do not, so that one
    scale for each series is not enough: the ratio of mean absolute errors is taken step by step. It
    is shrunk towards 1, the more the fewer independent errors a series has.

    Parameters
    ----------
    error : ndarray of shape (n, n_steps, n_targets)
        Errors in units of the scale; NaN where unknown.
    series : ndarray of shape (n,)
        Index of the series of each error.
    lengths : ndarray of shape (n_series,)
        Lengths of the series.

    Returns
    -------
    sizes : ndarray of shape (n_series, n_steps, n_targets)
        Relative size for each series.
    expected : ndarray of shape (n, n_steps, n_targets)
        Relative size for each error, estimated from the other errors of its series. An error
        divided by a size that it has contributed to would never be large.
    """
    size, n_steps = np.abs(error), error.shape[1]
    count, total = np.zeros((2, len(lengths), *size.shape[1:]))
    np.add.at(count, series, ~np.isnan(size))
    typical = np.nansum(size, axis=0) / np.maximum(count.sum(axis=0), 1)
    ratio = np.nan_to_num(size / np.where(typical > 0, typical, 1.0))
    np.add.at(total, series, ratio)
    most = step_sample_size(lengths[:, None, None], np.arange(1, n_steps + 1)[:, None])
    n = np.minimum(count, most)
    total *= n / np.maximum(count, 1)
    sizes = (total + PRIOR_ERRORS) / (n + PRIOR_ERRORS)
    others, n_others = np.maximum(total[series] - ratio, 0), np.maximum(n[series] - 1, 0)
    return sizes, (others + PRIOR_ERRORS) / (n_others + PRIOR_ERRORS)


def _past_widths(size, coverage):
    """Return widths (n_steps, n_levels) from the sizes (n, n_steps) of the errors of a target.

    ``coverage(n)`` returns the fraction of n past errors that each width covers.
    """
    n_steps = size.shape[1]
    first = int(np.argmax(~np.isnan(size).all(axis=0)))
    known, widths = first, np.zeros((n_steps, len(coverage(1))))
    for step in range(first, n_steps):
        known_sizes = size[~np.isnan(size[:, step]), step]
        n_known = len(known_sizes)
        if n_known >= MIN_ERRORS or step == first:
            levels = coverage(step_sample_size(n_known, step + 1))
            widths[step] = (
                np.quantile(known_sizes, levels, method="inverted_cdf") if n_known else 1.0
            )
            known = step
        else:
            widths[step] = widths[known] * np.sqrt((step + 1) / (known + 1))
    widths[:first] = widths[first]
    return np.maximum.accumulate(widths, axis=0)


def upper_quantile(scores, level):
    """Return the quantile with the finite-sample correction of conformal prediction; 1 if empty."""
    n = len(scores)
    if n == 0:
        return 1.0
    return float(np.quantile(scores, min(1.0, (n + 1) * level / n), method="inverted_cdf"))


def small_sample_coverage(coverage, sample_size):
    """Return the coverage of past errors that gives a new error the requested coverage.

    The spread estimated from few independent errors is uncertain. For normal errors, a new error
    then follows Student's t distribution.
    """
    return 2 * ndtr(stdtrit(max(1.0, sample_size), (1 + coverage) / 2)) - 1
