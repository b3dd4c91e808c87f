"""Matrix product for the gradients of weights, summed over all steps and rows."""

from __future__ import annotations

from .kernel_vectors import LANES, fma, jit, kernel, like, load, total

TILE = 4  # rows of each factor in a tile of the result, whose sums stay in registers


@jit
def _tile(a, b, i, j, width, out):
    """Compute a tile of four rows and four columns of the result."""
    s00, s01, s02, s03 = like(a, 0.0), like(a, 0.0), like(a, 0.0), like(a, 0.0)
    s10, s11, s12, s13 = like(a, 0.0), like(a, 0.0), like(a, 0.0), like(a, 0.0)
    s20, s21, s22, s23 = like(a, 0.0), like(a, 0.0), like(a, 0.0), like(a, 0.0)
    s30, s31, s32, s33 = like(a, 0.0), like(a, 0.0), like(a, 0.0), like(a, 0.0)
    for k in range(0, width, LANES):
        y0, y1 = load(b, (j, k)), load(b, (j + 1, k))
        y2, y3 = load(b, (j + 2, k)), load(b, (j + 3, k))
        x = load(a, (i, k))
        s00, s01 = fma(x, y0, s00), fma(x, y1, s01)
        s02, s03 = fma(x, y2, s02), fma(x, y3, s03)
        x = load(a, (i + 1, k))
        s10, s11 = fma(x, y0, s10), fma(x, y1, s11)
        s12, s13 = fma(x, y2, s12), fma(x, y3, s13)
        x = load(a, (i + 2, k))
        s20, s21 = fma(x, y0, s20), fma(x, y1, s21)
        s22, s23 = fma(x, y2, s22), fma(x, y3, s23)
        x = load(a, (i + 3, k))
        s30, s31 = fma(x, y0, s30), fma(x, y1, s31)
        s32, s33 = fma(x, y2, s32), fma(x, y3, s33)
    out[i, j], out[i, j + 1] = total(s00), total(s01)
    out[i, j + 2], out[i, j + 3] = total(s02), total(s03)
    out[i + 1, j], out[i + 1, j + 1] = total(s10), total(s11)
    out[i + 1, j + 2], out[i + 1, j + 3] = total(s12), total(s13)
    out[i + 2, j], out[i + 2, j + 1] = total(s20), total(s21)
    out[i + 2, j + 2], out[i + 2, j + 3] = total(s22), total(s23)
    out[i + 3, j], out[i + 3, j + 1] = total(s30), total(s31)
    out[i + 3, j + 2], out[i + 3, j + 3] = total(s32), total(s33)


@kernel
def correlation(a, b, out):
    """Compute ``out = a @ b.T`` for wide matrices whose width is a multiple of `LANES`.

    BLAS is slower for this shape, where the sums are long and the result is small.
    """
    n, m, width = a.shape[0], b.shape[0], a.shape[1]
    for i in range(0, n - n % TILE, TILE):
        for j in range(0, m - m % TILE, TILE):
            _tile(a, b, i, j, width, out)
    for i in range(n):
        for j in range(0 if i >= n - n % TILE else m - m % TILE, m):
            s = like(a, 0.0)
            for k in range(0, width, LANES):
                s = fma(load(a, (i, k)), load(b, (j, k)), s)
            out[i, j] = total(s)
