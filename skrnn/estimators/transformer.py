"""Transformer regressor and classifier."""

from __future__ import annotations

from skrnn._architectures.transformer import TEXTS, TRANSFORMER, Transformer
from skrnn._parameters import fill_in

from ._classifier import SequenceClassifier
from ._regressor import SequenceRegressor


@fill_in(**TEXTS)
class TransformerRegressor(Transformer, SequenceRegressor):
    """Transformer encoder for the regression of sequences.

    %(transformer)s

    Targets are one number or vector per sequence, or one per step: `y` of shape (n_samples,),
    (n_samples, k), (n_samples, n_timesteps, k), or a list of (n_timesteps_i, k). With targets per
    step the attention is causal, a step reads itself and those before, and `pooling` is not
    needed; with `conv_kernel_size` they are learned and predicted at the last step of each window.
    Inputs and targets are standardised inside.

    Parameters
    ----------
    %(layers)s
    %(pooling)s
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
    %(transformer_papers)s
    .. [3] Nie, Y. et al. (2023). A time series is worth 64 words: long-term forecasting with
       Transformers. ICLR.

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

    _parameter_constraints: dict = {**SequenceRegressor._parameter_constraints, **TRANSFORMER}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_heads=4,
        n_layers=2,
        feedforward_size=None,
        dropout=0.0,
        conv_kernel_size=None,
        conv_stride=None,
        pooling="mean",
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
        self.n_heads = n_heads
        self.n_layers = n_layers
        self.feedforward_size = feedforward_size
        self.dropout = dropout
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


@fill_in(**TEXTS)
class TransformerClassifier(Transformer, SequenceClassifier):
    """Transformer encoder for the classification of sequences.

    %(transformer)s

    `y` has one label per sequence, of any type that scikit-learn takes. Inputs are standardised
    inside; the loss is the cross-entropy.

    Parameters
    ----------
    %(layers)s
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
    %(transformer_papers)s
    .. [3] Nie, Y. et al. (2023). A time series is worth 64 words: long-term forecasting with
       Transformers. ICLR.

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

    _parameter_constraints: dict = {**SequenceClassifier._parameter_constraints, **TRANSFORMER}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_heads=4,
        n_layers=2,
        feedforward_size=None,
        dropout=0.0,
        conv_kernel_size=None,
        conv_stride=None,
        pooling="mean",
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
        self.n_heads = n_heads
        self.n_layers = n_layers
        self.feedforward_size = feedforward_size
        self.dropout = dropout
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
