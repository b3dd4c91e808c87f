"""Cross-fitting of baselines: forecasts of an outcome by models that have not seen it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.baselines import FitData

from .origins import split_origins, thin

N_FOLDS = 5
MOST_EXAMPLES = 10_000  # examples to cross-fit a baseline to


def cross_fitted(panel, origins, spec, n_steps):
    """Yield groups of origins, and for each group the baseline fitted without its outcomes.

    Smoothing at an origin reads no later values, but a regression is fitted to all of them.
    Therefore, each series is divided into blocks, and the origins of a block are forecast by
    regressions on the other blocks (cross-validation of autoregressions; Bergmeir, Hyndman & Koo,
    2018). Origins whose horizon overlaps the block or its horizons are excluded. A regression with
    too few remaining origins is left out.

    Parameters
    ----------
    panel : Panel
        The series, in learned units.
    origins : tuple of ndarray
        Series and origins to forecast from.
    spec : WindowSpec
        Season and baseline.
    n_steps : int
        Number of steps to forecast.

    Yields
    ------
    inside : ndarray of bool, shape (n,)
        Which of the origins belong to the group.
    baseline : Baseline
        Baseline that forecasts from them.
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
