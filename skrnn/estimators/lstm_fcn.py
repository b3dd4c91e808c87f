"""LSTM-FCN classifier and regressor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils.metaestimators import available_if

from skrnn._architectures.lstm_fcn import LSTM_FCN, LSTMFCN, TEXTS
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in
from skrnn._groups import Inputs
from skrnn._trainer import Trainer
from skrnn.training import LEAST_UPDATES, convolutional_batch_size, convolutional_epochs

from ._classifier import SequenceClassifier
from ._estimator_texts import TEXTS as SHARED
from ._hybrid import HYBRID, HYBRID_TEXTS, Hybrid, without_baseline
from ._regressor import SequenceRegressor

TRAINING = (
    SHARED["training"]
    .replace(
        """Rows in a batch. "auto" takes all rows if there are up to 64, otherwise 32, and more from
        16,000 rows on, as long as a batch has no more than 16,384 steps.""",
        """Rows in a batch. "auto" takes a tenth of the rows, from 8 to 32.""",
    )
    .replace("at least 300, and", f"at least {LEAST_UPDATES:,}, and")
)
TEXTS_OF_BOTH = {
    **SHARED,
    **TEXTS,
    **HYBRID_TEXTS,
    "training": TRAINING,
}


class _LSTMFCN(Hybrid, LSTMFCN):
    """What classifier and regressor have in common."""

    _convolves = True

    def _auto_batch_size(self, n, n_steps=1):
        return convolutional_batch_size(n)

    _auto_epochs = staticmethod(convolutional_epochs)


@fill_in(**TEXTS_OF_BOTH)
@parameters
class LSTMFCNClassifier(_LSTMFCN, SequenceClassifier):
    """Convolutional and recurrent network for the classification of sequences.

    %(lstm_fcn)s

    %(hybrid)s

    %(labels)s

    %(groups)s

    Parameters
    ----------
    %(lstm_fcn_network)s
    %(baseline)s
    %(n_channels)s
    %(class_weight)s
    %(classification_loss)s
    %(n_members)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(hybrid_fitted)s
    %(classifier_fitted)s
    %(fitted)s

    References
    ----------
    %(lstm_fcn_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import LSTMFCNClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(100, 30))
    >>> X[:50, 10:15] += 3  # a bump somewhere
    >>> y = np.repeat(["bump", "noise"], 50)
    >>> model = LSTMFCNClassifier(baseline=None, n_members=1, max_epochs=10, random_state=0)
    >>> bool(model.fit(X[::2], y[::2]).score(X[1::2], y[1::2]) > 0.8)
    True
    """

    n_filters: int = 64
    hidden_size: int | None = 8
    stride: int | str = "auto"
    dropout: float = 0.8
    baseline: str | None = "auto"
    n_channels: int | None = None
    inputs: Inputs | None = None
    class_weight: Any = None
    loss: str | Callable = "cross_entropy"
    label_smoothing: float = 0.0
    n_members: int = 3
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

    _parameter_constraints = {
        **SequenceClassifier._parameter_constraints,
        **LSTM_FCN,
        **HYBRID,
    }

    partial_fit = available_if(without_baseline)(SequenceClassifier.partial_fit)


@fill_in(**TEXTS_OF_BOTH)
@parameters
class LSTMFCNRegressor(_LSTMFCN, SequenceRegressor):
    """Convolutional and recurrent network for the regression of sequences.

    %(lstm_fcn)s

    %(hybrid)s Losses other than "squared_error", "absolute_error" and "huber" have no baseline.

    `y` has one number or vector per sequence, of shape (n_samples,) or (n_samples, k). Inputs and
    targets are standardised inside.

    %(groups)s

    Parameters
    ----------
    %(lstm_fcn_network)s
    %(baseline)s
    %(n_channels)s
    %(loss)s
    %(n_members)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(hybrid_fitted)s
    %(regressor_fitted)s
    %(fitted)s

    References
    ----------
    %(lstm_fcn_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import LSTMFCNRegressor
    >>> rng = np.random.default_rng(0)
    >>> frequency = rng.uniform(0.1, 0.5, size=100)
    >>> X = np.sin(frequency[:, None] * np.arange(60)) + rng.normal(scale=0.3, size=(100, 60))
    >>> model = LSTMFCNRegressor(baseline=None, n_members=1, max_epochs=10, random_state=0)
    >>> bool(model.fit(X[::2], frequency[::2]).score(X[1::2], frequency[1::2]) > 0.8)
    True
    """

    n_filters: int = 64
    hidden_size: int | None = 8
    stride: int | str = "auto"
    dropout: float = 0.8
    baseline: str | None = "auto"
    n_channels: int | None = None
    inputs: Inputs | None = None
    loss: str | Callable = "squared_error"
    quantile: float | None = None
    n_members: int = 3
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

    _parameter_constraints = {
        **SequenceRegressor._parameter_constraints,
        **LSTM_FCN,
        **HYBRID,
    }

    partial_fit = available_if(without_baseline)(SequenceRegressor.partial_fit)

    def _sample(self, X, n_samples):
        mean, deviation, inputs = super()._sample(X, n_samples)
        if self.baseline_ is None:
            return mean, deviation, inputs
        mean = self._add_baseline(mean, self._encode_inputs(inputs))
        return np.stack(mean), self.score_weights_["network"] * deviation, inputs
