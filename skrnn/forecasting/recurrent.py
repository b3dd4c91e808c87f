"""Recurrent forecasters."""

from __future__ import annotations

from skrnn._architectures.recurrent import RECURRENCE, RECURRENT, TEXTS, Recurrent
from skrnn._parameters import fill_in

from ._base import SequenceForecaster


class _RecurrentForecaster(Recurrent, SequenceForecaster):
    _parameter_constraints: dict = {**SequenceForecaster._parameter_constraints, **RECURRENT}

    def __init__(
        self,
        *,
        window_length="auto",
        sampling_rate=1,
        strategy="multioutput",
        block_length=1,
        origins="all",
        origin_half_life=None,
        sp="auto",
        transform="auto",
        anchor="auto",
        past_columns=None,
        hidden_size=32,
        n_layers=1,
        bidirectional=False,
        activation="tanh",
        layer_norm=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        recurrent_initializer="orthogonal",
        connections=None,
        conv_kernel_size=None,
        conv_stride=None,
        pooling="last",
        learning_rate=0.01,
        batch_size="auto",
        max_epochs="auto",
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=20,
        refit=True,
        trainer=None,
        random_state=None,
        verbose=0,
    ):
        self.window_length = window_length
        self.sampling_rate = sampling_rate
        self.strategy = strategy
        self.block_length = block_length
        self.origins = origins
        self.origin_half_life = origin_half_life
        self.sp = sp
        self.transform = transform
        self.anchor = anchor
        self.past_columns = past_columns
        self.hidden_size = hidden_size
        self.n_layers = n_layers
        self.bidirectional = bidirectional
        self.activation = activation
        self.layer_norm = layer_norm
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.recurrent_initializer = recurrent_initializer
        self.connections = connections
        self.conv_kernel_size = conv_kernel_size
        self.conv_stride = conv_stride
        self.pooling = pooling
        self.learning_rate = learning_rate
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.refit = refit
        self.trainer = trainer
        self.random_state = random_state
        self.verbose = verbose
        super().__init__()

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
            {**small, "anchor": None, "transform": None, "sp": 4, "early_stopping": False},
        ]


@fill_in(**TEXTS)
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
    _parameter_constraints: dict = {**_RecurrentForecaster._parameter_constraints, **RECURRENCE}

    def __init__(
        self,
        *,
        window_length="auto",
        sampling_rate=1,
        strategy="multioutput",
        block_length=1,
        origins="all",
        origin_half_life=None,
        sp="auto",
        transform="auto",
        anchor="auto",
        past_columns=None,
        hidden_size=32,
        n_layers=1,
        bidirectional=False,
        recurrence="hidden",
        output_size=None,
        activation="tanh",
        layer_norm=False,
        dropout=0.0,
        recurrent_dropout=0.0,
        recurrent_initializer="orthogonal",
        connections=None,
        conv_kernel_size=None,
        conv_stride=None,
        pooling="last",
        learning_rate=0.01,
        batch_size="auto",
        max_epochs="auto",
        early_stopping=True,
        validation_fraction=0.2,
        n_iter_no_change=20,
        refit=True,
        trainer=None,
        random_state=None,
        verbose=0,
    ):
        self.recurrence = recurrence
        self.output_size = output_size
        super().__init__(
            window_length=window_length,
            sampling_rate=sampling_rate,
            strategy=strategy,
            block_length=block_length,
            origins=origins,
            origin_half_life=origin_half_life,
            sp=sp,
            transform=transform,
            anchor=anchor,
            past_columns=past_columns,
            hidden_size=hidden_size,
            n_layers=n_layers,
            bidirectional=bidirectional,
            activation=activation,
            layer_norm=layer_norm,
            dropout=dropout,
            recurrent_dropout=recurrent_dropout,
            recurrent_initializer=recurrent_initializer,
            connections=connections,
            conv_kernel_size=conv_kernel_size,
            conv_stride=conv_stride,
            pooling=pooling,
            learning_rate=learning_rate,
            batch_size=batch_size,
            max_epochs=max_epochs,
            early_stopping=early_stopping,
            validation_fraction=validation_fraction,
            n_iter_no_change=n_iter_no_change,
            refit=refit,
            trainer=trainer,
            random_state=random_state,
            verbose=verbose,
        )


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
