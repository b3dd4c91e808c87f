"""What all forecasters share: `_fit` as a recipe over frames, panel, module and loop."""

from __future__ import annotations

import copy
import math
from abc import abstractmethod
from dataclasses import replace
from typing import Any, ClassVar

from sktime.forecasting.base import BaseForecaster

from skrnn._compat import validate_parameter_constraints
from skrnn._groups import Covariates, Examples, GroupedParams
from skrnn._parameters import draw_seed
from skrnn._trainer import Trainer, make_settings
from skrnn.nn import build_forecast_model, reads_on
from skrnn.series.quantiles import LEVELS
from skrnn.training import (
    PinballLoss,
    auto_batch_size,
    fit_module,
    overlapping_epochs,
    spawn_seeds,
    to_cpu,
    torch_generator,
)

from ._constraints import CONSTRAINTS
from ._history import History, LearnedSeries
from .backtest import Backtest
from .engine.cold_start import learn_cold_start
from .engine.learning import OriginSelection, all_examples, learn
from .engine.plan import in_learned_units
from .engine.planning import PlanRequest, make_plan
from .frames.calendar import Calendar, calendar_season
from .frames.columns import Columns
from .frames.covariates import CovariateScaler, read_panel
from .frames.horizon import check_feedback, last_step
from .frames.index import SeriesIndex
from .frames.rows import merge_rows, rows_until, together
from .sampling import Probability

MTYPES = ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"]
LEARNED = [
    "module_",
    "correction_weight_",
    "widths_",
    "history_",
    "n_iter_",
    "best_epoch_",
    "plan_",
    "columns_",
    "covariate_scaler_",
    "cold_start_",
]


