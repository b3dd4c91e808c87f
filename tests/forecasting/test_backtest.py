"""Rolling forecasts in one batch: the same as a loop over update and predict."""

import copy

import numpy as np
import pandas as pd
import pytest
from forecasting.rolling import EXPANDING, FH, SERIES, Y, loop
from forecasting.series import (
    every_architecture,
    panel,
    quick,
    times,
    weights,
)
from sklearn.model_selection import KFold, TimeSeriesSplit
from sktime.exceptions import NotFittedError
from sktime.split import CutoffSplitter, ExpandingWindowSplitter, InstanceSplitter


def assert_same(backtest, looped):
    """Each cutoff has the very forecasts that the loop has."""
    for cutoff, forecast in looped:
        at_cutoff = backtest.loc[cutoff]
        assert type(at_cutoff) is type(forecast)
        assert list(at_cutoff.index) == list(forecast.index)
        np.testing.assert_allclose(at_cutoff, forecast, rtol=1e-9)
    assert len(backtest) == sum(len(forecast) for _, forecast in looped)


class TestSameAsALoop:
    @every_architecture
    @pytest.mark.parametrize(
        "params",
        [{}, {"strategy": "recursive"}, {"strategy": "recursive", "examples__block_length": 2}],
    )
    def test_forecasters(self, cls, params):
        forecaster = quick(cls, **params).fit(Y[:40], fh=FH)
        assert_same(forecaster.backtest(Y, cv=EXPANDING), loop(forecaster, Y, EXPANDING))

    @pytest.mark.parametrize("y", SERIES.values(), ids=SERIES)
    def test_series(self, y):
        forecaster = quick().fit(y[:40], fh=FH)
        assert_same(forecaster.backtest(y, cv=EXPANDING), loop(forecaster, y, EXPANDING))

    @pytest.mark.parametrize("transform", ["log", None])
    @pytest.mark.parametrize("baseline", ["auto", "naive", "median", "drift", None])
    def test_baselines(self, transform, baseline):
        forecaster = quick(transform=transform, baseline=baseline).fit(Y[:40], fh=FH)
        assert_same(forecaster.backtest(Y, cv=EXPANDING), loop(forecaster, Y, EXPANDING))

    @pytest.mark.parametrize("fh", [1, [2, 5], [-3, 0, 1], [-1], [9]])
    def test_horizons(self, fh):
        """With gaps, at and before the cutoff, longer than trained, and after the end of y."""
        forecaster = quick().fit(Y[:40], fh=[1, 2, 3, 4])
        cv = CutoffSplitter(np.array([40, 47, 50]), fh=fh, window_length=30)
        looped = loop(forecaster, Y, cv, of=lambda f, X: f.predict(fh))
        assert_same(forecaster.backtest(Y, cv=cv), looped)
        cutoffs = [cutoff for cutoff, _ in looped]
        pd.testing.assert_series_equal(
            forecaster.backtest(Y, cv=cutoffs, fh=fh), forecaster.backtest(Y, cv=cv)
        )

    def test_intervals_and_quantiles(self):
        forecaster = quick().fit(Y[:40], fh=FH)
        looped = loop(
            forecaster, Y, EXPANDING, of=lambda f, X: f.predict_interval(coverage=[0.9, 0.5])
        )
        intervals = forecaster.backtest(Y, cv=EXPANDING, coverage=[0.9, 0.5])
        assert_same(intervals, looped)
        assert intervals.columns.equals(looped[0][1].columns)
        looped = loop(forecaster, Y, EXPANDING, of=lambda f, X: f.predict_quantiles(alpha=0.2))
        quantiles = forecaster.backtest(Y, cv=EXPANDING, alpha=0.2)
        assert_same(quantiles, looped)
        assert quantiles.columns.equals(looped[0][1].columns)

    @pytest.mark.parametrize("past_columns", [None, ["u"], ["u", "v"]])
    @pytest.mark.parametrize("params", [{}, {"strategy": "recursive"}])
    def test_covariates(self, past_columns, params):
        if past_columns and params:
            pytest.skip("a horizon cannot be fed back with covariates of the past only")
        rng = np.random.default_rng(0)
        X = pd.DataFrame(rng.normal(size=(66, 2)), index=times("period", 66), columns=["v", "u"])
        forecaster = quick(covariates__past_columns=past_columns, **params).fit(
            Y[:40], X=X[:40], fh=FH
        )
        cutoffs = CutoffSplitter(np.array([42, 50, 56]), fh=FH, window_length=43)
        looped = loop(forecaster, Y, cutoffs, X=X)
        assert_same(forecaster.backtest(Y, X=X, cv=cutoffs), looped)
        changed = X.copy()
        changed.iloc[:, :] *= -1
        other = forecaster.backtest(Y, X=changed, cv=cutoffs)
        assert not np.allclose(other, forecaster.backtest(Y, X=X, cv=cutoffs))
        # From the end of y: only the known ones are there for the horizon.
        last = forecaster.backtest(Y, X=X, cv=Y.index[-1:])
        updated = forecaster.update(Y, X=X, update_params=False)
        np.testing.assert_allclose(last, updated.predict(X=X), rtol=1e-9)

    def test_early_cutoffs(self):
        """The beginning of a series, too, is a function of what came before."""
        forecaster = quick().pretrain(panel(), fh=FH).fit(Y, fh=FH)
        cutoffs = Y.index[[0, 1, 3, 5, 9, 14]]
        changed = Y.copy()
        for cutoff, forecast in forecaster.backtest(Y, cv=cutoffs).groupby("cutoff"):
            changed[Y.index > cutoff] = 3 * Y + 20
            np.testing.assert_allclose(forecaster.backtest(changed, cv=[cutoff]), forecast)
            changed[:] = Y

    def test_only_new_rows(self):
        """What the forecaster has seen need not be passed again."""
        forecaster = quick().fit(Y[:40], fh=FH)
        cutoffs = Y.index[45:50]
        pd.testing.assert_series_equal(
            forecaster.backtest(Y[40:], cv=cutoffs), forecaster.backtest(Y, cv=cutoffs)
        )

    def test_later_values_change_nothing(self):
        forecaster = quick().fit(Y[:40], fh=FH)
        changed = Y.copy()
        changed.iloc[48:] += 100
        here, there = (forecaster.backtest(y, cv=Y.index[44:48]) for y in (Y, changed))
        pd.testing.assert_series_equal(here, there)
        assert not np.allclose(*(forecaster.backtest(y, cv=Y.index[48:50]) for y in (Y, changed)))


