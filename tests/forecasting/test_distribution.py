"""Distributions of single steps, and trajectories over all of them."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import SERIES, quick, seasonal
from scipy import stats
from skpro.distributions import Normal
from skpro.utils import check_estimator
from sktime.forecasting.model_evaluation import evaluate
from sktime.performance_metrics.forecasting.probabilistic import CRPS, LogLoss, PinballLoss
from sktime.split import ExpandingWindowSplitter

from skrnn.forecasting import _base
from skrnn.forecasting._distribution import PiecewiseNormal
from skrnn.series import interpolate_quantiles
from skrnn.series.quantiles import LEVELS, SCORES, expectation, score_at, value_at

FH = [1, 2, 3]
Y = seasonal(60)
ALPHA = [0.001, 0.025, 0.03, 0.1, 0.4, 0.5, 0.77, 0.975, 0.999]


def increasing(*shape, seed=0):
    return np.sort(np.random.default_rng(seed).normal(size=(*shape, len(LEVELS))), axis=-1)


class TestQuantileFunction:
    def test_as_interpolated(self):
        quantiles = increasing(50, 3)
        quantiles[0] = 1.0  # flat
        quantiles[1, :, 4:] = 2.5  # flat at the upper end
        expected = interpolate_quantiles(quantiles, LEVELS, ALPHA)
        for alpha, values in zip(ALPHA, np.moveaxis(expected, -1, 0), strict=True):
            found = value_at(quantiles, np.full((50, 3), stats.norm.ppf(alpha)))
            np.testing.assert_allclose(found, values, atol=1e-12)

    def test_inverse(self):
        quantiles = increasing(20, 2)
        score = np.random.default_rng(1).normal(scale=2, size=(20, 2))
        found, slope = score_at(quantiles, value_at(quantiles, score))
        np.testing.assert_allclose(found, score, atol=1e-8)
        nearby = value_at(quantiles, score + 1e-7) - value_at(quantiles, score)
        np.testing.assert_allclose(slope, nearby / 1e-7, rtol=1e-4)

    def test_integrals(self):
        """The whole of a normal distribution, and of one with a bend at the median."""
        np.testing.assert_allclose(expectation(3 + 2 * SCORES, lambda v, _: v), 3)
        np.testing.assert_allclose(expectation(3 + 2 * SCORES, lambda v, _: (v - 3) ** 2), 4)
        bent = np.where(SCORES > 0, 3 * SCORES, SCORES)
        half = np.sqrt(1 / (2 * np.pi))
        np.testing.assert_allclose(expectation(bent, lambda v, _: v), 3 * half - half)
        upper = expectation(bent, lambda v, _: v, up_to=np.array(0.0))
        np.testing.assert_allclose(upper, -half)


class TestBounds:
    """Against draws of the same distribution without bounds, moved into the bounds."""

    quantiles = 0.3 * increasing(2, 1, seed=3)
    bounds = {"lower": np.array([[-0.2], [0.1]]), "upper": np.array([[0.3], [0.9]])}

    def pair(self, log):
        lower, upper = (np.exp(b) if log else b for b in self.bounds.values())
        bounded = PiecewiseNormal(self.quantiles, log, lower, upper, [0, 1], ["a"])
        scores = np.random.default_rng(0).normal(size=(200_000, 2, 1))
        draws = value_at(self.quantiles, scores, bounded._steepest)
        return bounded, np.clip(np.exp(draws) if log else draws, lower, upper)

    @pytest.mark.parametrize("log", [False, True])
    def test_moments_and_energy(self, log):
        bounded, draws = self.pair(log)
        np.testing.assert_allclose(bounded.mean(), draws.mean(axis=0), rtol=0.02, atol=0.01)
        np.testing.assert_allclose(bounded.var(), draws.var(axis=0), rtol=0.04)
        x = pd.DataFrame({"a": [0.1, 2.0]})
        expected = np.abs(draws - x.to_numpy()).mean(axis=0)[:, 0]
        np.testing.assert_allclose(np.ravel(bounded.energy(x)), expected, rtol=0.02)
        pairs = np.abs(draws[1:] - draws[:-1]).mean(axis=0)[:, 0]
        np.testing.assert_allclose(np.ravel(bounded.energy()), pairs, rtol=0.02)

    def test_probabilities_and_quantiles(self):
        bounded, draws = self.pair(log=False)
        for x in (-0.3, -0.2, 0.05, 0.3, 0.5):
            expected = (draws <= x).mean(axis=0)
            np.testing.assert_allclose(bounded.cdf(np.full((2, 1), x)), expected, atol=0.005)
        extremes = bounded.quantile([1e-4, 1 - 1e-4]).to_numpy()
        assert (extremes >= self.bounds["lower"]).all()
        assert (extremes <= self.bounds["upper"]).all()

    def test_parts_keep_them(self):
        bounded, _ = self.pair(log=False)
        assert bounded.iloc[[1]].quantile([1e-6]).iloc[0, 0] == 0.1
        assert bounded.iloc[1, 0].ppf(1e-6) == 0.1


class TestDistribution:
    X = pd.DataFrame([[2.0], [4.5]], columns=["a"])

    @pytest.mark.parametrize("log", [False, True])
    def test_normal_and_lognormal(self, log):
        """What scipy has in closed form."""
        quantiles = np.tile(0.6 + 0.4 * SCORES if log else 3 + 2 * SCORES, (2, 1, 1))
        ours = PiecewiseNormal(quantiles, log, index=pd.RangeIndex(2), columns=["a"])
        theirs = stats.lognorm(s=0.4, scale=np.exp(0.6)) if log else stats.norm(3, 2)
        x = self.X.to_numpy()
        for method in ("pdf", "cdf"):
            found = getattr(ours, method)(self.X)
            np.testing.assert_allclose(found, getattr(theirs, method)(x), rtol=1e-10)
        np.testing.assert_allclose(ours.log_pdf(self.X), theirs.logpdf(x), rtol=1e-10)
        np.testing.assert_allclose(ours.mean(), theirs.mean(), rtol=1e-9)
        np.testing.assert_allclose(ours.var(), theirs.var(), rtol=1e-9)
        np.testing.assert_allclose(ours.ppf(self.X / 10), theirs.ppf(x / 10), rtol=1e-10)
        draws = theirs.rvs((2, 10**6), random_state=0)
        np.testing.assert_allclose(ours.energy(), np.abs(draws[0] - draws[1]).mean(), rtol=5e-3)
        distance = np.abs(draws[0] - x).mean(axis=1, keepdims=True)
        np.testing.assert_allclose(ours.energy(self.X), distance, rtol=5e-3)

    def test_beyond_what_is_possible(self):
        quantiles = np.tile(0.2 * SCORES, (1, 1, 1))
        ours = PiecewiseNormal(quantiles, True, index=pd.RangeIndex(1), columns=["a"])
        below = pd.DataFrame([[-1.0]], columns=["a"])
        assert ours.cdf(below).squeeze() == 0
        assert ours.pdf(below).squeeze() == 0
        assert ours.ppf(below * 0).squeeze() == 0
        assert ours.ppf(below * 0 + 1).squeeze() == np.inf

    def test_too_large_for_numbers(self):
        ours = PiecewiseNormal(400 * np.tile(SCORES, (1, 1, 1)), True, index=[0], columns=["a"])
        assert ours.mean().squeeze() == ours.var().squeeze() == np.inf

    def test_an_outcome_with_a_probability(self):
        """Quantiles that are alike jump over their levels, and have no density."""
        quantiles = np.array([[[0.0, 1.0, 2.0, 2.0, 2.0, 3.0, 3.0]]])
        ours = PiecewiseNormal(quantiles, index=pd.RangeIndex(1), columns=pd.Index(["a"]))
        at = {x: ours.cdf(np.array([[x]])).squeeze() for x in (1.9999999, 2.0, 2.9999999, 3.0, 4.0)}
        np.testing.assert_allclose(list(at.values()), [0.25, 0.75, 0.9, 1, 1], atol=1e-6)
        assert np.isfinite(ours.var().squeeze())
        assert ours.pdf(np.array([[3.0]])).squeeze() == 0

    def test_parts(self):
        quantiles = increasing(3, 2)
        frame = PiecewiseNormal(quantiles, index=pd.Index(list("xyz")), columns=pd.Index([5, 7]))
        part = frame.loc[["z", "x"], [7]]
        assert list(part.index) == ["z", "x"]
        np.testing.assert_array_equal(part.quantiles, quantiles[[2, 0]][:, [1]])
        single = frame.iloc[1, 0]
        assert single.mean() == frame.mean().iloc[1, 0]
        assert single.cdf(0.3) == frame.cdf(np.full((3, 2), 0.3)).iloc[1, 0]

    def test_samples(self):
        quantiles = np.tile(3 + 2 * SCORES, (1, 1, 1))
        ours = PiecewiseNormal(quantiles, index=pd.RangeIndex(1), columns=pd.Index(["a"]))
        sample = ours.sample(2000)["a"]
        assert stats.kstest(sample, stats.norm(3, 2).cdf).pvalue > 1e-4


@pytest.fixture(scope="module")
def fitted():
    return {name: quick().fit(y, fh=FH) for name, y in SERIES.items()}


class TestPredictProba:
    @pytest.mark.parametrize("kind", SERIES)
    def test_quantiles(self, fitted, kind):
        forecaster = fitted[kind]
        distribution = forecaster.predict_proba()
        expected = forecaster.predict_quantiles(alpha=ALPHA)
        found = distribution.quantile(ALPHA)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-9)
        assert distribution.index.equals(expected.index)

    @pytest.mark.parametrize("kind", SERIES)
    def test_moments_are_those_of_samples(self, fitted, kind):
        forecaster = fitted[kind]
        variance = forecaster.predict_var()
        assert variance.index.equals(forecaster.predict_quantiles().index)
        pd.testing.assert_frame_equal(forecaster.predict_proba().var(), variance)
        paths = forecaster.sample_paths(n_paths=20000, random_state=0)
        steps = paths.groupby(level=list(range(1, paths.index.nlevels)), sort=False)
        np.testing.assert_allclose(steps.var(), variance, rtol=0.1)
        spread = np.sqrt(variance)
        assert (np.abs(steps.mean() - forecaster.predict_proba().mean()) < 0.05 * spread).all(
            axis=None
        )

    def test_is_learned_in_logarithms(self, fitted):
        assert fitted["log"].plan_.log
        assert not fitted["series"].plan_.log
        assert (fitted["log"].predict_proba().quantile([1e-6]) > 0).all(axis=None)

    def test_scores(self, fitted):
        """The scores of sktime take it, and agree with each other."""
        y = seasonal(63)[60:]
        distribution = fitted["series"].predict_proba()
        levels = list(np.arange(1, 200) / 200)
        pinball = PinballLoss(alpha=levels)(y, fitted["series"].predict_quantiles(alpha=levels))
        assert CRPS()(y, distribution) == pytest.approx(2 * pinball, rel=0.03)
        log_loss = -distribution.log_pdf(y.to_frame(distribution.columns[0])).mean().item()
        assert LogLoss()(y, distribution) == pytest.approx(log_loss)

    def test_in_evaluate(self):
        cv = ExpandingWindowSplitter(fh=FH, initial_window=50, step_length=4)
        result = evaluate(
            quick(), cv=cv, y=Y, strategy="no-update_params", scoring=CRPS(), error_score="raise"
        )
        assert (result["test_CRPS"] > 0).all()

    def test_joint_is_refused(self, fitted):
        with pytest.raises(NotImplementedError, match="use sample_paths"):
            fitted["series"].predict_proba(marginal=False)
        with pytest.raises(NotImplementedError, match="from sample_paths"):
            fitted["series"].predict_var(cov=True)

    def test_without_skpro(self, fitted, monkeypatch):
        monkeypatch.setattr(_base, "find_spec", lambda name: None)
        with pytest.raises(ImportError, match=r"skrnn\[proba\]"):
            fitted["series"].predict_proba()
        assert fitted["series"].predict_var().shape == (3, 1)


def test_checks_of_skpro():
    results = check_estimator(PiecewiseNormal, verbose=False)
    assert {name: result for name, result in results.items() if result != "PASSED"} == {}


def test_normal_is_skpros():
    """One normal distribution, as skpro has it."""
    theirs = Normal(mu=3, sigma=2)
    ours = PiecewiseNormal(3 + 2 * SCORES)
    for x in (-1.0, 2.0, 6.5):
        assert ours.pdf(x) == pytest.approx(theirs.pdf(x))
        assert ours.energy(x) == pytest.approx(theirs.energy(x))
    assert ours.energy() == pytest.approx(theirs.energy())
