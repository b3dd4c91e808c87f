"""Base of the scikit-learn estimators: `fit` from arrays to a trained network."""

from __future__ import annotations

import copy
import math
from abc import ABCMeta, abstractmethod
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skrnn._arguments import read_weights
from skrnn._bases import BaseEstimator
from skrnn._compat import Interval
from skrnn._groups import Inputs
from skrnn._parameter_group import GroupedParams
from skrnn._parameters import TRAINING
from skrnn._state import unchanged_on_failure
from skrnn._trainer import Trainer, make_settings
from skrnn.data import (
    Sequences,
    SupervisedSequences,
    Windows,
    hold_out,
    n_effective,
)
from skrnn.nn import NetworkSpec
from skrnn.training import (
    Progress,
    auto_batch_size,
    auto_epochs,
    fit_and_refit,
    overlapping_epochs,
    predict_module,
    step_module,
    to_cpu,
)

from ._extremes import check_training_data
from ._inputs import read_sequences, read_state, read_step, reading_validation_data
from ._reading import ReadsInputs
from ._seeds import Seeds
from ._warm_start import check_same_network


class SequenceEstimator(ReadsInputs, GroupedParams, BaseEstimator, metaclass=ABCMeta):
    """Base of the regressors and classifiers.

    A subclass says how targets are read (`_read_targets`), coded (`_fit_target_coder`,
    `_encode_targets`), what the loss is (`_loss`) and how many outputs it needs; an architecture
    says which encoder reads the sequences (`_encoder_spec`).
    """

    n_channels: int | None
    learning_rate: float
    batch_size: int | str
    max_epochs: int | str
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    refit: bool
    warm_start: bool
    trainer: Trainer | None
    random_state: Any
    verbose: int

    _per_step = False  # one target for each sequence
    _parameter_constraints = {
        **TRAINING,
        "n_channels": [Interval(Integral, 1, None, closed="left"), None],
        "inputs": [Inputs, None],
        "warm_start": ["boolean"],
    }

    def fit(self, X, y, sample_weight=None, X_val=None, y_val=None) -> Self:
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or \
                (n_samples, n_timesteps, n_channels), or list of (n_timesteps_i, n_channels)
            Sequences.
        y : array-like
            Targets, as the class describes them.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights. A weight of 0 counts like an absent sequence, 2 like a repeated one.
        X_val, y_val : as `X` and `y`, default=None
            Validation data for early stopping. Without them, early stopping sets aside
            `validation_fraction` of `X`. With ``early_stopping=False`` their loss is recorded
            in ``history_`` only.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If a parameter is out of its range, an argument has the wrong shape, or the loss
            diverges. The estimator then keeps its earlier state.
        """
        with unchanged_on_failure(self):
            self._validate_params()
            start = getattr(self, "module_", None) if self.warm_start else None
            seeds = self._draw_seeds(start)
            data = self._read(X, y, sample_weight, reset=start is None)
            train, validation = self._split(data, X_val, y_val, seeds.split)
            if self.refit and X_val is not None:
                data = data.join(validation)
            everything = data if self.refit else None
            settings = self._settings(train, goes_on=start is not None)
            trained = self._train(start, seeds, settings, train, validation, everything)
            self._record(trained.validated[0], goes_on=start is not None)
            self._keep(trained.final[0], goes_on=self.warm_start)
        return self

    def _partial_fit(self, X, y, sample_weight):
        """Go once over the data, from the current weights if there are any."""
        with unchanged_on_failure(self):
            self._validate_params()
            start = getattr(self, "module_", None)
            seeds = self._draw_seeds(start)
            data = self._read(X, y, sample_weight, reset=start is None)
            settings = self._settings(data, goes_on=True, n_epochs=1)
            trained = self._train(start, seeds, settings, data)
            self._record(trained.validated[0], goes_on=start is not None)
            self._keep(trained.final[0], goes_on=True)
        return self

    # -- the recipe ------------------------------------------------------------------------

    def _read(self, X, y, sample_weight, *, reset):
        """Validate the arguments, and leave out rows of weight zero."""
        inputs = read_sequences(self, X, reset=reset)
        weights = read_weights(sample_weight, inputs)
        present = np.flatnonzero(weights)
        if not len(present):
            raise ValueError("sample_weight is zero for all samples; give one a weight.")
        targets = self._read_targets(y, inputs, present, reset=reset)
        data = SupervisedSequences(inputs, targets, weights)
        data = data if len(present) == len(data) else data.take(present)
        if reset:
            check_training_data(data, present)
            self._longest = int(data.inputs.lengths.max())
            self._check_lengths(self._longest)
        return data

    def _read_validation(self, X_val, y_val):
        with reading_validation_data():
            return self._read(X_val, y_val, None, reset=False)

    def _split(self, data, X_val, y_val, seed):
        """Return training and validation data; the latter may be None."""
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val have to be passed together.")
        if X_val is not None:
            return data, self._read_validation(X_val, y_val)
        if not self.early_stopping:
            return data, None
        if len(data) < 2:
            raise ValueError(
                "early_stopping=True needs at least 2 samples to set one aside, but got "
                f"{len(data)}; pass X_val and y_val, or early_stopping=False."
            )
        strata = self._strata(data.targets)
        train, validation = hold_out(data, self.validation_fraction, seed, strata)
        return data.take(train), data.take(validation)

    def _train(self, start, seeds, settings, train, validation=None, everything=None):
        """Train a new network, or a copy of `start`; then again on `everything`, if given."""

        def encode(data):
            if start is None:
                self._fit_coding(data)
            self._fit_weights(data)
            return self._encode(data)

        self._precision = settings.precision
        if start is None:
            self.network_spec_ = self._network_spec()
        else:
            self._check_same_network()
        data = encode(train)
        with reading_validation_data():
            held_out = None if validation is None else self._encode(validation)
        if start is None:
            self._check_network(train, settings, seeds.weights)
        with Progress(self.verbose) as progress:
            trained = self._fit_networks(
                start,
                seeds,
                data,
                settings,
                validation=held_out,
                everything=None if everything is None else lambda: (encode(everything), settings),
                progress=progress,
            )
        if start is None and everything is not None and trained.final is trained.validated:
            self._fit_coding(train)  # of the data that the network has seen
        return trained

    def _fit_networks(self, start, seeds, data, settings, **stages):
        """Train on encoded data; `stages` are further arguments of `fit_and_refit`."""
        before = vars(self).get("_optimizer_state")
        return self._fit_network(start, seeds, data, settings, before, **stages)

    def _fit_network(self, start, seeds, data, settings, optimizer_state, **stages):
        return fit_and_refit(
            lambda _: self._network(start, seeds.weights),
            data,
            self._loss(),
            settings,
            [seeds.loop],
            optimizer_state=None if start is None else optimizer_state,
            **stages,
        )

    def _fit_coding(self, data):
        """Fix how inputs are scaled and targets are coded."""
        self._fit_input_scaler(data)
        self._fit_target_coder(data)

    def _network(self, start, seed):
        """Return a copy of `start`, or without it a new network."""
        return self.network_spec_.build(seed) if start is None else copy.deepcopy(start)

    def _check_same_network(self):
        """Refuse to continue the training if the parameters describe another network."""
        check_same_network(self.network_spec_, self._network_spec())

    def _record(self, result, *, goes_on):
        """Set the attributes that describe the training, or extend them if it `goes_on`."""
        before = vars(self)["history_"] if goes_on else {"loss": []}
        n_before = len(before["loss"])
        self.history_ = {
            name: before.get(name, [np.nan] * n_before)
            + result.history.get(name, [np.nan] * result.n_epochs)
            for name in {**before, **result.history}
        }
        self.n_iter_ = n_before + result.n_epochs
        self.best_epoch_ = n_before + result.best_epoch

    def _keep(self, result, *, goes_on):
        """Keep the module, and the state of the optimiser if a later training may start from it."""
        self.module_ = result.module
        if goes_on:
            self._optimizer_state = result.optimizer_state
        else:
            self.__dict__.pop("_optimizer_state", None)

    def _network_spec(self):
        """Return the spec of the network for the data that was read."""
        encoder = self._encoder_spec(self._n_channels_read, self._longest, per_step=self._per_step)
        return NetworkSpec.sequence(encoder, n_outputs=self._n_outputs)

    # -- the parts -------------------------------------------------------------------------

    def _validate_params(self):
        self._check_groups()
        super()._validate_params()
        self._check_architecture()

    def _check_architecture(self):
        """Refuse combinations of parameters that the architecture does not have."""

    def _check_lengths(self, longest):
        """Warn or raise if the longest training sequence does not suit the architecture."""

    def _check_network(self, data, settings, seed):
        """Refuse a network that cannot read `data`."""

    def _draw_seeds(self, start):
        """Draw the seeds, which differ when training continues from `start`."""
        seeds = Seeds.draw(self.random_state, 0 if start is None else self.n_iter_)
        self._sampling_seed = seeds.sampling
        return seeds

    def _settings(self, data, *, goes_on, n_epochs=None):
        """Return the settings of the loop; `n_epochs` replaces `max_epochs`."""
        n = n_effective(data.weights)
        if self.batch_size == "auto":
            batch_size = self._auto_batch_size(n, int(data.inputs.lengths.max()))
        else:
            batch_size = int(self.batch_size)
        n_batches = math.ceil(len(data) / batch_size) * self._n_pieces(data)
        max_batches = None
        if n_epochs is None and self.max_epochs != "auto":
            n_epochs = int(self.max_epochs)
        elif n_epochs is None and isinstance(data.inputs, Windows):
            n_epochs, max_batches = overlapping_epochs(n, n_batches)
        elif n_epochs is None:
            n_epochs = self._auto_epochs(n, n_batches)
        settings = make_settings(
            self.trainer,
            n_epochs=n_epochs,
            max_batches=max_batches,
            batch_size=batch_size,
            learning_rate=self.learning_rate,
            patience=self.n_iter_no_change if self.early_stopping else None,
            keep_best=self.early_stopping,
        )
        return settings.continued() if goes_on else settings

    _auto_batch_size, _auto_epochs = staticmethod(auto_batch_size), staticmethod(auto_epochs)

    def _n_pieces(self, data):
        """Return the number of updates for each batch: one for each piece of truncated BPTT."""
        n_steps = None if self.trainer is None else self.trainer.tbptt_steps
        if n_steps is None or not isinstance(data.targets, Sequences):
            return 1
        return math.ceil(data.inputs.lengths.max() / n_steps)

    def _encode(self, data):
        """Return the data as the network reads them."""
        return SupervisedSequences(
            self._encode_inputs(data.inputs),
            self._encode_targets(data.targets),
            self._loss_weights(data),
        )

    def _loss_weights(self, data):
        return data.weights

    def _strata(self, targets):
        return None

    @abstractmethod
    def _read_targets(self, y, inputs, present, *, reset):
        """Validate `y`; `present` are the rows with a positive weight."""

    @abstractmethod
    def _fit_target_coder(self, data):
        """Learn how targets are coded."""

    def _fit_weights(self, data):
        """Compute what the loss weights depend on."""

    @abstractmethod
    def _encode_targets(self, targets):
        """Return targets as the loss reads them."""

    @abstractmethod
    def _loss(self):
        """Return the loss without reduction."""

    @property
    @abstractmethod
    def _n_outputs(self):
        """Number of outputs for each sequence, or step."""

    def _encoder_spec(self, input_size, n_steps, *, per_step):
        """Return the spec of an encoder of up to `n_steps` steps, causal if `per_step`."""
        raise NotImplementedError

    # -- prediction ------------------------------------------------------------------------

    def _outputs(self, X):
        """Return the output of the network for each sequence, as a list, and the inputs."""
        check_is_fitted(self)
        inputs = read_sequences(self, X, reset=False)
        return self._encoded_outputs(self._encode_inputs(inputs)), inputs

    def _encoded_outputs(self, encoded):
        """Return the output for each encoded sequence, as a list."""
        return predict_module(self.module_, encoded)

    def _step_outputs(self, x, state):
        """Return the output of the network after one more step, the state after it, the inputs."""
        check_is_fitted(self)
        if not self._streams:
            raise ValueError(
                "predict_step needs a network that reads step by step: a WaveNet, or a recurrent "
                "one with bidirectional=False and stem=None, both with pooling='last' "
                "or a target for each step, and without inputs=Inputs(normalize=True)."
            )
        inputs = read_step(self, x)
        encoded = self._encode_inputs(inputs)
        if state is not None:
            state = read_state(state, self.module_.first_state(len(inputs)))
        outputs, state = step_module(self.module_, encoded, state)
        return outputs, state, inputs

    # -- housekeeping ----------------------------------------------------------------------

    def __getstate__(self):
        """Pickle on the CPU, so that loading needs no other device."""
        state = dict(super().__getstate__())
        for name in ("module_", "_optimizer_state"):
            if name in state:
                state[name] = to_cpu(state[name])
        return state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags
