"""z-scores: with no baseline the forecasters are the plain networks of the textbooks."""

import copy
import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from forecasting.rolling import EXPANDING, SERIES, Y, loop
from forecasting.series import (
    every_architecture,
    panel,
    quick,
    seasonal,
    weights,
)
from sktime.forecasting.base import BaseForecaster

from skrnn.data import Batch
from skrnn.forecasting import GRUForecaster, LSTMForecaster, Seq2SeqForecaster
from skrnn.forecasting.engine.training_examples import OriginSelection, all_examples

FH = [1, 2, 3]
W = 5
PLAIN = {
    "normalization": "standard",
    "baseline": None,
    "transform": None,
    "sp": 1,
    "window_length": W,
}

EXPANDING_BEHIND = copy.deepcopy(EXPANDING).set_params(initial_window=3, step_length=4)


def plain(cls=LSTMForecaster, **params):
    return quick(cls, **{**PLAIN, **params})


def by_hand(forecaster, history, mean, deviation, n_steps=3, baseline=None):
    """Return the medians of a network that reads z-scores; what it returns is fed back.

    A network that continues from its state reads each step once. One with a baseline also reads the
    z-scores of its forecast (1, 3, 1).
    """
    z = list((np.asarray(history, dtype=float) - mean) / deviation)
    n_seen, continues = len(z), forecaster.plan_.spec.rollout > 0
    while len(z) < n_seen + n_steps:
        window = np.array(z[n_seen - W :] if continues else z[-W:])
        x = np.column_stack([np.nan_to_num(window), ~np.isnan(window)])
        with torch.no_grad():
            batch = Batch(torch.tensor(x[None]).float(), baseline=baseline)
            output = forecaster.module_(batch)[0][0, :, 0]
        output = output[-1:] if continues else output
        z += list(output[:, output.shape[-1] // 2].numpy().astype(float))
    return mean + deviation * np.array(z[n_seen : n_seen + n_steps])


@pytest.mark.parametrize("strategy", ["multioutput", "recursive"])
@every_architecture
class TestPlainNet:
    def test_it_reads_and_writes_z_scores(self, cls, strategy):
        """Also after the end of the series that it was trained on, in the same units."""
        y = 1000 + 50 * seasonal(60)
        forecaster = plain(cls, strategy=strategy, max_epochs=10).fit(y[:40], fh=FH)
        assert forecaster.correction_weight_ == 1
        units = y[:40].mean(), y[:40].std(ddof=0)
        expected = by_hand(forecaster, y[:40], *units)
        np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-5)
        assert np.ptp(expected) > 0
        forecaster.update(y[40:55], update_params=False)
        expected = by_hand(forecaster, y[:55], *units)
        np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-5)

    def test_units_of_the_series_do_not_matter(self, cls, strategy):
        """It learns from the z-scores what it learns from the series."""
        y = seasonal(50)
        mean, deviation = y.mean(), y.std(ddof=0)
        here = plain(cls, strategy=strategy).fit(y, fh=FH)
        there = plain(cls, strategy=strategy).fit((y - mean) / deviation, fh=FH)
        np.testing.assert_allclose(weights(here), weights(there), atol=1e-5)
        np.testing.assert_allclose(here.predict(), mean + deviation * there.predict(), rtol=1e-5)
        lower, upper = (f.predict_quantiles(alpha=[0.1, 0.9]).to_numpy() for f in (here, there))
        np.testing.assert_allclose(lower, mean + deviation * upper, rtol=1e-5)


def test_windows_and_targets_that_it_learns_from():
    y = panel(lengths=(40, 31))
    forecaster = plain().fit(y, fh=FH)
    context = forecaster._observed
    examples = all_examples(context.normalizer, forecaster.plan_.spec, OriginSelection())
    batch, target, weight = examples.gather(np.arange(len(examples)))
    assert len(examples) == 40 - 12 + 31 - 12
    for row, (series, origin) in enumerate(zip(examples.series, examples.origin, strict=True)):
        values = context.panel.series(series)[:, 0]
        z = (values - values.mean()) / values.std()
        np.testing.assert_allclose(batch.x[row, :, 0], z[origin - W : origin], atol=1e-12)
        known = weight[row, :, 0] > 0
        np.testing.assert_allclose(target[row, known, 0], z[origin : origin + 3], atol=1e-12)


def test_missing_values_are_not_in_the_mean():
    y = 100 + 5 * seasonal(60)
    y.iloc[[3, 20, 37, 38, 52]] = np.nan
    forecaster = plain(max_epochs=10).fit(y[:40], fh=FH)
    units = np.nanmean(y[:40]), np.nanstd(y[:40])
    np.testing.assert_allclose(forecaster.predict(), by_hand(forecaster, y[:40], *units), rtol=1e-5)
    forecaster.update(y[40:54], update_params=False)
    np.testing.assert_allclose(forecaster.predict(), by_hand(forecaster, y[:54], *units), rtol=1e-5)


