"""What the regressors share."""

from __future__ import annotations

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score

from skrnn._compat import StrOptions
from skrnn.data import Sequences, Standardizer
from skrnn.training import REGRESSION_LOSSES

from ._base import SequenceEstimator
from ._inputs import is_list_of_sequences, read_regression_targets


class SequenceRegressor(RegressorMixin, SequenceEstimator):
    """Standardised targets: one vector per sequence, or one per step."""

    _parameter_constraints: dict = {
        **SequenceEstimator._parameter_constraints,
        "loss": [StrOptions(set(REGRESSION_LOSSES))],
    }

    def partial_fit(self, X, y, sample_weight=None):
        """Go once over the data at a constant learning rate.

        The first call fixes channels and scaling; the rate is a tenth of `learning_rate`, the
        peak of the schedule of `fit`.

        Parameters
        ----------
        X, y : as for `fit`
            Sequences and their targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.

        Returns
        -------
        self : object
            The estimator.
        """
        return self._partial_fit(X, y, sample_weight)

    def predict(self, X):
        """Predict the targets.

        Parameters
        ----------
        X : array-like or list of sequences
            As for `fit`; sequences may be longer or shorter than those of the training.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, k); with one target per step \
                (n_samples, n_timesteps, k), or a list of arrays if `X` is a list
            Predictions; float32 only if `X` is.
        """
        outputs, inputs = self._outputs(X)
        dtype = np.float32 if inputs.values.dtype == np.float32 else np.float64
        ragged = self._per_step and is_list_of_sequences(X)
        if ragged:
            valid = zip(outputs, inputs.lengths, strict=True)
            values = np.concatenate([steps[:length] for steps, length in valid])
        else:
            values = np.stack(outputs)
        values = self._target_scaler.inverse_transform(values.astype(np.float64)).astype(dtype)
        if self._single_output:
            values = values[..., 0]
        return inputs.split(values) if ragged else values

    def score(self, X, y, sample_weight=None):
        """Return R², over all valid steps when there is one target per step.

        Parameters
        ----------
        X, y : as for `fit`
            Sequences and their targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences.

        Returns
        -------
        score : float
            Coefficient of determination.
        """
        y_pred = self.predict(X)
        if not self._per_step:
            return r2_score(y, y_pred, sample_weight=sample_weight)
        lengths = [len(steps) for steps in y]
        weights = None if sample_weight is None else np.repeat(sample_weight, lengths)
        return r2_score(np.concatenate(list(y)), np.concatenate(y_pred), sample_weight=weights)

    def _read_targets(self, y, inputs, present, *, reset):
        targets, single = read_regression_targets(y, inputs)
        per_step = isinstance(targets, Sequences)
        n_outputs = targets.n_channels if per_step else targets.shape[1]
        if reset:
            self._per_step, self._single_output, self.n_outputs_ = per_step, single, n_outputs
        elif (per_step, n_outputs) != (self._per_step, self.n_outputs_):
            raise ValueError(
                f"y has {_describe(per_step, n_outputs)}, but {type(self).__name__} was fitted "
                f"with {_describe(self._per_step, self.n_outputs_)}; pass targets of that form, "
                "or train a new estimator."
            )
        return targets

    def _fit_target_coder(self, data):
        targets = data.targets
        if self._per_step:
            self._target_scaler = Standardizer.fit(*targets.seen(data.weights))
        else:
            self._target_scaler = Standardizer.fit(targets, data.weights)

    def _encode_targets(self, targets):
        if self._per_step:
            values = self._target_scaler.transform(targets.values, self._dtype())
            return targets.with_values(values)
        return self._target_scaler.transform(targets, self._dtype())

    def _loss(self):
        return REGRESSION_LOSSES[self.loss]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _describe(per_step, n_outputs):
    return f"{n_outputs} target{'s' * (n_outputs > 1)} per {'step' if per_step else 'sequence'}"
