"""Shared parameters of the forecasters, and the plan, network and settings they lead to."""

from __future__ import annotations

import math
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar

from skrnn._compat import Interval, StrOptions, validate_parameter_constraints
from skrnn._groups import Covariates, Examples, Target
from skrnn._parameter_group import GroupedParams
from skrnn._parameters import TRAINING, draw_seed
from skrnn._trainer import Trainer, make_settings
from skrnn.baselines import BASELINE_NAMES, candidates
from skrnn.nn import NetworkSpec
from skrnn.training import auto_batch_size, overlapping_epochs

from .engine.learning import TrainingOptions
from .engine.planning import PlanRequest, make_plan
from .engine.target import TargetPlan
from .engine.training_examples import OriginSelection
from .frames.bounds_argument import read_bounds

LONG_SEASON = 10_000  # steps, whose states cost little


class ForecasterParameters(GroupedParams):
    """Parameters that all forecasters share.

    A forecaster declares them and the parameters of its architecture as dataclass fields. The
    architecture defines the encoder of the windows.
    """

    window_length: int | str
    strategy: str
    sp: int | str
    transform: str | None
    baseline: str | None
    normalization: str
    covariates: Covariates | None
    examples: Examples | None
    target: Target | None
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

    _parameter_constraints: ClassVar[dict[str, list]] = {
        **TRAINING,
        "window_length": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "strategy": [StrOptions({"multioutput", "recursive"})],
        "n_members": [Interval(Integral, 1, None, closed="left")],
        "sp": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "transform": [StrOptions({"auto", "log"}), None],
        "baseline": [StrOptions(set(BASELINE_NAMES)), None],
        "normalization": [StrOptions({"auto", "standard"})],
        "covariates": [Covariates, None],
        "examples": [Examples, None],
        "target": [Target, None],
    }
    _test_networks: ClassVar[tuple[dict, dict, dict]] = ({"hidden_size": 4},) * 3

    def _check_parameters(self, params):
        """Check each parameter, then their combinations."""
        self._check_groups()
        validate_parameter_constraints(self._parameter_constraints, params, type(self).__name__)
        examples = self.examples or Examples()
        if examples.block_length > 1 and self.strategy == "multioutput":
            raise ValueError(
                f"block_length={examples.block_length} is for forecasts that are fed back, but "
                "strategy='multioutput' returns all steps at once; use strategy='recursive'."
            )
        if examples.refit_window is not None and not self.refit:
            raise ValueError(
                f"refit_window={examples.refit_window} limits the data of the refit, but "
                "refit=False skips it; use refit=True."
            )
        self._check_units()
        self._check_architecture()

    def _check_units(self):
        """Raise a ValueError if the baseline needs units of the origin where there are none."""
        chosen = candidates(self.baseline, fitted=True)
        if self.normalization == "standard" and all(each.learns_outcomes for each in chosen):
            raise ValueError(
                f"baseline={self.baseline!r} is a regression in units of the origin, which "
                "normalization='standard' does not have; choose another baseline."
            )

    def _check_architecture(self):
        """Raise a ValueError if parameters of the architecture contradict each other."""

    def _check_window(self, longest):
        """Raise a ValueError if the window is longer than the longest series."""
        if self.window_length == "auto":
            return
        sampling_rate = (self.examples or Examples()).sampling_rate
        reach = (int(self.window_length) - 1) * sampling_rate + 1
        if reach > longest:
            raise ValueError(
                f"window_length={self.window_length} with sampling_rate={sampling_rate} reads "
                f"{reach} steps, but the longest series has {longest}; choose a shorter window or "
                "'auto'."
            )

    def _check_lengths(self, longest):
        """Warn if the window does not suit the architecture."""

    # -- plan and training -------------------------------------------------------------------

    def _make_plan(self, panel, calendar, horizon, targets, year):
        """Return the plan for the training data, and the number of steps to calibrate.

        Parameters
        ----------
        panel : Panel
            Training data in its own units.
        calendar : tuple of int or None
            Seasons suggested by the calendar.
        horizon : int or None
            Last step of fh, if it is known.
        targets : list
            Names of the targets.
        year : float or None
            Steps of a year, if the index has dates.
        """
        target, longest = self.target or Target(), int(panel.lengths.max())
        bounds = read_bounds(target.bounds, targets)
        self._check_window(longest)
        plan, n_steps = make_plan(panel, calendar, self._plan_request(horizon, longest), year)
        form = {"integer": target.integer, "point_forecast": target.point_forecast}
        plan = replace(plan, target=TargetPlan.of(bounds, targets, panel, log=plan.log, **form))
        if self.normalization == "standard":
            plan = plan.standardized()
        if not plan.spec.baseline.fitted and self._continues_state(panel, plan.spec):
            rollout = min(n_steps, plan.spec.window_length)
            plan = replace(plan, spec=replace(plan.spec, rollout=rollout))
        self._check_lengths(plan.spec.window_length)
        return plan, n_steps

    def _plan_request(self, horizon, longest):
        """Return the parameters that constrain the plan.

        Parameters
        ----------
        horizon : int or None
            Last step of fh, if it is known.
        longest : int
            Length of the longest series. A season beyond its horizon has no effect.
        """
        examples = self.examples or Examples()
        last = max(longest + (horizon or 1), LONG_SEASON)
        return PlanRequest(
            horizon=horizon,
            block_length=None if self.strategy == "multioutput" else int(examples.block_length),
            sp=self.sp if isinstance(self.sp, str) else min(int(self.sp), last),
            transform=self.transform,
            baseline=self.baseline,
            window_length=self.window_length,
            sampling_rate=int(examples.sampling_rate),  # small integers of NumPy overflow
            validation_fraction=self.validation_fraction,
            segments=self._has_auto_stem and self._reads_whole_windows,
        )

    def _origin_selection(self):
        """Return which origins enter the loss."""
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
        )

    def _training_options(self, progress):
        """Return how the networks are built and trained."""
        examples = self.examples or Examples()
        return TrainingOptions(
            network_spec=self._network_spec,
            settings=self._settings,
            seed=draw_seed(self.random_state),
            n_members=self.n_members,
            validation_fraction=self.validation_fraction,
            refit=self.refit,
            refit_window=examples.refit_window,
            selection=self._origin_selection(),
            cold_start=examples.cold_start,
            progress=progress,
        )

    # -- the network ---------------------------------------------------------------------------

    def _network_spec(self, plan, panel):
        """Return the spec of a network for the examples of a plan."""
        spec = plan.spec
        encoder = self._encoder_spec(
            panel.n_channels,
            spec.window_length,
            per_step=spec.rollout > 0,
            segment_length=plan.segment_length,
        )
        return NetworkSpec.forecast(encoder, rollout=spec.rollout, **plan.head_settings(panel))

    def _continues_state(self, panel, spec):
        """Whether single steps are fed back to a network that continues from its state."""
        examples = self.examples or Examples()
        single = examples.block_length == examples.sampling_rate == 1
        if not (self.strategy == "recursive" and single and self._reads_whole_windows):
            return False
        encoder = self._encoder_spec(panel.n_channels, spec.window_length, per_step=False)
        return encoder is not None and encoder.streams

    def _encoder_spec(self, input_size, n_steps, *, per_step, segment_length=None):
        """Return the spec of an encoder of windows of `n_steps` steps.

        None means that the network is not an encoder with a head. Its forecaster then overrides
        `_network_spec`.
        """
        return None

    @property
    def _has_auto_stem(self):
        """Whether the forecaster chooses segments of the window; a stem decides."""
        return False

    @property
    def _reads_whole_windows(self):
        """Whether the network reads each window at once, not in pieces."""
        return self.trainer is None or self.trainer.tbptt_steps is None

    # -- tests -----------------------------------------------------------------------------------

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
            The defaults, a recursive strategy, and a network without baseline and transform.
        """
        direct, recursive, alone = (
            {**network, "max_epochs": 2, "random_state": 0} for network in cls._test_networks
        )
        return [
            direct,
            {**recursive, "strategy": "recursive", "window_length": 3},
            {**alone, "baseline": None, "transform": None, "sp": 4, "early_stopping": False},
        ]
