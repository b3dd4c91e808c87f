"""Pretraining and updating: which weights are kept, and where forecasts start."""

import copy
import warnings

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    every_architecture,
    panel,
    quick,
    seasonal,
    weights,
)
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter, SlidingWindowSplitter

FH = [1, 2, 3]
Y = seasonal(50)


@pytest.fixture(scope="module")
def pretrained():
    """A network for the steps 1 to 3, taken as it is by the tests."""
    return quick().pretrain(panel(), fh=FH)


def assert_same_forecasts(left, right):
    for of in (lambda f: f.predict(FH), lambda f: f.predict_quantiles([-1, 2], alpha=[0.2])):
        a, b = of(left), of(right)
        np.testing.assert_array_equal(a, b.loc[a.index])


class TestPretraining:
    @every_architecture
    def test_fit_keeps_the_weights(self, cls):
        first = quick(cls).pretrain(panel(), fh=FH)
        before = weights(first)
        for forecaster in (first.clone(), first):
            forecaster.fit(Y, fh=FH).predict()
            np.testing.assert_array_equal(weights(forecaster), before)
            forecaster.fit(Y[:20]).predict(FH)
            np.testing.assert_array_equal(weights(forecaster), before)
        assert not np.array_equal(before, weights(quick(cls).fit(Y, fh=FH)))

    def test_an_update_trains_a_copy(self):
        forecaster = quick().fit(Y[:40], fh=FH)
        earlier, before = copy.copy(forecaster), weights(forecaster)
        forecaster.update(Y[40:])
        np.testing.assert_array_equal(weights(earlier), before)
        assert not np.array_equal(weights(forecaster), before)

    def test_forecasts_are_of_the_series_of_fit(self, pretrained):
        prediction = pretrained.clone().fit(Y).predict(FH)
        assert isinstance(prediction, pd.Series)
        assert list(prediction.index) == list(seasonal(53).index[-3:])

    def test_fit_on_other_weights_of_the_same_class(self, pretrained):
        """A clone has a copy: it may be trained on without harm to the others."""
        before = weights(pretrained)
        pretrained.clone().fit(Y).update(Y[-2:], update_params=True)
        np.testing.assert_array_equal(weights(pretrained), before)

    def test_pretraining_continues(self):
        once = quick().pretrain(panel(), fh=FH)
        twice = once.clone().pretrain(panel() + 1)
        assert not np.array_equal(weights(once), weights(twice))
        fresh = quick().pretrain(panel() + 1, fh=FH)
        assert not np.array_equal(weights(fresh), weights(twice))
        np.testing.assert_array_equal(weights(twice.fit(Y)), weights(twice.clone()))

    def test_pretraining_after_an_ordinary_fit(self):
        forecaster = quick().fit(Y, fh=FH).pretrain(panel())
        after = weights(forecaster)
        for again in (forecaster.clone(), forecaster.fit(Y), forecaster.fit(Y)):
            np.testing.assert_array_equal(weights(again.fit(Y)), after)

    def test_other_columns_are_refused(self, pretrained):
        with pytest.raises(ValueError, match="pretrained with"):
            pretrained.clone().fit(pd.DataFrame({"a": Y, "b": Y}))
        with pytest.raises(ValueError, match="pretrained with"):
            pretrained.clone().fit(Y, X=pd.DataFrame({"x": Y}))

    def test_order_of_columns(self):
        y = panel(columns=("a", "b"))
        X = pd.DataFrame({"u": 1.0 * np.arange(len(y)), "v": 1.0}, index=y.index)
        forecaster = quick().pretrain(y, X=X, fh=FH)
        with pytest.raises(ValueError, match="same order"):
            forecaster.clone().fit(y[["b", "a"]], X=X)
        last = X.groupby(level=0).tail(3)
        X, last = X.drop(last.index), last
        y = y.drop(last.index)
        here = forecaster.clone().fit(y, X=X).predict(X=last, fh=FH)
        there = forecaster.clone().fit(y, X=X[["v", "u"]]).predict(X=last, fh=FH)
        pd.testing.assert_frame_equal(here, there)


