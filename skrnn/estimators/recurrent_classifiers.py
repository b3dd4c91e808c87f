"""Recurrent classifiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skrnn._architectures.recurrent import RECURRENT, TEXTS, WIDTH, Recurrent
from skrnn._compat import StrOptions
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in
from skrnn._groups import Convolution, Inputs, Recurrence
from skrnn._trainer import Trainer

from ._classifier import SequenceClassifier
from ._estimator_texts import TEXTS as SHARED
from ._long_sequences import ENCODERS, LONG_SEQUENCES, LongSequences
from ._long_sequences import TEXTS as OF_LONG_SEQUENCES

TEXTS = {
    **SHARED,
    **TEXTS,
    **OF_LONG_SEQUENCES,
    "recurrent": TEXTS["recurrent"].replace(
        """bidirectional : bool, default=False
        Whether to read the sequence also from its end.""",
        """bidirectional : bool or "auto", default="auto"
        Whether to read the sequence also from its end. "auto" does so after the convolutions of
        ``stem="auto"``.""",
    ),
    "dropout": TEXTS["dropout"].replace(
        """dropout : float, default=0.0
        Fraction of the outputs of each layer that is dropped in training, in [0, 1), drawn again
        at each step.""",
        """dropout : float or "auto", default="auto"
        Fraction of the outputs of each layer that is dropped in training, in [0, 1), drawn again
        at each step. "auto" is 0.3 after the convolutions of ``stem="auto"``, otherwise 0.""",
        1,
    ),
    "pooling": """
    pooling : {"auto", "last", "mean", "attention"}, default="auto"
        What the output is computed from: the last step (of each direction), the mean over the
        steps, or a mean with learned weights (Yang et al., 2016). "auto" is "mean" after the
        convolutions of ``stem="auto"``, and "last" without them.
    """,
    "hidden_size": f"""
    hidden_size : int, default={WIDTH}
        Width of a layer, in each direction.
    """,
}


@parameters
class _RecurrentClassifier(LongSequences, Recurrent, SequenceClassifier):
    hidden_size: int = 32
    n_layers: int = 1
    bidirectional: bool | str = "auto"
    recurrence: Recurrence | None = None
    stem: Convolution | str | None = "auto"
    dropout: float | str = "auto"
    recurrent_dropout: float = 0.0
    pooling: str = "auto"
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
        **RECURRENT,
        **LONG_SEQUENCES,
        **{name: [StrOptions({"auto"}), *RECURRENT[name]] for name in ENCODERS},
    }


@fill_in(**TEXTS)
class RNNClassifier(_RecurrentClassifier):
    """Simple recurrent network for the classification of sequences.

    %(rnn)s

    %(labels)s

    %(groups)s

    Parameters
    ----------
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
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
    %(rnn_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import RNNClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 1))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    >>> model = RNNClassifier(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    _cell = "rnn"


@fill_in(**TEXTS)
class LSTMClassifier(_RecurrentClassifier):
    """Long short-term memory network for the classification of sequences.

    %(lstm)s

    %(labels)s

    %(groups)s

    Parameters
    ----------
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
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
    %(lstm_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import LSTMClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 1))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    >>> model = LSTMClassifier(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    _cell = "lstm"


@fill_in(**TEXTS)
class GRUClassifier(_RecurrentClassifier):
    """Gated recurrent network for the classification of sequences.

    %(gru)s

    %(labels)s

    %(groups)s

    Parameters
    ----------
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
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
    %(gru_papers)s

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import GRUClassifier
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 10, 1))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    >>> model = GRUClassifier(random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    _cell = "gru"
