"""Recurrent regressors."""

from __future__ import annotations

from skrnn._architectures.recurrent import RECURRENCE, RECURRENT, TEXTS, Recurrent
from skrnn._parameters import fill_in

from ._regressor import SequenceRegressor

TARGETS = """
    Targets are one number or vector per sequence, or one per step: `y` of shape (n_samples,),
    (n_samples, k), (n_samples, n_timesteps, k), or a list of (n_timesteps_i, k). Targets per step
    need no `pooling`; with `conv_kernel_size` they are learned and predicted at the last step of
    each window. Inputs and targets are standardised inside.
    """


class _RecurrentRegressor(Recurrent, SequenceRegressor):
    _parameter_constraints: dict = {**SequenceRegressor._parameter_constraints, **RECURRENT}

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
        loss="squared_error",
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
        self.loss = loss
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

    def _predicted_steps(self, sequences):
        if self.conv_kernel_size is None:
            return sequences
        stride = self.conv_kernel_size if self.conv_stride is None else self.conv_stride
        return sequences.window_ends(self.conv_kernel_size, stride)


@fill_in(**TEXTS, targets=TARGETS)
class RNNRegressor(_RecurrentRegressor):
    """Simple recurrent network for the regression of sequences.

    %(rnn)s

    %(targets)s

    Parameters
    ----------
    %(recurrent)s
    %(recurrence)s
    %(settings)s
    %(input)s
    %(loss)s
    %(training)s
    %(stopping)s
    %(warm_start)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    n_outputs_ : int
        Number of targets per sequence or step.
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
    _parameter_constraints: dict = {**_RecurrentRegressor._parameter_constraints, **RECURRENCE}

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
        loss="squared_error",
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
            loss=loss,
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


@fill_in(**TEXTS, targets=TARGETS)
class LSTMRegressor(_RecurrentRegressor):
    """Long short-term memory network for the regression of sequences.

    %(lstm)s

    %(targets)s

    Parameters
    ----------
    %(recurrent)s
    %(settings)s
    %(input)s
    %(loss)s
    %(training)s
    %(stopping)s
    %(warm_start)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    n_outputs_ : int
        Number of targets per sequence or step.
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


@fill_in(**TEXTS, targets=TARGETS)
class GRURegressor(_RecurrentRegressor):
    """Gated recurrent network for the regression of sequences.

    %(gru)s

    %(targets)s

    Parameters
    ----------
    %(recurrent)s
    %(settings)s
    %(input)s
    %(loss)s
    %(training)s
    %(stopping)s
    %(warm_start)s
    %(running)s

    Attributes
    ----------
    module_ : torch.nn.Module
        The trained network.
    n_outputs_ : int
        Number of targets per sequence or step.
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