class TestUpdate:
    @pytest.mark.parametrize("kind", ["range", "period", "datetime", "zone", "month end"])
    @pytest.mark.parametrize("overlap", [0, 4])
    def test_without_training_is_a_longer_series(self, kind, overlap):
        y = seasonal(50, kind)
        first = quick().pretrain(panel(), fh=FH)
        updated = first.clone().fit(y[:40]).update(y[40 - overlap :], update_params=False)
        assert updated.cutoff[0] == y.index[-1]
        assert_same_forecasts(first.clone().fit(y), updated)
        np.testing.assert_array_equal(weights(first), weights(updated))

    def test_step_by_step(self, pretrained):
        forecaster = pretrained.clone().fit(Y[:40])
        for t in range(40, 50):
            forecaster.update(Y[t : t + 1], update_params=False)
        assert_same_forecasts(pretrained.clone().fit(Y), forecaster)

    def test_new_values_replace_old_ones(self, pretrained):
        """A correction counts, a value that becomes missing too."""
        corrected = Y.copy()
        corrected.iloc[45:] += 5
        corrected.iloc[46] = np.nan
        forecaster = pretrained.clone().fit(Y).update(corrected[44:], update_params=False)
        assert_same_forecasts(pretrained.clone().fit(corrected), forecaster)

    def test_earlier_rows_move_the_cutoff_back(self, pretrained):
        """sktime's cutoff is the end of the new rows: forecasts start there, and know no more."""
        forecaster = pretrained.clone().fit(Y).update(Y[20:30], update_params=False)
        assert_same_forecasts(pretrained.clone().fit(Y[:30]), forecaster)
        # What was seen before is not forgotten.
        forecaster.update(Y[-1:], update_params=False)
        assert_same_forecasts(pretrained.clone().fit(Y), forecaster)

    def test_panels(self, pretrained):
        """New rows of some series, and a new series; the others stay as they are."""
        y = panel(lengths=(40, 31, 36, 30), names=("s10", "s2", "a", "b"))
        end = y.groupby(level=0).cumcount(ascending=False)
        start = y[(end >= 4) & (y.index.get_level_values(0) != "b")]
        rest = y[(end < 4) & y.index.get_level_values(0).isin(["s10", "s2"])]
        rest = pd.concat([rest, y.loc[["b"]]])
        forecaster = pretrained.clone().fit(start).update(rest, update_params=False)
        whole = pd.concat([y.loc[["s10", "s2"]], start.loc[["a"]], y.loc[["b"]]])
        assert_same_forecasts(pretrained.clone().fit(whole), forecaster)
        assert list(forecaster.predict(FH).index.unique(0)) == ["s10", "s2", "a", "b"]

    def test_earlier_rows_of_a_panel_move_the_cutoff_back(self, pretrained):
        y = panel(lengths=(40, 40))
        early = y[(y.groupby(level=0).cumcount() < 30) & (y.index.get_level_values(0) == "s2")]
        forecaster = pretrained.clone().fit(y).update(early, update_params=False)
        whole = pd.concat([y.loc[["s10"]], early])
        assert_same_forecasts(pretrained.clone().fit(whole), forecaster)

    def test_covariates(self):
        X = pd.DataFrame({"x": np.sin(np.arange(60))}, index=seasonal(60).index)
        forecaster = quick().fit(Y[:40], X=X[:40], fh=FH)
        forecaster.update(Y[40:], X=X[40:50], update_params=False)
        prediction = forecaster.predict(X=X[50:])
        assert list(prediction.index) == list(X.index[50:53])
        # Rows of X that were there from the beginning need not be passed again.
        early = quick().fit(Y[:40], X=X, fh=FH).update(Y[40:], update_params=False)
        pd.testing.assert_series_equal(early.predict(X=X), prediction)

    @every_architecture
    def test_with_training(self, cls):
        forecaster = quick(cls).fit(Y[:40], fh=FH)
        before = weights(forecaster)
        forecaster.update(Y[40:], update_params=True)
        assert not np.array_equal(weights(forecaster), before)
        assert list(forecaster.predict().index) == list(seasonal(53).index[-3:])
        again = quick(cls).fit(Y[:40], fh=FH).update(Y[40:], update_params=True)
        np.testing.assert_array_equal(weights(forecaster), weights(again))

    def test_unnamed_values(self):
        """One column is that column, whatever it is called; of several the names count."""
        named = quick().fit(Y[:40].rename("sales"), fh=FH).update(Y[40:], update_params=False)
        assert list(named.predict().index) == list(seasonal(53).index[-3:])
        y = pd.DataFrame({"a": Y, "b": Y + 1})
        here = quick().fit(y[:40], fh=FH).update(y[40:], update_params=False)
        there = (
            quick().fit(y[:40], fh=FH).update(y.loc[y.index[40:], ["b", "a"]], update_params=False)
        )
        pd.testing.assert_frame_equal(here.predict(), there.predict()[["a", "b"]])
        with pytest.raises(ValueError, match="pass the same columns"):
            here.update(y.rename(columns={"a": "c"}))

    def test_a_gap_is_refused(self):
        forecaster = quick().fit(Y[:40], fh=FH)
        with pytest.raises(ValueError, match="no row for the steps between 2004-06 and 2004-09"):
            forecaster.update(Y[42:])


