"""Order of the axes of an array of sequences."""

from __future__ import annotations

import numpy as np

FEW = 10  # channels that need no check
MANY = 5  # channels for each step
N_VALUES = 2**18  # that are looked at
SMOOTH = 0.5  # roughness of a series, about 1 for values in any order
DIFFERENT = 0.02  # spread of the means of channels, or of their log scales


def looks_transposed(x):
    """Whether the last axis of (n_samples, n_timesteps, n_channels) looks like time.

    It is longer than the middle one, and its values follow each other more smoothly. If it is many
    times as long, it is enough that its columns do not differ as channels do.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn.data.axes import looks_transposed
    >>> x = np.random.default_rng(0).normal(size=(20, 50, 2)).cumsum(axis=1)
    >>> looks_transposed(x), looks_transposed(x.transpose(0, 2, 1))
    (False, True)
    """
    n, n_steps, n_channels = x.shape
    if n_channels <= max(FEW, n_steps):
        return False
    n_rows = max(FEW, N_VALUES // (n_steps * n_channels))
    x = x[:: -(-n // n_rows)].astype(np.float64)
    size = np.abs(x).max()
    x = x / size if size > 0 else x
    across, along = _roughness(x, 2), _roughness(x, 1)
    many = n_channels >= MANY * n_steps
    if across < SMOOTH:
        return across < along and (many or along > SMOOTH)
    if not many or along < across - 0.3:
        return False
    scales = x.std(axis=(0, 1))
    if not scales.all():
        return False
    means = x.mean(axis=(0, 1)) / np.sqrt(np.mean(scales**2))
    noise = 5 / (len(x) * n_steps)
    return not any(
        values.var() > DIFFERENT + noise and _roughness(values, 0) > SMOOTH
        for values in (means, np.log(scales))
    )


def _roughness(x, axis):
    """Return the squared differences of neighbours over those of all pairs (von Neumann, 1941)."""
    if x.shape[axis] < 3:
        return 1.0
    pairs = 2 * np.var(x, axis=axis, ddof=1).mean()
    return float(np.mean(np.diff(x, axis=axis) ** 2) / pairs) if pairs > 0 else 1.0
