"""Recurrent forecasters."""

from __future__ import annotations

from skrnn._architectures.recurrent import (
    RECURRENCE,
    RECURRENT,
    TEXTS,
    WIDTH,
    WIDTH_OF_SEGMENTS,
    Recurrent,
)
from skrnn._architectures.segments import AUTO_SEGMENTS, with_auto_segments
from skrnn._compat import StrOptions
from skrnn._parameters import fill_in, parameters

from ._base import SequenceForecaster

TEXTS = with_auto_segments(TEXTS, "settings")
TEXTS["recurrent"] = TEXTS["recurrent"].replace(
    """hidden_size : int, default=32
        Width of a layer, in each direction.""",
    f"""hidden_size : int or "auto", default="auto"
        Width of a layer, in each direction. "auto" is {WIDTH}, or {WIDTH_OF_SEGMENTS} where long
        windows are read in segments.""",
)


@parameters
class _RecurrentForecaster(Recurrent, SequenceForecaster):
    hidden_size: int | str = "auto"
    conv_kernel_size: int | str | None = "auto"
    _parameter_constraints = {
        **SequenceForecaster._parameter_constraints,
        **RECURRENT,
        **AUTO_SEGMENTS,
        "hidden_size": [StrOptions({"auto"}), *RECURRENT["hidden_size"]],
    }

    @classmethod
    def get_test_params(cls, parameter_set="default"):
        """Return small settings for tests.

        Parameters
        ----------
        parameter_set : str, default="default"
            Name of the set.

        Returns
        -------
        params : list of dict
            Settings: all steps at once, one step fed back, and a network without the rules that
            look at the data.
        """
        small = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}
        return [
            small,
            {**small, "strategy": "recursive", "window_length": 3},
            {**small, "baseline": None, "transform": None, "sp": 4, "early_stopping": False},
        ]


@fill_in(**TEXTS)
@parameters
class RNNForecaster(_RecurrentForecaster):
    """Simple recurrent network for forecasting.

    One global network for all series of `y`. From the state at the end of a window it returns all
    steps of the horizon and their quantiles at once, as a multi-horizon quantile recurrent
    forecaster does [3]_, learned as a correction of a naive forecast in units that are normalised
    at the origin. Missing values are masked in input and loss. The quantiles are calibrated on
    held-out origins.

    %(rnn)s

    Series, panels and hierarchies of unequal lengths, several targets, and covariates known for
    the horizon or for the past only are taken natively; `pretrain` on a panel and `fit` on one
    series keeps the weights. `predict` returns the median.

    Parameters
    ----------
    %(window)s
    %(recurrent)s
    %(recurrence)s
    %(settings)s
    %(forecast_training)s
    %(running)s

    Attributes
    ----------
    %(forecast_fitted)s

    References
    ----------
    %(rnn_papers)s
    .. [3] Wen, R. et al. (2017). A multi-horizon quantile recurrent forecaster. NIPS time series
       workshop.

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
    recurrence: str = "hidden"
    output_size: int | None = None
    _parameter_constraints = {**_RecurrentForecaster._parameter_constraints, **RECURRENCE}


@fill_in(**TEXTS)
class LSTMForecaster(_RecurrentForecaster):
    """Long short-term memory network for forecasting.

    One global network for all series of `y`. From the state at the end of a window it returns all
    steps of the horizon and their quantiles at once, as a multi-horizon quantile recurrent
    forecaster does [3]_, learned as a correction of a naive forecast in units that are normalised
    at the origin. Missing values are masked in input and loss. The quantiles are calibrated on
    held-out origins.

    %(lstm)s

    Series, panels and hierarchies of unequal lengths, several targets, and covariates known for
    the horizon or for the past only are taken natively; `pretrain` on a panel and `fit` on one
    series keeps the weights. `predict` returns the median.

    Parameters
    ----------
    %(window)s
    %(recurrent)s
    %(settings)s
    %(forecast_training)s
    %(running)s

    Attributes
    ----------
    %(forecast_fitted)s

    References
    ----------
    %(lstm_papers)s
    .. [3] Wen, R. et al. (2017). A multi-horizon quantile recurrent forecaster. NIPS time series
       workshop.

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
    """Gated recurrent network for forecasting.

    One global network for all series of `y`. From the state at the end of a window it returns all
    steps of the horizon and their quantiles at once, as a multi-horizon quantile recurrent
    forecaster does [3]_, learned as a correction of a naive forecast in units that are normalised
    at the origin. Missing values are masked in input and loss. The quantiles are calibrated on
    held-out origins.

    %(gru)s

    Series, panels and hierarchies of unequal lengths, several targets, and covariates known for
    the horizon or for the past only are taken natively; `pretrain` on a panel and `fit` on one
    series keeps the weights. `predict` returns the median.

    Parameters
    ----------
    %(window)s
    %(recurrent)s
    %(settings)s
    %(forecast_training)s
    %(running)s

    Attributes
    ----------
    %(forecast_fitted)s

    References
    ----------
    %(gru_papers)s
    .. [3] Wen, R. et al. (2017). A multi-horizon quantile recurrent forecaster. NIPS time series
       workshop.

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