class TestRollingForecasts:
    def test_update_predict(self):
        cv = SlidingWindowSplitter(fh=[1], window_length=4, step_length=2)
        forecaster = quick().fit(Y[:40])
        before = forecaster.predict([1])
        prediction = forecaster.update_predict(Y[40:], cv=cv, update_params=False)
        assert list(prediction.index) == list(Y.index[44::2])
        pd.testing.assert_series_equal(forecaster.predict([1]), before)
        by_hand = forecaster.update(Y[40:46], update_params=False).predict([1])
        assert prediction[by_hand.index].item() == by_hand.item()

    def test_update_predict_over_what_was_seen(self, pretrained):
        """Each forecast is for the step after its window, and knows no later one."""
        cv = ExpandingWindowSplitter(fh=[1], initial_window=30, step_length=5)
        forecaster = pretrained.clone().fit(Y)
        prediction = forecaster.update_predict(Y, cv=cv, update_params=False)
        for time, value in prediction.items():
            earlier = Y[Y.index < time]
            assert value == pretrained.clone().fit(earlier).predict([1])[time]

    @pytest.mark.parametrize("strategy", ["refit", "update", "no-update_params"])
    @pytest.mark.parametrize("y", [Y, panel(lengths=(50, 50))], ids=["series", "panel"])
    def test_evaluate(self, strategy, y):
        cv = ExpandingWindowSplitter(fh=FH, initial_window=40, step_length=4)
        result = evaluate(
            quick(), cv=cv, y=y, strategy=strategy, return_data=True, error_score="raise"
        )
        assert len(result) == 2
        for _, row in result.iterrows():
            assert row["y_pred"].index.equals(row["y_test"].index)
        assert np.isfinite(result.filter(like="test_")).all(axis=None)


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            seasonal(60, "range"),
            r"index of integers, but the rows observed before have one of PeriodIndex \(M\)",
        ),
        (seasonal(60, "datetime"), "index of DatetimeIndex, but"),
        (seasonal(60, "zone"), r"index of DatetimeIndex \(.*\), but"),
        (panel(), "index of instances and PeriodIndex"),
        (Y.set_axis(pd.period_range("2001", periods=50, freq="D")), r"PeriodIndex \(D\), but"),
    ],
)
def test_updates_of_another_kind_are_refused(y, message):
    forecaster = quick().fit(Y, fh=FH)
    with pytest.raises(ValueError, match=message):
        forecaster.update(y)


def multiplicative():
    """Return series that vary in proportion to their level, as a panel."""
    slope = np.tile(0.03 * np.arange(64), 2)[:, None]
    return np.exp(slope + panel((64, 64), names=("s0", "s1")) / 10)


@pytest.fixture(scope="module")
def in_logarithms():
    return quick(transform="auto").fit(multiplicative().groupby(level=0).head(60), fh=FH)


class TestLogarithms:
    """Later values that have no logarithm."""

    @pytest.mark.parametrize("value", [0.0, -3.0])
    def test_are_read_as_the_smallest_value_before(self, in_logarithms, value):
        assert in_logarithms.plan_.log
        later, clipped = (multiplicative().groupby(level=0).tail(4).copy() for _ in range(2))
        later.iloc[1] = value
        clipped.iloc[1] = multiplicative().iloc[:61].min()
        with pytest.warns(UserWarning, match=rf"the value {value:g} at \('s0', Period\('2006-04'"):
            updated = copy.deepcopy(in_logarithms).update(later, update_params=False)
        other = copy.deepcopy(in_logarithms).update(clipped, update_params=False)
        pd.testing.assert_frame_equal(updated.predict(), other.predict())
        with pytest.warns(UserWarning, match="logarithms are learned"):
            tested = in_logarithms.backtest(later)
        pd.testing.assert_frame_equal(tested, in_logarithms.backtest(clipped))

    def test_are_told_once(self, in_logarithms):
        rows = multiplicative().groupby(level=0).tail(4).copy()
        rows.iloc[0] = 0.0
        first, second = rows.groupby(level=0).head(2), rows.groupby(level=0).tail(2)
        with pytest.warns(UserWarning, match="logarithms are learned"):
            updated = copy.deepcopy(in_logarithms).update(first, update_params=False)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            updated.update(second, update_params=False)

    def test_training_goes_on(self, in_logarithms):
        later = 0 * multiplicative().groupby(level=0).tail(4)
        with pytest.warns(UserWarning, match="logarithms are learned"):
            updated = copy.deepcopy(in_logarithms).update(later)
        assert np.isfinite(updated.predict()).all(axis=None)
