"""How statistical baselines, their unit and their season are chosen on held-out origins."""

from dataclasses import replace

import numpy as np
import pytest
from series.panels import panel_of

from skrnn.baselines import BASELINES, FitData, Level, Ridge, SeasonalNaive, candidates
from skrnn.baselines import ridge as ridge_module
from skrnn.forecasting.engine import candidates as module
from skrnn.forecasting.engine.candidates import (
    choose_statistical,
    fit_candidate,
    refitted,
)
from skrnn.forecasting.engine.origins import split_origins
from skrnn.forecasting.engine.plan import Plan
from skrnn.series import WindowSpec

N_STEPS = 4


STATISTICAL = ("smoothing", "theta", "linear")
AUTO = candidates("auto", fitted=True)


def candidate_of(panel, season=1, log=False, names=STATISTICAL):
    return fit_candidate(panel, season, log, N_STEPS, 0.2, [BASELINES[name] for name in names])


def member(baseline, name):
    """Return the member of this name of a combination."""
    return next(m for m in baseline.members if m.name == name)


def weights_of(panel, **params):
    return candidate_of(panel, **params).baseline.named_weights


def parts_of(candidate):
    """Return the regression and the model of the smoothing."""
    return member(candidate.baseline, "linear"), member(candidate.baseline, "smoothing").model


def walks(n_series=8, n=60, seed=0):
    rng = np.random.default_rng(seed)
    return panel_of(*(rng.normal(size=n).cumsum() for _ in range(n_series)))


# -- the weights ----------------------------------------------------------------------------


def test_long_memory_gives_the_regression_more_weight():
    """The same noise, with and without the value of 17 steps before."""
    weights = {}
    for phi in (0.95, 0.0):
        rng, series = np.random.default_rng(0), []
        for _ in range(5):
            y = list(rng.normal(size=17))
            for _ in range(103):
                y.append(phi * y[-17] + 0.3 * rng.normal())
            series.append(y)
        weights[phi] = weights_of(panel_of(*series))
    assert weights[0.95]["linear"] > 0.8
    assert weights[0.0]["linear"] < 0.6


def test_slopes_give_the_smoothing_more_weight():
    """Each series has its own slope. Theta takes half of it, a pooled regression none."""
    weights = {}
    for slope in (1, 0):
        rng = np.random.default_rng(0)
        series = [rng.normal(size=60) + slope * rng.normal() * np.arange(60) for _ in range(40)]
        weights[slope] = weights_of(panel_of(*series))
    assert weights[1]["smoothing"] > 2 * weights[1]["theta"]
    assert weights[1]["smoothing"] > weights[0]["smoothing"] + 0.1


def test_short_random_walks_give_the_regression_less_weight():
    """Only the last value matters. With few values the regression does not learn that."""
    rng = np.random.default_rng(0)
    short = panel_of(*(rng.normal(size=16).cumsum() for _ in range(6)))
    weights = weights_of(short)
    assert weights["smoothing"] + weights["theta"] > 0.6


@pytest.mark.parametrize("names", [STATISTICAL, ("theta",), ("linear", "smoothing")])
@pytest.mark.parametrize("lengths", [(60,), (9, 30, 2), (7, 7), (3, 2)])
def test_weights_are_those_of_a_mean(names, lengths):
    rng = np.random.default_rng(0)
    panel = panel_of(*(rng.normal(size=n).cumsum() for n in lengths))
    candidate = candidate_of(panel, names=names)
    weights = candidate.baseline.named_weights
    assert set(weights) <= set(names)
    assert min(weights.values()) > 0
    assert sum(weights.values()) == pytest.approx(1)
    assert np.isfinite(candidate.evidence)


# -- what is seen ---------------------------------------------------------------------------


@pytest.fixture
def one_regression(monkeypatch):
    """Leave nothing of the regression to be chosen."""
    monkeypatch.setattr(ridge_module, "PENALTIES", (0.1,))
    monkeypatch.setattr(ridge_module, "_windows", lambda *_: [6])


def mirrored(panel, fraction=0.2):
    """Reflect what is held out about the last value before it."""
    *_, end = split_origins(panel, WindowSpec(1, 1, N_STEPS, 1, Level()), fraction)
    y = [panel.series(i).copy() for i in range(panel.n_series)]
    for values, stop in zip(y, end, strict=True):
        values[stop:] = 2 * values[stop - 1] - values[stop:]
    return panel_of(*y), end


def trending(n=40):
    return panel_of(*(w + 0.5 * np.arange(n) for w in np.split(walks(4, n).y[:, 0], 4)))


