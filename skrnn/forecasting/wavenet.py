"""WaveNet forecaster."""

from __future__ import annotations

from typing import Any

from skrnn._architectures.wavenet import TEXTS, WAVENET, WaveNet
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in, pooling
from skrnn._groups import Covariates, Examples, Target
from skrnn._trainer import Trainer

from ._base import SequenceForecaster
from ._forecaster_texts import TEXTS as SHARED


@fill_in(**SHARED, **TEXTS, pooling=pooling("last"))
@parameters
class WaveNetForecaster(WaveNet, SequenceForecaster):
    """WaveNet that corrects a statistical baseline.

    %(hybrid)s

    The network reads the window of steps before the origin and returns the corrections of all
    steps of the horizon, as quantiles, at once.

    %(wavenet)s

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(layers)s
    %(pooling)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(wavenet_fitted)s
    %(fitted)s

    References
    ----------
    %(wavenet_papers)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import WaveNetForecaster
    >>> y = load_airline()
    >>> forecaster = WaveNetForecaster(random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]')
    >>> forecaster.predict_interval(coverage=0.9).shape
    (3, 2)
    """

    window_length: int | str = "auto"
    strategy: str = "multioutput"
    sp: int | str = "auto"
    transform: str | None = "auto"
    baseline: str | None = "auto"
    normalization: str = "auto"
    covariates: Covariates | None = None
    examples: Examples | None = None
    target: Target | None = None
    hidden_size: int = 32
    n_layers: int | str = "auto"
    n_blocks: int = 1
    kernel_size: int = 2
    dropout: float = 0.0
    pooling: str = "last"
    learning_rate: float = 0.01
    batch_size: int | str = "auto"
    max_epochs: int | str = "auto"
    early_stopping: bool = True
    validation_fraction: float = 0.2
    n_iter_no_change: int = 20
    refit: bool = True
    n_members: int = 1
    trainer: Trainer | None = None
    random_state: Any = None
    verbose: int = 0

    _parameter_constraints = {**SequenceForecaster._parameter_constraints, **WAVENET}
