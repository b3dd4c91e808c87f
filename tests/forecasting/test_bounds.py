"""Bounded targets: no forecast of any kind is beyond the bounds."""

import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import one_forecaster, quick

from skrnn import Target

RNG = np.random.default_rng(0)
N, FH = 60, list(range(1, 7))
MONTHS = pd.period_range("2015-01", periods=N + 12, freq="M")
KINDS = {
    "poisson": RNG.poisson(0.4, N),
    "mostly zero": RNG.poisson(3, N) * (RNG.random(N) < 0.2),
    "zero at the end": np.r_[RNG.poisson(5, N - 12), np.zeros(12)],
    "continuous": np.maximum(RNG.normal(size=N), 0),
    "falling": np.linspace(20, 0, N) + RNG.random(N),
}


def months(values):
    return pd.Series(np.asarray(values, dtype=float), MONTHS[: len(values)])


COUNTS = months(KINDS["poisson"])


def all_forecasts(forecaster, fh):
    """Return forecasts of all kinds as one array of values."""
    distribution = forecaster.predict_proba(fh)
    return np.concatenate(
        [
            np.ravel(values)
            for values in (
                forecaster.predict(fh),
                forecaster.predict_quantiles(fh, alpha=[0.001, 0.1, 0.5, 0.9, 0.999]),
                forecaster.predict_interval(fh, coverage=0.8),
                forecaster.sample_paths(fh, n_paths=50, random_state=0),
                distribution.mean(),
                distribution.quantile([0.001, 0.999]),
                distribution.sample(20),
            )
        ]
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
def test_never_negative(kind, strategy):
    y = months(KINDS[kind])
    forecaster = quick(strategy=strategy).fit(y[:-8], fh=FH)
    for fh in (FH, range(1, 25), [-3, 0, 2]):
        steps = [h for h in fh if h > 0]
        assert (forecaster.predict_quantiles(fh, alpha=[0.01, 0.5]) >= 0).all(axis=None)
        assert (all_forecasts(forecaster, steps) >= 0).all()
    assert (forecaster.backtest(y[-8:], fh=FH, alpha=[0.01, 0.1]) >= 0).all(axis=None)


@one_forecaster
def test_upper_bound(cls):
    shares = months(1 - 0.3 * RNG.random(N) ** 3)
    forecaster = quick(cls, target=Target(bounds=(0.5, 1))).fit(shares, fh=FH)
    values = all_forecasts(forecaster, range(1, 25))
    assert ((values >= 0.5) & (values <= 1)).all()


def test_without_bounds():
    forecaster = quick(target__bounds=None).fit(COUNTS, fh=FH)
    assert (forecaster.predict_quantiles(alpha=0.025) < 0).any(axis=None)
    assert "bounds" not in str(forecaster.plan_)


def test_series_that_are_negative_stay_as_they_are():
    temperature = months(3 + 8 * np.sin(np.arange(N) * np.pi / 6) + RNG.normal(size=N))
    free = quick(target__bounds=None).fit(temperature, fh=FH)
    assert quick().fit(temperature, fh=FH).predict().equals(free.predict())


def test_a_series_that_becomes_negative():
    forecaster = quick(baseline="naive", sp=1).fit(COUNTS, fh=FH)
    later = pd.Series([-5.0, -6.0], MONTHS[N : N + 2])
    cutoffs = MONTHS[[N - 1, N + 1]]
    backtest = forecaster.backtest(pd.concat([COUNTS[-3:], later]), fh=FH, cv=cutoffs)
    forecaster.update(later, update_params=False)
    assert (forecaster.predict() < 0).any()
    np.testing.assert_allclose(backtest.loc[MONTHS[N + 1]], forecaster.predict())
    assert (backtest.loc[MONTHS[N - 1]] >= 0).all()


def test_targets_have_their_own_bounds():
    y = pd.DataFrame({"sold": COUNTS, "balance": RNG.normal(size=N), "share": RNG.random(N)})
    forecaster = quick(target=Target(bounds={"share": (None, 1)})).fit(y, fh=FH)
    low, high = (forecaster.predict_quantiles(alpha=level) for level in (0.001, 0.999))
    assert (low["sold"] >= 0).all(axis=None)
    assert (low["balance"] < 0).all(axis=None)
    assert (high["share"] <= 1).all(axis=None)
    assert "bounds: from 0 where no value is negative, none, to 1" in str(forecaster.plan_)


def test_forecasts_that_are_fed_back_respect_the_bounds():
    """A falling trend would be continued below 0, and seen by the next block."""
    falling = months(np.maximum(np.linspace(20, 0.5, N), 0))
    forecaster = quick(baseline="drift", sp=1, strategy="recursive").fit(falling, fh=FH)
    free = quick(baseline="drift", sp=1, strategy="recursive", target__bounds=None)
    free.fit(falling, fh=FH)
    assert (free.predict(range(1, 13)) < 0).any()
    inner = forecaster.fitted_
    panel, series = forecaster._observed.panel, np.zeros(1, dtype=int)
    place = panel, forecaster._observed.normalizer, series, panel.lengths, 12
    centers = inner.network.forecast(*place).center[0, :, 0]
    assert centers.min() > free.fitted_.network.forecast(*place).center.min() + 1


def test_pickles_keep_them():
    forecaster = quick(target__integer=True).fit(COUNTS, fh=FH)
    same = pickle.loads(pickle.dumps(forecaster))
    assert same.predict_quantiles(alpha=[0.1]).equals(forecaster.predict_quantiles(alpha=[0.1]))


class TestWholeNumbers:
    forecaster = quick(target=Target(integer=True)).fit(COUNTS, fh=FH)

    def test_of_quantiles_and_paths(self):
        plain = quick().fit(COUNTS, fh=FH)
        for method, options in (
            ("predict", {}),
            ("predict_quantiles", {"alpha": [0.2, 0.9]}),
            ("predict_interval", {"coverage": 0.8}),
            ("sample_paths", {"random_state": 0, "n_paths": 9}),
        ):
            expected = np.rint(getattr(plain, method)(**options))
            assert expected.equals(getattr(self.forecaster, method)(**options))

    def test_not_of_means(self):
        forecaster = quick(target=Target(integer=True, point_forecast="mean")).fit(COUNTS, fh=FH)
        assert (forecaster.predict() % 1 != 0).all()


class TestMean:
    def test_it_is_that_of_the_distribution(self):
        for transform in (None, "log"):
            forecaster = quick(target__point_forecast="mean", transform=transform)
            forecaster.fit(COUNTS + (transform == "log"), fh=FH)
            mean = forecaster.predict_proba().mean().iloc[:, 0]
            np.testing.assert_allclose(forecaster.predict(), mean)
            cutoff = COUNTS.index[[-1]]
            backtest = forecaster.backtest(COUNTS[-1:] + (transform == "log"), cv=cutoff)
            np.testing.assert_allclose(backtest, mean)

    def test_of_intermittent_series(self):
        rates = RNG.uniform(0.1, 0.4, 60)
        series = [months(RNG.poisson(rate, N)).to_frame("y") for rate in rates]
        y = pd.concat(dict(enumerate(series)))
        forecaster = quick(target__point_forecast="mean", max_epochs=5).fit(y, fh=FH)
        mean = forecaster.predict().groupby(level=0).mean()["y"]
        assert abs(mean.mean() - rates.mean()) < 0.05
        forecaster = quick(max_epochs=5).fit(y, fh=FH)
        assert forecaster.predict().mean()["y"] < 0.1


def test_intervals_of_many_zeros_are_calibrated_on_each_side():
    rng = np.random.default_rng(1)
    frames = {i: months(rng.poisson(2, N) * (rng.random(N) < 0.6)).to_frame("y") for i in range(80)}
    y = pd.concat(frames)
    time = y.index.get_level_values(-1)
    forecaster = quick(max_epochs=10).fit(y[time < MONTHS[N - 6]], fh=FH)
    actual = y[time >= MONTHS[N - 6]].to_numpy()
    upper = forecaster.predict_quantiles(alpha=[0.75, 0.9]).to_numpy()
    assert np.abs((actual <= upper).mean(axis=0) - [0.75, 0.9]).max() < 0.06


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ((0, 1), r"bounds of column 0 are \(0.0, 1.0\), but y has the value \d; widen them"),
        ((3, 1), r"bounds has the value \(3, 1\); pass 'auto', None, or a pair"),
        ([0], "pass 'auto', None, or a pair"),
        ((0, "many"), "bounds is not valid: could not convert"),
        ({"other": (0, 1)}, r"bounds names \['other'\], but y has the columns \[0\]"),
        ({0: 7}, "bounds is not valid"),
    ],
)
def test_wrong_bounds(bounds, message):
    with pytest.raises((ValueError, TypeError), match=message):
        quick(target=Target(bounds=bounds)).fit(COUNTS, fh=FH)


def test_later_values_beyond_them():
    forecaster = quick(target=Target(bounds=(0, 10))).fit(COUNTS, fh=FH)
    with pytest.warns(UserWarning, match="y has the value 12 at 2020-01, outside of its bounds"):
        forecaster.update(pd.Series([12.0], MONTHS[[N]]), update_params=False)
    assert (forecaster.predict() <= 10).all()
