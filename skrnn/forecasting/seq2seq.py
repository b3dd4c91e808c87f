"""Encoder-decoder for forecasting."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon

from skrnn._architectures.seq2seq import SEQ2SEQ, TEXTS, Seq2Seq
from skrnn._parameters import fill_in, parameters
from skrnn.nn import AttentionWeights
from skrnn.series import ForecastExamples
from skrnn.series.quantiles import LEVELS
from skrnn.training import predict_module, torch_generator

from ._base import SequenceForecaster
from .engine.iterate import Gathered
from .frames.horizon import Horizon


@fill_in(**TEXTS)
@parameters
class Seq2SeqForecaster(Seq2Seq, SequenceForecaster):
    """Recurrent encoder-decoder for forecasting.

    One global network for all series of `y`. An encoder reads a window, and a decoder writes the
    quantiles of the steps of the horizon one after the other, learned as a correction of a naive
    forecast in units that are normalised at the origin; the median of a step is what the next one
    reads. Missing values are masked in input and loss. The quantiles are calibrated on held-out
    origins.

    %(seq2seq)s

    Covariates known for the horizon are read by the decoder, each at its own step. Series, panels
    and hierarchies of unequal lengths, several targets, and covariates known for the past only
    are taken natively; `pretrain` on a panel and `fit` on one series keeps the weights. `predict`
    returns the median.

    Parameters
    ----------
    %(window)s
    %(seq2seq_settings)s
    %(forecast_training)s
    %(running)s

    Attributes
    ----------
    %(forecast_fitted)s

    References
    ----------
    %(seq2seq_papers)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import Seq2SeqForecaster
    >>> y = load_airline()
    >>> forecaster = Seq2SeqForecaster(attention="dot", random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]')
    >>> forecaster.attention_weights().shape
    (3, 24)
    """

    _parameter_constraints = {**SequenceForecaster._parameter_constraints, **SEQ2SEQ}

    def _build_module(self, plan, panel, seed):
        return self._make_seq2seq(
            torch_generator(seed),
            input_size=panel.n_channels,
            n_targets=panel.n_targets,
            n_steps=plan.spec.horizon,
            n_quantiles=len(LEVELS),
            n_future=panel.n_known + (0 if plan.spec.baseline is None else panel.n_targets),
        )

    def _reads_on(self, panel, spec):
        return False  # the encoder reads each window anew

    def attention_weights(self, X=None):
        """Return how much each step of a forecast has read of each step of the window.

        Parameters
        ----------
        X : pd.DataFrame, default=None
            Known covariates of the steps that the network forecasts at once, as for `predict`.

        Returns
        -------
        weights : pd.DataFrame
            A row for each of these steps from the end of the series, for a panel with its
            instance; a column for each step of the window, 0 for the last one observed. Rows sum
            to one.

        Raises
        ------
        ValueError
            If the network has no attention.
        """
        self.check_is_fitted()
        if self.module_.attention is None:
            raise ValueError(
                "attention_weights needs attention, but the network was trained with "
                "attention=None; train one with attention='additive' or 'dot'."
            )
        spec, history = self.plan_.spec, self._observed
        everyone = np.arange(history.panel.n_series)
        origins = everyone, history.panel.lengths
        batch, _ = ForecastExamples(history.panel, origins, spec, history.normalizer).gather_inputs(
            everyone
        )
        steps = np.arange(1, spec.horizon + 1)
        if history.columns.n_known:
            horizon = Horizon(ForecastingHorizon(steps), history.index)
            batch = batch._replace(future=self._known(horizon, self._check_X(X=X)))
        weights = predict_module(AttentionWeights(self.module_), Gathered(batch))
        index = history.index.with_times(pd.Index(np.tile(steps, len(everyone))))
        return pd.DataFrame(
            np.concatenate(weights),
            index=index.set_names([*index.names[:-1], "step"]),
            columns=spec.sampling_rate * np.arange(1 - spec.window_length, 1),
        )

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
            Settings: all steps at once, one step fed back with attention, and a network without
            the rules that look at the data that learns from its own predictions.
        """
        small = {"hidden_size": 4, "max_epochs": 2, "random_state": 0}
        bare = {"baseline": None, "transform": None, "sp": 4, "early_stopping": False}
        return [
            small,
            {**small, "strategy": "recursive", "window_length": 3, "attention": "additive"},
            {**small, **bare, "bidirectional": True, "attention": "dot", "scheduled_sampling": 0.5},
        ]
