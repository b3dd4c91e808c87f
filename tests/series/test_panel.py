"""Panels: reading by series and step."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from series.panels import all_origins, panel_of, random_panel


@given(
    lengths=st.lists(st.integers(1, 12), min_size=1, max_size=5),
    n_past=st.integers(0, 2),
    seed=st.integers(0, 99),
)
@settings(deadline=None, max_examples=50)
def test_read_is_a_literal_lookup(lengths, n_past, seed):
    rng = np.random.default_rng(seed)
    panel = random_panel(rng, lengths, n_targets=2, n_past=n_past)
    series = rng.integers(len(lengths), size=7)
    steps = rng.integers(-5, 17, size=(7, 4))
    y, past = panel.read(series, steps)
    assert y.shape == (7, 4, 2)
    assert past.shape == (7, 4, n_past)
    for i, which in enumerate(series):
        for j, step in enumerate(steps[i]):
            if 0 <= step < lengths[which]:
                row = sum(lengths[:which]) + step
                np.testing.assert_array_equal(y[i, j], panel.y[row])
                np.testing.assert_array_equal(past[i, j], panel.past[row])
            else:
                assert np.isnan(y[i, j]).all()
                assert np.isnan(past[i, j]).all()


def test_read_copies():
    panel = random_panel(np.random.default_rng(0), [5, 5])
    before = panel.y.copy()
    y, _ = panel.read(np.array([0, 1]), np.arange(5)[None].repeat(2, axis=0))
    y[:] = 0
    np.testing.assert_array_equal(panel.y, before)


def test_a_sample_has_some_of_the_series():
    panel = random_panel(np.random.default_rng(0), [3, 1, 7, 2, 5], n_targets=2, n_past=1)
    assert panel.sample(5) is panel
    some = panel.sample(3)
    np.testing.assert_array_equal(some.lengths, [3, 7, 5])
    for i, taken in enumerate((0, 2, 4)):
        np.testing.assert_array_equal(some.series(i), panel.series(taken))
    np.testing.assert_array_equal(some.past[3:10], panel.past[panel.offsets[2] : panel.offsets[3]])


def test_missing_values_before_origins():
    panel = random_panel(np.random.default_rng(0), [9, 1, 14], n_targets=2, missing=0.6)
    series, origin = all_origins(panel)
    missing = panel.missing_before(series, origin)
    for i, (which, end) in enumerate(zip(series, origin, strict=True)):
        for target in range(2):
            observed = np.flatnonzero(~np.isnan(panel.series(which)[:end, target]))
            expected = end - 1 - observed[-1] if len(observed) else 0
            assert missing[i, target] == expected


def test_no_value_is_missing():
    panel = random_panel(np.random.default_rng(0), [3, 2])
    assert not panel.missing_before(*all_origins(panel)).any()
    assert panel.up_to_last_observed() is panel


def test_up_to_the_last_observed_value_of_any_target():
    nan = np.nan
    panel = panel_of([[1, 2], [nan, 3], [nan, nan]], [[nan, 1], [nan, nan], [4, nan]])
    cut = panel.up_to_last_observed()
    np.testing.assert_array_equal(cut.lengths, [2, 3])
    np.testing.assert_array_equal(cut.y, panel.y[[0, 1, 3, 4, 5]])
