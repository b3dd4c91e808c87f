"""Forecaster around a network of the user's own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from skrnn._architectures.module import CONTRACT, MODULE, OwnModule, module_text
from skrnn._constructors import parameters
from skrnn._docstrings import fill_in
from skrnn._groups import Covariates, Examples, Target
from skrnn._trainer import Trainer
from skrnn.baselines import Level
from skrnn.nn import HeadSpec, LoopNetwork, OwnModuleSpec
from skrnn.series import ForecastExamples, Normalizer
from skrnn.training import one_thread, resolve_device, torch_generator
from skrnn.training.tensors import inputs_to

from ._base import SequenceForecaster
from ._forecaster_texts import TEXTS as SHARED

ROWS_TO_TRY = 4
MODULE_TEXT = module_text("input_size=...")


@fill_in(**SHARED, contract=CONTRACT, module=MODULE_TEXT)
@parameters
class ModuleForecaster(OwnModule, SequenceForecaster):
    """Network of your own that corrects a statistical baseline.

    %(hybrid)s

    Your network's ``forward(x)`` reads the window of steps before the origin, ``x (n,
    window_length, n_channels)``: the targets in units that are normalised at the origin, a mask of
    the observed steps of each target, and the covariates. It returns features ``(n, w)`` of any
    width w. A layer of this package maps them, and the covariates known for the horizon, to the
    corrections of all steps of the horizon, as quantiles.

    %(contract)s
    `past` has the covariates of the window, which are also the last channels of `x`,
    and `future` those known for the horizon.

    %(data)s

    %(groups)s

    Parameters
    ----------
    %(window)s
    %(module)s
    %(training)s
    %(running)s

    Attributes
    ----------
    %(fitted)s

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

    window_length: int | str = "auto"
    strategy: str = "multioutput"
    sp: int | str = "auto"
    transform: str | None = "auto"
    baseline: str | None = "auto"
    normalization: str = "auto"
    covariates: Covariates | None = None
    examples: Examples | None = None
    target: Target | None = None
    module: Any = None
    module_params: dict | None = None
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

    _parameter_constraints = {**SequenceForecaster._parameter_constraints, **MODULE}
    _test_networks = ({"module": LoopNetwork, "module_params": {"output_size": 4}},) * 3

    @one_thread()
    def _network_spec(self, plan, panel):
        known = {"input_size": panel.n_channels}
        batch = self._rows_to_try(plan, panel)
        width = self._try_network(torch_generator(0), batch, known, padded=False)
        head = HeadSpec("quantiles", plan.head_settings(panel))
        return OwnModuleSpec(self.module, dict(self.module_params or {}), known, width, head)

    def _rows_to_try(self, plan, panel):
        """Return the windows at the ends of a few series, or at a few places of a single one."""
        series = np.linspace(0, panel.n_series - 1, ROWS_TO_TRY).astype(int)
        origin = np.maximum(panel.lengths[series] - np.arange(ROWS_TO_TRY), 1)
        shape = replace(plan.spec, baseline=Level())
        normalizer = Normalizer(panel, shape.season)
        examples = ForecastExamples(panel, (series, origin), shape, normalizer)
        batch, _ = examples.gather_inputs(np.arange(ROWS_TO_TRY))
        settings = self._settings(ROWS_TO_TRY, plan)
        return inputs_to(batch, resolve_device(settings.device), settings.dtype)
