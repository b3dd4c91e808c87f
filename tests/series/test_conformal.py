"""Widths of quantile forecasts, and quantiles at any level."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from skrnn.series import ForecastWidths, interpolate_quantiles
from skrnn.series.conformal import fixed_distances, own_factors, relative_sizes, upper_quantile

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
MIDDLE = 3


class TestInterpolation:
    def test_is_exact_for_a_normal_distribution(self):
        alpha = [0.001, 0.01, 0.2, 0.5, 0.77, 0.999]
        quantiles = 5 + 2 * norm.ppf(LEVELS)
        result = interpolate_quantiles(quantiles, LEVELS, alpha)
        np.testing.assert_allclose(result, 5 + 2 * norm.ppf(alpha))

    def test_returns_the_given_quantiles(self):
        quantiles = np.sort(np.random.default_rng(0).normal(size=(4, 2, 7)))
        result = interpolate_quantiles(quantiles, LEVELS, LEVELS)
        np.testing.assert_allclose(result, quantiles, rtol=1e-12)
        np.testing.assert_array_equal(result[..., MIDDLE], quantiles[..., MIDDLE])

    @given(
        st.lists(st.floats(0, 10), min_size=7, max_size=7),
        st.lists(st.floats(0.001, 0.999), min_size=2, max_size=9),
    )
    @settings(deadline=None)
    def test_keeps_the_order(self, steps, alpha):
        quantiles = np.cumsum(steps)
        result = interpolate_quantiles(quantiles, LEVELS, sorted(alpha))
        assert (np.diff(result) >= 0).all()


class TestUpperQuantile:
    @pytest.mark.parametrize("level", [0.5, 0.8, 0.95])
    @pytest.mark.parametrize("n", [40, 99])
    def test_covers_a_new_score(self, level, n):
        """The finite-sample guarantee of split conformal prediction, over many samples."""
        scores = np.random.default_rng(0).normal(size=(4000, n + 1))
        bounds = [upper_quantile(row[:-1], level) for row in scores]
        covered = (scores[:, -1] <= bounds).mean()
        assert level - 0.015 <= covered <= level + 1 / (n + 1) + 0.015

    def test_of_few_scores(self):
        assert upper_quantile(np.array([3.0, 1.0, 2.0]), 0.95) == 3
        assert upper_quantile(np.array([]), 0.95) == 1


class TestOwnFactors:
    def quantiles(self, n, n_steps, deviation):
        distances = deviation * norm.ppf(LEVELS)
        return np.broadcast_to(distances, (n, n_steps, 1, 7))

    @pytest.mark.parametrize("deviation", [0.3, 1.0, 4.0])
    def test_make_up_for_wrong_widths(self, deviation):
        actual = np.random.default_rng(0).normal(size=(4000, 3, 1))
        factors = own_factors(LEVELS, self.quantiles(4000, 3, deviation), actual)
        expected = np.full((3, 7), 1 / deviation)
        expected[:, MIDDLE] = 1
        np.testing.assert_allclose(factors, expected, rtol=0.12)

    def test_are_found_step_by_step_when_there_are_enough_scores(self):
        actual = np.random.default_rng(0).normal(size=(2000, 2, 1)) * [[1], [5]]
        many = own_factors(LEVELS, self.quantiles(2000, 2, 1.0), actual)
        assert many[1, 5] > 4 * many[0, 5]
        few = own_factors(LEVELS, self.quantiles(20, 2, 1.0), actual[:20])
        np.testing.assert_array_equal(few[0], few[1])

    def test_of_one_side(self):
        """Outcomes above the median alone widen both sides: elsewhere it may be the other one."""
        actual = np.abs(np.random.default_rng(0).normal(size=(2000, 1, 1)))
        either = actual * np.random.default_rng(1).choice([-1, 1], size=actual.shape)
        quantiles = self.quantiles(2000, 1, 1.0)
        np.testing.assert_array_equal(
            own_factors(LEVELS, quantiles, actual), own_factors(LEVELS, quantiles, either)
        )

    def test_each_side_is_measured_by_its_distance(self):
        """Skewed quantiles that are right are left as they are."""
        deviation = np.where(np.array(LEVELS) < 0.5, 1.0, 5.0)
        normal = np.random.default_rng(0).normal(size=(9000, 1, 1))
        actual = normal * np.where(normal < 0, 1.0, 5.0)
        quantiles = self.quantiles(9000, 1, 1.0) * deviation
        np.testing.assert_allclose(own_factors(LEVELS, quantiles, actual), 1, rtol=0.12)

    def test_without_outcomes(self):
        factors = own_factors(LEVELS, self.quantiles(5, 2, 1.0), np.full((5, 2, 1), np.nan))
        np.testing.assert_array_equal(factors, 1)


class TestFixedDistances:
    def test_of_a_random_walk(self):
        steps = np.random.default_rng(0).normal(size=(5000, 4)).cumsum(axis=1)
        distances = fixed_distances(LEVELS, steps[..., None])[:, 0]
        expected = norm.ppf(LEVELS) * np.sqrt(np.arange(1, 5))[:, None]
        np.testing.assert_allclose(distances, expected, rtol=0.08, atol=1e-12)

    @pytest.mark.parametrize("n", [30, 60, 200])
    def test_of_a_short_series_cover_what_follows(self, n):
        """The errors of a series overlap: they tell less than as many independent ones."""
        n_ahead, n_covered, n_series = 8, 0, 400
        walks = np.random.default_rng(0).normal(size=(n_series, n + n_ahead)).cumsum(axis=1)
        ahead = np.arange(n - n_ahead)[:, None] + np.arange(1, n_ahead + 1)
        for walk in walks:
            error = walk[ahead] - walk[: n - n_ahead, None]
            distances = fixed_distances(LEVELS, error[..., None])[:, 0]
            n_covered += np.abs(walk[n:] - walk[n - 1]) <= distances[:, [-2, -1]].T
        assert n_covered.shape == (2, n_ahead)
        coverage = n_covered.mean(axis=1) / n_series
        np.testing.assert_allclose(coverage, [0.8, 0.95], atol=0.05)

    def test_do_not_shrink(self):
        error = np.random.default_rng(0).normal(size=(30, 5, 1)) * [[3], [1], [2], [1], [4]]
        distances = fixed_distances(LEVELS, error)
        assert (np.diff(np.abs(distances), axis=0) >= 0).all()
        np.testing.assert_allclose(distances, -distances[..., ::-1])

    def test_unknown_steps_grow_with_the_root(self):
        error = np.full((20, 4, 1), np.nan)
        error[:, 0] = np.random.default_rng(0).normal(size=(20, 1))
        distances = fixed_distances(LEVELS, error)
        growth = np.sqrt([1, 2, 3, 4])[:, None, None]
        np.testing.assert_allclose(distances, distances[:1] * growth)

    def test_of_each_target_are_those_of_its_errors(self):
        error = np.random.default_rng(0).normal(size=(60, 4, 2)) * [1, 10]
        alone = [fixed_distances(LEVELS, error[..., [k]]) for k in (0, 1)]
        distances = fixed_distances(LEVELS, error)
        np.testing.assert_array_equal(distances, np.concatenate(alone, axis=1))


class TestSizesOfSeries:
    def errors(self, n, sizes):
        """Errors of series one after the other, and the series of each."""
        sizes = np.array(sizes)
        normal = np.random.default_rng(0).normal(size=(len(sizes) * n, *sizes.shape[1:], 1))
        series = np.repeat(np.arange(len(sizes)), n)
        return normal * sizes[series][..., None], series

    def test_of_many_errors_are_their_ratios(self):
        error, series = self.errors(4000, [[1, 1], [3, 1]])
        sizes, _ = relative_sizes(error, series, np.array([9999, 9999]))
        np.testing.assert_allclose(sizes[..., 0], [[0.5, 1], [1.5, 1]], rtol=0.05)

    def test_of_few_errors_are_those_of_all(self):
        error, series = self.errors(2, [[1], [9]])
        sizes, _ = relative_sizes(error, series, np.array([50, 50]))
        ratio = np.abs(error).reshape(2, 2).mean(axis=1) / np.abs(error).mean()
        np.testing.assert_allclose(sizes[:, 0, 0], (2 * ratio + 5) / 7)

    def test_forecasts_that_overlap_are_few(self):
        """At the second step every other origin is independent."""
        error, series = self.errors(40, [[1, 1], [9, 9]])
        sizes, _ = relative_sizes(error, series, np.array([40, 40]))
        ratio = np.abs(error).reshape(2, 40, 2).mean(axis=1) / np.abs(error).mean(axis=(0, 2))
        n = np.array([40, 20])
        np.testing.assert_allclose(sizes[..., 0], (n * ratio + 5) / (n + 5))

    def test_an_error_is_not_measured_by_itself(self):
        error, series = self.errors(5, [[1], [1]])
        error[0] = 100.0
        before = relative_sizes(error, series, np.array([50, 50]))[1]
        assert (before[0] < before[1:5]).all()

    def test_new_errors_are_as_large_as_expected(self):
        true = np.exp(np.random.default_rng(1).normal(size=(8000, 1)))
        error, series = self.errors(6, true)
        sizes, expected = relative_sizes(error, series, np.full(8000, 50))
        new = true[series][..., None] * np.random.default_rng(2).normal(size=error.shape)
        ratio = np.abs(new / sizes[series]).mean()
        np.testing.assert_allclose(np.abs(error / expected).mean(), ratio, rtol=0.02)
        assert np.abs(error / sizes[series]).mean() < 0.97 * ratio

    def test_of_unknown_errors_and_none_at_all(self):
        error = np.array([[[np.nan], [0.0]], [[np.nan], [0.0]]])
        sizes, expected = relative_sizes(error, np.array([0, 1]), np.array([9, 9, 9]))
        np.testing.assert_allclose(sizes[:, 0], 1)
        np.testing.assert_allclose(sizes[2], 1)
        assert (sizes > 0).all()
        assert (expected > 0).all()


class TestWidths:
    def widths(self, weight=0.5, n_steps=3):
        distances = np.outer(np.arange(1, n_steps + 1), norm.ppf(LEVELS))
        fixed = distances[:, None].repeat(2, axis=1)
        return ForecastWidths(LEVELS, np.full((n_steps, 7), 2.0), fixed, weight)

    def quantiles(self, n_steps=3):
        return 10 + np.sort(np.random.default_rng(0).normal(size=(4, n_steps, 2, 7)))

    @pytest.mark.parametrize("weight", [0, 0.3, 1])
    def test_median_stays_and_order_is_kept(self, weight):
        quantiles = self.quantiles()
        scale = np.array([[1.0, 2], [3, 4], [5, 6], [7, 8]])
        result = self.widths(weight).apply(quantiles, scale)
        np.testing.assert_array_equal(result[..., MIDDLE], quantiles[..., MIDDLE])
        assert (np.diff(result, axis=-1) >= 0).all()

    def test_are_averaged(self):
        quantiles, scale = self.quantiles(), np.full((4, 2), 5.0)
        own, fixed = (self.widths(w).apply(quantiles, scale) for w in (1, 0))
        median = quantiles[..., MIDDLE : MIDDLE + 1]
        np.testing.assert_allclose(own - median, 2 * (quantiles - median))
        np.testing.assert_allclose(fixed[0, 1, 0] - median[0, 1, 0], 5 * 2 * norm.ppf(LEVELS))
        mixed = self.widths(0.25).apply(quantiles, scale)
        np.testing.assert_allclose(mixed, 0.25 * own + 0.75 * fixed)

    @pytest.mark.parametrize("weight", [0, 0.4, 1])
    def test_grow_after_the_calibrated_steps(self, weight):
        """Also if the network returns narrower ones there, as it does where a block begins."""
        quantiles = self.quantiles(12)
        quantiles[:, 3:] = np.round(quantiles[:, 3:], 1)
        distance = self.widths(weight).apply(quantiles, np.ones((4, 2)))
        distance -= quantiles[..., MIDDLE : MIDDLE + 1]
        np.testing.assert_allclose(distance[:, 11], 2 * distance[:, 2])

    def test_of_each_series_have_a_size(self):
        """That of the last one is for all others."""
        quantiles, scale = self.quantiles(), np.full((4, 2), 5.0)
        sizes = np.arange(1.0, 4.0)[:, None, None] * np.ones((3, 3, 2))
        plain, sized = self.widths(0), self.widths(0)
        sized.sizes = sizes
        median = quantiles[..., MIDDLE : MIDDLE + 1]
        distance = plain.apply(quantiles, scale) - median
        result = sized.apply(quantiles, scale, np.array([1, 0, -1, 1])) - median
        factor = np.array([2, 1, 3, 2])[:, None, None, None]
        np.testing.assert_allclose(result, factor * distance)
        np.testing.assert_allclose(sized.apply(quantiles, scale) - median, 3 * distance)

    def test_levels_with_factors_of_their_own_do_not_cross(self):
        widths = self.widths(weight=1.0)
        widths.factors[:] = [0.1, 3, 1, 1, 1, 3, 0.1]
        result = widths.apply(self.quantiles(), np.ones((4, 2)))
        assert (np.diff(result, axis=-1) >= 0).all()

    @pytest.fixture
    def held_out(self):
        """Forecasts that know how uncertain each outcome is, and the outcomes."""
        rng = np.random.default_rng(0)
        deviation = np.exp(rng.normal(size=(4000, 1, 1)))
        quantiles = 10 + deviation[..., None] * norm.ppf(LEVELS)
        return quantiles, 10 + deviation * rng.normal(size=(4000, 1, 1)), np.ones((4000, 1))

    def mean_of_two_right_widths(self, held_out, weight):
        _, actual, _ = held_out
        fixed = fixed_distances(LEVELS, actual - 10)
        return ForecastWidths(LEVELS, np.ones((1, 7)), fixed, weight)

    def covered(self, widths, held_out):
        quantiles, actual, scale = held_out
        result = widths.apply(quantiles, scale)
        inside = (result[..., [0, 1]] <= actual[..., None]) & (
            actual[..., None] <= result[..., [-1, -2]]
        )
        return inside.mean(axis=(0, 1, 2))

    @pytest.mark.parametrize("weight", [0.5, 0.7])
    def test_two_right_ones_cover_too_much_until_corrected(self, held_out, weight):
        widths = self.mean_of_two_right_widths(held_out, weight)
        before = self.covered(widths, held_out)
        assert before[1] > 0.82
        after = self.covered(widths.corrected(*held_out), held_out)
        assert 0.8 <= after[1] < (0.8 + before[1]) / 2
        assert 0.945 <= after[0] <= before[0]

    def test_with_weight_0_nothing_is_corrected(self, held_out):
        widths = self.mean_of_two_right_widths(held_out, 0.0)
        np.testing.assert_array_equal(widths.corrected(*held_out).fixed, widths.fixed)


class TestMissingValues:
    """Steps count from the last observed value."""

    @pytest.fixture
    def widths(self):
        distances = norm.ppf(LEVELS) * np.array([1.0, 2.0, 2.5])[:, None]
        sizes = np.array([[[1.0], [3.0], [1.0]], [[1.0], [1.0], [1.0]]])
        return ForecastWidths(LEVELS, np.ones((3, 7)), distances[:, None], 0.4, sizes)

    @pytest.mark.parametrize("weight", [0, 0.4, 1])
    @pytest.mark.parametrize("series", [0, -1])
    def test_a_step_is_as_wide_as_one_that_far_from_the_last_value(self, widths, weight, series):
        widths.weight, series = weight, np.array([series, series])
        quantiles = np.cumsum(np.ones((2, 12, 1, 1)), axis=1) * norm.ppf(LEVELS)
        complete = widths.apply(quantiles, np.full((2, 1), 2.0), series)
        missing = np.array([[1], [9]])
        result = widths.apply(quantiles, np.full((2, 1), 2.0), series, missing, 3)
        np.testing.assert_allclose(result[0], complete[0, 1:4])
        np.testing.assert_allclose(result[1], complete[1, 9:12])

    @pytest.mark.parametrize(("missing", "expected"), [(0, 2), (1, 3), (7, 3)])
    def test_needed_steps(self, widths, missing, expected):
        assert widths.n_needed(2, np.array([[0], [missing]])) == expected
        assert widths.n_needed(5, np.array([[missing]])) == 5


def test_steps_before_the_first_known_error_are_as_wide_as_this_one():
    error = np.full((30, 4, 1), np.nan)
    error[:, 2] = np.random.default_rng(0).normal(size=(30, 1))
    distances = fixed_distances(LEVELS, error)
    np.testing.assert_array_equal(distances[:2], distances[[2, 2]])
    assert np.ptp(distances[0, 0]) > 2
