"""Regressions behind a baseline, fitted to all of the series or to what is apart from an origin."""

from __future__ import annotations

import numpy as np

from skrnn.baselines import Blend, Ridge, fit_ridge
from skrnn.series import ForecastExamples, Normalizer, WindowSpec

from .origins import split_origins, thin

N_FOLDS = 5
MOST_EXAMPLES = 10_000  # that a regression is cross-fitted to
LEAST_ROWS = 2  # for each coefficient of a cross-fitted regression


def fit_parts(normalizer: Normalizer, origins, parts, n_steps):
    """Return the mean of regressions of known windows and penalties, or None without a horizon.

    Parameters
    ----------
    normalizer : Normalizer
        Where the series, in learned units, stand; without the smoothing, which none reads.
    origins : tuple of ndarray
        Series and origins to learn from.
    parts : sequence of Part
        The regressions.
    n_steps : int
        Steps to forecast.
    """
    ridges = []
    for part in parts:
        shape = WindowSpec(part.window_length, 1, n_steps, normalizer.season, baseline=None)
        examples = ForecastExamples(normalizer.panel, origins, shape, normalizer)
        ridges.append(fit_ridge(examples, (part.penalty,)))
    return None if None in ridges else Ridge.mean(ridges, [part.weight for part in parts])


def cross_fitted(panel, origins, spec, n_steps):
    """Yield origins, and the baseline of `spec` as it is without what followed them.

    The smoothing at an origin knows no later value, but a regression has learned from all. So
    each series is cut into blocks, and a block is forecast by regressions on the others
    (cross-validation of autoregressions; Bergmeir, Hyndman & Koo, 2018), without the origins
    whose horizon reaches into it or is in its own. Where that leaves too few to learn from, the
    regression is left out.

    Parameters
    ----------
    panel : Panel
        The series, in learned units.
    origins : tuple of ndarray
        Series and origins to forecast from.
    spec : WindowSpec
        Season and baseline.
    n_steps : int
        Steps to forecast.

    Yields
    ------
    inside : ndarray of bool, shape (n,)
        Which of the origins.
    baseline : Blend or str or None
        What forecasts from them.
    """
    baseline = spec.baseline
    if not (isinstance(baseline, Blend) and baseline.ridge is not None):
        yield np.ones(len(origins[0]), dtype=bool), baseline
        return
    (series, origin), *_ = split_origins(panel, spec, 0.0)
    first = panel.lengths.copy()
    np.minimum.at(first, series, origin)
    length = np.maximum(panel.lengths - first, 1) / N_FOLDS
    block = np.floor((origins[1] - first[origins[0]]) / length[origins[0]])
    block = np.clip(block, 0, N_FOLDS - 1)
    units = Normalizer(panel, spec.season, settled=panel.lengths)
    for k in np.unique(block):
        begin = (first + k * length)[series]
        apart = (origin + n_steps <= begin) | (origin >= begin + length[series] + n_steps)
        others = thin((series[apart], origin[apart]), MOST_EXAMPLES)
        yield block == k, _learned_from(units, others, baseline, n_steps)


def _learned_from(normalizer, origins, baseline, n_steps):
    """Return the baseline with those of its regressions that so many origins can tell."""
    n_rows = len(origins[0]) * normalizer.panel.n_targets
    parts = [p for p in baseline.ridge.parts if n_rows >= LEAST_ROWS * p.window_length]
    total = sum(part.weight for part in parts)
    parts = [part._replace(weight=part.weight / total) for part in parts]
    ridge = fit_parts(normalizer, origins, parts, n_steps) if parts else None
    return baseline.without_regression() if ridge is None else Blend(baseline.weights, ridge)
