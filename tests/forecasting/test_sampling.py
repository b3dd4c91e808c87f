"""Trajectories over all steps of a horizon."""

import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    SERIES,
    every_architecture,
    panel,
    quick,
    seasonal,
)
from sktime.exceptions import NotFittedError

from skrnn.forecasting import LSTMForecaster
from skrnn.forecasting._history import History
from skrnn.series.copula import Dependence

FH = [1, 2, 3]
Y = seasonal(60)


@pytest.fixture(scope="module")
def fitted():
    return {name: quick().fit(y, fh=FH) for name, y in SERIES.items()}


class TestPaths:
    @pytest.mark.parametrize("kind", SERIES)
    def test_form(self, fitted, kind):
        forecaster = fitted[kind]
        paths = forecaster.sample_paths(n_paths=7, random_state=0)
        forecast = forecaster.predict_quantiles(alpha=[0.5])
        assert paths.index.names == ["path", *forecast.index.names]
        for path in range(7):
            assert paths.loc[path].index.equals(forecast.index)
        assert list(paths.columns) == list(forecast.columns.unique(0))

    @pytest.mark.parametrize("kind", SERIES)
    def test_each_step_has_its_quantiles(self, fitted, kind):
        """The share of trajectories below a quantile is its level."""
        forecaster = fitted[kind]
        n_paths = 20000
        paths = forecaster.sample_paths(n_paths=n_paths, random_state=0)
        values = paths.to_numpy().reshape(n_paths, -1)
        for alpha in (0.05, 0.5, 0.8, 0.975):
            quantile = forecaster.predict_quantiles(alpha=[alpha]).to_numpy().ravel()
            share = (values <= quantile).mean(axis=0)
            np.testing.assert_allclose(share, alpha, atol=4 * np.sqrt(0.25 / n_paths))

    def test_series_have_their_own_draws(self, fitted):
        """The paths of one series are independent of those of another."""
        paths = fitted["panel"].sample_paths(fh=[1], n_paths=2000, random_state=0)
        table = paths["u"].droplevel(-1).unstack("shop")
        others = ~np.eye(table.shape[1], dtype=bool)
        assert np.abs(table.corr().to_numpy()[others]).max() < 0.1

    def test_reproducible(self, fitted):
        paths = [fitted["panel"].sample_paths(random_state=seed) for seed in (3, 3, 4)]
        pd.testing.assert_frame_equal(paths[0], paths[1])
        assert not np.allclose(paths[0], paths[2])
        assert len(paths[0].index.unique("path")) == 100
        drawn = [fitted["series"].sample_paths(n_paths=1) for _ in range(2)]
        assert not drawn[0].equals(drawn[1])

    def test_nothing_is_changed(self, fitted):
        # The caller's generator of numpy, an old one, is what has to stay.
        state, drawn = np.random.get_state()[1].copy(), fitted["series"].predict()  # noqa: NPY002
        fitted["series"].sample_paths()
        np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002
        pd.testing.assert_series_equal(fitted["series"].predict(), drawn)

    def test_some_steps_of_a_longer_horizon(self):
        """Steps with gaps, and after the calibrated ones; the spread keeps growing."""
        forecaster = quick().fit(random_walk(200), fh=[1, 2, 3, 4])
        paths = forecaster.sample_paths(fh=[2, 4, 16], n_paths=10000, random_state=0)
        table = paths.iloc[:, 0].unstack("path")
        assert list(table.index) == list(forecaster.predict([2, 4, 16]).index)
        spread = table.std(axis=1).to_numpy()
        assert spread[2] == pytest.approx(2 * spread[1], rel=0.1)
        correlation = np.corrcoef(table)
        assert correlation[1, 2] == pytest.approx(np.sqrt(4 / 16), abs=0.1)
        assert correlation[0, 2] < correlation[0, 1]

    def test_covariates(self):
        X = pd.DataFrame({"x": np.sin(np.arange(60))}, index=Y.index)
        forecaster = quick().fit(Y[:57], X=X[:57], fh=FH)
        paths = forecaster.sample_paths(X=X[57:], n_paths=5000, random_state=0)
        low, high = (forecaster.predict_quantiles(X=X[57:], alpha=[a]) for a in (0.49, 0.51))
        middle = paths.groupby(level=1).median()
        assert ((low.to_numpy() <= middle) & (middle <= high.to_numpy())).to_numpy().all()

    def test_pickled_and_pretrained(self, fitted):
        loaded = pickle.loads(pickle.dumps(fitted["series"]))
        left, right = (f.sample_paths(random_state=0) for f in (fitted["series"], loaded))
        pd.testing.assert_frame_equal(left, right)
        forecaster = quick().pretrain(panel(), fh=FH)
        assert len(forecaster.clone().fit(Y).sample_paths(FH, n_paths=4)) == 12

    @pytest.mark.parametrize(
        ("kwargs", "error", "message"),
        [
            ({"n_paths": 0}, ValueError, "n_paths=0 is out of range; pass an int from 1 on"),
            ({"n_paths": 2.5}, ValueError, "n_paths=2.5 is of type float; pass an int"),
            ({"method": "magic"}, ValueError, "'method' parameter of sample_paths"),
            ({"fh": [0, 1]}, ValueError, "begin after the end"),
            ({"fh": FH, "method": "mc_dropout"}, ValueError, "needs dropout"),
        ],
    )
    def test_errors(self, fitted, kwargs, error, message):
        with pytest.raises(error, match=message):
            fitted["series"].sample_paths(**kwargs)

    def test_unfitted(self):
        with pytest.raises(NotFittedError):
            quick().sample_paths(FH)