@pytest.mark.usefixtures("one_regression")
def test_the_held_out_part_decides_only_the_baseline_weights():
    panel = trending()
    other, end = mirrored(panel)
    one, two = candidate_of(panel), candidate_of(other)
    (ridge, model), (other_ridge, other_model) = parts_of(one), parts_of(two)
    # The scale is the same but for rounding.
    np.testing.assert_allclose(ridge.coef, other_ridge.coef, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(model.grid, other_model.grid)
    np.testing.assert_array_equal(model.log_prior, other_model.log_prior)
    assert one.baseline.named_weights != two.baseline.named_weights
    assert one.evidence > two.evidence + 2  # the trend continues, and does not
    # The split is where the test expects it: one step earlier matters.
    moved = replace(other, y=other.y.copy())
    moved.series(0)[end[0] - 1] += 1
    other_ridge, other_model = parts_of(candidate_of(moved))
    assert not np.array_equal(ridge.coef, other_ridge.coef)
    assert not np.array_equal(model.log_prior, other_model.log_prior)


@pytest.mark.usefixtures("one_regression")
def test_refitting_sees_everything():
    """And changes neither the weights nor what was chosen of the regression."""
    panel = trending()
    candidate = candidate_of(panel)
    spec = WindowSpec(8, 1, 2, 1, baseline=candidate.baseline)
    plan, _ = refitted(panel, Plan(spec, False), N_STEPS)
    assert plan.spec.baseline.named_weights == candidate.baseline.named_weights
    everything, *_ = split_origins(panel, spec, 0.0)
    data = FitData(panel, 1, N_STEPS, everything, panel.lengths)
    ridge, smoothing = (member(plan.spec.baseline, name) for name in ("linear", "smoothing"))
    before = member(candidate.baseline, "linear")
    assert (ridge.parts[0].penalty, ridge.reach) == (0.1, 6)
    np.testing.assert_array_equal(ridge.coef, before.refit(data).coef)
    assert not np.array_equal(ridge.coef, before.coef)
    expected = BASELINES["smoothing"].fit(data).model
    np.testing.assert_array_equal(smoothing.model.log_prior, expected.log_prior)
    np.testing.assert_array_equal(smoothing.model.grid, expected.grid)
    other, _ = refitted(mirrored(panel)[0], plan, N_STEPS)
    assert not np.array_equal(member(other.spec.baseline, "linear").coef, ridge.coef)


def test_a_plan_without_statistical_baseline_stays():
    plan = Plan(WindowSpec(8, 1, 2, 1, baseline=SeasonalNaive()), False)
    assert refitted(walks(), plan, N_STEPS)[0] is plan


def held_out_fits(panel, monkeypatch):
    """Return the regression on each window alone, fitted before the held-out part."""
    _, train, held_out, end = split_origins(panel, WindowSpec(1, 1, N_STEPS, 1, Level()), 0.2)
    data, found = FitData(panel, 1, N_STEPS, train, end, held_out, 1.0), {}
    for window in ridge_module._windows(1, N_STEPS, int(panel.lengths.max())):
        with monkeypatch.context() as patch:
            patch.setattr(ridge_module, "_windows", lambda *_, window=window: [window])
            found[window] = Ridge().fit(data)
    return found


def test_the_only_useful_window_gets_all_the_weight(monkeypatch):
    """A value of 17 steps before needs a window that reads it."""
    rng = np.random.default_rng(0)
    panel = panel_of(np.tile(rng.normal(size=17), 12) + 0.01 * rng.normal(size=17 * 12))
    ridge, fits = member(candidate_of(panel).baseline, "linear"), held_out_fits(panel, monkeypatch)
    assert len(fits) > len(ridge.parts)
    assert all(part.window_length >= 17 and part.penalty < 0.1 for part in ridge.parts)


def test_windows_are_averaged(monkeypatch):
    """By their errors; the mean is one regression on the longest window."""
    panel = walks(3, 60)
    ridge, fits = member(candidate_of(panel).baseline, "linear"), held_out_fits(panel, monkeypatch)
    weights = np.array([part.weight for part in ridge.parts])
    assert len(weights) > 1
    assert weights.sum() == pytest.approx(1)
    expected = np.zeros_like(ridge.coef)
    for part in ridge.parts:
        assert part.penalty == fits[part.window_length].parts[0].penalty
        expected[-1 - part.window_length :] += part.weight * fits[part.window_length].coef
    np.testing.assert_allclose(ridge.coef, expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("lengths", [(1,), (2,), (3, 1), (4, 4), (5, 2)])
def test_series_that_are_too_short_to_hold_anything_out(lengths):
    """All baselines weigh the same, those that can be fitted."""
    rng = np.random.default_rng(0)
    panel = panel_of(*(rng.normal(size=n).cumsum() for n in lengths))
    candidate = candidate_of(panel)
    weights = candidate.baseline.named_weights
    assert set(weights.values()) == {1 / len(weights)}
    assert {"smoothing", "theta"} <= set(weights)
    assert candidate.evidence == 0
    alone = candidate_of(panel, names=("linear",)).baseline
    if "linear" in weights:
        assert max(lengths) > N_STEPS
        assert alone.named_weights == {"linear": 1.0}
    else:
        assert alone.named_weights == {"smoothing": 1.0}
    plan = Plan(WindowSpec(2, 1, N_STEPS, 1, baseline=candidate.baseline), False)
    assert refitted(panel, plan, N_STEPS)[0].spec.baseline.named_weights == weights


def test_all_targets_decide_the_weights():
    """Their order does not matter, and both count."""
    rng = np.random.default_rng(0)
    slopes = rng.normal(size=60) + np.arange(60)
    memory = np.tile(rng.normal(size=17), 4)[:60] + 0.01 * rng.normal(size=60)
    both, swapped, twice = (
        weights_of(panel_of(np.column_stack(columns)))
        for columns in ((slopes, memory), (memory, slopes), (memory, memory))
    )
    assert both.keys() == swapped.keys()
    for name, weight in both.items():
        assert weight == pytest.approx(swapped[name], abs=1e-6)
    assert twice["linear"] > both["linear"] + 0.1


# -- earlier origins of long series -----------------------------------------------------------


def spell(n_known, n_last):
    """Return three series with a memory of 17 steps, which they lose in the end."""
    rng, series = np.random.default_rng(0), []
    for _ in range(3):
        y = list(rng.normal(size=n_known))
        for t in range(17, n_known):
            y[t] = 0.95 * y[t - 17] + 0.3 * y[t]
        series.append([*y, *rng.normal(size=n_last)])
    return panel_of(*series)


def test_a_short_period_at_the_end_of_a_long_series_does_not_decide_the_weights():
    panel = spell(3000, 750)
    assert candidate_of(panel).baseline.named_weights["linear"] < 0.4
    chosen = chosen_for(panel, seasons=(1,), log=False)
    assert chosen.baseline.named_weights["linear"] > 0.8
    assert chosen.earlier


def test_regressions_of_earlier_origins_are_not_fitted_to_their_outcomes():
    """On noise they get little weight, however many coefficients they have."""
    rng = np.random.default_rng(0)
    panel = panel_of(rng.normal(size=1500))
    chosen = chosen_for(panel, seasons=(30,), log=False)
    assert chosen.earlier
    assert chosen.baseline.named_weights.get("linear", 0.0) < 0.36


def test_short_series_are_weighed_on_the_held_out_part():
    panel = spell(640, 160)
    chosen = chosen_for(panel, seasons=(1,), log=False)
    assert chosen.baseline.named_weights == candidate_of(panel).baseline.named_weights
    assert not chosen.earlier


def test_baseline_weights_of_a_very_long_horizon_use_the_held_out_part():
    panel = panel_of(np.random.default_rng(0).normal(size=1400))
    tail = fit_candidate(panel, 1, False, 1150, 0.1, AUTO)
    chosen = choose_statistical(panel, [1], False, 1150, 0.1, AUTO)
    assert chosen.baseline.named_weights == tail.baseline.named_weights
    assert set(tail.baseline.named_weights) == set(STATISTICAL)


# -- unit and season ------------------------------------------------------------------------


CYCLE = np.tile([0.5, 0.0, -0.5, 0.1], 20)
GROWTH = 0.03 * np.arange(80)


def positive(kind, n_series=3):
    """Return series whose season and noise grow with the level, or do not."""
    rng, series = np.random.default_rng(0), []
    for _ in range(n_series):
        noise = 0.05 * rng.normal(size=80)
        if kind == "multiplicative":
            series.append(np.exp(GROWTH + CYCLE + noise))
        else:
            series.append(20 + 5 * (GROWTH + CYCLE + noise))
    return panel_of(*series)


def chosen_for(panel, seasons=(4,), log=None):
    return choose_statistical(panel, list(seasons), log, N_STEPS, 0.2, AUTO)


def test_multiplicative_series_are_forecast_in_logarithms():
    assert chosen_for(positive("multiplicative")).log
    assert not chosen_for(positive("additive")).log
    # A unit that the user has set stays.
    assert not chosen_for(positive("multiplicative"), log=False).log
    assert chosen_for(positive("additive"), log=True).log


def test_a_series_that_is_not_positive_has_no_logarithm():
    panel = positive("multiplicative")
    panel.y[5] = 0.0
    assert not chosen_for(panel).log


@pytest.mark.parametrize("looks_so", [False, True])
def test_forecast_errors_decide_the_log_transform(monkeypatch, looks_so):
    """They do if they are clearly better; otherwise the changes at different levels decide."""
    monkeypatch.setattr(module, "choose_log", lambda *_: looks_so)
    panel = positive("multiplicative", n_series=6)
    assert chosen_for(panel).log
    monkeypatch.setattr(module, "LOG_ODDS", 1e9)
    assert chosen_for(panel).log == looks_so


def test_the_best_season_is_kept():
    """By the smoothing alone: a regression finds the season in its window."""
    panel, smoothing = positive("additive"), [BASELINES["smoothing"]]

    def season_of(*seasons):
        return choose_statistical(panel, list(seasons), False, N_STEPS, 0.2, smoothing).season

    assert season_of(1, 4) == season_of(4, 1) == 4
    assert season_of(4, 7) == season_of(7, 4) == 4
    assert season_of(7) == 7


def test_seasons_are_compared_on_the_same_outcomes(monkeypatch):
    """One that walks do not have brings nothing, and nothing else decides."""
    held_out = []

    def errors(*args):
        held_out.append(sorted(zip(*args[-1], strict=True)))
        return original(*args)

    original = module._errors
    monkeypatch.setattr(module, "_errors", errors)
    assert chosen_for(walks(), seasons=(1, 12)).season == 1
    assert held_out[0] == held_out[1]
