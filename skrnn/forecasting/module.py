"""Forecaster around a network of the user's own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skrnn._architectures.module import MODULE, TEXTS, OwnModule
from skrnn._parameters import fill_in, parameters
from skrnn.nn import LoopNetwork, construct, with_head
from skrnn.series import ForecastExamples, Normalizer
from skrnn.series.quantiles import LEVELS
from skrnn.training import resolve_device, torch_generator
from skrnn.training.tensors import inputs_to

from ._base import SequenceForecaster

ROWS_TO_TRY = 4
TEXTS = {
    **TEXTS,
    "module": TEXTS["module"] % {"sizes": "input_size=...", "which": "the number of channels"},
}


@fill_in(**TEXTS)
@parameters
class ModuleForecaster(OwnModule, SequenceForecaster):
    """Forecasts by a network of your own.

    One global network for all series of `y`. Its ``forward(x)`` reads the window up to the origin,
    ``x (n, window_length, n_channels)``: the targets in units that are normalised at the origin, a
    mask of their observed steps for each of them, and the covariates. It returns features
    ``(n, w)`` of any width w. A layer of this package turns them, and the covariates known for the
    horizon, into all steps of the horizon and their quantiles, as a correction of a naive
    forecast; the quantiles are calibrated on held-out origins.

    %(contract)s `past` has the covariates of the window, which are the last channels of `x`, too,
    and `future` those known for the horizon.

    Series, panels and hierarchies of unequal lengths, several targets, and covariates known for
    the horizon or for the past only are taken natively; `pretrain` on a panel and `fit` on one
    series keeps the weights. `predict` returns the median.

    Parameters
    ----------
    %(window)s
    %(module)s
    %(forecast_training)s
    %(running)s

    Attributes
    ----------
    %(forecast_fitted)s

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from torch import nn
    >>> from skrnn.forecasting import ModuleForecaster
    >>> class MyNet(nn.Module):
    ...     def __init__(self, input_size, width=16):
    ...         super().__init__()
    ...         self.rnn = nn.GRU(input_size, width, batch_first=True)
    ...
    ...     def forward(self, x):
    ...         h, _ = self.rnn(x)
    ...         return h[:, -1]
    >>> y = load_airline()
    >>> forecaster = ModuleForecaster(module=MyNet, random_state=0).fit(y, fh=[1, 2, 3])
    >>> forecaster.predict().index
    PeriodIndex(['1961-01', '1961-02', '1961-03'], dtype='period[M]')
    """

    _parameter_constraints = {**SequenceForecaster._parameter_constraints, **MODULE}

    def _build_module(self, plan, panel, seed):
        known = {"input_size": panel.n_channels}
        batch = self._rows_to_try(plan, panel)
        width = self._try_network(torch_generator(seed), batch, known, padded=False)
        generator = torch_generator(seed)
        network = construct(self.module, self.module_params, generator=generator, **known)
        return with_head(
            network,
            width,
            horizon=plan.spec.horizon,
            n_targets=panel.n_targets,
            n_quantiles=len(LEVELS),
            n_future=panel.n_known,
            reads_baseline=plan.spec.baseline is not None,
            generator=generator,
        )

    def _rows_to_try(self, plan, panel):
        """Return the windows at the ends of a few series, or at a few places of a single one."""
        series = np.linspace(0, panel.n_series - 1, ROWS_TO_TRY).astype(int)
        origin = np.maximum(panel.lengths[series] - np.arange(ROWS_TO_TRY), 1)
        shape, normalizer = replace(plan.spec, baseline=None), Normalizer(panel, plan.spec.season)
        examples = ForecastExamples(panel, (series, origin), shape, normalizer)
        batch, _ = examples.gather_inputs(np.arange(ROWS_TO_TRY))
        settings = self._settings(ROWS_TO_TRY, plan)
        return inputs_to(batch, resolve_device(settings.device), settings.dtype)

    def _reads_on(self, panel, spec):
        """Nothing is known of a state that could be continued."""
        return False

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
        small = {
            "module": LoopNetwork,
            "module_params": {"output_size": 4},
            "max_epochs": 2,
            "random_state": 0,
        }
        return [
            small,
            {**small, "strategy": "recursive", "window_length": 3},
            {**small, "baseline": None, "transform": None, "sp": 4, "early_stopping": False},
        ]
