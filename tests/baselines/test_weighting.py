"""Weights that follow from the errors of many series."""

import numpy as np
import pytest

from skrnn.baselines.weighting import learned_prior, simplex, weigh_forecasts


def test_without_evidence_nothing_is_learned():
    base = np.log([0.1, 0.6, 0.3])
    np.testing.assert_allclose(learned_prior(base, np.zeros((7, 3)), 2.0), base, rtol=1e-12)


def test_certain_evidence_is_counted():
    """The initial prior has the weight of `n_prior` series."""
    base, sure = np.log([0.5, 0.25, 0.25]), 1e3 * np.eye(3)
    evidence = sure[[0, 0, 0, 0, 0, 2]]
    found = np.exp(learned_prior(base, evidence, 4.0))
    np.testing.assert_allclose(found, np.array([5 + 2, 0 + 1, 1 + 1]) / 10, rtol=1e-9)


@pytest.mark.parametrize("n_prior", [0.5, 5.0])
def test_the_prior_is_the_most_probable_one(n_prior):
    """No step to another candidate makes the evidence, and the prior before it, more likely."""
    rng = np.random.default_rng(0)
    base, evidence = np.log(rng.dirichlet(np.ones(4))), 2 * rng.normal(size=(40, 4))

    def likelihood(prior):
        of_series = np.log((prior * np.exp(evidence)).sum(axis=1)).sum()
        return of_series + n_prior * (np.exp(base) * np.log(prior)).sum()

    found = np.exp(learned_prior(base, evidence, n_prior))
    assert found.sum() == pytest.approx(1)
    best = likelihood(found)
    assert best > likelihood(np.exp(base)) + 1
    for i in range(4):
        other = 0.98 * found + 0.02 * np.eye(4)[i]
        assert likelihood(other) < best


def weigh(errors, series, sizes, **options):
    return weigh_forecasts(errors, series, sizes, simplex(len(errors)), **options)


def errors_of(*sizes, n=40):
    """Return errors of forecasts that are the same but for their size, and the series of each."""
    error = np.random.default_rng(0).normal(size=(1, n, 6, 1))
    return np.concatenate([size * error for size in sizes]), np.repeat(np.arange(4), n // 4)


def test_a_forecast_without_errors_takes_all():
    errors, series = errors_of(1.0, 0.0, 2.0)
    weights, evidence = weigh(errors, series, np.full(4, 5.0))
    np.testing.assert_allclose(weights, [0, 1, 0], atol=0.15)
    assert evidence > weigh(*errors_of(1.0, 0.5, 2.0), np.full(4, 5.0))[1] + 1


def test_opposite_errors_cancel():
    errors, series = errors_of(1.0, -1.0)
    weights, _ = weigh(errors, series, np.full(4, 50.0))
    np.testing.assert_allclose(weights, 0.5, atol=1e-6)
    errors, series = errors_of(3.0, -1.0)
    weights, _ = weigh(errors, series, np.full(4, 50.0))
    np.testing.assert_allclose(weights, [0.25, 0.75], atol=0.06)


def test_each_series_has_a_vote():
    """However large its errors are: three series against one."""
    errors, series = errors_of(1.0, 2.0)
    errors[:, series == 0] = errors[::-1, series == 0]
    as_they_are, _ = weigh(errors, series, np.full(4, 50.0))
    assert as_they_are[0] > 0.65
    errors[:, series == 0] *= 1e6
    np.testing.assert_allclose(weigh(errors, series, np.full(4, 50.0))[0], as_they_are)
    # Where all four are of the same opinion there is less doubt.
    errors[:, series == 0] = errors[::-1, series == 0]
    assert weigh(errors, series, np.full(4, 50.0))[0][0] > as_they_are[0]


def test_series_of_a_panel_are_no_independent_votes():
    """They are correlated, so that four series with the same errors count as two."""
    errors, series = errors_of(1.0, 1.2)
    alike = np.tile(errors[:, series == 0], (1, 4, 1, 1))
    of_four, _ = weigh(alike, series, np.full(4, 5.0))
    of_one, _ = weigh(errors[:, series == 0], series[series == 0], np.full(1, 10.0))
    np.testing.assert_allclose(of_four, of_one, rtol=1e-9)


def test_series_without_an_outcome_have_no_vote():
    errors, series = errors_of(1.0, 2.0)
    errors[:, series == 0] = np.nan
    without = weigh(errors[:, series > 0], series[series > 0] - 1, np.full(3, 5.0))
    weights, evidence = weigh(errors, series, np.full(4, 5.0))
    np.testing.assert_allclose(weights, without[0], rtol=1e-12)
    assert evidence == pytest.approx(without[1])
    weights, evidence = weigh(errors * np.nan, series, np.full(4, 5.0))
    np.testing.assert_array_equal(weights, 0.5)
    assert evidence == 0


def test_the_prior_decides_where_errors_do_not():
    errors, series = errors_of(1.0, 1.0)
    log_prior = np.where(simplex(2)[:, 0] == 0.3, 0.0, -np.inf)
    weights, _ = weigh(errors, series, np.full(4, 50.0), log_prior=log_prior)
    np.testing.assert_allclose(weights, [0.3, 0.7])


def test_the_simplex():
    means = simplex(3)
    assert len(np.unique(means, axis=0)) == len(means) == 66
    np.testing.assert_allclose(means.sum(axis=1), 1, rtol=1e-12)
