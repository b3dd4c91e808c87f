"""How sequences become what the network reads."""

from __future__ import annotations

import numpy as np

from skrnn._warnings import warn
from skrnn.data import Sequences, Standardizer, Windows
from skrnn.data.series_scaling import normalize_each

from ._extremes import describe


class InputScaler:
    """Standardise inputs, and clip those that are much farther from the mean than in training.

    Parameters
    ----------
    standardizer : Standardizer
        Mean and scale of the channels.
    farthest : float
        Number of standard deviations at which values are clipped.
    normalizes : bool
        Whether each sequence is standardised first, by its own mean and standard deviation.
    masks : bool
        Whether values may be missing. They are read as the mean, and for each channel another one
        is 1 where it is observed.
    """

    def __init__(self, standardizer, farthest, *, normalizes, masks):
        self.standardizer, self.farthest = standardizer, farthest
        self.normalizes, self.masks = normalizes, masks

    @classmethod
    def fit(cls, inputs, weights, *, normalizes, masks):
        """Estimate mean and scale from sequences with `weights` (n,).

        Values are clipped at 1,000 standard deviations, or the square root of the number of
        values, beyond which none of them can lie.
        """
        inputs = normalize_each(inputs) if normalizes else inputs
        values, weights = inputs.weighted_steps(weights)
        fit = Standardizer.fit_observed if masks else Standardizer.fit
        farthest = max(1000.0, np.sqrt(len(values)))
        return cls(fit(values, weights), farthest, normalizes=normalizes, masks=masks)

    def encode(self, inputs, dtype):
        """Return standardised inputs; a warning names a value that is clipped."""
        given = inputs
        inputs = normalize_each(inputs) if self.normalizes else inputs
        with np.errstate(over="ignore"):
            values = (inputs.values - self.standardizer.mean) / self.standardizer.scale
        observed = ~np.isnan(values) if self.masks else None
        if observed is not None:
            values = np.where(observed, values, 0)
        if max(values.max(), -values.min()) > self.farthest:
            place = np.unravel_index(np.abs(values).argmax(), values.shape)
            rows = None if isinstance(inputs, Windows) else np.arange(len(inputs))
            warn(
                f"{describe(given, place, 'X', rows)}, which is more than {self.farthest:,.0f} "
                "standard deviations from the mean of the training data, and is read as if it were "
                "as many. If it marks a missing value, fill it first."
            )
            np.clip(values, -self.farthest, self.farthest, out=values)
        if observed is not None:
            values = np.concatenate([values, observed], axis=1)
        return inputs.with_values(values.astype(dtype, copy=False))


def check_missing(inputs, *, masks):
    """Refuse missing values, or if they may be, sequences without any value.

    Raises
    ------
    ValueError
        It names the first sequence.
    """
    if not isinstance(inputs, Sequences) or not np.isnan(inputs.values.min()):
        return
    missing = np.isnan(inputs.values)
    if not masks:
        place = np.unravel_index(missing.argmax(), missing.shape)
        raise ValueError(
            f"Input X contains NaN: {describe(inputs, place, 'X', np.arange(len(inputs)))}; fill "
            "missing values, or let the network know where they are by "
            "inputs=Inputs(missing='mask')."
        )
    n_missing = np.add.reduceat(missing.all(axis=1), inputs.offsets[:-1], dtype=np.intp)
    empty = np.flatnonzero(n_missing == inputs.lengths)
    if len(empty):
        raise ValueError(
            f"X[{empty[0]}] has no value: all of its steps are missing (NaN); leave the sequence "
            "out."
        )
