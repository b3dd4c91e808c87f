"""The distribution that the quantiles of a forecast define."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
MEDIAN = len(LEVELS) // 2  # position of the median among them

# Normal scores of the levels. The quantile function is piecewise linear in the normal score.
SCORES = np.array([NormalDist().inv_cdf(level) for level in LEVELS])
FURTHEST = 10.0  # normal score beyond which the probability is neglected
STEEPEST = 3.0  # largest slope of the outer pieces of logarithms; steeper ones have huge moments
NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)


def pieces(quantiles, steepest=np.inf):
    """Return the linear pieces of the quantile function, including the two outer ones.

    The outer pieces continue their neighbours, with at most the slope `steepest`.

    Parameters
    ----------
    quantiles : ndarray of shape (..., n_levels)
        Increasing quantiles at `LEVELS`.

    Returns
    -------
    value, slope : ndarray of shape (..., n_levels + 1)
        Value at the lower end of each piece (at the upper end of the first piece), and change per
        unit of the normal score.
    """
    slope = np.diff(quantiles) / np.diff(SCORES)
    left, right = (np.minimum(of, steepest) for of in (slope[..., :1], slope[..., -1:]))
    slope = np.concatenate([left, slope, right], axis=-1)
    return np.concatenate([quantiles[..., :1], quantiles], axis=-1), slope


FROM = np.concatenate([SCORES[:1], SCORES])  # score at which a piece has its value


def value_at(quantiles, score, steepest=np.inf):
    """Return the values at normal scores, the inverse of `score_at`.

    Parameters
    ----------
    quantiles : ndarray of shape (..., n_levels)
        Increasing quantiles at `LEVELS`.
    score : ndarray
        Normal scores, of a shape that broadcasts with ``quantiles[..., 0]``.
    """
    score = np.asarray(score)
    which = np.searchsorted(SCORES, score, side="right")
    value, slope = (_pick(part, which) for part in pieces(quantiles, steepest))
    with np.errstate(invalid="ignore"):
        moved = slope * (score - FROM[which])
    return value + np.where(slope > 0, moved, 0.0)


def score_at(quantiles, value, steepest=np.inf):
    """Return the normal scores of values, and the slope of the quantile function there.

    A value with positive probability has a range of scores, of which this is the largest.
    """
    value = np.asarray(value)[..., None]
    which = (quantiles <= value).sum(axis=-1)
    start, slope = (_pick(part, which) for part in pieces(quantiles, steepest))
    beyond = np.where(which > 0, np.inf, -np.inf)  # where the outermost piece is flat
    with np.errstate(divide="ignore", invalid="ignore"):
        score = FROM[which] + (value[..., 0] - start) / slope
    return np.where(slope > 0, score, beyond), slope


def expectation(quantiles, of, up_to=None, steepest=np.inf):
    r"""Return the integral of a function of value and normal score by Gauss-Legendre quadrature.

    Parameters
    ----------
    quantiles : ndarray of shape (..., n_levels)
        Increasing quantiles at `LEVELS`.
    of : callable
        ``of(value, score)``, smooth on each piece.
    up_to : ndarray, optional
        Upper limit of the integral, a normal score.
    steepest : float, optional
        Largest slope of the outer pieces.

    Returns
    -------
    ndarray
        :math:`\int_{-\infty}^{z} f(Q(u), u) \varphi(u) du` with the normal density.
    """
    edges = np.concatenate([[-FURTHEST], SCORES, [FURTHEST]])
    if up_to is not None:
        edges = np.minimum(edges, np.clip(up_to, -FURTHEST, FURTHEST)[..., None])
    half = np.diff(edges)[..., None] / 2
    score = edges[..., :-1, None] + half * (NODES + 1)
    value, slope = pieces(quantiles, steepest)
    value = value[..., None] + slope[..., None] * (score - FROM[:, None])
    density = np.exp(-0.5 * score**2) / np.sqrt(2 * np.pi)
    with np.errstate(over="ignore", invalid="ignore"):  # exp of a wide forecast of logarithms
        return (half * WEIGHTS * density * of(value, score)).sum(axis=(-2, -1))


def variance(quantiles, to_original, steepest=np.inf):
    """Return the variance in original units, given quantiles in learned units.

    It is infinite if it overflows.
    """
    mean = expectation(quantiles, lambda value, _: to_original(value), steepest=steepest)
    mean = mean[..., None, None]
    spread = expectation(
        quantiles, lambda value, _: (to_original(value) - mean) ** 2, steepest=steepest
    )
    return np.where(np.isnan(spread), np.inf, spread)


def _pick(parts, which):
    """Return the parameters of piece `which` of each value; `which` may have more leading axes."""
    parts = np.broadcast_to(parts, (*which.shape, parts.shape[-1]))
    return np.take_along_axis(parts, which[..., None], axis=-1)[..., 0]


def interpolate_quantiles(quantiles, levels, alpha, steepest=np.inf):
    """Return the quantiles at the levels `alpha`, given those at `levels`.

    The interpolation is linear in the normal score of the level and thus exact for a normal
    distribution. Beyond the outermost levels, it extrapolates with the outermost slope.

    Parameters
    ----------
    quantiles : ndarray of shape (..., n_levels)
        Increasing quantiles.
    levels, alpha : sequence of float
        Levels in (0, 1).
    steepest : float, optional
        Largest slope of the extrapolation.

    Returns
    -------
    ndarray of shape (..., len(alpha))
    """
    z = np.array([NormalDist().inv_cdf(level) for level in levels])
    wanted = np.array([NormalDist().inv_cdf(a) for a in alpha])
    left = np.clip(np.searchsorted(z, wanted, side="right") - 1, 0, len(z) - 2)
    width = z[left + 1] - z[left]
    part = (wanted - z[left]) / width
    low, high = quantiles[..., left], quantiles[..., left + 1]
    outside = np.maximum(part - 1, 0) + np.minimum(part, 0)
    rise = high - low
    excess = outside * np.maximum(rise - steepest * width, 0.0) if outside.any() else 0.0
    # Rounding must not make quantiles cross.
    return np.minimum(low + part * rise - excess, np.where(part <= 1, high, np.inf))
