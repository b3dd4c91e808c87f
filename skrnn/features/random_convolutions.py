"""Features of random convolutions (MiniRocket), by sktime."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from threading import Lock

import numpy as np

ROWS_AT_ONCE = 1024
MOST_FEATURES, LEAST_FEATURES = 10_000, 1_000
MOST_VALUES = 2 * 10**7  # of the table of features of the training data
_ALONE = Lock()  # its kernels use several threads, which some systems allow to one caller at a time


class RandomConvolutions:
    """Share of the steps at which each of some 10,000 random convolutions is above a threshold.

    They are those of MiniRocket (Dempster, Schmidt & Webb, 2021, "MiniRocket: A very fast (almost)
    deterministic transform for time series classification"), computed by sktime. Its kernels are
    compiled once for each installation, which takes half a minute. Sequences of less than nine
    steps are padded with zeros.

    Parameters
    ----------
    seed : int
        Seed of the thresholds, and of the channels that a convolution reads.
    """

    def __init__(self, seed):
        self._seed = seed % 2**31

    def fit(self, sequences):
        """Choose convolutions and thresholds from `Sequences`."""
        from sktime.transformations.rocket import MiniRocketMultivariateVariable

        n_features = max(LEAST_FEATURES, min(MOST_FEATURES, MOST_VALUES // len(sequences)))
        self._transformer = MiniRocketMultivariateVariable(
            num_kernels=n_features,
            pad_value_short_series=0.0,
            n_jobs=-1,
            random_state=self._seed,
        )
        with _as_sktime_needs():
            self._transformer.fit(_tables(sequences))
        return self

    def transform(self, sequences):
        """Return the features of each sequence, float32 of shape (n, n_features)."""
        parts = np.array_split(np.arange(len(sequences)), -(-len(sequences) // ROWS_AT_ONCE))
        with _as_sktime_needs():
            tables = (_tables(sequences.take(part)) for part in parts)
            return np.concatenate([self._transformer.transform(each).to_numpy() for each in tables])


@contextmanager
def _as_sktime_needs():
    """Allow one caller at a time, and keep NumPy's global generator as it is.

    sktime seeds it to draw the channels.
    """
    with _ALONE, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that another class suits equal lengths
        state = np.random.get_state()  # noqa: NPY002 - what sktime changes
        try:
            yield
        finally:
            np.random.set_state(state)  # noqa: NPY002 - as it was


def _tables(sequences):
    """Return one DataFrame for each sequence, as sktime reads sequences of unequal length."""
    import pandas as pd

    return [pd.DataFrame(values) for values in sequences.split()]
