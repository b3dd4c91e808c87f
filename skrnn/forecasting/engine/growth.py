"""Growth of the errors with the distance, beyond the steps that are calibrated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn.baselines import SeasonalNaive
from skrnn.series import pooled_sample_size
from skrnn.series.sample_size import step_sample_size

from .baseline_errors import baseline_errors
from .origins import thin

RANDOM_WALK = 0.5  # errors that grow as the square root of the distance
FARTHER = 4  # how many times farther than the calibrated steps errors are measured
RELATIVE_SPREAD = 0.76  # standard deviation of a normal error's absolute value, over its mean
MOST_COMPARED = 1000


def growth_exponent(panel, normalizer, origins, spec, n_steps):
    """Return p for each target: beyond the calibrated steps, errors grow as distance ** p.

    It is that of the seasonal naive forecast between `n_steps`, rounded up to whole seasons, and
    `FARTHER` times as many steps, plus one standard error. It is at least 0, as for noise around a
    season, and at most that of a random walk.

    Parameters
    ----------
    panel : Panel
        The series.
    normalizer : Normalizer
        Level and scale at each origin.
    origins : tuple of ndarray
        Series and origins.
    spec : WindowSpec
        Season of the series.
    n_steps : int
        Number of steps that are calibrated.

    Returns
    -------
    ndarray of shape (n_targets,)
    """
    near = -(-n_steps // spec.season) * spec.season  # as far is the value that is repeated
    far = FARTHER * near
    n = pooled_sample_size(step_sample_size(np.maximum(panel.lengths - far - spec.season, 0), far))
    inside = origins[1] <= panel.lengths[origins[0]] - far
    if not inside.any() or n == 0:
        return np.full(panel.n_targets, RANDOM_WALK)
    origins = thin(tuple(of[inside] for of in origins), MOST_COMPARED)
    naive = replace(spec, baseline=SeasonalNaive(), window_length=1)
    errors = np.abs(baseline_errors(panel, normalizer, origins, naive, far))
    errors = errors[:, [near - 1, far - 1]]
    known = ~np.isnan(errors).any(axis=1, keepdims=True)
    first, last = np.where(known, errors, 0.0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        exponent = np.log(last / first) + RELATIVE_SPREAD / np.sqrt(n)
    exponent = exponent / np.log(FARTHER)
    return np.clip(np.where(np.isnan(exponent), RANDOM_WALK, exponent), 0.0, RANDOM_WALK)