def test_logarithms_have_a_mean_too():
    y = np.exp(seasonal(50) / 10)
    forecaster = plain(transform="log", max_epochs=10).fit(y, fh=FH)
    log = np.log(y)
    expected = np.exp(by_hand(forecaster, log, log.mean(), log.std(ddof=0)))
    np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-5)


def test_quantiles_in_sample_are_finite_and_in_order():
    forecaster = plain(max_epochs=10).fit(Y, fh=FH)
    quantiles = forecaster.predict_quantiles([-20, 0, 1, 7], alpha=[0.1, 0.5, 0.9])
    assert np.isfinite(quantiles).all(axis=None)
    assert (np.diff(quantiles, axis=1) > 0).all()
    assert np.isfinite(forecaster.sample_paths(FH, n_paths=3, random_state=0)).all(axis=None)


@pytest.mark.parametrize(
    "baseline", [None, "naive", "median", "drift", "smoothing", "theta", "auto"]
)
def test_it_learns(baseline):
    """The forecast is better than the mean, whatever is corrected."""
    y = seasonal(120, noise=0.05)
    settings = {"max_epochs": 60, "learning_rate": 0.05, "early_stopping": True}
    forecaster = plain(baseline=baseline, sp=4, **settings).fit(y[:100], fh=FH)
    error = np.abs(forecaster.predict() - y[100:103]).mean()
    assert error < 0.5 * np.abs(y[100:103] - y[:100].mean()).mean()


class TestOtherBaselines:
    def test_the_network_corrects_the_baseline_in_z_scores(self):
        forecaster = plain(baseline="naive", max_epochs=10).fit(Y, fh=FH)
        units = Y.mean(), Y.std(ddof=0)
        baseline = torch.full((1, 3, 1), (Y.iloc[-1] - units[0]) / units[1])
        correction = by_hand(forecaster, Y, *units, baseline=baseline) - units[0]
        expected = Y.iloc[-1] + forecaster.correction_weight_ * correction
        np.testing.assert_allclose(forecaster.predict(), expected, rtol=1e-5)

    def test_auto_leaves_the_regression_out(self):
        forecaster = quick(normalization="standard").fit(Y, fh=FH)
        assert set(forecaster.plan_.spec.baseline.named_weights) <= {"smoothing", "theta"}
        assert sum(forecaster.plan_.spec.baseline.named_weights.values()) == pytest.approx(1)
        assert np.isfinite(forecaster.predict()).all()

    def test_auto_of_single_steps(self):
        forecaster = quick(normalization="standard", strategy="recursive").fit(Y, fh=FH)
        assert not forecaster.plan_.spec.baseline.fitted


