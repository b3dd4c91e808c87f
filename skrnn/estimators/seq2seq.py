"""Encoder-decoder for regression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, overload

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skrnn._architectures.seq2seq import SEQ2SEQ, TEXTS, Seq2Seq
from skrnn._arguments import check_count, read_weights
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in
from skrnn._groups import Inputs
from skrnn._trainer import Trainer
from skrnn.data import PaddedTargets, Sequences
from skrnn.nn import AttentionWeights
from skrnn.training import predict_module

from ._estimator_texts import TEXTS as SHARED
from ._inputs import (
    check_same_length,
    is_list_of_sequences,
    is_list_of_targets,
    read_sequences,
    read_targets,
)
from ._regressor import SequenceRegressor, as_inputs
from ._scores import r2


@fill_in(**SHARED, **TEXTS)
@parameters
class Seq2SeqRegressor(Seq2Seq, SequenceRegressor):
    """Recurrent encoder-decoder that predicts one sequence from another.

    %(seq2seq)s

    Targets are sequences, not necessarily as long as those of `X`: `y` of shape (n_samples,
    n_steps) has `n_steps` values per sequence, (n_samples, n_steps, k) has vectors, a list of
    (n_steps_i, k) or (n_steps_i,) has sequences of unequal length, and (n_samples,) has one step.
    Inputs and targets are standardised inside.

    %(groups)s

    Parameters
    ----------
    %(seq2seq_settings)s
    %(n_channels)s
    %(loss)s
    %(training)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    n_steps_ : int
        Number of steps of a prediction: that of the longest target in the training data.
    n_outputs_ : int
        Number of targets per step.
    %(fitted)s

    References
    ----------
    %(seq2seq_papers)s

    Examples
    --------
    Learn to reverse sequences:

    >>> import numpy as np
    >>> from skrnn import Seq2SeqRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(300, 5))
    >>> y = X[:, ::-1]
    >>> model = Seq2SeqRegressor(attention="dot", random_state=0).fit(X[:250], y[:250])
    >>> model.predict(X[250:]).shape
    (50, 5)
    >>> bool(model.score(X[250:], y[250:]) > 0.9)
    True
    >>> model.attention_weights(X[250:]).shape
    (50, 5, 5)
    """

    cell: str = "lstm"
    hidden_size: int = 32
    n_layers: int = 1
    bidirectional: bool = False
    attention: str | None = None
    scheduled_sampling: float = 1.0
    dropout: float = 0.0
    n_channels: int | None = None
    inputs: Inputs | None = None
    loss: str | Callable = "squared_error"
    quantile: float | None = None
    learning_rate: float = 0.01
    batch_size: int | str = "auto"
    max_epochs: int | str = "auto"
    early_stopping: bool = False
    validation_fraction: float = 0.1
    n_iter_no_change: int = 10
    refit: bool = False
    warm_start: bool = False
    trainer: Trainer | None = None
    random_state: Any = None
    verbose: int = 0

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **SEQ2SEQ}

    @property
    def _causal(self):
        return False  # the decoder starts after the whole sequence

    # -- training --------------------------------------------------------------------------

    def _network_spec(self):
        return self._seq2seq_spec(
            input_size=self._n_channels_read,
            n_targets=self.n_outputs_,
            n_steps=self.n_steps_,
            log_link=self._log_link,
        )

    def _network(self, start, seed):
        start = None if start is None else start.for_steps(self.n_steps_)
        return super()._network(start, seed)

    def _check_same_network(self):
        settings = {**self.network_spec_.settings, "n_steps": self.n_steps_}
        self.network_spec_ = replace(self.network_spec_, settings=settings)
        super()._check_same_network()

    def _read_targets(self, y, inputs, present, *, reset):
        targets, n_axes = _read_steps(y)
        check_same_length(targets, inputs, "y")
        longest = int(targets.lengths[present].max())
        if reset:
            self._per_step, self.n_outputs_ = True, targets.n_channels
            self._n_axes, self.n_steps_ = n_axes, longest
        else:
            self._check_form(targets, n_axes)
            self.n_steps_ = max(self.n_steps_, longest)
        return targets

    def _check_form(self, targets, n_axes):
        if (n_axes, targets.n_channels) != (self._n_axes, self.n_outputs_):
            raise ValueError(
                f"y has {_describe(n_axes, targets.n_channels)}, but {type(self).__name__} was "
                f"fitted with {_describe(self._n_axes, self.n_outputs_)}; pass targets of that "
                "form, or train a new estimator."
            )

    def _encode(self, data):
        data = super()._encode(data)
        return PaddedTargets(data.inputs, data.targets, data.weights, self.n_steps_)

    # -- prediction ------------------------------------------------------------------------

    @overload
    def predict(
        self, X: list, return_std: bool = False, mc_samples: int = 100, n_steps: int | None = None
    ) -> Any: ...
    @overload
    def predict(
        self,
        X,
        return_std: Literal[False] = False,
        mc_samples: int = 100,
        n_steps: int | None = None,
    ) -> np.ndarray: ...
    @overload
    def predict(
        self, X, return_std: Literal[True], mc_samples: int = 100, n_steps: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]: ...
    def predict(self, X, return_std=False, mc_samples=100, n_steps=None):
        """Predict the targets, each step from the prediction of the step before.

        Parameters
        ----------
        X : array-like or list of sequences
            As for `fit`; sequences may be longer or shorter than those of the training.
        return_std : bool, default=False
            Whether to predict with dropout, several times, and to return mean and standard
            deviation (Monte-Carlo dropout; Gal & Ghahramani, 2016). One draw drops the same units
            in all sequences and at all steps.
        mc_samples : int, default=100
            Number of draws.
        n_steps : int, default=None
            Steps to predict; None means those of the longest target of the training.

        Returns
        -------
        y : ndarray of shape (n_samples, n_steps, k), (n_samples, n_steps) or (n_samples,)
            Predictions in the form of the `y` of the training, all of them of the same length;
            (n_samples, n_steps) for targets of one step when `n_steps` is given. float32 only if
            `X` is.
        y_std : as `y`
            Standard deviations, if `return_std`; the same ones at each call.

        Raises
        ------
        ValueError
            If `return_std` is True for a network without dropout, or `n_steps` is not positive.
        """
        check_is_fitted(self)
        return super(Seq2SeqRegressor, self._for_steps(n_steps)).predict(X, return_std, mc_samples)

    def predict_step(self, x, state=None):
        """Refuse: an encoder-decoder reads the whole sequence before it predicts.

        Parameters
        ----------
        x, state : object
            As for the other regressors.

        Raises
        ------
        ValueError
            Always.
        """
        raise ValueError(
            f"predict_step needs a network that predicts while it reads, but {type(self).__name__} "
            "reads the whole sequence first; call predict(X, n_steps=...) instead."
        )

    def attention_weights(self, X):
        """Return how much each step of a prediction has read of each step of its sequence.

        Parameters
        ----------
        X : array-like or list of sequences
            As for `predict`.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_steps, n_timesteps), or list of arrays \
                (n_steps, n_timesteps_i) if `X` is a list
            Weights; those of a step sum to one.

        Raises
        ------
        ValueError
            If the network has no attention.
        """
        check_is_fitted(self)
        if self.module_.attention is None:
            raise ValueError(
                "attention_weights needs attention, but the network was trained with "
                "attention=None; train one with attention='additive' or 'dot'."
            )
        inputs = read_sequences(self, X, reset=False)
        outputs = predict_module(AttentionWeights(self.module_), self._encode_inputs(inputs))
        weights = [
            output[:, :length].astype(inputs.values.dtype)
            for output, length in zip(outputs, inputs.lengths, strict=True)
        ]
        return weights if is_list_of_sequences(X) else np.stack(weights)

    def score(self, X, y, sample_weight=None) -> float:
        """Return R² of predictions with as many steps as the targets.

        Parameters
        ----------
        X, y : as for `fit`
            Sequences and their targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences.

        Returns
        -------
        score : float
            Coefficient of determination: for a 2-D `y` its mean over the steps, as scikit-learn
            has it, for vectors and unequal lengths over all steps at once.
        """
        check_is_fitted(self)
        targets, n_axes = _read_steps(y)
        self._check_form(targets, n_axes)
        lengths = targets.lengths
        y_pred = self.predict(X, n_steps=int(lengths.max()))
        check_same_length(targets, y_pred, "y")
        if sample_weight is not None:
            sample_weight = read_weights(sample_weight, y_pred)
        if n_axes < 3 and not is_list_of_targets(y):
            y_true = targets.values.reshape(y_pred.shape)
            return r2(y_true, y_pred, sample_weight)
        y_pred = y_pred.reshape(*y_pred.shape[:2], -1)
        valid = np.arange(y_pred.shape[1]) < lengths[:, None]
        weights = None if sample_weight is None else np.repeat(sample_weight, lengths)
        return r2(targets.values, y_pred[valid], weights)

    def _for_steps(self, n_steps):
        """Return this estimator with the same network, predicting `n_steps` steps."""
        if n_steps is None:
            return self
        n_steps = check_count(n_steps, "n_steps")
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.module_ = self.module_.for_steps(n_steps)
        twin._n_axes = max(self._n_axes, 2)
        return twin

    def _valid(self, outputs, inputs):
        return outputs

    def _n_predictions(self, inputs):
        return np.full(len(inputs), self.module_.n_steps)

    def _form(self, values, inputs, X):
        values = as_inputs(values, inputs).reshape(len(inputs), self.module_.n_steps, -1)
        return {1: values[:, 0, 0], 2: values[..., 0], 3: values}[self._n_axes]


def _read_steps(y):
    """Return targets as `Sequences`, and how many axes predictions of their form have."""
    targets, single = read_targets(y)
    if isinstance(targets, Sequences):
        return targets, 2 if single else 3
    return Sequences.from_array(targets[..., None]), 1 if single else 2


def _describe(n_axes, n_outputs):
    if n_axes == 3:
        return f"vectors of {n_outputs} targets per step"
    return "one number per step" if n_axes == 2 else "one number per sequence"
