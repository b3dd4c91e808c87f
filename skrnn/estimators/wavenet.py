"""WaveNet regressor and classifier."""

from __future__ import annotations

from skrnn._architectures.wavenet import TEXTS, WAVENET, WaveNet
from skrnn._parameters import fill_in, parameters

from ._classifier import SequenceClassifier
from ._regressor import SequenceRegressor

POOLING = TEXTS["pooling"].replace('default="last"', 'default="mean"')


@fill_in(**TEXTS)
@parameters
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

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **WAVENET}


@fill_in(**{**TEXTS, "pooling": POOLING})
@parameters
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

    pooling: str = "mean"

    _parameter_constraints = {**SequenceClassifier._parameter_constraints, **WAVENET}
