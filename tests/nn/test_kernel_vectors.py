"""Functions of the kernels' vectors against those of NumPy."""

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from skrnn.nn.kernel_vectors import LANES, load, sigmoid, store, tanh  # noqa: E402

TINY = np.logspace(-8, -3, 5001)
GRID = np.concatenate([np.linspace(-20, 20, 400_001), -TINY, TINY])
dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@numba.njit
def tanh_of(x, out):
    for i in range(0, x.size, LANES):
        store(out, (i,), tanh(load(x, (i,))))


@numba.njit
def sigmoid_of(x, out):
    for i in range(0, x.size, LANES):
        store(out, (i,), sigmoid(load(x, (i,))))


def evaluate(kernel, values, dtype):
    """Return the values in this type, and in float64 what the kernel makes of them."""
    x = np.asarray(values, dtype)
    filled = np.concatenate([x, np.zeros(-len(x) % LANES, dtype)])
    out = np.full_like(filled, np.nan)
    kernel(filled, out)
    return x.astype(np.float64), out[: len(x)].astype(np.float64)


def test_tanh_in_float32():
    x, y = evaluate(tanh_of, GRID, np.float32)
    error = np.abs(y - np.tanh(x))
    assert error.max() < 4e-7
    assert (error <= 6e-7 * np.abs(np.tanh(x))).all()


def test_tanh_in_float64():
    x, y = evaluate(tanh_of, GRID, np.float64)
    np.testing.assert_allclose(y, np.tanh(x), rtol=1e-15, atol=0)


@pytest.mark.parametrize(("dtype", "tolerance"), [(np.float32, 3e-7), (np.float64, 3e-16)])
def test_sigmoid(dtype, tolerance):
    x, y = evaluate(sigmoid_of, GRID, dtype)
    np.testing.assert_allclose(y, 1 / (1 + np.exp(-x)), rtol=0, atol=tolerance)


@dtypes
def test_odd_and_even(dtype):
    positive, negative = (evaluate(tanh_of, sign * GRID, dtype)[1] for sign in (1, -1))
    np.testing.assert_array_equal(positive, -negative)
    positive, negative = (evaluate(sigmoid_of, sign * GRID, dtype)[1] for sign in (1, -1))
    np.testing.assert_allclose(positive + negative, 1, rtol=0, atol=np.finfo(dtype).eps)


@dtypes
@pytest.mark.parametrize(("kernel", "low"), [(tanh_of, -1), (sigmoid_of, 0)])
def test_ends(kernel, low, dtype):
    _, y = evaluate(kernel, [-np.inf, -1e30, 1e30, np.inf], dtype)
    np.testing.assert_allclose(y, [low, low, 1, 1], rtol=0, atol=4e-7)


@dtypes
@pytest.mark.parametrize("kernel", [tanh_of, sigmoid_of])
def test_a_nan_stays_in_its_lane(kernel, dtype):
    values = np.linspace(-3, 3, LANES)
    values[5] = np.nan
    _, y = evaluate(kernel, values, dtype)
    assert np.flatnonzero(np.isnan(y)).tolist() == [5]


@dtypes
@pytest.mark.parametrize("kernel", [tanh_of, sigmoid_of])
def test_lanes_are_alike(kernel, dtype):
    _, everything = evaluate(kernel, GRID[:: len(GRID) // 500], dtype)
    for shift in (1, 7, 15):
        _, shifted = evaluate(kernel, GRID[:: len(GRID) // 500][shift:], dtype)
        np.testing.assert_array_equal(shifted, everything[shift:])
