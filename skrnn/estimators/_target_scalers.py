"""Targets as the network learns them, and its outputs in the units of the targets."""

from __future__ import annotations

import numpy as np

from skrnn.data import Standardizer

FARTHEST = 1e15  # scaled target that a network can learn: squares of larger ones would overflow
LOWEST_LOG = -80.0  # of a mean, which stays positive in single precision


class TargetScaler(Standardizer):
    """Standardise targets; the outputs of the network are standardised predictions."""

    _units = "standard deviations from"

    def encode(self, values, dtype):
        """Return scaled targets; refuse those that are too far away to be learned."""
        scaled = self.transform(values, np.float64)
        if max(scaled.max(), -scaled.min()) > FARTHEST:
            raise ValueError(
                f"y has {values.ravel()[np.abs(scaled).argmax()]:.6g}, which is more than "
                f"{FARTHEST:.0e} {self._units} the mean of the targets that were learned; remove "
                "or clip it."
            )
        return scaled.astype(dtype, copy=False)

    def inverse_link(self, outputs):
        """Return the predictions of scaled targets, in double precision."""
        return outputs.astype(np.float64, copy=False)


class LogLinkScaler(TargetScaler):
    """Divide targets from 0 on by their mean; the outputs are logarithms of predictions."""

    _units = "times"

    @classmethod
    def fit(cls, values, weights):
        """Estimate the means of `values` (n, k) with `weights` (n,)."""
        zeros = ~values.any(axis=0)
        if zeros.any():
            raise ValueError(
                f"y has only zeros in column {zeros.argmax()}, but loss='poisson' needs a positive "
                "target in each column to learn from; leave the column out, or use another loss."
            )
        scale = np.average(values, axis=0, weights=weights)
        return cls(np.zeros_like(scale), np.maximum(scale, np.finfo(np.float64).tiny))

    def encode(self, values, dtype):
        """Return scaled targets; refuse negative ones, and those that are too large."""
        if values.min() < 0:
            raise ValueError(
                f"y has {values.min():.6g}, but loss='poisson' needs targets from 0 on; remove "
                "negative ones, or use another loss."
            )
        return super().encode(values, dtype)

    def inverse_link(self, outputs):
        """Return the predictions of scaled targets, which are positive."""
        with np.errstate(over="ignore"):  # predictions that are not finite are refused
            return np.exp(np.maximum(super().inverse_link(outputs), LOWEST_LOG))
