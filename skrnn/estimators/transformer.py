"""Transformer regressor and classifier."""

from __future__ import annotations

from skrnn._architectures.transformer import TEXTS, TRANSFORMER, Transformer
from skrnn._parameters import fill_in, parameters

from ._classifier import SequenceClassifier
from ._regressor import SequenceRegressor


@fill_in(**TEXTS)
@parameters
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

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **TRANSFORMER}


@fill_in(**TEXTS)
@parameters
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

    _parameter_constraints = {**SequenceClassifier._parameter_constraints, **TRANSFORMER}
