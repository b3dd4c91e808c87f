"""Errors of the anchor in the past: without what it has learned from them."""

from dataclasses import replace

import numpy as np
import pytest

from skrnn.data import Blend, Panel, Reference, Smoothing, WindowSpec
from skrnn.data.ridge import Part
from skrnn.forecasting._anchor_errors import anchor_errors, honest_errors
from skrnn.forecasting._cross_fitting import fit_parts
from skrnn.forecasting._origins import split_origins

H, WINDOW = 5, 30
SPEC = WindowSpec(WINDOW, 1, H, 1, anchor=None)


def series(kind, n=150):
    rng = np.random.default_rng(3)
    y = rng.normal(size=n)
    if kind == "cycle":
        for t in range(2, n):
            y[t] += 1.6 * y[t - 1] - 0.95 * y[t - 2]
    return y[:, None]


def prepared(y):
    panel = Panel(y, np.array([0, len(y)]), np.empty((len(y), 0)))
    reference = Reference(panel, 1, Smoothing.learn(panel, 1))
    origins, *_ = split_origins(panel, SPEC, 0.0)
    settled = Reference(panel, 1, settled=panel.lengths)
    ridge = fit_parts(settled, origins, (Part(WINDOW, 1e-3),), H)
    return panel, reference, origins, replace(SPEC, anchor=Blend({"linear": 1.0}, ridge))


def size(errors):
    return np.sqrt(np.nanmean(errors**2))


def test_a_regression_on_noise_does_not_know_what_followed():
    panel, reference, origins, spec = prepared(series("noise"))
    learned = size(anchor_errors(panel, reference, origins, spec, H))
    honest = size(honest_errors(panel, reference, origins, spec, H))
    noise = 1 / reference.at(*origins, H).scale.mean()
    assert learned < 0.95 * noise < 1.05 * noise < honest


def test_what_a_regression_knows_of_a_cycle_counts():
    panel, reference, origins, spec = prepared(series("cycle", 400))
    honest = size(honest_errors(panel, reference, origins, spec, H))
    smoothing = replace(spec, anchor=spec.anchor.without_regression())
    assert honest < 0.5 * size(anchor_errors(panel, reference, origins, smoothing, H))


def test_without_a_regression_nothing_is_fitted_again():
    panel, reference, origins, spec = prepared(series("cycle"))
    spec = replace(spec, anchor=spec.anchor.without_regression())
    np.testing.assert_array_equal(
        honest_errors(panel, reference, origins, spec, H),
        anchor_errors(panel, reference, origins, spec, H),
    )


@pytest.mark.parametrize("n", [8, 12, 20])
def test_a_series_too_short_for_blocks_has_errors_of_the_smoothing(n):
    panel, _, origins, spec = prepared(series("noise"))
    short = Panel(panel.y[:n], np.array([0, n]), panel.past[:n])
    origins, *_ = split_origins(short, SPEC, 0.0)
    told = Reference(short, 1, Smoothing.learn(short, 1))
    errors = honest_errors(short, told, origins, spec, H)
    assert np.isfinite(errors[:, 0]).all()
