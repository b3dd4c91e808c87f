"""Steps at which a known covariate says that a series is 0."""

from dataclasses import replace

import numpy as np
import pytest

from skrnn.series import Panel, StructuralZeros


@pytest.fixture
def shops():
    """Two shops that are closed every fifth day; the other covariate is a promotion."""
    rng = np.random.default_rng(0)
    n = 60
    opened = np.tile(np.arange(n) % 5 != 4, 2).astype(float)
    promotion = rng.integers(0, 2, size=2 * n).astype(float)
    y = np.where(opened > 0, rng.integers(1, 9, size=2 * n), 0.0)
    return Panel(y[:, None], np.array([0, n, 2 * n]), np.stack([promotion, opened], 1), 2)


def with_y(panel, row, value):
    y = panel.y.copy()
    y[row] = value
    return replace(panel, y=y)


def test_closed_days_are_found_and_hidden(shops):
    zeros = StructuralZeros.find(shops)
    assert zeros.rules == ((1, 0.0),)
    hidden = zeros.hide(shops)
    np.testing.assert_array_equal(np.isnan(hidden.y[:, 0]), shops.past[:, 1] == 0)
    np.testing.assert_array_equal(hidden.y[shops.past[:, 1] == 1], shops.y[shops.past[:, 1] == 1])


def test_one_sale_on_a_closed_day_contradicts(shops):
    assert StructuralZeros.find(with_y(shops, 4, 1.0)).rules == ()


@pytest.mark.parametrize("change", ["few", "mostly zero", "not known", "continuous"])
def test_what_is_no_rule(shops, change):
    if change == "few":
        shops = shops.cut(np.array([0]), np.array([0]), np.array([40]))
    elif change == "mostly zero":
        y = np.where(np.arange(120)[:, None] % 3, 0.0, shops.y)
        shops = replace(shops, y=y)
    elif change == "not known":
        shops = replace(shops, n_known=1)
    else:
        past = shops.past.copy()
        past[0, 1] = 0.5
        shops = replace(shops, past=past)
    assert StructuralZeros.find(shops).rules == ()


@pytest.mark.parametrize("log", [False, True])
def test_forecasts_of_closed_days_are_zero(shops, log):
    quantiles = np.full((3, 1, 2), 4.0)
    known = np.array([[0.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    clock = np.arange(3)
    filled = StructuralZeros.find(shops).fill(quantiles, known, clock, log=log)
    values = np.exp(filled) if log else filled
    np.testing.assert_array_equal(values[1:], 0.0)
    np.testing.assert_array_equal(filled[0], 4.0)


@pytest.fixture
def weeks():
    """Two shops without covariates that are closed on every seventh day by a common clock."""
    rng = np.random.default_rng(0)
    clock = np.concatenate([np.arange(80), np.arange(3, 73)])
    y = np.where(clock % 7 == 5, 0.0, rng.integers(1, 9, size=150))
    offsets, start = np.array([0, 80, 150]), np.array([0, 3])
    return Panel(y[:, None], offsets, np.empty((150, 0)), 0, start=start), clock


def test_days_of_the_week(weeks):
    panel, _ = weeks
    assert not StructuralZeros.find(panel).exist
    zeros = StructuralZeros.find(panel, 7)
    assert zeros.days == (5,)
    assert zeros.hide(panel) is panel
    filled = zeros.fill(np.ones((7, 1, 2)), np.empty((7, 0)), 70 + np.arange(7), log=False)
    np.testing.assert_array_equal(filled[:, 0, 0] == 0, np.arange(7) == 5)


@pytest.mark.parametrize("change", ["a sale", "few weeks", "mostly zero"])
def test_days_that_are_not_certain(weeks, change):
    panel, clock = weeks
    if change == "a sale":
        panel = with_y(panel, 5, 1.0)
    elif change == "few weeks":  # ten in both shops together
        panel = panel.cut(np.arange(2), np.zeros(2, dtype=int), np.array([37, 35]))
    else:
        panel = replace(panel, y=np.where(clock[:, None] % 3, 0.0, panel.y))
    assert StructuralZeros.find(panel, 7).days == ()
