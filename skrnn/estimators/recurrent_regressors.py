"""Recurrent regressors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skrnn._architectures.recurrent import RECURRENT, TEXTS, WIDTH, Recurrent
from skrnn._architectures.stem import STEM, STEM_TEXT
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in, pooling
from skrnn._groups import Convolution, Inputs, Recurrence
from skrnn._trainer import Trainer

from ._estimator_texts import TEXTS as SHARED
from ._regressor import SequenceRegressor

TEXTS = {
    **SHARED,
    **TEXTS,
    "stem": STEM_TEXT,
    "pooling": pooling("last"),
    "hidden_size": f"""
    hidden_size : int, default={WIDTH}
        Width of a layer, in each direction.
    """,
}


@parameters
class _RecurrentRegressor(Recurrent, SequenceRegressor):
    hidden_size: int = 32
    n_layers: int = 1
    bidirectional: bool = False
    recurrence: Recurrence | None = None
    stem: Convolution | None = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
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

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **RECURRENT, **STEM}


@fill_in(**TEXTS)
class RNNRegressor(_RecurrentRegressor):
    """Simple recurrent network for the regression of sequences.

    %(rnn)s

    %(regression_targets)s
    Targets per step need no `pooling`. With a `stem` they are learned and predicted at the last
    step of each of its windows.

    %(groups)s

    Parameters
    ----------
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
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
    %(rnn_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import RNNRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 2))
    >>> y = X[:, :, 0].sum(axis=1)
    >>> model = RNNRegressor(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    _cell = "rnn"


@fill_in(**TEXTS)
class LSTMRegressor(_RecurrentRegressor):
    """Long short-term memory network for the regression of sequences.

    %(lstm)s

    %(regression_targets)s
    Targets per step need no `pooling`. With a `stem` they are learned and predicted at the last
    step of each of its windows.

    %(groups)s

    Parameters
    ----------
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
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
    %(lstm_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import LSTMRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 2))
    >>> y = X[:, :, 0].sum(axis=1)
    >>> model = LSTMRegressor(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    _cell = "lstm"


@fill_in(**TEXTS)
class GRURegressor(_RecurrentRegressor):
    """Gated recurrent network for the regression of sequences.

    %(gru)s

    %(regression_targets)s
    Targets per step need no `pooling`. With a `stem` they are learned and predicted at the last
    step of each of its windows.

    %(groups)s

    Parameters
    ----------
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
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
    %(gru_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import GRURegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 2))
    >>> y = X[:, :, 0].sum(axis=1)
    >>> model = GRURegressor(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    _cell = "gru"
