"""The rule: what a forecaster does follows from its training data, where nothing is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.baselines import WINDOW_BASELINES, Blend
from skrnn.series import Panel, WindowSpec

from .candidates import choose_statistical
from .origins import split_origins
from .plan import (
    Plan,
    choose_baseline,
    choose_log,
    choose_n_seasons,
    choose_season,
    choose_segment,
    choose_window,
    in_learned_units,
    seasons_to_compare,
)


@dataclass(frozen=True)
class PlanRequest:
    """What the user asks for; "auto" leaves it to the rule.

    Parameters
    ----------
    horizon : int or None
        Steps to forecast; one season, at least 12 steps, without.
    block_length : int or None
        Steps that the network returns at once; the whole horizon without.
    sp, transform, baseline, window_length, sampling_rate, validation_fraction
        The parameters of these names.
    segments : bool
        Whether the network can read long windows in segments.
    """

    horizon: int | None
    block_length: int | None
    sp: int | str
    transform: str | None
    baseline: str | None
    window_length: int | str
    sampling_rate: int
    validation_fraction: float
    segments: bool

    @property
    def statistical(self):
        """Whether the baseline reads more than the window; blocks fed back have none such."""
        if self.baseline == "auto":
            return self.block_length is None
        return self.baseline is not None and self.baseline not in WINDOW_BASELINES


def make_plan(panel: Panel, calendar, request: PlanRequest):
    """Return the plan for a panel in its own units, and the steps to forecast.

    Parameters
    ----------
    panel : Panel
        Training data.
    calendar : int or None
        Season that the time index suggests.
    request : PlanRequest
        What is asked for.
    """
    season = choose_season(panel, calendar) if request.sp == "auto" else int(request.sp)
    n_steps = request.horizon or max(season, 12)
    choose = _statistical_plan if request.statistical else _window_plan
    plan = choose(panel, calendar, season, n_steps, request)
    longest, spec = int(panel.lengths.max()), plan.spec
    window, reasons = request.window_length, dict(plan.reasons)
    if window == "auto":
        reads = spec.baseline.reach if request.segments and isinstance(spec.baseline, Blend) else 0
        window = choose_window(spec.season, n_steps, reads, longest, request.sampling_rate)
        reasons["window"] = _why_window(window, spec.season, n_steps, reads, longest)
    spec = replace(
        spec,
        window_length=int(window),
        sampling_rate=request.sampling_rate,
        horizon=request.block_length or n_steps,
        n_seasons=choose_n_seasons(longest, spec.season, window),
    )
    cycle = min(spec.season, calendar) if calendar else spec.season
    segment = None
    if request.segments and request.block_length is None and spec.sampling_rate == 1:
        segment = choose_segment(spec.window_length, cycle)
    plan = replace(plan, spec=spec, segment_length=segment, reasons=reasons)
    if request.baseline == "auto" and not request.statistical:
        plan = _with_window_baseline(panel, plan, request)
    return plan, n_steps


def _statistical_plan(panel, calendar, season, n_steps, request):
    """Choose season, unit and baseline by forecasts of the newest part of the series."""
    longest = int(panel.lengths.max())
    seasons = [season]
    if request.sp == "auto":
        seasons = seasons_to_compare(season, calendar, longest)
    log = None if request.transform == "auto" else request.transform == "log"
    best = choose_statistical(
        panel, seasons, log, n_steps, request.validation_fraction, request.baseline
    )
    earlier = ", and cross-fitted ones before them," if best.earlier else ""
    reasons = {"baseline": f"as their held-out forecasts{earlier} deserve"}
    if len(seasons) > 1:
        others = ", ".join(str(s) for s in seasons if s != best.season)
        reasons["season"] = f"with it held-out forecasts were better than with {others}"
    if log is None and np.nanmin(panel.y) > 0:
        reasons["units"] = "from the changes at different levels, and held-out forecasts"
    elif log is None:
        reasons["units"] = "a value is not positive"
    spec = WindowSpec(1, 1, n_steps, best.season, baseline=best.blend)
    return Plan(spec, best.log, best.smoothing, reasons=reasons)


def _window_plan(panel, calendar, season, n_steps, request):
    """Choose the unit by the look of the series; the baseline reads the window."""
    log = choose_log(panel, season) if request.transform == "auto" else request.transform == "log"
    baseline = "naive" if request.baseline == "auto" else request.baseline
    return Plan(WindowSpec(1, 1, n_steps, season, baseline=baseline), log)


def _with_window_baseline(panel, plan, request):
    """Return the plan with the baseline that is best before the held-out part."""
    panel, spec = in_learned_units(panel, plan), plan.spec
    _, train, _, end = split_origins(panel, spec, request.validation_fraction)
    baseline = choose_baseline(panel, spec, train, plan.normalizer(panel), end)
    return replace(plan, spec=replace(spec, baseline=baseline))


def _why_window(window, season, n_steps, reads, longest):
    if window < max(2 * season, 1.25 * n_steps, reads):
        return f"half of the longest series, which has {longest} steps"
    if window == reads:
        return "as many as the regressions read"
    return "two seasons" if window == 2 * season > 8 else "a horizon and a quarter, at least 8"
