"""Ridge regression on random convolutional features: the baseline of hybrid estimators."""

from __future__ import annotations

import numpy as np
from sklearn.preprocessing import StandardScaler

from skrnn.features import RandomConvolutions

PENALTIES = np.logspace(-1, 5, 13)


class ConvolutionalRidge:
    """Ridge regression on the features of random convolutions.

    Its penalty has the lowest squared error on rows that were left out, one at a time.

    Attributes
    ----------
    left_out_ : ndarray of shape (n_samples, n_outputs)
        Prediction for each training row by a regression without it.
    """

    def fit(self, sequences, targets, weights, seed):
        """Fit to `Sequences`, with targets (n, k) and weights (n,)."""
        from sklearn.linear_model import RidgeCV  # which takes a tenth of the time to import skrnn

        self._convolutions = RandomConvolutions(seed).fit(sequences)
        features = self._convolutions.transform(sequences).astype(np.float64)
        present = weights > 0
        self._scaler = StandardScaler().fit(features[present], sample_weight=weights[present])
        features = self._scaler.transform(features)
        ridge = RidgeCV(PENALTIES, scoring="neg_mean_squared_error", store_cv_results=True)
        ridge.fit(features[present], targets[present], sample_weight=weights[present])
        self._coefficients, self._intercept = np.atleast_2d(ridge.coef_).T, ridge.intercept_
        left_out = ridge.cv_results_[..., np.argmax(ridge.alpha_ == PENALTIES)]
        self.left_out_ = self._combine(features)
        self.left_out_[present] = left_out.reshape(-1, targets.shape[1])
        return self

    def predict(self, sequences):
        """Return the predictions (n, n_outputs), each independent of the other sequences."""
        features = self._convolutions.transform(sequences).astype(np.float64)
        return self._combine(self._scaler.transform(features))

    def _combine(self, features):
        # Matrix products round a row differently in other batches and at other places in memory.
        products = (row[:, None] * self._coefficients for row in features)
        return np.stack([each.sum(axis=0) for each in products]) + self._intercept
