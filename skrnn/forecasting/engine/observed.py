"""Series as a fitted forecaster reads them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series import Normalizer, Panel


@dataclass(frozen=True)
class Observed:
    """Series that can be forecast from.

    Parameters
    ----------
    panel : Panel
        The series in learned units, with standardised covariates.
    normalizer : Normalizer
        Level and scale of the series at each origin.
    learned : ndarray of shape (n_series,)
        Position of each among the series of the training; -1 for a new one.
    """

    panel: Panel
    normalizer: Normalizer
    learned: np.ndarray