class TestPanels:
    @pytest.mark.parametrize("lengths", [(50, 50, 50), (50, 41, 46)])
    @pytest.mark.parametrize("columns", [("y",), ("a", "b")])
    def test_same_as_a_loop(self, lengths, columns):
        y = panel(lengths=lengths, columns=columns)
        forecaster = quick().fit(y.groupby(level=0).head(30), fh=FH)
        cv = ExpandingWindowSplitter(fh=FH, initial_window=31, step_length=2)
        backtest = forecaster.backtest(y, cv=cv)
        assert list(backtest.index.names) == ["cutoff", "shop", "time"]
        n_rows = 0
        copied = copy.deepcopy(forecaster)
        for train, _ in cv.split(y):
            forecast = copied.update(y.iloc[train], update_params=False).predict()
            for shop, rows in forecast.groupby(level=0):
                cutoff = y.iloc[train].loc[shop].index[-1]
                at_cutoff = backtest.loc[cutoff].loc[[shop]]
                assert list(at_cutoff.index) == list(rows.index)
                np.testing.assert_allclose(at_cutoff, rows, rtol=1e-9)
            n_rows += len(forecast)
        assert len(backtest) == n_rows

    def test_series_of_their_own_ends(self):
        """Without `cv` each series continues from its own end, a new one with its first window."""
        y = panel(lengths=(40, 31, 36))
        seen = y[y.groupby(level=0).cumcount(ascending=False) >= 5]
        seen = seen[seen.index.get_level_values(0) != "a"]
        forecaster = quick(window_length=8).fit(seen, fh=FH)
        backtest = forecaster.backtest(y)
        cutoffs = backtest.index.droplevel("time").unique().swaplevel()
        for shop, first in (("s10", 34), ("s2", 25), ("a", 7)):
            here = cutoffs[cutoffs.get_level_values(0) == shop].get_level_values(1)
            assert list(here) == list(y.loc[shop].index[first:-3])

    def test_cutoffs_that_only_some_series_have(self):
        y = panel(lengths=(40, 31, 36))
        forecaster = quick().fit(y.groupby(level=0).head(25), fh=FH)
        cutoffs = y.loc["s10"].index[[28, 33]]
        backtest = forecaster.backtest(y, cv=cutoffs)
        assert list(backtest.loc[cutoffs[0]].index.unique("shop")) == ["s10", "s2", "a"]
        assert list(backtest.loc[cutoffs[1]].index.unique("shop")) == ["s10", "a"]

    def test_only_some_series(self):
        y = panel()
        forecaster = quick().fit(y.groupby(level=0).head(25), fh=FH)
        backtest = forecaster.backtest(y.loc[["s2"]])
        assert list(backtest.index.unique("shop")) == ["s2"]
        whole = forecaster.backtest(y)
        rows = whole[whole.index.get_level_values("shop") == "s2"]
        pd.testing.assert_frame_equal(backtest, rows)

    def test_covariates(self):
        y = panel(lengths=(40, 33, 36))
        rng = np.random.default_rng(0)
        X = pd.DataFrame({"x": rng.normal(size=len(y))}, index=y.index)
        forecaster = quick().fit(y.groupby(level=0).head(28), X=X, fh=FH)
        cv = ExpandingWindowSplitter(fh=FH, initial_window=30)
        backtest = forecaster.backtest(y, X=X, cv=cv)
        train, _ = next(cv.split(y))
        forecast = forecaster.update(y.iloc[train], X=X, update_params=False).predict(X=X)
        cutoff = y.loc["a"].index[29]
        np.testing.assert_allclose(backtest.loc[cutoff], forecast, rtol=1e-9)

    def test_hierarchies(self):
        y = pd.concat({"north": panel(), "south": panel() + 5}, names=["region"])
        forecaster = quick().fit(y.groupby(level=[0, 1]).head(25), fh=FH)
        backtest = forecaster.backtest(y)
        assert list(backtest.index.names) == ["cutoff", "region", "shop", "time"]
        last = y.loc["south", "s2"].index[-4]
        seen = y[y.index.get_level_values(-1) <= last]
        forecast = forecaster.update(seen, update_params=False).predict()
        rows = backtest.loc[last, "south", "s2"]
        np.testing.assert_allclose(rows, forecast.loc["south", "s2"], rtol=1e-9)


