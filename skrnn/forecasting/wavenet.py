"""WaveNet forecaster."""

from __future__ import annotations

from skrnn._architectures.wavenet import TEXTS, WAVENET, WaveNet
from skrnn._parameters import fill_in

from ._base import SequenceForecaster


@fill_in(**TEXTS)
class WaveNetForecaster(WaveNet, SequenceForecaster):
    """WaveNet for forecasting.

    One global network for all series of `y`. From what it has read of a window it returns all
    steps of the horizon and their quantiles at once, learned as a correction of a naive forecast
    in units that are normalised at the origin. Missing values are masked in input and loss. The
    quantiles are calibrated on held-out origins.

    %(wavenet)s

    Series, panels and hierarchies of unequal lengths, several targets, and covariates known for
    the horizon or for the past only are taken natively; `pretrain` on a panel and `fit` on one
    series keeps the weights. `predict` returns the median.

    Parameters
    ----------
    %(window)s
    %(layers)s
    %(pooling)s
    %(forecast_training)s
    %(running)s

    Attributes
    ----------
    %(wavenet_fitted)s
    %(forecast_fitted)s

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

    _parameter_constraints: dict = {**SequenceForecaster._parameter_constraints, **WAVENET}

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
        n_layers="auto",
        n_blocks=1,
        kernel_size=2,
        dropout=0.0,
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
        self.n_blocks = n_blocks
        self.kernel_size = kernel_size
        self.dropout = dropout
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
