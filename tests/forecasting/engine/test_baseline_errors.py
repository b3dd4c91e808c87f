"""Errors of the baseline in the past: without what it has learned from them."""

from dataclasses import replace

import numpy as np
import pytest

from skrnn.baselines import Combination, FitData, Level, Ridge, Smoothing, Theta
from skrnn.baselines.ridge import Part
from skrnn.forecasting.engine.baseline_errors import baseline_errors, honest_errors
from skrnn.forecasting.engine.origins import split_origins
from skrnn.series import Normalizer, Panel, WindowSpec

H, WINDOW = 5, 30
SPEC = WindowSpec(WINDOW, 1, H, 1, baseline=Level())


def series(kind, n=150):
    rng = np.random.default_rng(3)
    y = rng.normal(size=n)
    if kind == "cycle":
        for t in range(2, n):
            y[t] += 1.6 * y[t - 1] - 0.95 * y[t - 2]
    return y[:, None]


def prepared(y):
    panel = Panel(y, np.array([0, len(y)]), np.empty((len(y), 0)))
    origins, *_ = split_origins(panel, SPEC, 0.0)
    data = FitData(panel, 1, H, origins, panel.lengths)
    ridge = Ridge(parts=(Part(WINDOW, 1e-3),)).refit(data)
    baseline = Combination.of([ridge, Smoothing().fit(data), Theta().fit(data)], [1.0, 0.0, 0.0])
    return panel, Normalizer(panel, 1), origins, replace(SPEC, baseline=baseline)


def size(errors):
    return np.sqrt(np.nanmean(errors**2))


def test_errors_of_a_regression_on_noise_are_not_too_small():
    panel, normalizer, origins, spec = prepared(series("noise"))
    learned = size(baseline_errors(panel, normalizer, origins, spec, H))
    honest = size(honest_errors(panel, normalizer, origins, spec, H))
    noise = 1 / normalizer.at(*origins).scale.mean()
    assert learned < 0.95 * noise < 1.05 * noise < honest


def test_a_regression_that_learns_a_cycle_has_smaller_errors():
    panel, normalizer, origins, spec = prepared(series("cycle", 400))
    honest = size(honest_errors(panel, normalizer, origins, spec, H))
    smoothing = replace(spec, baseline=spec.baseline.without_outcomes())
    assert honest < 0.5 * size(baseline_errors(panel, normalizer, origins, smoothing, H))


def test_without_a_regression_nothing_is_fitted_again():
    panel, normalizer, origins, spec = prepared(series("cycle"))
    spec = replace(spec, baseline=spec.baseline.without_outcomes())
    np.testing.assert_array_equal(
        honest_errors(panel, normalizer, origins, spec, H),
        baseline_errors(panel, normalizer, origins, spec, H),
    )


@pytest.mark.parametrize("n", [8, 12, 20])
def test_a_series_too_short_for_blocks_has_errors_of_the_smoothing(n):
    panel, _, origins, spec = prepared(series("noise"))
    short = Panel(panel.y[:n], np.array([0, n]), panel.past[:n])
    origins, *_ = split_origins(short, SPEC, 0.0)
    errors = honest_errors(short, Normalizer(short, 1), origins, spec, H)
    assert np.isfinite(errors[:, 0]).all()
