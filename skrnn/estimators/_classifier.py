"""Base of the classifiers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from numbers import Real
from typing import Any, Self

import numpy as np

from skrnn._arguments import MAX_WEIGHT, reading
from skrnn._bases import ClassifierMixin
from skrnn._compat import Interval, StrOptions, class_weights
from skrnn._state import unchanged_on_failure
from skrnn.data.series_scaling import levels_tell_nothing
from skrnn.training import CLASSIFICATION_LOSSES, CustomLoss

from ._base import SequenceEstimator
from ._extremes import refuse_predictions
from ._inputs import check_same_length, has_several_labels, read_label_matrix, read_labels
from ._labels import OneLabel, SeveralLabels
from ._score_weights import additive_weights
from ._scores import accuracy


class SequenceClassifier(ClassifierMixin, SequenceEstimator):
    """One label per sequence, or a matrix of labels."""

    class_weight: Any
    loss: str | Callable
    label_smoothing: float | str

    _parameter_constraints = {
        **SequenceEstimator._parameter_constraints,
        "class_weight": [dict, StrOptions({"balanced"}), None],
        "loss": [StrOptions(set(CLASSIFICATION_LOSSES)), callable],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    def _validate_params(self):
        super()._validate_params()
        if isinstance(self.class_weight, dict):
            for label, weight in self.class_weight.items():
                if not _is_weight(weight):
                    raise ValueError(
                        f"class_weight[{label!r}] is {weight!r}; the weight of a class is a "
                        f"number from 0 to {MAX_WEIGHT}."
                    )
        if callable(self.loss) and self.label_smoothing not in (0, "auto"):
            raise ValueError(
                f"label_smoothing={self.label_smoothing!r} does not change a loss of your own; "
                "set it to 0, or pass the name of a loss."
            )

    def partial_fit(self, X, y, classes=None, sample_weight=None) -> Self:
        """Train for one epoch at a constant learning rate, a tenth of `learning_rate`.

        The first call fixes the channels, the scaling and the classes. Later calls continue from
        the weights of the call before.

        Parameters
        ----------
        X : as for `fit`
            Sequences.
        y : array-like of shape (n_samples,) or (n_samples, n_labels)
            Labels.
        classes : array-like of shape (n_classes,), default=None
            All labels of this and later calls. The first call needs them unless `y` has them all.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights.

        Returns
        -------
        self : object
            The estimator.
        """
        with unchanged_on_failure(self):
            if classes is not None:
                with reading("classes"):
                    self._announced = np.unique(read_labels(classes, "classes"))
                known = getattr(self, "classes_", self._announced)
                if not np.array_equal(self._announced, known):
                    raise ValueError(
                        f"classes={self._announced.tolist()} differs from the classes of the "
                        f"first call, {known.tolist()}; pass the same ones, or None."
                    )
            self._partial_fit(X, y, sample_weight)
            self.__dict__.pop("_announced", None)
        return self

    def predict_proba(self, X) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like or list of sequences
            As for `fit`.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities, columns in the order of ``classes_``. They sum to 1, unless `fit` got a
            matrix of labels. They are float32 if `X` is, float64 otherwise.
        """
        outputs, inputs = self._outputs(X)
        return self._probabilities(np.stack(outputs), inputs)

    def predict(self, X) -> np.ndarray:
        """Return the most probable class, or the labels with a probability above .5.

        Parameters
        ----------
        X : array-like or list of sequences
            As for `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_labels)
            Labels, as `fit` got them.
        """
        proba = self.predict_proba(X)
        return self._labels.predict(proba)

    def score(self, X, y, sample_weight=None) -> float:
        """Return the accuracy.

        Parameters
        ----------
        X, y : as for `fit`
            Sequences and their labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences.

        Returns
        -------
        score : float
            Fraction of the sequences, by weight, whose label is predicted; with a matrix of labels,
            all of them.
        """
        return accuracy(y, self.predict(X), sample_weight)

    def predict_step(self, x, state=None):
        """Classify after one more step, at a cost that does not grow with the sequence.

        Parameters
        ----------
        x : array-like of shape (n_samples, n_channels), or (n_samples,) of one channel
            The next step of each sequence.
        state : tuple of ndarray, default=None
            State that an earlier call returned. None starts new sequences.

        Returns
        -------
        proba : ndarray of shape (n_samples, n_classes)
            Probabilities for the sequences up to this step, as `predict_proba` returns them.
        state : tuple of ndarray
            State to pass to the next call.

        Raises
        ------
        ValueError
            If the network does not read step by step: it is bidirectional, has a convolution,
            or does not pool by the last step.
        """
        outputs, state, inputs = self._step_outputs(x, state)
        return self._probabilities(outputs, inputs), state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _read_targets(self, y, inputs, present, *, reset):
        if has_several_labels(y):
            return self._read_label_matrix(y, inputs, reset=reset)
        y = read_labels(y)
        check_same_length(y, inputs, "y")
        if reset:
            announced = vars(self).get("_announced")
            self._set_labels(OneLabel(np.unique(y[present]) if announced is None else announced))
        elif isinstance(self._labels, SeveralLabels):
            raise ValueError(
                f"y has one label per sequence, but the training data had {len(self.classes_)}; "
                "pass a matrix of 0 and 1 with as many columns."
            )
        unknown = np.setdiff1d(y[present], self.classes_)
        if len(unknown):
            raise ValueError(
                f"y has the label {unknown.tolist()[0]!r}, which is not among the classes "
                f"{self.classes_.tolist()}; pass all classes to the first partial_fit, or train "
                "a new estimator."
            )
        return np.searchsorted(self.classes_, y)

    def _read_label_matrix(self, y, inputs, *, reset):
        y = read_label_matrix(y)
        check_same_length(y, inputs, "y")
        if self.class_weight is not None:
            raise ValueError(
                f"class_weight={self.class_weight!r} is for one label per sequence, but y has "
                f"{y.shape[1]} columns; set it to None, and weight sequences by sample_weight."
            )
        if "_announced" in vars(self):
            raise ValueError(
                f"classes={self._announced.tolist()} is for one label per sequence, but y has "
                f"{y.shape[1]} columns; pass None."
            )
        if reset:
            self._set_labels(SeveralLabels(y.shape[1]))
        elif isinstance(self._labels, OneLabel) or y.shape[1] != len(self.classes_):
            n_before = 1 if isinstance(self._labels, OneLabel) else len(self.classes_)
            raise ValueError(
                f"y has {y.shape[1]} columns of labels, but the training data had {n_before}; "
                "pass as many, or train a new estimator."
            )
        return y

    def _set_labels(self, labels):
        self._labels, self.classes_ = labels, labels.classes

    def _fit_target_coder(self, data):
        """Do nothing: labels are coded when they are read."""

    def _fit_weights(self, data):
        if isinstance(self._labels, SeveralLabels):
            return
        weighted = np.unique(data.targets)
        if isinstance(self.class_weight, dict):  # it may name labels of other calls
            weighted = np.arange(len(self.classes_))
        weights = np.ones(len(self.classes_))
        weights[weighted] = class_weights(
            self.class_weight,
            classes=self.classes_[weighted],
            y=self.classes_[data.targets],
            sample_weight=data.weights,
        )
        self._class_weights = weights

    def _suits_normalization(self, data):
        groups = self._labels.strata(data.targets)
        if groups is None or not self._convolves:
            return False
        return levels_tell_nothing(data.inputs, groups, data.weights)

    def _encode_targets(self, targets):
        return self._labels.encode(targets, self._precision)

    def _loss_weights(self, data):
        if isinstance(self._labels, SeveralLabels):
            return data.weights
        weights = data.weights * self._class_weights[data.targets]
        if not weights.any():
            raise ValueError(
                f"class_weight={self.class_weight!r} is 0 for all labels of the training data, or "
                f"of the validation data, {self.classes_[np.unique(data.targets)].tolist()}; give "
                "one of them a weight."
            )
        return weights

    def _strata(self, targets):
        return self._labels.strata(targets)

    def _loss(self):
        if callable(self.loss):
            return CustomLoss(self.loss, multioutput=isinstance(self._labels, SeveralLabels))
        return partial(self._labels.losses[self.loss], label_smoothing=self._smoothing)

    @property
    def _smoothing(self):
        return self.label_smoothing

    def _baseline_targets(self, targets):
        """Return what the baseline of a hybrid learns: 1 for the labels of a row, otherwise -1."""
        return 2.0 * self._labels.indicators(targets) - 1

    _suits_baseline = True

    def _choose_weights(self, baseline, network, targets, weights):
        """Return the weights of the scores of a baseline and a network."""
        loss = self._labels.losses["cross_entropy"]
        return additive_weights(baseline, network, targets, weights, loss)

    @property
    def _n_outputs(self):
        return len(self.classes_)

    def _probabilities(self, outputs, inputs):
        if not np.isfinite(outputs).all():
            refuse_predictions(outputs, np.ones(len(outputs)))
        dtype = np.float32 if inputs.values.dtype == np.float32 else np.float64
        return self._labels.probabilities(outputs.astype(np.float64)).astype(dtype)


def _is_weight(value):
    try:
        return isinstance(value, Real) and 0 <= float(value) <= MAX_WEIGHT
    except OverflowError:  # of an int
        return False
