"""Choice of the settings that the user leaves open, from the training data."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from skrnn.baselines import Structural, candidates
from skrnn.series import CovariateScaler, Panel, StructuralZeros, WindowSpec
from skrnn.training import one_blas_thread

from .candidates import MOST_SERIES, choose_statistical, choose_structural, choose_window_baseline
from .covariates import effects_to_compare
from .origins import split_origins
from .plan import Plan, in_learned_units
from .seasons import LEAST_SEEN, choose_season, season_seen_few_times, seasons_to_compare
from .units import choose_log
from .window_length import choose_n_seasons, choose_segment, choose_window

DAYS = 7  # of a week, the season of daily series


@dataclass(frozen=True)
class PlanRequest:
    """Settings of the user; "auto" leaves the choice to `make_plan`.

    Parameters
    ----------
    horizon : int or None
        Number of steps to forecast; by default one season, and at least 12 steps.
    block_length : int or None
        Number of steps that the network returns at once; the whole horizon by default.
    sp, transform, baseline, window_length, sampling_rate, validation_fraction
        Parameters of the forecaster.
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

    def baselines(self, panel):
        """Return the baselines to choose from; those that read the window if steps are fed back."""
        covariates = panel.past.shape[1] > 0 or panel.static is not None
        return candidates(self.baseline, fitted=self.block_length is None, covariates=covariates)

    @property
    def structural(self):
        """Whether structural models may forecast a season that was seen up to three times."""
        return self.baseline in ("auto", Structural.name) and self.block_length is None


@one_blas_thread()
def make_plan(panel: Panel, calendar, request: PlanRequest, year=None):
    """Return the plan for a panel in original units, and the number of steps to forecast.

    Parameters
    ----------
    panel : Panel
        Training data.
    calendar : tuple of int or None
        Seasons that the time index suggests, the one to expect first. With None, the data tell.
    request : PlanRequest
        Settings of the user.
    year : float, optional
        Steps of a year.
    """
    panel = panel.up_to_last_observed()
    if year is not None and LEAST_SEEN * year > panel.lengths.max():
        year = None
    if panel.n_known:
        panel = CovariateScaler.fit(panel).transform(panel)
    zeros = StructuralZeros.find(panel, DAYS if DAYS in (calendar or ()) else None)
    panel = zeros.hide(panel)
    short = request.structural and season_seen_few_times(panel, request.sp, calendar)
    season = short or _season(panel, calendar, request)
    n_steps = request.horizon or max(season, 12)
    baselines = request.baselines(panel)
    statistical = baselines[0].fitted
    effects = effects_to_compare(panel, calendar, season, year) if statistical else []
    if short:
        plan = _structural_plan(panel, season, n_steps, request, effects)
    elif statistical:
        cycles = _cycles(panel, calendar, season, year)
        baselines = [baseline.with_calendar(*cycles) for baseline in baselines]
        plan = _statistical_plan(panel, calendar, season, n_steps, request, baselines, effects)
    else:
        plan = _window_plan(panel, season, request, n_steps, baselines[0])
    plan = replace(_with_window(plan, panel, calendar, n_steps, request), zeros=zeros)
    if not statistical:
        plan = _with_window_baseline(panel, plan, request, baselines)
    return plan, n_steps


def _season(panel, calendar, request):
    return choose_season(panel, calendar) if request.sp == "auto" else int(request.sp)


def _statistical_plan(panel, calendar, season, n_steps, request, baselines, effects):
    """Choose season, log transform and baseline by forecasts of the newest part of the series."""
    seasons = [season]
    if request.sp == "auto":
        seasons = seasons_to_compare(panel, season, calendar)
    log = None if request.transform == "auto" else request.transform == "log"
    best = choose_statistical(
        panel, seasons, log, n_steps, request.validation_fraction, baselines, effects
    )
    earlier = " and on cross-fitted earlier ones" if best.earlier else ""
    reasons = {"baseline": f"weights from errors on held-out origins{earlier}"}
    if len(seasons) > 1:
        others = ", ".join(str(s) for s in seasons if s != best.season)
        reasons["season"] = f"lower error on held-out origins than with {others}"
    if log is None and np.nanmin(panel.y) > 0:
        reasons["units"] = "from changes at different levels, and errors on held-out origins"
    elif log is None:
        reasons["units"] = "some values are not positive"
    plan = _plan_of(best, n_steps, reasons)
    return _with_effects_of_all_series(panel, plan, max(seasons), request.validation_fraction)


