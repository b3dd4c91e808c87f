"""Weights that follow from the errors of many series."""

import numpy as np
import pytest

from skrnn.data import learned_prior, weights_of


def test_weights_add_up_to_one():
    """However far the logarithms are from zero."""
    log_weight = np.array([[0.0, np.log(3)], [1e4, 1e4 + np.log(3)], [-1e4, -1e4 + np.log(3)]])
    np.testing.assert_allclose(weights_of(log_weight), [[0.25, 0.75]] * 3, rtol=1e-9)
    np.testing.assert_array_equal(weights_of(np.array([-np.inf, 0.0])), [0, 1])


def test_without_evidence_nothing_is_learned():
    base = np.log([0.1, 0.6, 0.3])
    np.testing.assert_allclose(learned_prior(base, np.zeros((7, 3)), 2.0), base, rtol=1e-12)


def test_certain_evidence_is_counted():
    """The prior before any data counts for as many series as it is said to."""
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
