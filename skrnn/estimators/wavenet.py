"""WaveNet regressor and classifier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skrnn._architectures.wavenet import TEXTS, WAVENET, WaveNet
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in, pooling
from skrnn._groups import Convolution, Inputs
from skrnn._trainer import Trainer

from ._classifier import SequenceClassifier
from ._estimator_texts import TEXTS as SHARED
from ._long_sequences import LONG_SEQUENCES, LongSequences
from ._long_sequences import TEXTS as OF_LONG_SEQUENCES
from ._regressor import SequenceRegressor


@fill_in(**SHARED, **TEXTS, pooling=pooling("last"))
@parameters
class WaveNetRegressor(WaveNet, SequenceRegressor):
    """WaveNet for the regression of sequences.

    %(wavenet)s

    %(regression_targets)s
    Targets per step need no `pooling`.

    %(groups)s

    Parameters
    ----------
    %(layers)s
    %(pooling)s
    %(n_channels)s
    %(loss)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(regressor_fitted)s
    %(wavenet_fitted)s
    %(fitted)s

    References
    ----------
    %(wavenet_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import WaveNetRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 2))
    >>> y = X[:, :, 0].sum(axis=1)
    >>> model = WaveNetRegressor(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    hidden_size: int = 32
    n_layers: int | str = "auto"
    n_blocks: int = 1
    kernel_size: int = 2
    dropout: float = 0.0
    pooling: str = "last"
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

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **WAVENET}


@fill_in(**{**SHARED, **TEXTS, **OF_LONG_SEQUENCES}, pooling=pooling("mean"))
@parameters
class WaveNetClassifier(LongSequences, WaveNet, SequenceClassifier):
    """WaveNet for the classification of sequences.

    %(wavenet)s

    %(labels)s

    %(groups)s

    Parameters
    ----------
    %(layers)s
    %(stem)s
    %(pooling)s
    %(n_channels)s
    %(class_weight)s
    %(classification_loss)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(classifier_fitted)s
    %(wavenet_fitted)s
    %(fitted)s

    References
    ----------
    %(wavenet_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import WaveNetClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 1))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    >>> model = WaveNetClassifier(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    hidden_size: int = 32
    n_layers: int | str = "auto"
    n_blocks: int = 1
    kernel_size: int = 2
    dropout: float = 0.0
    stem: Convolution | str | None = "auto"
    pooling: str = "mean"
    n_channels: int | None = None
    inputs: Inputs | None = None
    class_weight: Any = None
    loss: str | Callable = "cross_entropy"
    label_smoothing: float | str = "auto"
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
        **WAVENET,
        **LONG_SEQUENCES,
    }