def _plan_of(best, n_steps, reasons):
    """Return the plan of a candidate; its window and horizon are chosen later."""
    if best.effects is not None:
        reasons["covariates"] = "lower one-step errors in blocks that were left out"
    spec = WindowSpec(1, 1, n_steps, best.season, best.baseline)
    return Plan(spec, best.log, reasons=reasons, effects=best.effects)


def _structural_plan(panel, season, n_steps, request, effects):
    """Choose the log transform for a season that was seen up to three times."""
    log = None if request.transform == "auto" else request.transform == "log"
    best = choose_structural(panel, season, log, n_steps, request.validation_fraction, effects)
    seen = panel.lengths.max() / season
    reasons = {"season": f"seen {seen:.1f} times", "baseline": "for a season seen so seldom"}
    if log is None:
        positive = np.nanmin(panel.y) > 0
        reasons["units"] = (
            "from the likelihood of the series" if positive else "some values are not positive"
        )
    plan = _plan_of(best, n_steps, reasons)
    return _with_effects_of_all_series(panel, plan, season, request.validation_fraction)


def _cycles(panel, calendar, season, year):
    """Return the cycles that the longest series covers twice, and the year if it is longer."""
    longest = int(panel.lengths.max())
    cycles = {s for s in (season, *(calendar or ())) if s > 1 and 2 * s <= longest}
    if year is not None:
        cycles = {s for s in cycles if s < 0.9 * year} or cycles
        year = year if max(cycles, default=1) < year else None
    return tuple(sorted(cycles)) or (1,), year


def _with_effects_of_all_series(panel, plan, longest_season, validation_fraction):
    """Return the plan with effects learned from all series, not only from a sample."""
    if plan.effects is None or panel.n_series <= MOST_SERIES:
        return plan
    *_, end = split_origins(panel, replace(plan.spec, season=longest_season), validation_fraction)
    without = in_learned_units(panel, replace(plan, effects=None))
    return replace(plan, effects=plan.effects.refit(without, end))


def _with_window(plan, panel, calendar, n_steps, request):
    """Return the plan with the window and the segments that the network reads."""
    longest, spec = int(panel.lengths.max()), plan.spec
    window, reasons = request.window_length, dict(plan.reasons)
    if window == "auto":
        reads = spec.baseline.reach if request.segments else 0
        window = choose_window(spec.season, n_steps, reads, longest, request.sampling_rate)
        reasons["window"] = _why_window(window, spec.season, n_steps, reads, longest)
    spec = replace(
        spec,
        window_length=int(window),
        sampling_rate=request.sampling_rate,
        horizon=request.block_length or n_steps,
        n_seasons=choose_n_seasons(longest, spec.season, window),
    )
    segment = None
    if request.segments and request.block_length is None and spec.sampling_rate == 1:
        cycle = min(spec.season, *calendar[:1]) if calendar else spec.season
        segment = choose_segment(spec.window_length, cycle)
    return replace(plan, spec=spec, segment_length=segment, reasons=reasons)


def _window_plan(panel, season, request, n_steps, baseline):
    """Choose the log transform from the changes of the series; the baseline is chosen later."""
    log = choose_log(panel, season) if request.transform == "auto" else request.transform == "log"
    return Plan(WindowSpec(1, 1, n_steps, season, baseline), log)


def _with_window_baseline(panel, plan, request, baselines):
    """Return the plan with the baseline that has the lowest error on the training part."""
    if len(baselines) == 1:
        return plan
    panel, spec = in_learned_units(panel, plan), plan.spec
    _, train, _, end = split_origins(panel, spec, request.validation_fraction)
    normalizer = plan.normalizer(panel)
    baseline = choose_window_baseline(panel, spec, train, normalizer, end, baselines)
    return replace(plan, spec=replace(spec, baseline=baseline))


def _why_window(window, season, n_steps, reads, longest):
    if window < max(2 * season, 1.25 * n_steps, reads):
        return f"half of the longest series, which has {longest} steps"
    if window == reads:
        return "the longest window of the regressions"
    return "two seasons" if window == 2 * season > 8 else "1.25 horizons, at least 8 steps"
