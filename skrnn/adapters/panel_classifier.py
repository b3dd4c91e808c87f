"""A classifier of scikit-learn's kind as one of sktime's."""

from __future__ import annotations

from typing import Any

from sklearn.base import is_classifier
from sktime.classification.base import BaseClassifier

from skrnn._urls import Documented
from skrnn.estimators import LSTMClassifier

from ._panels import TAGS, capabilities, fitted, sequences


class PanelClassifier(Documented, BaseClassifier):
    """Classifier of sequences for sktime's panels, pipelines and benchmarks.

    It takes all panels of sktime: arrays of shape (n_instances, n_channels, n_timesteps), nested
    frames, frames with an index of instance and time, lists of frames. Lengths may differ if the
    estimator accepts sequences of unequal lengths, as those of skrnn do.

    Parameters
    ----------
    estimator : object, default=None
        Classifier with ``fit(X, y)``, ``predict`` and ``predict_proba`` for `X` of shape
        (n_samples, n_timesteps, n_channels) or a list of such sequences. None means
        ``LSTMClassifier()``.

    Attributes
    ----------
    estimator_ : object
        Fitted copy of `estimator`.

    Examples
    --------
    >>> from sktime.datasets import load_unit_test
    >>> from skrnn import GRUClassifier
    >>> from skrnn.adapters import PanelClassifier
    >>> X_train, y_train = load_unit_test(split="train")
    >>> X_test, y_test = load_unit_test(split="test")
    >>> model = PanelClassifier(GRUClassifier(random_state=0)).fit(X_train, y_train)
    >>> model.predict_proba(X_test).shape
    (22, 2)
    """

    _tags = {**TAGS, "capability:predict_proba": True}

    def __init__(self, estimator: Any = None) -> None:
        self.estimator = estimator
        super().__init__()
        self.set_tags(**capabilities(estimator))

    def _fit(self, X, y):
        self.estimator_ = fitted(
            self.estimator, LSTMClassifier(), "classifier", is_classifier, X, y
        )
        return self

    def _predict(self, X):
        return self.estimator_.predict(sequences(X))

    def _predict_proba(self, X):
        return self.estimator_.predict_proba(sequences(X))

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return parameters for the tests of sktime.

        Parameters
        ----------
        parameter_set : str, default="default"
            Not used.

        Returns
        -------
        params : list of dict
            Parameters of the instances that are tested.
        """
        return [
            {"estimator": LSTMClassifier(hidden_size=4, max_epochs=2, random_state=seed)}
            for seed in range(2)
        ]
