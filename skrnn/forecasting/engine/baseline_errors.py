"""Errors of the baseline at past origins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.series import ForecastExamples
from skrnn.training import one_blas_thread

from .cross_fitting import cross_fitted
from .error_units import error_units


def baseline_errors(panel, normalizer, origins, spec, n_steps):
    """Return the errors of the baseline (n, n_steps, n_targets), in their unit.

    They are unknown where the newest value before the origin is missing, since a step is then
    further from the last observed value than its number.

    Parameters
    ----------
    panel : Panel
        The series.
    normalizer : Normalizer
        Their level and scale at each origin.
    origins : tuple of ndarray
        Series and origins.
    spec : WindowSpec
        Shape of the examples, with the baseline.
    n_steps : int
        Number of steps to forecast.
    """
    examples = ForecastExamples(panel, origins, replace(spec, horizon=n_steps), normalizer)
    error, weight = examples.baseline_errors(np.arange(len(examples)))
    known = (weight > 0) & (panel.missing_before(*origins) == 0)[:, None]
    if spec.baseline.predicts_deviation:
        scale = normalizer.at(*origins).scale
        unit = error_units(spec.baseline, scale, panel, origins, n_steps)
        error = error * scale[:, None] / unit
    return np.where(known, error, np.nan)


@one_blas_thread()
def honest_errors(panel, normalizer, origins, spec, n_steps):
    """Return `baseline_errors` of the cross-fitted baseline, which has not seen the outcomes."""
    errors = np.empty((len(origins[0]), n_steps, panel.n_targets))
    for inside, baseline in cross_fitted(panel, origins, spec, n_steps):
        held_out = tuple(of[inside] for of in origins)
        crossed = replace(spec, baseline=baseline)
        errors[inside] = baseline_errors(panel, normalizer, held_out, crossed, n_steps)
    return errors
