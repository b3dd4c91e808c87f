"""What all forecasters share: `_fit` as a recipe over frames, panel, module and loop."""

from __future__ import annotations

import copy
import math
import warnings
from abc import abstractmethod
from dataclasses import replace
from numbers import Integral

import numpy as np
import pandas as pd
from sktime.datatypes import update_data
from sktime.forecasting.base import BaseForecaster, ForecastingHorizon

from skrnn._compat import Interval, StrOptions, validate_parameter_constraints
from skrnn._parameters import TRAINING, draw_seed
from skrnn._trainer import TrainerParamsMixin, make_settings
from skrnn.data import interpolate_quantiles
from skrnn.training import (
    PinballLoss,
    auto_batch_size,
    fit_module,
    overlapping_epochs,
    spawn_seeds,
    to_cpu,
)

from ._calibration import LEVELS
from ._frames import (
    Columns,
    SeriesIndex,
    concat_times,
    distinct_ends,
    last_step,
    read_known,
    read_panel,
    steps_after,
)
from ._iterate import BlockForecaster
from ._learning import (
    all_examples,
    learn,
    standardize_covariates,
    with_chosen_anchor,
)
from ._plan import calendar_season, make_plan

MTYPES = ["pd.DataFrame", "pd-multiindex", "pd_multiindex_hier"]


