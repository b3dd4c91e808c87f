"""Regressor and classifier around a network of the user's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skrnn._architectures.module import CONTRACT, MODULE, OwnModule, module_text
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in
from skrnn._groups import Inputs
from skrnn._trainer import Trainer
from skrnn.nn import OwnModuleSpec
from skrnn.training import one_thread, resolve_device, torch_generator
from skrnn.training.tensors import inputs_to

from ._base import SequenceEstimator
from ._classifier import SequenceClassifier
from ._estimator_texts import TEXTS as SHARED
from ._regressor import SequenceRegressor

ROWS_TO_TRY = 4
TEXTS = {
    **SHARED,
    "contract": CONTRACT,
    "module": module_text("input_size=..., output_size=..."),
    "module_fitted": """
    module_ : torch.nn.Module
        The trained network, wrapped for the training; ``module_.module`` is the network that
        `module` has returned.
    """,
}


class _OwnModuleEstimator(OwnModule, SequenceEstimator):
    """Build the network of the user, and try it before it is trained."""

    _scores = False  # whether the outputs are scores of classes

    @one_thread()
    def _check_network(self, data, settings, seed):
        """Run the network on a few rows, the shortest and the longest among them."""
        order = np.argsort(data.inputs.lengths, kind="stable")
        rows = order[np.linspace(0, len(order) - 1, ROWS_TO_TRY).astype(int)]
        batch = self._encode_inputs(data.inputs).gather(rows)
        self._try_network(
            torch_generator(seed),
            inputs_to(batch, resolve_device(settings.device), settings.dtype),
            self._known(),
            output_size=self._n_outputs,
            per_step=self._per_step,
            scores=self._scores,
        )

    def _known(self):
        """Return what is known from the data, for the constructor of the network."""
        return {"input_size": self._n_channels_read, "output_size": self._n_outputs}

    def _network_spec(self):
        return OwnModuleSpec(self.module, dict(self.module_params or {}), self._known())

    def _step_outputs(self, x, state):
        check_is_fitted(self)
        raise ValueError(
            "predict_step needs a network that goes on from a state, which a network of your own "
            "is not known to do; use predict with the sequences up to the step."
        )


@fill_in(**TEXTS)
@parameters
class ModuleRegressor(_OwnModuleEstimator, SequenceRegressor):
    """Regression of sequences by a network of your own.

    Any ``torch.nn.Module`` is trained and evaluated in the same way as the networks of this
    package: scaling, batches, schedule, early stopping, refit, sample weights, warm starts, pickles
    and searches. Its ``forward(x)`` gets the standardised sequences ``x (n, n_timesteps,
    n_channels)`` and returns ``(n, n_outputs)``, or ``(n, n_timesteps, n_outputs)`` for targets per
    step. If its constructor has an argument `per_step`, that says which.

    %(contract)s

    %(groups)s

    Parameters
    ----------
    %(module)s
    %(n_channels)s
    %(loss)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(module_fitted)s
    n_outputs_ : int
        Number of targets per sequence or step.
    %(fitted)s

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> from skrnn import ModuleRegressor
    >>> class MyNet(nn.Module):
    ...     def __init__(self, input_size, output_size, width=16):
    ...         super().__init__()
    ...         self.rnn = nn.GRU(input_size, width, batch_first=True)
    ...         self.out = nn.Linear(width, output_size)
    ...
    ...     def forward(self, x):
    ...         h, _ = self.rnn(x)
    ...         return self.out(h[:, -1])
    >>> X = np.random.default_rng(0).normal(size=(200, 10, 2))
    >>> y = X[:, :, 0].sum(axis=1)
    >>> model = ModuleRegressor(module=MyNet, module_params={"width": 32}, random_state=0)
    >>> bool(model.fit(X[:150], y[:150]).score(X[150:], y[150:]) > 0.8)
    True
    """

    module: Any = None
    module_params: dict | None = None
    n_channels: int | None = None
    inputs: Inputs | None = None
    loss: str | Callable = "squared_error"
    quantile: float | None = None
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

    _parameter_constraints = {**SequenceRegressor._parameter_constraints, **MODULE}

    def _known(self):
        return {**super()._known(), "per_step": self._per_step}

    def _sample(self, X, n_samples):
        check_is_fitted(self)
        if not self.module_.has_dropout:
            raise ValueError(
                "return_std=True needs dropout, but the network has none; give it a layer "
                "nn.Dropout(p) with p above 0."
            )
        return super()._sample(X, n_samples)


@fill_in(**TEXTS)
@parameters
class ModuleClassifier(_OwnModuleEstimator, SequenceClassifier):
    """Classification of sequences by a network of your own.

    Any ``torch.nn.Module`` is trained and evaluated in the same way as the networks of this
    package: scaling, batches, schedule, early stopping, refit, sample weights, warm starts, pickles
    and searches. Its ``forward(x)`` gets the standardised sequences ``x (n, n_timesteps,
    n_channels)`` and returns one score for each class, ``(n, n_classes)``, without softmax.

    %(contract)s

    %(groups)s

    Parameters
    ----------
    %(module)s
    %(n_channels)s
    %(class_weight)s
    %(classification_loss)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(module_fitted)s
    classes_ : ndarray of shape (n_classes,)
        Labels.
    %(fitted)s

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> from skrnn import ModuleClassifier
    >>> class MyNet(nn.Module):
    ...     def __init__(self, input_size, output_size):
    ...         super().__init__()
    ...         self.rnn = nn.GRU(input_size, 16, batch_first=True)
    ...         self.out = nn.Linear(16, output_size)
    ...
    ...     def forward(self, x):
    ...         h, _ = self.rnn(x)
    ...         return self.out(h[:, -1])
    >>> X = np.random.default_rng(0).normal(size=(200, 10, 2))
    >>> y = np.where(X[:, :, 0].sum(axis=1) > 0, "up", "down")
    >>> model = ModuleClassifier(module=MyNet, random_state=0).fit(X[:150], y[:150])
    >>> bool(model.score(X[150:], y[150:]) > 0.8)
    True
    """

    module: Any = None
    module_params: dict | None = None
    n_channels: int | None = None
    inputs: Inputs | None = None
    class_weight: Any = None
    loss: str | Callable = "cross_entropy"
    label_smoothing: float = 0.0
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

    _parameter_constraints = {**SequenceClassifier._parameter_constraints, **MODULE}
    _scores = True