class SequenceForecaster(Backtest, Probability, GroupedParams, BaseForecaster):
    """Base of the forecasters; an architecture says which encoder reads the windows.

    A subclass lists these parameters and those of its architecture as fields of a dataclass.
    """

    window_length: int | str
    strategy: str
    sp: int | str
    transform: str | None
    baseline: str | None
    normalization: str
    covariates: Covariates | None
    examples: Examples | None
    cold_start: bool
    learning_rate: float
    batch_size: int | str
    max_epochs: int | str
    early_stopping: bool
    validation_fraction: float
    n_iter_no_change: int
    refit: bool
    n_members: int
    trainer: Trainer | None
    random_state: Any
    verbose: int

    _tags = {
        "y_inner_mtype": MTYPES,
        "X_inner_mtype": MTYPES,
        "capability:multivariate": True,
        "capability:exogenous": True,
        "capability:insample": True,
        "capability:pred_int": True,
        "capability:pred_int:insample": True,
        "capability:missing_values": True,
        "capability:update": True,
        "capability:pretrain": True,
        "capability:categorical_in_X": False,
        "capability:random_state": True,
        "property:randomness": "derandomized",
        "requires-fh-in-fit": False,
        "X-y-must-have-same-index": True,
        "authors": ["skrnn developers"],
        "maintainers": ["skrnn developers"],
        "python_dependencies": None,
    }
    # sktime warns about its own default at each construction; the history is kept here.
    _config = {"remember_data": False}

    _parameter_constraints = CONSTRAINTS

    def __post_init__(self):
        if "_state" in vars(self):  # sktime's constructor calls this hook, too
            return
        BaseForecaster.__init__(self)
        self._y = None
        self._X = None
        self._series = None

    # -- the recipe ------------------------------------------------------------------------

    def _fit(self, y, X, fh):
        y = together(y)
        self._series = None if self.state == "pretrained" else self._learn(y, X, fh)
        self._remember(y, X, self._same_columns(y, X))
        return self

    def _pretrain(self, y, X=None, fh=None):
        self._series = None  # the series of `fit` are others
        self._learn(together(y), X, fh)
        return self

    def _pretrain_update(self, y, X=None, fh=None):
        self._series = None
        self._go_on(self._history_of(together(y), X, self._same_columns(y, X)))
        # What an ordinary fit has learned is kept from now on, too.
        self._pretrained_attrs = list(LEARNED)
        return self

    def _learn(self, y, X, fh):
        """Plan, train and calibrate; set what a pretrained clone keeps, and return the series."""
        self._check_parameters()
        given = self.covariates or Covariates()
        calendar = Calendar.of(given.calendar_features, given.holidays, SeriesIndex.of(y))
        columns = replace(self._columns_of(y, X), calendar=calendar)
        panel = read_panel(y, X, columns)
        plan, n_steps = self._make_plan(panel, SeriesIndex.of(y), fh)
        self._check_lengths(plan.spec.window_length)
        check_feedback(n_steps if fh is not None else 1, plan.spec.horizon, columns)
        scaler = CovariateScaler.fit(panel)
        panel = in_learned_units(scaler.transform(panel), plan)
        *seeds, cold_seed = spawn_seeds(draw_seed(self.random_state), 2 * self.n_members + 1)
        learned = learn(
            panel,
            plan,
            lambda member: self._build_module(plan, panel, seeds[2 * member]),
            lambda n_examples: self._settings(n_examples, plan),
            seeds[1::2],
            n_steps=n_steps,
            validation_fraction=self.validation_fraction,
            refit=self.refit,
            refit_window=(self.examples or Examples()).refit_window,
            seen=self._seen(),
        )
        self.module_ = learned.forecaster.module
        self.correction_weight_ = learned.forecaster.correction_weight
        self.widths_ = learned.widths
        self.history_ = learned.result.history
        self.n_iter_ = learned.result.n_epochs
        self.best_epoch_ = learned.result.best_epoch
        self.plan_ = learned.plan
        self.columns_ = columns
        self.covariate_scaler_ = scaler
        self.cold_start_ = None
        if self.cold_start:
            self.cold_start_ = learn_cold_start(
                panel,
                learned.plan,
                lambda plan: self._build_module(plan, panel, cold_seed),
                lambda n_examples: self._settings(n_examples, learned.plan),
                cold_seed,
                n_steps=n_steps,
                validation_fraction=self.validation_fraction,
                refit=self.refit,
            )
        return LearnedSeries.of(SeriesIndex.of(y), learned.plan.normalizer(panel))

    def _go_on(self, history):
        """Train a copy of the network a little more, at a constant rate."""
        normalizer = history.normalizer.of_whole_series()
        examples = all_examples(normalizer, self.plan_.spec, self._seen())
        settings = self._settings(len(examples), self.plan_)
        settings = replace(settings, n_epochs=max(1, settings.n_epochs // 10)).continued()
        seed = spawn_seeds([draw_seed(self.random_state), self.n_iter_], 1)[0]
        module = copy.deepcopy(self.module_)
        self.module_ = fit_module(module, examples, PinballLoss(LEVELS), settings, seed=seed).module

    def _build_module(self, plan, panel, seed):
        """Return a new module for the examples of a plan, initialised by `seed`."""
        spec = plan.spec
        options = {"per_step": spec.rollout > 0, "segment_length": plan.segment_length}
        return build_forecast_model(
            lambda: self._make_encoder(panel.n_channels, spec.window_length, **options),
            horizon=spec.horizon,
            n_targets=panel.n_targets,
            n_quantiles=len(LEVELS),
            n_future=panel.n_known,
            generator=torch_generator(seed),
            rollout=spec.rollout,
            reads_baseline=spec.baseline is not None,
        )

    def _reads_on(self, panel, spec):
        """Whether single steps are fed back to a network that goes on from its state."""
        examples = self.examples or Examples()
        single = examples.block_length == examples.sampling_rate == 1
        whole = self.trainer is None or self.trainer.tbptt_steps is None
        return (self.strategy == "recursive" and single and whole) and reads_on(
            lambda: self._make_encoder(panel.n_channels, spec.window_length, per_step=False)
        )

    @abstractmethod
    def _make_encoder(self, input_size, n_steps, *, per_step, segment_length=None):
        """Return what reads windows of `n_steps` steps, long ones in segments where it can."""

    # -- parameters --------------------------------------------------------------------------

    def _check_parameters(self):
        params = self.get_params(deep=False)
        validate_parameter_constraints(self._parameter_constraints, params, type(self).__name__)
        self._check_groups()
        examples = self.examples or Examples()
        if examples.block_length > 1 and self.strategy == "multioutput":
            raise ValueError(
                f"block_length={examples.block_length} is the length of blocks that are fed back, "
                "but strategy='multioutput' returns all steps at once; use strategy='recursive'."
            )
        if examples.refit_window is not None and not self.refit:
            raise ValueError(
                f"refit_window={examples.refit_window} is what the last training learns from, but "
                "refit=False leaves that training out; use refit=True."
            )
        if self.normalization == "standard" and self.baseline == "linear":
            raise ValueError(
                "baseline='linear' is a regression in units of the origin, which "
                "normalization='standard' does not have; choose another baseline."
            )
        self._check_architecture()

    def _check_architecture(self):
        """Refuse parameters that have no meaning without another."""

    def _check_lengths(self, longest):
        """Say if the window does not suit the architecture."""

    def _make_plan(self, panel, index, fh):
        """Return what is chosen for the training data, and the steps to calibrate."""
        examples = self.examples or Examples()
        longest = int(panel.lengths.max())
        if self.window_length != "auto":
            reach = (int(self.window_length) - 1) * examples.sampling_rate + 1
            if reach > longest:
                raise ValueError(
                    f"window_length={self.window_length} with "
                    f"sampling_rate={examples.sampling_rate} reads {reach} steps, but the longest "
                    f"series has {longest}; choose a shorter window or 'auto'."
                )
        plan, n_steps = make_plan(
            panel,
            calendar_season(index.times[: index.offsets[1]]),
            PlanRequest(
                horizon=None if fh is None else max(1, last_step(fh, index)),
                block_length=None if self.strategy == "multioutput" else int(examples.block_length),
                sp=self.sp,
                transform=self.transform,
                baseline=self.baseline,
                window_length=self.window_length,
                sampling_rate=examples.sampling_rate,
                validation_fraction=self.validation_fraction,
                segments=self._reads_segments,
            ),
        )
        if self.normalization == "standard":
            plan = plan.standardized()
        if plan.smoothing is None and self._reads_on(panel, plan.spec):
            rollout = min(n_steps, plan.spec.window_length)
            plan = replace(plan, spec=replace(plan.spec, rollout=rollout))
        return plan, n_steps

    @property
    def _reads_segments(self):
        """Whether the network may read long windows in segments."""
        whole = self.trainer is None or self.trainer.tbptt_steps is None
        return whole and getattr(self, "stem", None) == "auto"

    def _seen(self):
        """Return which origins the loss sees."""
        examples = self.examples or Examples()
        named: dict[Any, Any] = {"all": None, "last": 1}
        n_last = named.get(examples.origins, examples.origins)
        return OriginSelection(n_last, examples.origin_half_life)

    def _settings(self, n_examples, plan):
        batch_size = self.batch_size
        if batch_size == "auto":
            batch_size = auto_batch_size(n_examples, plan.n_steps_read)
        n_batches = math.ceil(n_examples / batch_size)
        n_epochs, max_batches = overlapping_epochs(n_examples, n_batches, plan.effort)
        return make_settings(
            self.trainer,
            n_epochs=n_epochs if self.max_epochs == "auto" else int(self.max_epochs),
            max_batches=max_batches,
            batch_size=int(batch_size),
            learning_rate=self.learning_rate,
            patience=self.n_iter_no_change if self.early_stopping else None,
            keep_best=self.early_stopping,
            start_from_untrained=self.early_stopping,
            verbose=self.verbose,
        )

    _test_networks: ClassVar[tuple[dict, dict, dict]] = ({"hidden_size": 4},) * 3

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
            The default, a recursive strategy, and a network without the choices from the data.
        """
        direct, recursive, alone = (
            {**network, "max_epochs": 2, "random_state": 0} for network in cls._test_networks
        )
        return [
            direct,
            {**recursive, "strategy": "recursive", "window_length": 3},
            {**alone, "baseline": None, "transform": None, "sp": 4, "early_stopping": False},
        ]

    # -- the history: what has been observed so far ------------------------------------------

    def _remember(self, y, X, columns):
        """Keep the rows, and the series that forecasts start from."""
        self._observed = self._history_of(y, X, columns)
        self._rows = y, X

    def _update(self, y, X=None, update_params=True):
        columns = self._observed.columns
        columns.check_unknown(X)
        y = columns.named_alike(y)
        rows = merge_rows(self._rows[0], y), merge_rows(self._rows[1], X)
        # The cutoff is the end of the new rows, which may lie before rows seen earlier.
        self._observed = self._history_of(rows_until(rows[0], y), rows[1], columns)
        self._rows = rows
        if update_params:
            self._go_on(self._observed)
        return self

    def _predict_moving_cutoff(self, y, cv, X=None, update_params=True, reset_forecaster=True):
        served = None if update_params else self._moving_cutoff(y, cv, X, reset_forecaster)
        if served is not None:
            return served
        return super()._predict_moving_cutoff(y, cv, X, update_params, reset_forecaster)

    def _history_of(self, y, X, columns):
        return History.of(y, X, columns, self.plan_, self.covariate_scaler_, self._series)

    def _columns_of(self, y, X):
        """Return the roles of the columns."""
        covariates = self.covariates or Covariates()
        return Columns.of(y, X, covariates.past_columns, covariates.static_columns)

    def _same_columns(self, y, X):
        """Return the columns of data that have to have the form of those learned from."""
        columns, learned = self._columns_of(y, X), self.columns_
        if not columns.alike(learned):
            raise ValueError(
                f"y and X have the columns {columns.targets} and {columns.covariates}, but the "
                f"forecaster was pretrained with {learned.targets} and {learned.covariates}; pass "
                "as many targets, in the same order, and the same covariates."
            )
        return replace(learned, targets=columns.targets)

    # -- housekeeping ----------------------------------------------------------------------

    def __getstate__(self):
        """Pickle on the CPU, so that loading needs no other device."""
        state = dict(self.__dict__)
        if "module_" in state:
            state["module_"] = to_cpu(state["module_"])
        if state.get("cold_start_") is not None:
            cold = state["cold_start_"]
            state["cold_start_"] = replace(cold, module=to_cpu(cold.module))
        return state
