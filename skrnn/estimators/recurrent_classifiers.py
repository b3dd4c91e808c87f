"""Recurrent classifiers."""

from __future__ import annotations

from skrnn._parameters import fill_in

from ._classifier import SequenceClassifier
from ._recurrent import ACTIVATION, CONSTRAINTS, recurrent_model


class _RecurrentClassifier(SequenceClassifier):
    _cell: str
    _parameter_constraints: dict = {**SequenceClassifier._parameter_constraints, **CONSTRAINTS}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_layers=1,
        bidirectional=False,
        dropout=0.0,
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
        self.dropout = dropout
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

    def _build_module(self, seed):
        return recurrent_model(self, seed, output_size=len(self.classes_), per_step=False)


@fill_in()
class RNNClassifier(_RecurrentClassifier):
    r"""Simple recurrent network (Elman) for the classification of sequences.

    The hidden state is :math:`h_t = \phi(W_x x_t + W_h h_{t-1} + b)` [1]_.
    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(recurrent)s
    %(bidirectional)s
    %(dropout)s
    %(activation)s
    %(pooling)s
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
    .. [1] Elman, J. L. (1990). Finding structure in time. Cognitive Science 14.

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
    _parameter_constraints: dict = {**_RecurrentClassifier._parameter_constraints, **ACTIVATION}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_layers=1,
        bidirectional=False,
        dropout=0.0,
        activation="tanh",
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
            dropout=dropout,
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
        self.activation = activation


@fill_in()
class LSTMClassifier(_RecurrentClassifier):
    r"""Long short-term memory network for the classification of sequences.

    Three gates decide what the cell :math:`c_t = f_t \odot c_{t-1} + i_t \odot g_t` forgets, takes
    in and shows as :math:`h_t = o_t \odot \tanh(c_t)` [1]_ [2]_; the forget gate starts open
    (bias 1).
    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(recurrent)s
    %(bidirectional)s
    %(dropout)s
    %(pooling)s
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
    .. [1] Hochreiter, S., Schmidhuber, J. (1997). Long short-term memory. Neural Computation 9.
    .. [2] Gers, F., Schmidhuber, J., Cummins, F. (2000). Learning to forget: continual prediction
       with LSTM. Neural Computation 12.

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


@fill_in()
class GRUClassifier(_RecurrentClassifier):
    r"""Gated recurrent network for the classification of sequences.

    An update gate mixes old state and candidate, :math:`h_t = z_t \odot h_{t-1} + (1 - z_t) \odot
    n_t`, and a reset gate :math:`r_t` acts inside the candidate, after the matrix product:
    :math:`n_t = \tanh(W_x x_t + r_t \odot (W_h h_{t-1} + b))` [1]_. The original paper resets
    before the product and lets :math:`1 - z` play the part of :math:`z`.
    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(recurrent)s
    %(bidirectional)s
    %(dropout)s
    %(pooling)s
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
    .. [1] Cho, K. et al. (2014). Learning phrase representations using RNN encoder-decoder for
       statistical machine translation. EMNLP.

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
