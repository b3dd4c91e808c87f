"""Values that set the scale of their column."""

import numpy as np
import pytest

from skrnn.data.outliers import find_outlier

RNG = np.random.default_rng(0)
CLEAN = {
    "normal": RNG.normal(size=(2000, 3)),
    "few": RNG.normal(size=(12, 2)),
    "constant": np.full((50, 2), 7.3),
    "heavy tails": RNG.pareto(2, size=(2000, 2)),
    "lognormal": np.exp(2 * RNG.normal(size=(2000, 2))),
    "counts": RNG.poisson(0.03, size=(2000, 2)).astype(float),
    "on and off": np.where(RNG.random((500, 1)) < 0.3, 0, RNG.normal(1000, 8, size=(500, 1))),
    "a single event": (np.arange(2000) == 77)[:, None].astype(float),
    "other levels": RNG.normal(size=(500, 3)) * [1e-300, 1, 1e150] + [0, 1e6, 0],
    "single precision": RNG.normal(size=(500, 2)).astype(np.float32),
}


@pytest.mark.parametrize("values", CLEAN.values(), ids=CLEAN)
def test_clean_values(values):
    assert find_outlier(values) is None


@pytest.mark.parametrize("n", [20, 60, 2000])
@pytest.mark.parametrize("value", [1e6, -1e6, 9.97e36, 1e150, -1e200])
def test_one_outlier(n, value):
    values = RNG.normal(size=(n, 3))
    values[n // 2, 1] = value
    row, column, low, high = find_outlier(values)
    assert (row, column) == (n // 2, 1)
    rest = np.delete(values[:, 1], n // 2)
    assert 0.9 < np.mean((low <= rest) & (rest <= high)) <= 1
    assert rest.min() <= low < high <= rest.max()


def test_several_outliers():
    values = RNG.normal(size=(1000, 2))
    values[[3, 500, 700], 0] = -9999.0
    assert find_outlier(values)[:2] == (3, 0)


@pytest.mark.parametrize("fraction", [0.02, 0.1, 0.4])
@pytest.mark.parametrize("value", [-9999.0, 1e20, 1e200])
def test_a_fill_value(fraction, value):
    values = RNG.normal(size=(500, 2))
    filled = RNG.random(500) < fraction
    values[filled, 1] = value
    row, column, low, high = find_outlier(values)
    assert (row, column) == (filled.argmax(), 1)
    assert -4 < low < high < 4