class TestUnitsStay:
    """Those of the training part; the history so far where nothing was trained on."""

    @pytest.mark.parametrize("y", SERIES.values(), ids=SERIES)
    def test_a_backtest_is_a_loop(self, y):
        forecaster = plain().fit(y[:40], fh=FH)
        backtest = forecaster.backtest(y, cv=EXPANDING)
        for cutoff, forecast in loop(forecaster, y, EXPANDING):
            np.testing.assert_allclose(backtest.loc[cutoff], forecast, rtol=1e-9)

    @pytest.mark.parametrize("pretrained", [False, True])
    @pytest.mark.parametrize("reset", [False, True])
    def test_update_predict_is_a_loop(self, pretrained, reset, monkeypatch):
        forecaster = plain()
        if pretrained:
            forecaster.pretrain(panel(), fh=FH)
        forecaster.fit(Y[:40], fh=FH)
        looped, batched = copy.deepcopy(forecaster), forecaster
        generic = partial(BaseForecaster._predict_moving_cutoff, looped)
        monkeypatch.setattr(looped, "_predict_moving_cutoff", generic)
        expected, found = (
            f.update_predict(
                Y[40:], cv=EXPANDING_BEHIND, update_params=False, reset_forecaster=reset
            )
            for f in (looped, batched)
        )
        assert type(found) is type(expected)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
        np.testing.assert_allclose(looped.predict(), batched.predict(), rtol=1e-9)

    def test_an_earlier_end_has_them_too(self):
        forecaster = plain(max_epochs=10).fit(Y[:50], fh=FH)
        units = Y[:50].mean(), Y[:50].std(ddof=0)
        forecaster.update(Y[20:30], update_params=False)
        np.testing.assert_allclose(
            forecaster.predict(), by_hand(forecaster, Y[:30], *units), rtol=1e-5
        )

    def test_update_keeps_the_units(self):
        forecaster = plain().fit(Y[:40], fh=FH)
        before, units = weights(forecaster), (Y[:40].mean(), Y[:40].std(ddof=0))
        forecaster.update(Y[40:55] + 5, update_params=True)
        assert not np.array_equal(before, weights(forecaster))
        history = pd.concat([Y[:40], Y[40:55] + 5])
        np.testing.assert_allclose(
            forecaster.predict(), by_hand(forecaster, history, *units), rtol=1e-5
        )

    def test_series_of_a_panel_have_their_own(self):
        y = panel(lengths=(50, 41, 46))
        start = y[y.groupby(level=0).cumcount() < 30]
        start = start[start.index.get_level_values(0) != "a"]
        forecaster = plain(max_epochs=10).fit(start, fh=FH)
        prediction = forecaster.update(y, update_params=False).predict()
        for name in ("s10", "s2", "a"):
            learned = y.loc[name].iloc[:30] if name != "a" else y.loc[name]  # "a" is new
            units = learned.mean().item(), learned.std(ddof=0).item()
            expected = by_hand(forecaster, y.loc[name, "y"], *units)
            np.testing.assert_allclose(prediction.loc[name, "y"], expected, rtol=1e-5)

    def test_a_series_after_pretraining(self):
        """Its units are those of its history, which grows."""
        forecaster = plain(max_epochs=10).pretrain(panel(), fh=FH).fit(Y[:40])
        for n in (40, 50):
            history = Y[:n]
            if n > 40:
                forecaster.update(Y[40:n], update_params=False)
            expected = by_hand(forecaster, history, history.mean(), history.std(ddof=0))
            np.testing.assert_allclose(forecaster.predict(FH), expected, rtol=1e-5)

    def test_pretraining_continues(self):
        """On another panel, and after an ordinary fit of one series."""
        once = plain().pretrain(panel(), fh=FH)
        once.pretrain(panel(lengths=(35, 30), names=("b", "a"))).fit(Y)
        assert np.isfinite(once.predict(FH)).all()
        fitted = plain().fit(Y, fh=FH).pretrain(panel())
        assert np.isfinite(fitted.fit(Y[:30]).predict(FH)).all()

    def test_pickles(self):
        forecaster = plain().fit(Y[:40], fh=FH)
        again = pickle.loads(pickle.dumps(forecaster))
        here, there = (f.update(Y[40:], update_params=False).predict() for f in (forecaster, again))
        pd.testing.assert_series_equal(here, there)

    def test_hierarchies(self):
        y = pd.concat({"north": panel(), "south": panel() + 7}, names=["region"])
        forecaster = plain(max_epochs=10).fit(y, fh=FH)
        one = y.loc["south"].loc["a", "y"]
        new = pd.DataFrame({"y": np.arange(4.0)}, index=one.index[-4:] + 4)
        new = pd.concat({("south", "a"): new}, names=y.index.names)
        forecaster.update(new, update_params=False)
        history = np.append(one, new["y"])
        expected = by_hand(forecaster, history, one.mean(), one.std(ddof=0))
        prediction = forecaster.predict().loc["south"].loc["a", "y"]
        np.testing.assert_allclose(prediction, expected, rtol=1e-5)


def test_other_series_do_not_matter():
    """Neither for the forecast nor for the units."""
    y = panel(lengths=(40, 31, 36))
    y.loc["a"] = 1e6 * y.loc["a"].to_numpy()
    forecaster = plain().pretrain(y, fh=FH)
    together = forecaster.clone().fit(y).predict(FH)
    for name in ("s10", "s2", "a"):
        alone = forecaster.clone().fit(y.loc[name]).predict(FH)
        np.testing.assert_array_equal(alone, together.loc[name])


def test_weights_of_the_attention():
    forecaster = plain(Seq2SeqForecaster, attention="dot").fit(Y, fh=FH)
    assert forecaster.attention_weights().shape == (3, W)


def test_covariates_and_a_cold_start():
    y = panel(lengths=(60, 50, 55), kind="range")
    X = pd.DataFrame({"x": np.arange(len(y)) % 7.0}, index=y.index)
    forecaster = plain(GRUForecaster, examples__cold_start=True).pretrain(y, X=X, fh=FH)
    short, ahead = y.loc["a"].iloc[:3], X.loc["a"].iloc[3:6]
    prediction = forecaster.fit(short, X=X.loc["a"].iloc[:3]).predict(FH, X=ahead)
    assert np.abs(prediction - short.mean()).max().item() < 30


def test_a_constant_series_stays():
    y = pd.concat(
        {
            "flat": pd.DataFrame({"y": np.full(40, 7.0)}),
            "wave": seasonal(40).to_frame("y").reset_index(drop=True),
        },
        names=["id", "t"],
    )
    prediction = plain(max_epochs=10).fit(y, fh=FH).predict()
    assert np.abs(prediction.loc["flat"] - 7).max().item() < 2


def test_the_plan_names_the_units():
    text = str(plain().fit(Y, fh=FH).plan_)
    assert "units: as they are" in text
    assert "normalization: (value - mean of the series) / standard deviation" in text
    assert "baseline: none, the network forecasts from the level" in text


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"normalization": "minmax"}, "The 'normalization' parameter of LSTMForecaster must be"),
        ({"normalization": None}, "The 'normalization' parameter of LSTMForecaster must be"),
        ({"baseline": "linear"}, "baseline='linear' is a regression in units of the origin, which"),
    ],
)
def test_settings_that_contradict(params, text):
    with pytest.raises(ValueError, match=text):
        plain(**params).fit(Y, fh=FH)
