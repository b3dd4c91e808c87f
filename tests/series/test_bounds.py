"""Bounds of targets."""

import numpy as np
from series.panels import panel_of

from skrnn.series.bounds import Bounds

INF = np.inf


def bounds(*series, given=("auto",), **options):
    return Bounds.of(panel_of(*map(np.array, series)), list(given), **options)


class TestAuto:
    def test_never_negative(self):
        found = bounds([0.0, 1.0, 2.0])
        assert (found.lower, found.upper, found.assumed) == (0, INF, True)

    def test_negative(self):
        assert not bounds([-1.0, 1.0]).exist

    def test_missing_values(self):
        assert bounds([np.nan, 1.0, np.nan]).exist

    def test_logarithms_need_none(self):
        assert not bounds([1.0, 2.0], log=True).exist

    def test_a_panel_with_few_negative_series(self):
        series = [1.0, 2.0], [1.0, -2.0], [3.0, 1.0]
        found, panel = bounds(*series), panel_of(*map(np.array, series))
        lower, _ = found.at(panel, np.array([0, 1, 1, 2]), np.array([2, 1, 2, 0]))
        assert lower[:, 0].tolist() == [0, 0, -INF, 0]

    def test_a_panel_with_many(self):
        assert not bounds([1.0, 2.0], [1.0, -2.0], [-3.0, 1.0]).exist


class TestGiven:
    def test_hold_for_all_series(self):
        found = bounds([1.0, 2.0], [1.0, -2.0], given=[(-5.0, 7.0)])
        lower, upper = found.at(panel_of(np.array([-9.0])), np.array([0]), np.array([1]))
        assert (lower, upper) == (-5, 7)

    def test_outside(self):
        found = Bounds(np.array([0.0, 0.0]), np.array([1.0, INF]), np.array([False, True]))
        assert found.outside(np.array([[0.5, -1.0], [1.0, 5.0]])) is None
        assert found.outside(np.array([[0.5, -1.0], [1.5, 5.0]])) == (1, 0)

    def test_logarithms(self):
        found = bounds([1.0, 2.0], given=[(0.0, 7.0)]).logarithms()
        assert (found.lower, found.upper) == (-INF, np.log(7))
        assert bounds([1.0, 2.0], given=[(-3.0, INF)]).logarithms().lower == -INF


def test_whether_a_bound_is_reached():
    assert not bounds([0.0, *range(1, 20)]).reached
    assert bounds([0.0, 0.0, *range(1, 10)]).reached
    assert bounds([1.0, 1.0, *np.linspace(0.1, 0.9, 10)], given=[(0, 1)]).reached
