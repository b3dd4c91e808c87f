"""The matrix products of the compiled kernels against NumPy's."""

import numpy as np
import pytest

pytest.importorskip("numba")
from numba import njit

from skrnn.nn.kernel_correlation import correlation
from skrnn.nn.kernel_parts import product
from skrnn.nn.kernel_vectors import LANES

dtypes = pytest.mark.parametrize("dtype", [np.float32, np.float64])


@njit
def part(weight, first, n, start, stop, v, v_first, out, out_first):
    product(weight, first, n, start, stop, v, v_first, out, out_first)


def close(dtype):
    return {"rtol": 1e-5 if dtype == np.float32 else 1e-12, "atol": np.finfo(dtype).eps * 100}


@dtypes
@pytest.mark.parametrize("n", [*range(1, 18), 31])
def test_product_of_any_number_of_rows(n, dtype):
    rng = np.random.default_rng(n)
    weight, v = rng.normal(size=(n + 3, 11)).astype(dtype), rng.normal(size=(20, LANES))
    v, out = v.astype(dtype), np.full((n + 5, LANES), 7.0, dtype)
    part(weight, np.intp(2), n, np.intp(1), 10, v, np.intp(4), out, np.intp(3))
    np.testing.assert_allclose(out[3 : 3 + n], weight[2 : 2 + n, 1:10] @ v[4:13], **close(dtype))
    assert (out[:3] == 7).all()
    assert (out[3 + n :] == 7).all()


@dtypes
@pytest.mark.parametrize(("n", "m"), [(1, 1), (4, 8), (5, 3), (13, 6)])
def test_correlation(n, m, dtype):
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(rows, 5 * LANES)).astype(dtype) for rows in (n, m))
    out = np.empty((n, m), dtype)
    correlation(a, b, out)
    np.testing.assert_allclose(out, a @ b.T, **close(dtype))
