"""A regressor of scikit-learn's kind as one of sktime's."""

from __future__ import annotations

from typing import Any

from sklearn.base import is_regressor
from sktime.regression.base import BaseRegressor

from skrnn._urls import Documented
from skrnn.estimators import LSTMRegressor

from ._panels import TAGS, capabilities, fitted, sequences


class PanelRegressor(Documented, BaseRegressor):
    """Regressor of sequences for sktime's panels, pipelines and benchmarks.

    It takes the panels that `PanelClassifier` takes.

    Parameters
    ----------
    estimator : object, default=None
        Regressor with ``fit(X, y)`` and ``predict`` for `X` of shape (n_samples, n_timesteps,
        n_channels) or a list of such sequences. None means ``LSTMRegressor()``.

    Attributes
    ----------
    estimator_ : object
        Fitted copy of `estimator`.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import GRURegressor
    >>> from skrnn.adapters import PanelRegressor
    >>> X = np.random.default_rng(0).normal(size=(100, 2, 10))  # 2 channels, 10 steps
    >>> y = X[:, 0].sum(axis=1)
    >>> model = PanelRegressor(GRURegressor(random_state=0)).fit(X[:80], y[:80])
    >>> bool(model.score(X[80:], y[80:]) > 0.8)
    True
    """

    _tags = TAGS

    def __init__(self, estimator: Any = None) -> None:
        self.estimator = estimator
        super().__init__()
        self.set_tags(**capabilities(estimator))

    def _fit(self, X, y):
        self.estimator_ = fitted(self.estimator, LSTMRegressor(), "regressor", is_regressor, X, y)
        return self

    def _predict(self, X):
        return self.estimator_.predict(sequences(X))

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
            {"estimator": LSTMRegressor(hidden_size=4, max_epochs=2, random_state=seed)}
            for seed in range(2)
        ]
