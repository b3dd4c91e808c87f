"""Recurrent regressors."""

from __future__ import annotations

from skrnn._architectures.recurrent import RECURRENCE, RECURRENT, TEXTS, Recurrent
from skrnn._parameters import fill_in, parameters

from ._regressor import SequenceRegressor

TARGETS = """
    Targets are one number or vector per sequence, or one per step: `y` of shape (n_samples,),
    (n_samples, k), (n_samples, n_timesteps, k), or a list of (n_timesteps_i, k). Targets per step
    need no `pooling`; with `conv_kernel_size` they are learned and predicted at the last step of
    each window. Inputs and targets are standardised inside.
    """


@parameters
class _RecurrentRegressor(Recurrent, SequenceRegressor):
    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **RECURRENT}


@fill_in(**TEXTS, targets=TARGETS)
@parameters
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
    recurrence: str = "hidden"
    output_size: int | None = None
    _parameter_constraints = {**_RecurrentRegressor._parameter_constraints, **RECURRENCE}


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
