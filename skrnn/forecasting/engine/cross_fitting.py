"""Baselines as they are without the outcomes after an origin."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.baselines import FitData

from .origins import split_origins, thin

N_FOLDS = 5
MOST_EXAMPLES = 10_000  # that a baseline is cross-fitted to


def cross_fitted(panel, origins, spec, n_steps):
    """Yield origins, and the baseline of `spec` as it is without what followed them.

    The smoothing at an origin reads no later value, but a regression has learned from all. So
    each series is cut into blocks, and a block is forecast by regressions on the others
    (cross-validation of autoregressions; Bergmeir, Hyndman & Koo, 2018), without the origins
    whose horizon reaches into it or begins in it. Where that leaves too few to learn from, the
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
    baseline : Baseline
        What forecasts from them.
    """
    baseline = spec.baseline
    if not baseline.learns_outcomes:
        yield np.ones(len(origins[0]), dtype=bool), baseline
        return
    (series, origin), *_ = split_origins(panel, spec, 0.0)
    first = panel.lengths.copy()
    np.minimum.at(first, series, origin)
    length = np.maximum(panel.lengths - first, 1) / N_FOLDS
    block = np.floor((origins[1] - first[origins[0]]) / length[origins[0]])
    block = np.clip(block, 0, N_FOLDS - 1)
    data = FitData(panel, spec.season, n_steps, origins, panel.lengths)
    for k in np.unique(block):
        begin = (first + k * length)[series]
        apart = (origin + n_steps <= begin) | (origin >= begin + length[series] + n_steps)
        others = thin((series[apart], origin[apart]), MOST_EXAMPLES)
        yield block == k, baseline.cross_fit(replace(data, origins=others))
