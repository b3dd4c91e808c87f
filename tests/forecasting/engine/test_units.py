"""Values without a logarithm."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from series.panels import panel_of, random_panel

from skrnn.forecasting.engine.units import with_positive_values


@given(st.lists(st.integers(1, 9), min_size=1, max_size=4), st.integers(0, 99))
@settings(deadline=None, max_examples=30)
def test_the_smallest_positive_value_before_replaces_others(lengths, seed):
    panel = random_panel(np.random.default_rng(seed), lengths, n_targets=2, missing=0.2)
    before = panel.y.copy()
    positive = with_positive_values(panel)
    np.testing.assert_array_equal(panel.y, before)
    for i in range(panel.n_series):
        for t, row in enumerate(panel.series(i)):
            for k, value in enumerate(row):
                earlier = [v for v in panel.series(i)[:t, k] if v > 0]
                expected = min(earlier, default=np.nan) if value <= 0 else value
                np.testing.assert_array_equal(positive.series(i)[t, k], expected)


def test_positive_values_stay():
    panel = panel_of([1, 2, np.nan], [3])
    assert with_positive_values(panel) is panel
