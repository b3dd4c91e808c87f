"""Recurrent forecasters."""

from __future__ import annotations

from typing import Any

from skrnn._architectures.recurrent import RECURRENT, TEXTS, WIDTH, WIDTH_OF_SEGMENTS, Recurrent
from skrnn._architectures.stem import AUTO_STEM, AUTO_STEM_TEXT
from skrnn._compat import StrOptions
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in, pooling
from skrnn._groups import Convolution, Covariates, Examples, Recurrence, Target
from skrnn._trainer import Trainer

from ._base import SequenceForecaster
from ._forecaster_texts import TEXTS as SHARED

TEXTS = {
    **SHARED,
    **TEXTS,
    "stem": AUTO_STEM_TEXT,
    "pooling": pooling("last"),
    "hidden_size": f"""
    hidden_size : int or "auto", default="auto"
        Width of a layer, in each direction. "auto" is {WIDTH}, or {WIDTH_OF_SEGMENTS} if the
        window is read in segments.
    """,
    "network": """
    The network reads the window of steps before the origin. From its last state it returns the
    corrections of all steps of the horizon, as quantiles, at once: a multi-horizon quantile
    recurrent forecaster [3]_.
    """,
    "wen": """
    .. [3] Wen, R. et al. (2017). A multi-horizon quantile recurrent forecaster. NIPS time series
       workshop.
    """,
}


@parameters
class _RecurrentForecaster(Recurrent, SequenceForecaster):
    window_length: int | str = "auto"
    strategy: str = "multioutput"
    sp: int | str = "auto"
    transform: str | None = "auto"
    baseline: str | None = "auto"
    normalization: str = "auto"
    covariates: Covariates | None = None
    examples: Examples | None = None
    target: Target | None = None
    hidden_size: int | str = "auto"
    n_layers: int = 1
    bidirectional: bool = False
    recurrence: Recurrence | None = None
    stem: Convolution | str | None = "auto"
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
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
        **RECURRENT,
        **AUTO_STEM,
        "hidden_size": [StrOptions({"auto"}), *RECURRENT["hidden_size"]],
    }


@fill_in(**TEXTS)
class RNNForecaster(_RecurrentForecaster):
    """Simple recurrent network that corrects a statistical baseline.

    %(hybrid)s

    %(network)s

    %(rnn)s

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
    %(pooling)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(fitted)s

    References
    ----------
    %(rnn_papers)s
    %(wen)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import RNNForecaster
    >>> y = load_airline()
    >>> forecaster = RNNForecaster(random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]')
    >>> forecaster.predict_interval(coverage=0.9).shape
    (3, 2)
    """

    _cell = "rnn"


@fill_in(**TEXTS)
class LSTMForecaster(_RecurrentForecaster):
    """Long short-term memory network that corrects a statistical baseline.

    %(hybrid)s

    %(network)s

    %(lstm)s

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
    %(pooling)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(fitted)s

    References
    ----------
    %(lstm_papers)s
    %(wen)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import LSTMForecaster
    >>> y = load_airline()
    >>> forecaster = LSTMForecaster(random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]')
    >>> forecaster.predict_interval(coverage=0.9).shape
    (3, 2)
    """

    _cell = "lstm"


@fill_in(**TEXTS)
class GRUForecaster(_RecurrentForecaster):
    """Gated recurrent network that corrects a statistical baseline.

    %(hybrid)s

    %(network)s

    %(gru)s

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(hidden_size)s
    %(recurrent)s
    %(stem)s
    %(dropout)s
    %(pooling)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(fitted)s

    References
    ----------
    %(gru_papers)s
    %(wen)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import GRUForecaster
    >>> y = load_airline()
    >>> forecaster = GRUForecaster(random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]')
    >>> forecaster.predict_interval(coverage=0.9).shape
    (3, 2)
    """

    _cell = "gru"