def random_walk(n, seed=0):
    steps = np.random.default_rng(seed).normal(size=n)
    return pd.Series(steps.cumsum() + 100, index=pd.period_range("1990-01", periods=n, freq="Y"))


def spread_of_sums(y, n_steps, **params):
    """Return the deviation of sums over a horizon, and what independent steps would have."""
    forecaster = LSTMForecaster(random_state=0, max_epochs=10, transform=None, **params)
    forecaster.fit(y, fh=np.arange(1, n_steps + 1))
    table = forecaster.sample_paths(n_paths=4000, random_state=0).iloc[:, 0].unstack("path")
    return table.sum().std(), np.sqrt((table.std(axis=1) ** 2).sum())


class TestSums:
    """Sums over a horizon have the spread that the series has, not that of independent steps."""

    def test_random_walk(self):
        n = 12
        joint, independent = spread_of_sums(random_walk(400), n)
        steps = np.arange(1, n + 1)
        truth = np.sqrt(np.minimum.outer(steps, steps).sum())
        assert joint == pytest.approx(truth, rel=0.25)
        assert joint > 2 * independent

    def test_autoregression(self):
        """Errors of an AR(1) i and j steps ahead share the innovations of the nearer one."""
        n, phi = 8, 0.8
        noise = np.random.default_rng(1).normal(size=800)
        values = np.zeros(800)
        for t in range(1, 800):
            values[t] = phi * values[t - 1] + noise[t]
        joint, independent = spread_of_sums(pd.Series(values, index=pd.RangeIndex(800)), n)
        of_sum = (1 - phi ** np.arange(1, n + 1)) / (1 - phi)  # of each innovation
        of_steps = [(phi ** (2 * np.arange(h))).sum() for h in range(1, n + 1)]
        assert joint / independent == pytest.approx(
            np.sqrt((of_sum**2).sum() / sum(of_steps)), rel=0.15
        )

    def test_white_noise(self):
        y = pd.Series(np.random.default_rng(0).normal(size=600) + 50, index=pd.RangeIndex(600))
        joint, independent = spread_of_sums(y, 8)
        assert joint == pytest.approx(np.sqrt(8), rel=0.2)
        assert joint < 1.3 * independent

    def test_later_sums_are_covered(self):
        """Sums over horizons that follow lie within bands of their trajectories."""
        y, n = random_walk(700, seed=3), 6
        forecaster = LSTMForecaster(random_state=0, max_epochs=10, transform=None)
        forecaster.fit(y[:400], fh=np.arange(1, n + 1))
        inside = []
        for cutoff in range(400, 694, 6):
            forecaster.update(y[cutoff - 6 : cutoff], update_params=False)
            sums = forecaster.sample_paths(n_paths=400, random_state=0).groupby("path").sum()
            low, high = sums.quantile([0.1, 0.9]).to_numpy().ravel()
            inside.append(low <= y[cutoff : cutoff + n].sum() <= high)
        assert np.mean(inside) == pytest.approx(0.8, abs=0.15)


