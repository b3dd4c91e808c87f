"""Transformer forecaster."""

from __future__ import annotations

from skrnn._architectures.segments import AUTO_SEGMENTS, with_auto_segments
from skrnn._architectures.transformer import TEXTS, TRANSFORMER, Transformer
from skrnn._parameters import fill_in, parameters

from ._base import SequenceForecaster

TEXTS = with_auto_segments(TEXTS, "layers")
TEXTS["pooling"] = TEXTS["pooling"].replace('default="mean"', 'default="last"')


@fill_in(**TEXTS)
@parameters
class TransformerForecaster(Transformer, SequenceForecaster):
    """Transformer encoder for forecasting.

    One global network for all series of `y`. From what it has read of a window it returns all
    steps of the horizon and their quantiles at once, learned as a correction of a naive forecast
    in units that are normalised at the origin. Missing values are masked in input and loss. The
    quantiles are calibrated on held-out origins.

    %(transformer)s

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
    %(forecast_fitted)s

    References
    ----------
    %(transformer_papers)s
    .. [3] Nie, Y. et al. (2023). A time series is worth 64 words: long-term forecasting with
       Transformers. ICLR.

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

    pooling: str = "last"

    conv_kernel_size: int | str | None = "auto"
    _parameter_constraints = {
        **SequenceForecaster._parameter_constraints,
        **TRANSFORMER,
        **AUTO_SEGMENTS,
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
        small = {"hidden_size": 4, "n_layers": 1, "max_epochs": 2, "random_state": 0}
        return [
            small,
            {**small, "strategy": "recursive", "window_length": 3},
            {**small, "baseline": None, "transform": None, "sp": 4, "early_stopping": False},
        ]