class TestForm:
    def test_defaults(self):
        """From the end of what was seen, the last horizon ends with y."""
        forecaster = quick().fit(Y[:40], fh=FH)
        backtest = forecaster.backtest(Y)
        assert list(backtest.index.unique("cutoff")) == list(Y.index[39:57])
        assert backtest.name is None
        assert forecaster.backtest(Y.rename("sales")).name == "sales"
        same = forecaster.backtest(Y[40:], cv=Y.index[[-4]])
        pd.testing.assert_series_equal(same, backtest.loc[[Y.index[-4]]])

    def test_a_frame_stays_a_frame(self):
        y = Y.to_frame("sales")
        backtest = quick().fit(y[:40], fh=FH).backtest(y)
        assert list(backtest.columns) == ["sales"]

    def test_cutoffs_in_their_order(self):
        forecaster = quick().fit(Y[:40], fh=FH)
        cutoffs = Y.index[[50, 44]]
        assert list(forecaster.backtest(Y, cv=cutoffs).index.unique("cutoff")) == list(cutoffs)

    def test_nothing_is_changed(self):
        forecaster = quick().fit(Y[:40].rename("a"), fh=FH)
        prediction = forecaster.predict()
        before, state = weights(forecaster), dict(vars(forecaster))
        forecaster.backtest(Y.to_frame("b"), cv=Y.index[50:], fh=[1])
        assert_same_state(forecaster, state)
        np.testing.assert_array_equal(weights(forecaster), before)
        pd.testing.assert_series_equal(forecaster.predict(), prediction)
        with pytest.raises(ValueError, match="not in the index"):
            forecaster.backtest(Y, cv=[pd.Period("1900-01", freq="M")])
        assert_same_state(forecaster, state)


