"""Reductions of arrays with missing values, against those of NumPy."""

import numpy as np
import pytest

from skrnn.series.gaps import nan_last, nan_mean, nan_median


def with_gaps(share=0.4):
    values = np.random.default_rng(0).normal(size=(6, 7, 3))
    values[np.random.default_rng(1).random(values.shape) < share] = np.nan
    return values


@pytest.mark.parametrize("axis", [0, 1])
def test_nan_median(axis):
    values = with_gaps()
    np.testing.assert_array_equal(nan_median(values, axis), np.nanmedian(values, axis))
    assert np.isnan(nan_median(np.full((2, 3), np.nan), axis)).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_nan_mean(axis):
    values = with_gaps()
    np.testing.assert_allclose(nan_mean(values, axis), np.nanmean(values, axis), rtol=1e-12)
    assert np.isnan(nan_mean(np.full((2, 3), np.nan), axis)).all()


@pytest.mark.parametrize("axis", [0, 1])
def test_nan_last(axis):
    values = with_gaps()
    values[:, 0, 0] = values[0, :, 0] = np.nan
    for index in np.ndindex(nan_last(values, axis).shape):
        line = np.moveaxis(values, axis, 2)[index]
        known = line[~np.isnan(line)]
        expected = known[-1] if len(known) else np.nan
        np.testing.assert_array_equal(nan_last(values, axis)[index], expected)
