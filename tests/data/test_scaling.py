"""Standardisation with exact weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.preprocessing import StandardScaler

from skrnn.data import Standardizer


@given(counts=st.lists(st.integers(0, 4), min_size=2, max_size=9).filter(any))
@settings(deadline=None)
def test_integer_weights_are_repetitions(counts):
    values = np.random.default_rng(0).normal(5, 3, size=(len(counts), 2))
    present = np.array(counts) > 0
    weighted = Standardizer.fit(values[present], np.array(counts, dtype=float)[present])
    repeated = StandardScaler().fit(np.repeat(values, counts, axis=0))
    np.testing.assert_allclose(weighted.mean, repeated.mean_, rtol=1e-12)
    np.testing.assert_allclose(weighted.scale, repeated.scale_, rtol=1e-9)


def test_round_trip_and_dtype():
    values = np.random.default_rng(0).normal(5, 3, size=(50, 3)).astype(np.float32)
    scaler = Standardizer.fit(values, np.ones(50))
    scaled = scaler.transform(values, "float32")
    assert scaled.dtype == np.float32
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(scaled.std(axis=0), 1, rtol=1e-6)
    np.testing.assert_allclose(scaler.inverse_transform(scaled), values, rtol=1e-5)
    chosen = scaler.select(2)
    np.testing.assert_array_equal(chosen.transform(values[:, :2], "float32"), scaled[:, :2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, 0.1, -1e-200, 1e8 / 3, 1e30])
def test_constant_column_keeps_its_scale(dtype, value):
    # Enough rows for rounding errors in the sum over the column.
    values = np.stack([np.full(100_000, value), np.arange(100_000)], axis=1).astype(dtype)
    scaler = Standardizer.fit(values, np.full(100_000, 0.3))
    assert scaler.scale[0] == 1
    assert scaler.scale[1] > 1e4
    assert not scaler.transform(values, "float64")[:, 0].any()


def test_values_that_differ_by_rounding_stay_small():
    seconds = (1.7e9 + np.arange(0, 1000, 10.0)).astype(np.float32)[:, None]
    scaled = Standardizer.fit(seconds, np.ones(100)).transform(seconds, "float32")
    assert np.abs(scaled).max() <= 1


@pytest.mark.parametrize("unit", [1e-200, 1e-6, 1e200])
def test_any_unit(unit):
    values = unit * np.arange(20.0)[:, None]
    scaler = Standardizer.fit(values, np.ones(20))
    np.testing.assert_allclose(scaler.scale, unit * np.arange(20.0).std())


def test_small_spread_is_not_constant():
    values = 1000 + 1e-6 * np.arange(20.0)[:, None]
    scaled = Standardizer.fit(values, np.ones(20)).transform(values, "float64")
    np.testing.assert_allclose(scaled.std(), 1, rtol=1e-6)
