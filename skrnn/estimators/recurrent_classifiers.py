"""Recurrent classifiers."""

from __future__ import annotations

from skrnn._architectures.recurrent import RECURRENCE, RECURRENT, TEXTS, Recurrent
from skrnn._parameters import fill_in, parameters

from ._classifier import SequenceClassifier


@parameters
class _RecurrentClassifier(Recurrent, SequenceClassifier):
    _parameter_constraints = {**SequenceClassifier._parameter_constraints, **RECURRENT}


@fill_in(**TEXTS)
@parameters
class RNNClassifier(_RecurrentClassifier):
    """Simple recurrent network for the classification of sequences.

    %(rnn)s

    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(recurrent)s
    %(recurrence)s
    %(settings)s
    %(input)s
    %(class_weight)s
    %(training)s
    %(stopping)s
    %(warm_start)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
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
    recurrence: str = "hidden"
    output_size: int | None = None
    _parameter_constraints = {**_RecurrentClassifier._parameter_constraints, **RECURRENCE}


@fill_in(**TEXTS)
class LSTMClassifier(_RecurrentClassifier):
    """Long short-term memory network for the classification of sequences.

    %(lstm)s

    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(recurrent)s
    %(settings)s
    %(input)s
    %(class_weight)s
    %(training)s
    %(stopping)s
    %(warm_start)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
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

    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(recurrent)s
    %(settings)s
    %(input)s
    %(class_weight)s
    %(training)s
    %(stopping)s
    %(warm_start)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.
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
