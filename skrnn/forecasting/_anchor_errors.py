"""How far forecasts of the anchor were off, from origins in the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.data import ForecastExamples

from ._cross_fitting import cross_fitted


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
    """Return `anchor_errors` of an anchor that has not learned from what followed."""
    errors = np.empty((len(origins[0]), n_steps, panel.n_targets))
    for inside, anchor in cross_fitted(panel, origins, spec, n_steps):
        held_out = tuple(of[inside] for of in origins)
        crossed = replace(spec, anchor=anchor)
        errors[inside] = anchor_errors(panel, reference, held_out, crossed, n_steps)
    return errors
