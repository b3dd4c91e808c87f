"""Base of the regressors."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any, Literal, Self, overload

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skrnn._arguments import check_count, check_flag, read_weights
from skrnn._bases import RegressorMixin
from skrnn._compat import Interval, StrOptions
from skrnn.data import Sequences, running_moments
from skrnn.training import (
    REGRESSION_LOSSES,
    CustomLoss,
    QuantileLoss,
    monte_carlo_dropout,
    predict_module,
    spawn_seeds,
)

from ._base import SequenceEstimator
from ._extremes import refuse_predictions
from ._inputs import (
    is_list_of_sequences,
    is_list_of_targets,
    read_regression_targets,
    read_sequences,
    read_targets,
)
from ._score_weights import mixture_weights
from ._scores import r2
from ._target_scalers import LogLinkScaler, TargetScaler


class SequenceRegressor(RegressorMixin, SequenceEstimator):
    """Targets that are numbers: one vector per sequence, or one per step."""

    loss: str | Callable
    quantile: float | None

    _parameter_constraints = {
        **SequenceEstimator._parameter_constraints,
        "loss": [StrOptions({*REGRESSION_LOSSES, "quantile"}), callable],
        "quantile": [Interval(Real, 0, 1, closed="neither"), None],
    }

    def _validate_params(self):
        super()._validate_params()
        if (self.loss == "quantile") != (self.quantile is not None):
            raise ValueError(
                f"quantile={self.quantile!r} does not suit loss={self.loss!r}; pass both a level "
                "and loss='quantile', or neither."
            )

    def partial_fit(self, X, y, sample_weight=None) -> Self:
        """Train for one epoch at a constant learning rate, a tenth of `learning_rate`.

        The first call fixes the channels and the scaling. Later calls continue from the weights
        of the call before.

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

    @overload
    def predict(self, X: list, return_std: bool = False, mc_samples: int = 100) -> Any: ...
    @overload
    def predict(
        self, X, return_std: Literal[False] = False, mc_samples: int = 100
    ) -> np.ndarray: ...
    @overload
    def predict(
        self, X, return_std: Literal[True], mc_samples: int = 100
    ) -> tuple[np.ndarray, np.ndarray]: ...
    def predict(self, X, return_std=False, mc_samples=100):
        """Predict the targets.

        Parameters
        ----------
        X : array-like or list of sequences
            As for `fit`. Sequences may be longer or shorter than the training sequences.
        return_std : bool, default=False
            Whether to predict several times with dropout, and to return mean and standard
            deviation (Monte-Carlo dropout; Gal & Ghahramani, 2016). One draw drops the same units
            in all sequences and at all steps. The deviation measures the uncertainty of the
            network, without the noise of the targets.
        mc_samples : int, default=100
            Number of draws.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, k); with one target per step \
                (n_samples, n_timesteps, k), or a list of arrays if `X` is a list
            Predictions, float32 if `X` is, float64 otherwise.
        y_std : as `y`
            Standard deviations, if `return_std`. Each call returns the same ones.

        Raises
        ------
        ValueError
            If `return_std` is True and the network has no dropout.
        """
        check_flag(return_std, "return_std")
        if not return_std:
            outputs, inputs = self._outputs(X)
            outputs = np.concatenate(self._valid(outputs, inputs))
            return self._restore(self._target_scaler.inverse_link(outputs), inputs, X)
        mean, deviation, inputs = self._sample(X, mc_samples)
        scale = self._target_scaler.scale
        return self._restore(mean, inputs, X), self._form(deviation * scale, inputs, X)

    def predict_step(self, x, state=None):
        """Predict after one more step, at a cost that does not grow with the sequence.

        Parameters
        ----------
        x : array-like of shape (n_samples, n_channels), or (n_samples,) of one channel
            The next step of each sequence.
        state : tuple of ndarray, default=None
            State that an earlier call returned. None starts new sequences.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, k)
            Prediction for the sequences up to this step, as `predict` returns it: their target,
            or that of the last step.
        state : tuple of ndarray
            State to pass to the next call.

        Raises
        ------
        ValueError
            If the network does not read step by step: it is bidirectional, has a convolution,
            or does not pool by the last step.

        Examples
        --------
        >>> import numpy as np
        >>> from skrnn import LSTMRegressor
        >>> X = np.random.default_rng(0).normal(size=(50, 8))
        >>> model = LSTMRegressor(max_epochs=2, random_state=0).fit(X, X.sum(axis=1))
        >>> state = None
        >>> for t in range(8):
        ...     y, state = model.predict_step(X[:, t], state)
        >>> bool(np.allclose(y, model.predict(X), atol=1e-6))
        True
        """
        outputs, state, inputs = self._step_outputs(x, state)
        outputs = self._target_scaler.inverse_link(outputs.reshape(len(inputs), -1))
        values = self._target_scaler.inverse_transform(outputs)
        if not np.isfinite(values).all():
            refuse_predictions(values, np.ones(len(inputs)))
        values = as_inputs(values, inputs)
        return (values[:, 0] if self._single_output else values), state

    def score(self, X, y, sample_weight=None) -> float:
        """Return R². With one target per step it is taken over all predicted steps.

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
        inputs = read_sequences(self, X, reset=False)
        targets = self._read_targets(y, inputs, slice(None), reset=False)
        if not self._per_step:
            return r2(targets, y_pred, sample_weight)
        steps = self._predicted_steps(targets)
        if sample_weight is not None:
            sample_weight = np.repeat(read_weights(sample_weight, inputs), steps.lengths)
        return r2(steps.values, np.concatenate(y_pred), sample_weight)

    def align_targets(self, y):
        """Return the targets of the predicted steps: all steps, fewer after a convolution.

        Parameters
        ----------
        y : array-like of shape (n_samples, n_timesteps, k), or list of (n_timesteps_i, k)
            One target per step.

        Returns
        -------
        y : ndarray, or list of ndarray if `y` is a list
            Targets in the shape of the predictions.
        """
        targets, single = read_targets(y)
        if not isinstance(targets, Sequences):
            raise ValueError(
                f"y has the shape {np.shape(y)}, but one target per step has the shape "
                "(n_samples, n_timesteps, k), or is a list of (n_timesteps_i, k)."
            )
        steps = self._predicted_steps(targets)
        if not is_list_of_targets(y):
            return steps.values.reshape(len(targets), -1, targets.n_channels)
        return steps.split(steps.values[:, 0] if single else None)

    def _predicted_steps(self, sequences):
        """Return the steps that have a prediction."""
        return sequences

    def _valid(self, outputs, inputs):
        """Cut off the padding after the steps of each sequence; return one row per target."""
        if not self._per_step:
            return [output[None] for output in outputs]
        lengths = self._predicted_steps(inputs).lengths
        return [steps[:length] for steps, length in zip(outputs, lengths, strict=True)]

    def _sample(self, X, n_samples):
        """Return mean and standard deviation over draws of dropout, of scaled targets."""
        check_is_fitted(self)
        if not self.module_.has_dropout:
            raise ValueError(
                "return_std=True needs dropout: train with dropout or recurrent_dropout above 0."
            )
        n_samples = check_count(n_samples, "mc_samples", minimum=2)
        inputs = read_sequences(self, X, reset=False)
        encoded = self._encode_inputs(inputs)
        draws = (
            self._valid(predict_module(network, encoded), inputs)
            for network in monte_carlo_dropout(
                self.module_, spawn_seeds(self._sampling_seed, n_samples)
            )
        )
        mean, variance = running_moments(
            self._target_scaler.inverse_link(np.concatenate(draw)) for draw in draws
        )
        return mean, np.sqrt(variance), inputs

    def _restore(self, values, inputs, X):
        """Return scaled predictions in the units and the shape of `y`."""
        values = self._target_scaler.inverse_transform(values)
        if not np.isfinite(values).all():
            refuse_predictions(values, self._n_predictions(inputs))
        return self._form(values, inputs, X)

    def _n_predictions(self, inputs):
        """Return the number of predicted vectors of each sequence."""
        return self._predicted_steps(inputs).lengths if self._per_step else np.ones(len(inputs))

    def _form(self, values, inputs, X):
        """Return values, one row per target, in the shape of `y`."""
        values = as_inputs(values, inputs)
        if self._single_output:
            values = values[..., 0]
        if not self._per_step:
            return values
        steps = self._predicted_steps(inputs)
        if is_list_of_sequences(X):
            return steps.split(values)
        return values.reshape(len(inputs), -1, *values.shape[1:])

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
            targets, weights = targets.weighted_steps(data.weights)
        else:
            weights = data.weights
        self._target_scaler = self._scaler_class.fit(targets, weights)

    def _encode_targets(self, targets):
        if self._per_step:
            targets = self._predicted_steps(targets)
            values = self._target_scaler.encode(targets.values, self._precision)
            return targets.with_values(values)
        return self._target_scaler.encode(targets, self._precision)

    def _loss(self):
        if callable(self.loss):
            return CustomLoss(self.loss, multioutput=True)
        if self.quantile is not None:
            return QuantileLoss(self.quantile)
        return REGRESSION_LOSSES[self.loss]

    def _baseline_targets(self, targets):
        """Return what the baseline of a hybrid learns."""
        return targets

    @property
    def _suits_baseline(self):
        """Whether the baseline of a hybrid predicts what the loss asks for."""
        return self.loss in ("squared_error", "absolute_error", "huber")

    def _choose_weights(self, baseline, network, targets, weights):
        """Return the weights of the predictions of a baseline and a network, which sum to 1."""
        return mixture_weights(baseline, network, targets, weights, self._loss())

    @property
    def _scaler_class(self):
        """Class of the scaler of the targets, which follows from the loss."""
        return LogLinkScaler if self._log_link else TargetScaler

    @property
    def _log_link(self):
        """Whether the network returns the logarithm of the prediction."""
        return isinstance(self.loss, str) and self.loss == "poisson"

    def _check_same_network(self):
        if type(self._target_scaler) is not self._scaler_class:
            raise ValueError(
                f"loss={self.loss!r} cannot continue the training of the last call: only with "
                "loss='poisson' a network returns logarithms; set loss back, or fit a new network "
                "with warm_start=False."
            )
        super()._check_same_network()

    @property
    def _n_outputs(self):
        return self.n_outputs_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        tags.target_tags.positive_only = self._log_link
        return tags


def as_inputs(values, inputs):
    """Return predictions in single precision if the inputs have it and they fit, else in double."""
    largest = np.finfo(np.float32).max
    if inputs.values.dtype == np.float32 and np.abs(values).max() <= largest:
        return values.astype(np.float32)
    return values.astype(np.float64)


def _describe(per_step, n_outputs):
    return f"{n_outputs} target{'s' * (n_outputs > 1)} per {'step' if per_step else 'sequence'}"
