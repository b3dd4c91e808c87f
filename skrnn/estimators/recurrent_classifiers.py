"""Recurrent classifiers."""

from __future__ import annotations

from skrnn._architectures.recurrent import RECURRENCE, RECURRENT, TEXTS, Recurrent
from skrnn._parameters import fill_in

from ._classifier import SequenceClassifier


class _RecurrentClassifier(Recurrent, SequenceClassifier):
    _parameter_constraints: dict = {**SequenceClassifier._parameter_constraints, **RECURRENT}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_layers=1,
        bidirectional=False,
        activation="tanh",
        layer_norm=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        recurrent_initializer="orthogonal",
        connections=None,
        conv_kernel_size=None,
        conv_stride=None,
        pooling="last",
        n_channels=None,
        class_weight=None,
        learning_rate=0.01,
        batch_size="auto",
        max_epochs="auto",
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        refit=False,
        warm_start=False,
        trainer=None,
        random_state=None,
        verbose=0,
    ):
        self.hidden_size = hidden_size
        self.n_layers = n_layers
        self.bidirectional = bidirectional
        self.activation = activation
        self.layer_norm = layer_norm
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.recurrent_initializer = recurrent_initializer
        self.connections = connections
        self.conv_kernel_size = conv_kernel_size
        self.conv_stride = conv_stride
        self.pooling = pooling
        self.n_channels = n_channels
        self.class_weight = class_weight
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.refit = refit
        self.warm_start = warm_start
        self.trainer = trainer
        self.random_state = random_state
        self.verbose = verbose


@fill_in(**TEXTS)
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
    _parameter_constraints: dict = {**_RecurrentClassifier._parameter_constraints, **RECURRENCE}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_layers=1,
        bidirectional=False,
        recurrence="hidden",
        output_size=None,
        activation="tanh",
        layer_norm=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        recurrent_initializer="orthogonal",
        connections=None,
        conv_kernel_size=None,
        conv_stride=None,
        pooling="last",
        n_channels=None,
        class_weight=None,
        learning_rate=0.01,
        batch_size="auto",
        max_epochs="auto",
        early_stopping=False,
        validation_fraction=0.1,
        n_iter_no_change=10,
        refit=False,
        warm_start=False,
        trainer=None,
        random_state=None,
        verbose=0,
    ):
        super().__init__(
            hidden_size=hidden_size,
            n_layers=n_layers,
            bidirectional=bidirectional,
            activation=activation,
            layer_norm=layer_norm,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            recurrent_initializer=recurrent_initializer,
            connections=connections,
            conv_kernel_size=conv_kernel_size,
            conv_stride=conv_stride,
            pooling=pooling,
            n_channels=n_channels,
            class_weight=class_weight,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_epochs=max_epochs,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            refit=refit,
            warm_start=warm_start,
            trainer=trainer,
            random_state=random_state,
            verbose=verbose,
        )
        self.recurrence = recurrence
        self.output_size = output_size


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