class TestDependence:
    def correlation(self, errors, n_steps=None, weight=0.0, held_out=None, n_independent=1e9):
        dependence = Dependence.of(errors, held_out, weight, n_independent)
        drawn = dependence.draw(np.random.default_rng(0), 40000, n_steps or errors.shape[1])
        np.testing.assert_allclose(drawn.std(axis=0), 1, atol=0.03)
        return np.corrcoef(drawn.reshape(len(drawn), -1).T)

    def test_of_past_errors(self):
        """Steps and targets; what counts are the ranks."""
        rng = np.random.default_rng(0)
        mixed = rng.normal(size=(3000, 6)) @ rng.normal(size=(6, 6))
        expected = np.corrcoef(mixed.T)
        errors = mixed.reshape(3000, 3, 2)
        np.testing.assert_allclose(self.correlation(errors), expected, atol=0.05)
        np.testing.assert_allclose(self.correlation(np.exp(errors)), expected, atol=0.05)

    def test_few_errors_are_those_of_a_random_walk(self):
        steps = np.arange(1, 6)
        walk = np.sqrt(np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps))
        few = np.random.default_rng(0).normal(size=(2, 5, 1))
        np.testing.assert_allclose(self.correlation(few, n_independent=1e-9), walk, atol=0.03)
        np.testing.assert_allclose(self.correlation(few * np.nan), walk, atol=0.03)
        np.testing.assert_allclose(self.correlation(few * 0), walk, atol=0.03)

    def test_unknown_steps(self):
        """Steps without a known outcome continue from the last one as a random walk."""
        errors = np.random.default_rng(0).normal(size=(500, 6, 1))
        errors[:, 4:] = np.nan
        found = self.correlation(errors)
        assert found[3, 4] == pytest.approx(np.sqrt(4 / 5), abs=0.03)
        assert found[3, 5] == pytest.approx(np.sqrt(4 / 6), abs=0.03)
        assert abs(found[0, 1]) < 0.1

    def test_missing_outcomes(self):
        """Origins with all outcomes tell the correlations, if there are some."""
        rng = np.random.default_rng(0)
        errors = rng.normal(size=(2000, 4, 1)).cumsum(axis=1)
        expected = self.correlation(errors)
        errors[rng.random(errors.shape) < 0.3] = np.nan
        np.testing.assert_allclose(self.correlation(errors), expected, atol=0.08)

    def test_network_and_baseline(self):
        rng = np.random.default_rng(0)
        alike = np.repeat(rng.normal(size=(2000, 1, 1)), 3, axis=1)
        apart = rng.normal(size=(2000, 3, 1))
        for weight in (0.0, 0.4, 1.0):
            found = self.correlation(apart, weight=weight, held_out=alike)
            np.testing.assert_allclose(found[0, 1:], weight, atol=0.05)


class TestDropout:
    @pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
    @every_architecture
    def test_networks(self, cls, strategy):
        forecaster = quick(cls, dropout=0.4, strategy=strategy).fit(panel(), fh=FH)
        before = forecaster.predict()
        draws = [
            forecaster.sample_paths(n_paths=5, random_state=seed, method="mc_dropout")
            for seed in (0, 0, 1)
        ]
        pd.testing.assert_frame_equal(draws[0], draws[1])
        assert not draws[0].equals(draws[2])
        assert (draws[0].groupby(level=[1, 2]).std() > 0).any(axis=None)
        pd.testing.assert_frame_equal(forecaster.predict(), before)
        # One draw is one network, whichever steps are requested.
        alone = quick(cls, dropout=0.4, strategy=strategy).fit(panel(), fh=FH)
        first = panel().loc[["s10"]]
        alone._observed = History.of(first, None, alone._observed.columns, alone.fitted_)
        one = alone.sample_paths(n_paths=5, random_state=0, method="mc_dropout")
        np.testing.assert_allclose(one, draws[0].loc[(slice(None), "s10"), :], rtol=1e-5)

    def test_covers_less(self):
        forecaster = quick(dropout=0.2, max_epochs=10).fit(Y, fh=FH)
        whole, network = (
            forecaster.sample_paths(n_paths=200, random_state=0, method=method)
            for method in ("residuals", "mc_dropout")
        )
        assert (network.groupby(level=1).std() < whole.groupby(level=1).std()).all(axis=None)
