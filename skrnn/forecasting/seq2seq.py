"""Encoder-decoder for forecasting."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon

from skrnn._architectures.seq2seq import SEQ2SEQ, TEXTS, Seq2Seq
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in
from skrnn._groups import Covariates, Examples, Target
from skrnn._trainer import Trainer
from skrnn.nn import AttentionWeights
from skrnn.series import ForecastExamples, chunks
from skrnn.series.quantiles import LEVELS
from skrnn.training import Stream

from ._base import SequenceForecaster
from ._forecaster_texts import TEXTS as SHARED
from ._requests import known_ahead
from .engine.network import MAX_ORIGINS
from .frames.horizon import Horizon


@fill_in(**SHARED, **TEXTS)
@parameters
class Seq2SeqForecaster(Seq2Seq, SequenceForecaster):
    """Recurrent encoder-decoder that corrects a statistical baseline.

    %(hybrid)s

    An encoder reads the window of steps before the origin. A decoder returns the corrections of
    the steps of the horizon, as quantiles, one step after the other: it reads the median of each
    step to forecast the next one, and the known covariates of the step.

    %(seq2seq)s

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(seq2seq_settings)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(fitted)s

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

    window_length: int | str = "auto"
    strategy: str = "multioutput"
    sp: int | str = "auto"
    transform: str | None = "auto"
    baseline: str | None = "auto"
    normalization: str = "auto"
    covariates: Covariates | None = None
    examples: Examples | None = None
    target: Target | None = None
    cell: str = "lstm"
    hidden_size: int = 32
    n_layers: int = 1
    bidirectional: bool = False
    attention: str | None = None
    scheduled_sampling: float = 1.0
    dropout: float = 0.0
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

    _parameter_constraints = {**SequenceForecaster._parameter_constraints, **SEQ2SEQ}
    _test_networks = (
        {"hidden_size": 4},
        {"hidden_size": 4, "attention": "additive"},
        {"hidden_size": 4, "attention": "dot", "bidirectional": True, "scheduled_sampling": 0.5},
    )

    def _network_spec(self, plan, panel):
        return self._seq2seq_spec(
            input_size=panel.n_channels,
            n_targets=panel.n_targets,
            n_steps=plan.spec.horizon,
            n_quantiles=len(LEVELS),
            n_future=panel.n_known + (0 if plan.spec.baseline.is_level else panel.n_targets),
        )

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
        series, lengths = np.arange(history.panel.n_series), history.panel.lengths
        steps, known = np.arange(1, spec.horizon + 1), None
        if history.columns.n_known:
            horizon = Horizon(ForecastingHorizon(steps), history.index)
            known, rows = known_ahead(history, horizon, self._check_X(X=X), spec.horizon)
            known = self.fitted_.scaler.transform_known(known)[rows]
        examples = ForecastExamples(history.panel, (series, lengths), spec, history.normalizer)
        module, weights = AttentionWeights(self.module_), []
        for rows in chunks(len(series), MAX_ORIGINS):
            batch, _ = examples.gather_inputs(series[rows])
            if known is not None:
                batch = batch._replace(future=known[rows])
            weights.append(Stream(module, len(batch.x)).step(batch).reshape(-1, spec.window_length))
        index = history.index.with_times(pd.Index(np.tile(steps, len(series))))
        return pd.DataFrame(
            np.concatenate(weights),
            index=index.set_names([*index.names[:-1], "step"]),
            columns=spec.sampling_rate * np.arange(1 - spec.window_length, 1),
        )