def assert_same_state(forecaster, state):
    """The very objects, and what sktime notes on y."""
    now = dict(vars(forecaster))
    assert now.pop("_converter_store_y") == {"name": "a"}
    assert list(now) == [name for name in state if name != "_converter_store_y"]
    assert all(value is state[name] for name, value in now.items())


class TestErrors:
    @pytest.mark.parametrize(
        ("kwargs", "error", "message"),
        [
            ({"cv": KFold(3)}, TypeError, "cv is of type KFold"),
            ({"cv": TimeSeriesSplit()}, TypeError, "cv is of type TimeSeriesSplit"),
            ({"cv": 5}, TypeError, "cv is of type int"),
            ({"cv": "2001-05"}, TypeError, "cv is of type str"),
            ({"cv": InstanceSplitter(KFold(2))}, ValueError, "splits by series"),
            ({"cv": []}, ValueError, "cv is empty"),
            (
                {"cv": pd.period_range("1990-01", periods=2, freq="M")},
                ValueError,
                "not in the index",
            ),
            ({"cv": [3, 4]}, ValueError, "not in the index"),
            ({"cv": EXPANDING, "fh": [1]}, ValueError, "pass it to the splitter alone"),
            ({"coverage": 0.9, "alpha": [0.1]}, ValueError, "pass one of them"),
            ({"coverage": 1.5}, ValueError, r"open interval \(0, 1\)"),
            ({"alpha": [0.2, 0.0]}, ValueError, r"open interval \(0, 1\)"),
            ({"fh": Y.index[50:53]}, ValueError, "relative horizon"),
            ({"fh": [-50]}, ValueError, "fh reaches 50 steps back"),
            ({"fh": list(range(1, 30))}, ValueError, "y has fewer than 29 steps after"),
            ({"X": pd.DataFrame({"x": 1.0}, index=Y.index)}, ValueError, "not in X when"),
        ],
    )
    def test_arguments(self, kwargs, error, message):
        forecaster = quick().fit(Y[:40], fh=FH)
        with pytest.raises(error, match=message):
            forecaster.backtest(Y, **kwargs)

    def test_unfitted(self):
        with pytest.raises(NotFittedError):
            quick().backtest(Y)

    def test_no_horizon(self):
        with pytest.raises(ValueError, match="`fh` must be passed"):
            quick().fit(Y[:40]).backtest(Y)

    def test_nothing_new(self):
        with pytest.raises(ValueError, match="after the last one that the forecaster has observed"):
            quick().fit(Y, fh=FH).backtest(Y)

    def test_a_gap(self):
        with pytest.raises(ValueError, match="no row for the steps between 2004-06 and 2004-09"):
            quick().fit(Y[:40], fh=FH).backtest(Y[42:])

    def test_longer_than_trained(self):
        """Blocks cannot be fed back where covariates are unknown."""
        X = pd.DataFrame({"x": np.arange(60.0)}, index=Y.index)
        forecaster = quick(covariates__past_columns=["x"]).fit(Y[:40], X=X[:40], fh=FH)
        with pytest.raises(ValueError, match=r"past_columns=.*unknown for the horizon"):
            forecaster.backtest(Y, X=X, fh=[4])

    def test_covariates_of_the_horizon(self):
        X = pd.DataFrame({"x": np.arange(60.0)}, index=Y.index)
        forecaster = quick().fit(Y[:40], X=X[:40], fh=FH)
        forecaster.backtest(Y, X=X, cv=Y.index[[-4]])
        with pytest.raises(ValueError, match="no row for 2006-03; pass a row for every step"):
            forecaster.backtest(Y, X=X, cv=Y.index[[-3]])
        with pytest.raises(ValueError, match="not contained"):
            forecaster.backtest(Y, X=X[:50])
        with pytest.raises(ValueError, match="X has no row for"):
            forecaster.backtest(Y)

    def test_steps_between_are_unknown(self):
        X = pd.DataFrame({"x": np.arange(64.0)}, index=times("period", 64))
        forecaster = quick().fit(Y[:40], X=X[:40], fh=FH)
        with pytest.warns(UserWarning, match="no rows for the steps between") as caught:
            forecaster.backtest(Y, X=X.drop(X.index[[61]]), cv=Y.index[-1:], fh=[4])
        assert caught[0].filename == __file__
