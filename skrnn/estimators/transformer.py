"""Transformer regressor and classifier."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skrnn._architectures.stem import STEM, STEM_TEXT
from skrnn._architectures.transformer import TEXTS, TRANSFORMER, Transformer
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in, pooling
from skrnn._groups import Convolution, Inputs
from skrnn._trainer import Trainer

from ._classifier import SequenceClassifier
from ._estimator_texts import TEXTS as SHARED
from ._long_sequences import LONG_SEQUENCES, LongSequences
from ._long_sequences import TEXTS as OF_LONG_SEQUENCES
from ._regressor import SequenceRegressor

TEXTS = {**SHARED, **TEXTS, "stem": STEM_TEXT, "pooling": pooling("mean")}


@fill_in(**TEXTS)
@parameters
class TransformerRegressor(Transformer, SequenceRegressor):
    """Transformer encoder for the regression of sequences.

    %(transformer)s

    %(regression_targets)s
    With targets per step, `pooling` is not needed and the attention is causal: each step reads
    itself and those before. With a `stem`, which cuts the sequence into patches [3]_, targets per
    step are learned and predicted at the last step of each patch.

    %(groups)s

    Parameters
    ----------
    %(layers)s
    %(stem)s
    %(pooling)s
    %(n_channels)s
    %(loss)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(regressor_fitted)s
    %(fitted)s

    References
    ----------
    %(transformer_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import TransformerRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 2))
    >>> y = X[:, :, 0].sum(axis=1)
    >>> model = TransformerRegressor(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    hidden_size: int = 32
    n_heads: int = 4
    n_layers: int = 2
    feedforward_size: int | None = None
    dropout: float = 0.0
    stem: Convolution | None = None
    pooling: str = "mean"
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

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **TRANSFORMER, **STEM}


@fill_in(**{**TEXTS, **OF_LONG_SEQUENCES})
@parameters
class TransformerClassifier(LongSequences, Transformer, SequenceClassifier):
    """Transformer encoder for the classification of sequences.

    %(transformer)s

    %(labels)s
    A `Convolution` as `stem` cuts the sequence into patches [3]_.

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
    %(fitted)s

    References
    ----------
    %(transformer_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import TransformerClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 1))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    >>> model = TransformerClassifier(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    hidden_size: int = 32
    n_heads: int = 4
    n_layers: int = 2
    feedforward_size: int | None = None
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
        **TRANSFORMER,
        **LONG_SEQUENCES,
    }
