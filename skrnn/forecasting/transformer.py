"""Transformer forecaster."""

from __future__ import annotations

from typing import Any

from skrnn._architectures.stem import AUTO_STEM, AUTO_STEM_TEXT
from skrnn._architectures.transformer import TEXTS, TRANSFORMER, Transformer
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in, pooling
from skrnn._groups import Convolution, Covariates, Examples, Target
from skrnn._trainer import Trainer

from ._base import SequenceForecaster
from ._forecaster_texts import TEXTS as SHARED


@fill_in(**SHARED, **TEXTS, stem=AUTO_STEM_TEXT, pooling=pooling("last"))
@parameters
class TransformerForecaster(Transformer, SequenceForecaster):
    """Transformer encoder that corrects a statistical baseline.

    %(hybrid)s

    The network reads the window of steps before the origin, long windows in segments [3]_, and
    returns the corrections of all steps of the horizon, as quantiles, at once.

    %(transformer)s

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(layers)s
    %(stem)s
    %(pooling)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(fitted)s

    References
    ----------
    %(transformer_papers)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import TransformerForecaster
    >>> y = load_airline()
    >>> forecaster = TransformerForecaster(random_state=0).fit(y, fh=[1, 2, 3])
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
    n_heads: int = 4
    n_layers: int = 2
    feedforward_size: int | None = None
    dropout: float = 0.0
    stem: Convolution | str | None = "auto"
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

    _parameter_constraints = {
        **SequenceForecaster._parameter_constraints,
        **TRANSFORMER,
        **AUTO_STEM,
    }
    _test_networks = ({"hidden_size": 4, "n_layers": 1},) * 3
