"""Units of forecast errors and of their calibrated distances."""

from __future__ import annotations

import numpy as np

LEAST_DEVIATION = 1e-3  # relative to the scale: less is rounding error


def error_units(baseline, scale, panel, origins, n_steps):
    """Return the unit of errors and their distances, (n, n_steps, n_targets).

    This is the deviation that the baseline predicts, or else the scale of the series.

    Parameters
    ----------
    baseline : Baseline
        What forecasts the series.
    scale : ndarray of shape (n, n_targets)
        Scale of the series at the origins.
    panel : Panel
        The series.
    origins : tuple of ndarray of shape (n,)
        Series and origins.
    n_steps : int
        Number of steps.
    """
    scale = np.repeat(scale[:, None], n_steps, axis=1)
    if not baseline.predicts_deviation:
        return scale
    deviation = baseline.deviation(panel, *origins, n_steps)
    return np.where(np.isnan(deviation), scale, np.maximum(deviation, LEAST_DEVIATION * scale))