class SequenceForecaster(TrainerParamsMixin, BaseForecaster):
    """Base of the forecasters; a subclass says which module is built."""

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
    # sktime warns about its own default at each construction; the context is kept here.
    _config = {"remember_data": False}

    _parameter_constraints: dict = {
        **TRAINING,
        "window_length": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "sampling_rate": [Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions({"multioutput", "recursive"})],
        "sp": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "transform": [StrOptions({"auto", "log"}), None],
        "anchor": [StrOptions({"auto", "naive", "median", "drift"}), None],
        "past_columns": ["array-like", None],
    }

    def __init__(self):
        super().__init__()
        self._y = None
        self._X = None

    # -- the recipe ------------------------------------------------------------------------

    def _fit(self, y, X, fh):
        if getattr(self, "_pretrained_attrs", None):
            columns = self._check_pretrained(Columns.of(y, X, self.past_columns))
        else:
            columns = Columns.of(y, X, self.past_columns)
            self._learn(y, X, columns, fh)
        self._remember(y, X, columns)
        return self

    def _pretrain(self, y, X=None, fh=None):
        self._learn(y, X, Columns.of(y, X, self.past_columns), fh)
        return self

    def _pretrain_update(self, y, X=None, fh=None):
        columns = self._check_pretrained(Columns.of(y, X, self.past_columns))
        self._go_on(self._learned_panel(y, X, columns))
        return self

    def _learn(self, y, X, columns, fh):
        """Plan, train and calibrate; set what a pretrained clone keeps."""
        constraints = self._parameter_constraints
        validate_parameter_constraints(constraints, self.get_params(False), type(self).__name__)
        panel = read_panel(y, X, columns)
        index = SeriesIndex.of(y)
        longest = max(panel.lengths)
        if self.window_length != "auto" and self.window_length > longest:
            raise ValueError(
                f"window_length={self.window_length} is longer than the longest series, which has "
                f"{longest} steps; choose a shorter window or 'auto'."
            )
        plan, n_steps = make_plan(
            panel,
            calendar_season(index.times[: index.offsets[1]]),
            horizon=None if fh is None else max(1, last_step(fh, index)),
            strategy=self.strategy,
            sp=self.sp,
            transform=self.transform,
            anchor=self.anchor,
            window_length=self.window_length,
            rate=self.sampling_rate,
        )
        panel = self._in_learned_units(panel, plan)
        panel, scaler = standardize_covariates(panel)
        if self.anchor == "auto":
            plan = with_chosen_anchor(panel, plan, self.validation_fraction)
        init_seed, loop_seed = spawn_seeds(draw_seed(self.random_state), 2)
        learned = learn(
            panel,
            plan.spec,
            lambda: self._build_module(plan.spec, panel, init_seed),
            lambda n_examples: self._settings(n_examples, plan.spec),
            loop_seed,
            n_steps=n_steps,
            validation_fraction=self.validation_fraction,
            refit=self.refit,
        )
        self.module_ = learned.forecaster.module
        self.trust_ = learned.forecaster.trust
        self.widths_ = learned.widths
        self.history_ = learned.result.history
        self.n_iter_ = learned.result.n_epochs
        self.best_epoch_ = learned.result.best_epoch
        self.plan_ = plan
        self.columns_ = columns
        self.covariate_scaler_ = scaler

    def _go_on(self, panel):
        """Train a copy of the network a little more, at a constant rate."""
        spec = self.plan_.spec
        examples = all_examples(panel, spec)
        settings = self._settings(len(examples), spec)
        settings = replace(settings, n_epochs=max(1, settings.n_epochs // 10)).continued()
        seed = spawn_seeds([draw_seed(self.random_state), self.n_iter_], 1)[0]
        result = fit_module(
            copy.deepcopy(self.module_), examples, PinballLoss(LEVELS), settings, seed=seed
        )
        self.module_ = result.module

    @abstractmethod
    def _build_module(self, spec, panel, seed):
        """Return a new module for examples of this shape, initialised by `seed`."""

    def _settings(self, n_examples, spec):
        batch_size = self.batch_size
        if batch_size == "auto":
            batch_size = auto_batch_size(n_examples, spec.window_length)
        n_epochs, max_batches = overlapping_epochs(n_examples, math.ceil(n_examples / batch_size))
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

    # -- the context: what has been observed so far ------------------------------------------

    def _remember(self, y, X, columns):
        """Keep the series that forecasts start from."""
        self._context_frames = y, X
        self._context_columns = columns
        self._context_index = SeriesIndex.of(y)
        self._context = self._learned_panel(y, X, columns)
        self._stats = self._context.location_and_scale(self.plan_.spec.season)

    def _learned_panel(self, y, X, columns):
        panel = self._in_learned_units(read_panel(y, X, columns), self.plan_)
        return standardize_covariates(panel, self.covariate_scaler_)[0]

    def _in_learned_units(self, panel, plan):
        if plan.log and not np.nanmin(panel.y) > 0:
            raise ValueError(
                f"y has the value {np.nanmin(panel.y)}, but its logarithm is learned; use "
                "transform=None for series that are not positive."
            )
        return replace(panel, y=plan.to_learned(panel.y))

    def _check_pretrained(self, columns):
        """Check that data have the form of those of the pretraining."""
        learned = self.columns_
        same = columns.known == learned.known and columns.past_only == learned.past_only
        if len(columns.targets) != len(learned.targets) or not same:
            raise ValueError(
                f"y and X have the columns {columns.targets} and {columns.covariates}, but the "
                f"forecaster was pretrained with {learned.targets} and {learned.covariates}; pass "
                "as many targets and the same covariates."
            )
        return columns

    def _update(self, y, X=None, update_params=True):
        old_y, old_X = self._context_frames
        y, X = update_data(old_y, y), update_data(old_X, X)
        self._remember(y, X, self._context_columns)
        if update_params:
            self._go_on(self._context)
        return self

    # -- prediction ------------------------------------------------------------------------

    def _predict(self, fh, X):
        quantiles, index = self._forecast(fh, X)
        median = self.plan_.to_original(quantiles[..., len(LEVELS) // 2])
        return pd.DataFrame(median, index=index, columns=self._context_columns.targets)

    def _predict_quantiles(self, fh, X, alpha):
        quantiles, index = self._forecast(fh, X)
        values = self.plan_.to_original(interpolate_quantiles(quantiles, LEVELS, alpha))
        columns = pd.MultiIndex.from_product([self._context_columns.targets, alpha])
        return pd.DataFrame(values.reshape(len(index), -1), index=index, columns=columns)

    def _forecast(self, fh, X):
        """Return calibrated quantiles (n_rows, n_targets, n_levels), learned units, and index."""
        panel, index = self._context, self._context_index
        ends, which = distinct_ends(index)
        steps = np.stack([steps_after(fh, end) for end in ends])[which]
        n_series, n_steps = panel.n_series, max(0, int(steps.max()))
        self._check_reach(steps, n_steps)
        series = np.arange(n_series)
        result = np.empty((*steps.shape, panel.n_targets, len(LEVELS)))
        if n_steps:
            known = self._known(fh, X, steps, n_steps)
            ahead = self._blocks(series, panel.lengths, n_steps, known)
            ahead = self.widths_.apply(ahead, np.arange(1, n_steps + 1), self._stats[1])
            result[:] = ahead[series[:, None], np.maximum(steps, 1) - 1]
        past_series, past_step = np.nonzero(steps <= 0)
        if len(past_series):
            origin = panel.lengths[past_series] - 1 + steps[past_series, past_step]
            behind = self._blocks(past_series, origin, 1, None)
            behind = self.widths_.apply(behind, np.array([1]), self._stats[1][past_series])
            result[past_series, past_step] = behind[:, 0]
        times = concat_times([fh.to_absolute_index(end) for end in ends], which)
        return result.reshape(-1, panel.n_targets, len(LEVELS)), index.with_times(times)

    def _blocks(self, series, origin, n_steps, known):
        forecaster = BlockForecaster(self.module_, self.plan_.spec, self.trust_)
        return forecaster.forecast(self._context, self._stats, series, origin, n_steps, known)

    def _known(self, fh, X, steps, n_steps):
        """Return the standardised known covariates of the next steps."""
        columns, index = self._context_columns, self._context_index
        if not columns.known:
            return None
        ends, which = distinct_ends(index)
        every = np.arange(1, n_steps + 1)
        ahead = ForecastingHorizon(every, is_relative=True, freq=fh.freq)
        times = concat_times([ahead.to_absolute_index(end) for end in ends], which)
        needed = (steps[:, :, None] == every).any(axis=1)
        known = read_known(X, columns, index.with_times(times), needed.ravel())
        if n_steps > self.plan_.spec.horizon and np.isnan(known).any():
            warnings.warn(
                "X has no rows for the steps between those of fh; the forecasts that are fed back "
                "read the mean of the training data there.",
                stacklevel=2,
            )
        known = known.reshape(*needed.shape, -1)
        return self.covariate_scaler_.select(len(columns.known)).transform(known, np.float64)

    def _check_reach(self, steps, n_steps):
        """Check that the horizon can be reached from the data that are there."""
        horizon = self.plan_.spec.horizon
        if n_steps > horizon and self._context_columns.past_only:
            raise ValueError(
                f"fh reaches {n_steps} steps ahead, but blocks of {horizon} cannot be fed back "
                f"with past_columns={self._context_columns.past_only}, which are unknown there; "
                f"pass fh up to {n_steps} to fit with strategy='multioutput', or leave the "
                "columns out."
            )
        first = 1 - self._context.lengths.min()
        if steps.min() < first:
            raise ValueError(
                f"fh reaches {-steps.min()} steps before the last observation, but the shortest "
                f"series begins {-first} before it; ask for steps from {first} on."
            )

    # -- housekeeping ----------------------------------------------------------------------

    def __getstate__(self):
        """Pickle on the CPU, so that loading needs no other device."""
        state = dict(self.__dict__)
        if "module_" in state:
            state["module_"] = to_cpu(state["module_"])
        return state
