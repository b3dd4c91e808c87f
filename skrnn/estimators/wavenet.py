"""WaveNet regressor and classifier."""

from __future__ import annotations

from skrnn._architectures.wavenet import TEXTS, WAVENET, WaveNet
from skrnn._parameters import fill_in

from ._classifier import SequenceClassifier
from ._regressor import SequenceRegressor

POOLING = TEXTS["pooling"].replace('default="last"', 'default="mean"')


@fill_in(**TEXTS)
class WaveNetRegressor(WaveNet, SequenceRegressor):
    """WaveNet for the regression of sequences.

    %(wavenet)s

    Targets are one number or vector per sequence, or one per step: `y` of shape (n_samples,),
    (n_samples, k), (n_samples, n_timesteps, k), or a list of (n_timesteps_i, k). Targets per step
    need no `pooling`. Inputs and targets are standardised inside.

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

    _parameter_constraints: dict = {**SequenceRegressor._parameter_constraints, **WAVENET}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_layers="auto",
        n_blocks=1,
        kernel_size=2,
        dropout=0.0,
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
        self.n_blocks = n_blocks
        self.kernel_size = kernel_size
        self.dropout = dropout
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


@fill_in(**{**TEXTS, "pooling": POOLING})
class WaveNetClassifier(WaveNet, SequenceClassifier):
    """WaveNet for the classification of sequences.

    %(wavenet)s

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

    _parameter_constraints: dict = {**SequenceClassifier._parameter_constraints, **WAVENET}

    def __init__(
        self,
        *,
        hidden_size=32,
        n_layers="auto",
        n_blocks=1,
        kernel_size=2,
        dropout=0.0,
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
        self.n_layers = n_layers
        self.n_blocks = n_blocks
        self.kernel_size = kernel_size
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
