"""How far forecasts of the anchor were off, from origins in the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.data import Blend, ForecastExamples, Reference

from ._anchors import fit_parts
from ._origins import split_origins, thin

N_FOLDS = 5
MOST_EXAMPLES = 10_000  # that a regression is cross-fitted to
LEAST_ROWS = 2  # for each coefficient of a cross-fitted regression


def anchor_errors(panel, reference, origins, spec, n_steps):
    """Return the errors of the anchor (n, n_steps, n_targets), in units of the scale.

    Parameters
    ----------
    panel : Panel
        The series.
    reference : Reference
        Where they stand at each origin.
    origins : tuple of ndarray
        Series and origins.
    spec : WindowSpec
        Which anchor.
    n_steps : int
        Steps to forecast.
    """
    examples = ForecastExamples(panel, origins, replace(spec, horizon=n_steps), reference)
    _, error, weight = examples.gather(np.arange(len(examples)))
    return np.where(weight > 0, error, np.nan)


def honest_errors(panel, reference, origins, spec, n_steps):
    """Return `anchor_errors` of an anchor that has not learned from what followed.

    The smoothing at an origin knows no later value, but a regression has learned from all. So
    each series is cut into blocks, and a block is forecast by regressions on the others
    (cross-validation of autoregressions; Bergmeir, Hyndman & Koo, 2018), without the origins
    whose horizon reaches into it or is in its own. Where that leaves too few to learn from, the
    regression is left out.
    """
    anchor = spec.anchor
    if not (isinstance(anchor, Blend) and anchor.ridge is not None):
        return anchor_errors(panel, reference, origins, spec, n_steps)
    (series, origin), *_ = split_origins(panel, spec, 0.0)
    first = panel.lengths.copy()
    np.minimum.at(first, series, origin)
    length = np.maximum(panel.lengths - first, 1) / N_FOLDS
    block = np.floor((origins[1] - first[origins[0]]) / length[origins[0]])
    block = np.clip(block, 0, N_FOLDS - 1)
    units = Reference(panel, spec.season, settled=panel.lengths)
    errors = np.empty((len(block), n_steps, panel.n_targets))
    for k in np.unique(block):
        begin = (first + k * length)[series]
        apart = (origin + n_steps <= begin) | (origin >= begin + length[series] + n_steps)
        others = thin((series[apart], origin[apart]), MOST_EXAMPLES)
        inside = block == k
        held_out = tuple(of[inside] for of in origins)
        crossed = replace(spec, anchor=_learned_from(units, others, anchor, n_steps))
        errors[inside] = anchor_errors(panel, reference, held_out, crossed, n_steps)
    return errors


def _learned_from(reference, origins, anchor, n_steps):
    """Return the anchor with those of its regressions that so many origins can tell."""
    n_rows = len(origins[0]) * reference.panel.n_targets
    parts = [p for p in anchor.ridge.parts if n_rows >= LEAST_ROWS * p.window_length]
    total = sum(part.weight for part in parts)
    parts = [part._replace(weight=part.weight / total) for part in parts]
    ridge = fit_parts(reference, origins, parts, n_steps) if parts else None
    return anchor.without_regression() if ridge is None else Blend(anchor.weights, ridge)
