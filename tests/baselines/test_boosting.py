"""Gradient-boosted trees: what they read, and what they must not."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import ThreadpoolController

from skrnn.baselines import Boosting, FitData
from skrnn.baselines import boosting as module
from skrnn.series import ForecastExamples, Normalizer, Panel, WindowSpec

N_STEPS, WEEK = 5, 7
OPENMP = ThreadpoolController().select(user_api="openmp")
LATE = np.arange(270, 290)


@pytest.fixture(scope="module")
def driven():
    """Two series that follow a known covariate at once, and a past-only one after six steps."""
    rng = np.random.default_rng(0)
    n = 300
    known, past = rng.normal(size=(2, 2, n))
    y = [
        10 * k + 5 * np.roll(p, 6) + 0.1 * rng.normal(size=n)
        for k, p in zip(known, past, strict=True)
    ]
    covariates = np.concatenate([np.stack(pair, axis=1) for pair in zip(known, past, strict=True)])
    return Panel(np.concatenate(y)[:, None], np.array([0, n, 2 * n]), covariates, 1)


def data_of(panel, first=20, last=230):
    series, origin = np.divmod(np.arange(2 * (last - first)), last - first)
    end = np.full(2, last)
    held_out = np.repeat([0, 1], 30), np.tile(np.arange(last, last + 30), 2)
    return FitData(panel, WEEK, N_STEPS, (series, origin + first), end, held_out)


@pytest.fixture(scope="module")
def boosting(driven):
    return Boosting().with_calendar((WEEK,), None).fit(data_of(driven))


def forecast(boosting, panel, origins=LATE):
    place = np.zeros_like(origins), origins
    spec = WindowSpec(1, 1, N_STEPS, WEEK, boosting)
    examples = ForecastExamples(panel, place, spec, data_of(panel).normalizer)
    return examples.gather_inputs(np.arange(len(origins)))[1].center[..., 0]


def error(boosting, panel, origins=LATE):
    actual, _ = panel.read(np.zeros_like(origins), origins[:, None] + np.arange(N_STEPS))
    return np.abs(forecast(boosting, panel, origins) - actual[..., 0]).mean()


def shifted(panel, column, by):
    past = panel.past.copy()
    past[:, column] = np.roll(past[:, column], by)
    return replace(panel, past=past)


def test_known_covariates_of_the_step_are_read(boosting, driven):
    """Shifted by one step, they say nothing about it."""
    assert error(boosting, driven) < 5
    for by in (1, -1):
        assert error(boosting, shifted(driven, 0, by)) > 9


def test_nothing_after_the_origin_is_read_but_known_covariates(boosting, driven):
    y, past = driven.y.copy(), driven.past.copy()
    y[270:300], past[270:300, 1] = 1e3, 1e3
    later = replace(driven, y=y, past=past)
    settled = forecast(boosting, driven, np.array([270]))
    # The scale in training comes from the whole series.
    place = np.array([0]), np.array([270])
    normalizer = data_of(driven).normalizer
    spec = WindowSpec(1, 1, N_STEPS, WEEK, boosting)
    examples = ForecastExamples(later, place, spec, replace_panel(normalizer, driven))
    np.testing.assert_array_equal(examples.gather_inputs(np.arange(1))[1].center[..., 0], settled)


def replace_panel(normalizer, panel):
    normalizer.panel = panel
    return normalizer


def test_steps_after_the_end_are_no_targets(driven):
    class Settled(FitData):
        """The scale is that of the first panel."""

        normalizer = Normalizer(driven, WEEK, settled=driven.lengths)

    other = driven.y.copy()
    for offset in driven.offsets[:-1]:
        other[offset + 150 : offset + 300] += 300
    forecasts = []
    for y in (driven.y, other):
        data = replace(data_of(replace(driven, y=y)), end=np.full(2, 150), held_out=None)
        fitted = Boosting((WEEK,)).fit(Settled(**vars(data)))
        forecasts.append(forecast(fitted, driven))
    np.testing.assert_array_equal(*forecasts)


def test_refitting_keeps_the_number_of_trees(boosting, driven):
    data = data_of(driven, last=150)
    for again in (boosting.refit(data), boosting.cross_fit(data)):
        assert again.model.n_iter_ == boosting.model.n_iter_
        assert not np.array_equal(forecast(again, driven), forecast(boosting, driven))


def test_trees_on_few_rows_use_one_thread(boosting, driven, monkeypatch):
    """A thread that waits for others at each split takes many times as long on a busy machine."""
    used = []

    class Watched(HistGradientBoostingRegressor):
        def fit(self, X, y):
            used.extend(each["num_threads"] for each in OPENMP.info())
            return super().fit(X, y)

    monkeypatch.setattr(module, "HistGradientBoostingRegressor", Watched)
    with OPENMP.limit(limits=2):
        boosting.cross_fit(data_of(driven))
        monkeypatch.setattr(module, "FEW_ROWS", 0)
        boosting.cross_fit(data_of(driven))
    half = len(used) // 2
    assert used == [1] * half + [2] * half


def test_few_rows_are_not_learned(driven):
    data = data_of(driven, first=20, last=60)
    assert (
        Boosting((WEEK,)).cross_fit(replace(data, origins=tuple(o[:5] for o in data.origins)))
        is None
    )


def test_the_calendar_is_read_on_a_common_clock():
    """The values depend on the day of the week only, and each series begins on another day."""
    rng, start = np.random.default_rng(0), np.array([0, 3])
    pattern = np.array([0, 9, 1, 8, 2, 7, 3.0])
    y = np.concatenate(
        [pattern[(s + np.arange(300)) % WEEK] * rng.choice([0, 1], 300) for s in start]
    )
    panel = Panel(y[:, None], np.array([0, 300, 600]), np.empty((600, 0)), start=start)
    fitted = Boosting((WEEK,)).fit(data_of(panel))
    moved = replace(panel, start=start + 1)
    assert error(fitted, panel) < error(fitted, moved)
