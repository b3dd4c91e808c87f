"""The observed series, in the form that a fitted forecaster reads."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series import Normalizer, Panel


@dataclass(frozen=True)
class Observed:
    """Observed series, in learned units.

    Parameters
    ----------
    panel : Panel
        The series in learned units, with standardised covariates.
    normalizer : Normalizer
        Level and scale of the series at each origin.
    learned : ndarray of shape (n_series,)
        Index of each series among the training series; -1 for a new series.
    """

    panel: Panel
    normalizer: Normalizer
    learned: np.ndarray
