"""Limits of forecasts."""

import numpy as np
import pytest
from series.panels import panel_of

from skrnn.series.limits import widened_after_jumps, within_limits
from skrnn.series.quantiles import MEDIAN, SCORES


def limited(median, y, scale=1.0, *, log=False):
    """Return the quantiles of forecasts after a series, with distances of -1, 0 and 1."""
    quantiles = np.array(median, dtype=float)[None, :, None, None] + np.array([-1.0, 0, 1])
    y = np.asarray(y, dtype=float)
    origins = np.array([0]), np.array([len(y)])
    result = within_limits(quantiles, panel_of(y), origins, np.array([[scale]]), log=log)
    return quantiles[0, :, 0], result[0, :, 0]


def test_what_is_near_stays():
    before, after = limited([-39, 0, 49], [0, 5, np.nan, 1])
    np.testing.assert_array_equal(before, after)


def test_ten_ranges_away_at_most():
    before, after = limited([-70, 4, 99], [0, 5, 0, 5, 0])
    np.testing.assert_array_equal(after[:, 1], [-50, 4, 55])
    np.testing.assert_allclose(np.diff(after), np.diff(before))


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("slope", [0.3, -0.3])
def test_further_if_the_series_grows_so(slope, log):
    y = slope * np.arange(5)
    median = slope * np.arange(5, 500)
    before, after = limited(median, y, abs(slope), log=log)
    np.testing.assert_array_equal(before, after)


def test_one_outlier_is_no_growth():
    y = np.zeros(20)
    y[-1] = 100
    _, after = limited(100.0 * np.arange(1, 100), y)
    assert after[:, 1].max() == 1100


def test_ranges_are_those_of_the_original_units():
    _, after = limited([50.0], np.log([1, 3, 1, 3, 1]), 0.1, log=True)
    assert np.exp(after[0, 1]) == pytest.approx(23)


def test_a_short_history_has_the_range_of_its_scale():
    _, after = limited([7, 700], [2.0], scale=3.0)
    np.testing.assert_array_equal(after[:, 1], [7, 32])


def test_without_history():
    before, after = limited([7, 700], [np.nan])
    np.testing.assert_array_equal(before, after)


def test_logarithms_do_not_overflow():
    _, after = limited([690.0], [685, 689, 685.0], log=True)
    assert np.isfinite(np.exp(after)).all()


class TestJumps:
    """A value is far from all earlier ones."""

    def widened(self, y, median=50, n_steps=2):
        quantiles = np.broadcast_to(median + SCORES, (1, n_steps, 1, 7)).copy()
        origins = np.array([0]), np.array([len(y)])
        return widened_after_jumps(quantiles, panel_of(y), origins)[0, :, 0]

    @pytest.mark.parametrize("n_missing", [0, 3])
    def test_the_history_and_the_newest_value_are_in_the_interval(self, n_missing):
        y = np.r_[np.sin(np.arange(30)), 90, np.full(n_missing, np.nan)]
        quantiles = self.widened(y)
        np.testing.assert_allclose(quantiles[:, 1], y[:30].min())
        np.testing.assert_allclose(quantiles[:, -2], 90)
        assert (np.diff(quantiles) > 0).all()

    def test_downwards(self):
        y = np.r_[200 + np.sin(np.arange(30)), 40]
        np.testing.assert_allclose(self.widened(y)[:, -2], y[:30].max())
        np.testing.assert_allclose(self.widened(y)[:, 1], 40)

    def test_a_forecast_that_only_an_earlier_jump_explains(self):
        y = np.r_[np.sin(np.arange(30)), 90, np.sin(np.arange(5))]
        quantiles = self.widened(y)
        np.testing.assert_allclose(quantiles[:, 1], y[:30].min())
        np.testing.assert_array_equal(quantiles[:, MEDIAN:], 50 + np.tile(SCORES[MEDIAN:], (2, 1)))

    def test_a_forecast_near_the_other_values_stays(self):
        y = np.r_[np.sin(np.arange(30)), 90, np.sin(np.arange(5))]
        np.testing.assert_array_equal(self.widened(y, median=1)[0], 1 + SCORES)

    def test_a_new_level_is_known_after_its_first_value(self):
        y = np.r_[np.sin(np.arange(30)), 50, 51]
        np.testing.assert_array_equal(self.widened(y)[0], 50 + SCORES)

    @pytest.mark.parametrize("newest", [11, -11, np.nan])
    def test_near_values_widen_nothing(self, newest):
        y = np.r_[np.sin(np.arange(30)), newest]
        np.testing.assert_array_equal(self.widened(y)[0], 50 + SCORES)

    def test_nor_do_those_of_a_short_history(self):
        np.testing.assert_array_equal(self.widened(np.array([1.0, 2, 90]))[0], 50 + SCORES)
