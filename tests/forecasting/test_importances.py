"""Permutation importance of covariates: what is exchanged, and what the table says."""

import copy
from functools import cache

import numpy as np
import pandas as pd
import pytest
from forecasting.series import able, quick, times
from process_state import global_generators
from sktime.performance_metrics.forecasting import MeanAbsoluteScaledError, MeanSquaredError
from sktime.split import CutoffSplitter

from skrnn import Covariates
from skrnn.forecasting.permutation import Exchange, Feature
from skrnn.series import Panel


def driven(n=160, seed=0, kind="datetime"):
    """Return a series that follows the first of two covariates."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 2)), index=times(kind, n), columns=["driver", "noise"])
    return (50 + 5 * X["driver"] + 0.1 * rng.normal(size=n)).rename("y"), X


def shops(n_shops=4, n=120):
    """Return a panel whose series follow the covariate of the step before, by kind of shop."""
    frames = {}
    for i in range(n_shops):
        _, X = driven(n, seed=i)
        sign = 1 - 2 * (i % 2)
        y = 50 + 5 * sign * np.roll(X["driver"], 1) + 0.1 * X["noise"]
        frames[f"s{i}"] = X.assign(y=y, sign=float(sign))
    table = pd.concat(frames, names=["shop", "time"])
    return table[["y"]], table[["driver", "noise", "sign"]]


Y, X = driven()


@cache
def fitted():
    """Return a forecaster that has learned the driver."""
    return able(max_epochs=40).fit(Y[:120], X=X[:120], fh=[1, 2, 3])


@cache
def barely_fitted():
    """Return a forecaster for what holds whatever was learned."""
    return quick().fit(Y[:120], X=X[:120], fh=[1, 2, 3])


class TestExchange:
    def panel(self):
        offsets = np.array([0, 11, 25, 28])
        past = np.stack([np.arange(28.0), -np.arange(28.0)], axis=1)
        return Panel(np.zeros((28, 1)), offsets, past, 1, np.arange(6.0).reshape(3, 2))

    def test_whole_blocks_change_places(self):
        """Blocks are counted from the ends: those of rows 9 and 25, and of the last series."""
        panel = self.panel()
        exchange = Exchange.draw(panel, np.array([9, 25, 28]), 4, np.random.default_rng(0))
        permuted = exchange.of(Feature("x", past=[1]), panel)
        assert permuted.past[:, 0].tolist() == panel.past[:, 0].tolist()
        starts = [1, 5, 13, 17, 21]
        blocks = {tuple(-panel.past[i : i + 4, 1]) for i in starts}
        drawn = [tuple(-permuted.past[i : i + 4, 1]) for i in starts]
        assert set(drawn) == blocks
        assert all(block[0] != start for block, start in zip(drawn, starts, strict=True))
        others = [0, 9, 10, 11, 12, 25, 26, 27]
        assert permuted.past[others].tolist() == panel.past[others].tolist()

    def test_static_features_change_series(self):
        panel = self.panel()
        exchange = Exchange.draw(panel, panel.offsets[1:], 4, np.random.default_rng(0))
        permuted = exchange.of(Feature("x", static=[0]), panel)
        assert sorted(permuted.static[:, 0]) == sorted(panel.static[:, 0])
        assert (permuted.static[:, 0] != panel.static[:, 0]).all()
        assert permuted.static[:, 1].tolist() == panel.static[:, 1].tolist()
        assert permuted.past is panel.past

    def test_the_panel_itself_stays(self):
        panel = self.panel()
        before = copy.deepcopy((panel.past.tolist(), panel.static.tolist()))
        exchange = Exchange.draw(panel, panel.offsets[1:], 4, np.random.default_rng(0))
        exchange.of(Feature("x", past=[0], static=[0]), panel)
        assert (panel.past.tolist(), panel.static.tolist()) == before


class TestTable:
    def test_driver_comes_first(self):
        table = fitted().feature_importances(Y, X, random_state=0)
        assert list(table.index) == ["driver", "noise"]
        assert table.index.name == "feature"
        assert table.loc["driver", "mean"] > 3
        assert abs(table.loc["noise", "mean"]) < 0.5

    def test_error_is_that_of_a_backtest(self):
        cutoffs = Y.index[[119, 122, 125]]
        forecasts = fitted().backtest(Y, X=X, cv=cutoffs)
        error = (forecasts - Y.reindex(forecasts.index.get_level_values(-1)).to_numpy()).abs()
        table = fitted().feature_importances(Y, X, cv=cutoffs, random_state=0)
        np.testing.assert_allclose(table["mean"] / table["relative"], error.mean(), rtol=1e-5)

    def test_cutoffs_are_a_horizon_apart(self):
        """From the last one with a whole horizon back to the end of the training data."""
        cutoffs = Y.index[[156, 153, 150, 147, 144, 141, 138, 135, 132, 129, 126, 123, 120]]
        default = fitted().feature_importances(Y, X, random_state=0)
        pd.testing.assert_frame_equal(
            default, fitted().feature_importances(Y, X, cv=cutoffs, random_state=0)
        )
        cv = CutoffSplitter(np.arange(120, 157, 3), fh=[1, 2, 3], window_length=20)
        pd.testing.assert_frame_equal(
            default, fitted().feature_importances(Y, X, cv=cv, random_state=0)
        )

    def test_without_rows_the_newest_training_data_are_forecast(self):
        table = fitted().feature_importances(random_state=0)
        last = fitted().feature_importances(cv=Y.index[98:117:3], random_state=0)
        assert list(table.index) == ["driver", "noise"]
        # A fifth of the 110 origins, of which the last ones have no whole horizon.
        pd.testing.assert_frame_equal(table, last)

    def test_repeats(self):
        table = barely_fitted().feature_importances(Y, X, n_repeats=1, random_state=0)
        assert table["std"].tolist() == [0, 0]
        many = barely_fitted().feature_importances(Y, X, n_repeats=4, random_state=0)
        assert (many["std"] > 0).all()

    def test_known_past_only_static_calendar_and_holidays(self):
        y, X = shops()
        covariates = Covariates(
            past_columns=["driver"],
            static_columns=["sign"],
            calendar_features=["day_of_week", "day_of_month"],
            holidays=["2001-04-13", "2001-06-04", "2001-08-01"],
        )
        forecaster = able(max_epochs=60, covariates=covariates).fit(y, X=X, fh=[1])
        table = forecaster.feature_importances(random_state=0)
        assert list(table.index[:2]) in (["driver", "sign"], ["sign", "driver"])
        assert set(table.index[2:]) == {"noise", "calendar_features", "holidays"}
        assert table["mean"].iloc[1] > 5 * table["mean"].iloc[2]

    def test_a_column_of_labels_is_one_feature(self):
        y, X = shops()
        codes = (X["driver"] > 0).astype(int)
        X["driver"] = np.array(["low", "high"])[codes]
        X["sign"] = X["sign"].map({-1.0: "minus", 1.0: "plus"})
        covariates = Covariates(past_columns=["driver"], static_columns=["sign"])
        forecaster = able(max_epochs=60, covariates=covariates).fit(y, X=X, fh=[1])
        table = forecaster.feature_importances(random_state=0)
        assert set(table.index[:2]) == {"driver", "sign"}
        assert set(table.index[2:]) == {"noise"}

    def test_baseline_reads_the_exchanged_covariates(self):
        """The whole forecast gets them, not the network alone."""
        read = []

        class Spy:
            plan = barely_fitted().fitted_.plan

            def __getattr__(self, name):
                return getattr(barely_fitted().fitted_, name)

            def forecast(self, observed, request, summarize):
                read.append(observed.panel.past)
                assert request.known is None
                return barely_fitted().fitted_.forecast(observed, request, summarize)

        forecaster = copy.copy(barely_fitted())
        forecaster.fitted_ = Spy()
        forecaster.feature_importances(Y, X, n_repeats=1, random_state=0)
        plain, driver, noise = read
        assert (driver[:, 0] != plain[:, 0]).mean() > 0.9
        assert (driver[:, 1] == plain[:, 1]).all()
        assert (noise[:, 1] != plain[:, 1]).mean() > 0.9


class TestHowItIsCalled:
    def test_seed(self):
        before = global_generators()
        first, again, other, fresh = (
            barely_fitted().feature_importances(Y, X, random_state=seed) for seed in (0, 0, 1, None)
        )
        pd.testing.assert_frame_equal(first, again)
        assert (first["mean"] != other["mean"]).any()
        assert (first["mean"] != fresh["mean"]).any()
        assert global_generators() == before

    def test_forecaster_stays(self):
        before = barely_fitted().predict(X=X[120:123])
        barely_fitted().feature_importances(Y, X, fh=[1], random_state=0)
        pd.testing.assert_series_equal(barely_fitted().predict(X=X[120:123]), before)
        assert len(barely_fitted().fh) == 3

    @pytest.mark.parametrize(
        "scoring",
        [
            MeanSquaredError(square_root=True),
            lambda y_true, y_pred: np.sqrt(((y_true - y_pred) ** 2).mean()),
        ],
    )
    def test_scoring(self, scoring):
        table = fitted().feature_importances(Y, X, scoring=scoring, random_state=0)
        error = fitted().backtest(Y, X=X, cv=Y.index[120:157:3])
        error -= Y.reindex(error.index.get_level_values(-1)).to_numpy()
        plain = np.sqrt((error**2).mean())
        np.testing.assert_allclose(table["mean"] / table["relative"], plain, rtol=1e-5)

    def test_arrays(self):
        tables = []
        for y, x in [driven(kind="range"), tuple(f.to_numpy() for f in driven())]:
            forecaster = quick().fit(y[:120], X=x[:120], fh=[1, 2, 3])
            tables.append(forecaster.feature_importances(y, x, random_state=0))
        np.testing.assert_array_equal(*tables)
        assert tables[1].index.tolist() == [0, 1]

    def test_hierarchy_several_targets_and_missing_values(self):
        y, X = shops(2, 60)
        y = y.assign(z=2 * y["y"])
        y.iloc[[57, 118]] = np.nan
        y, X = (pd.concat({"north": f, "south": f + 1}, names=["region"]) for f in (y, X))
        X = X[["driver", "noise"]]
        past = y.index.get_level_values("time") < y.index.get_level_values("time")[50]
        forecaster = quick().fit(y[past], X=X[past], fh=[1, 2])
        table = forecaster.feature_importances(y[~past], X, random_state=0)
        assert set(table.index) == {"driver", "noise"}
        assert np.isfinite(table.to_numpy()).all()

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"n_repeats": 0}, ValueError, "n_repeats=0 is out of range"),
            ({"scoring": "mae"}, TypeError, "scoring='mae' is no function"),
            ({"scoring": MeanAbsoluteScaledError()}, ValueError, "needs the training data"),
            ({"scoring": lambda y_true, y_pred: "bad"}, ValueError, "scoring is not valid"),
            ({"y": Y[:120], "X": X}, ValueError, "fewer than 3 steps after the last one"),
            ({"cv": Y.index[-2:]}, ValueError, "no cutoff that is followed by a whole horizon"),
            ({"X": X.drop(columns="noise")}, ValueError, "X"),
            ({"random_state": "x"}, ValueError, "random_state"),
        ],
    )
    def test_bad_input(self, arguments, error, message):
        with pytest.raises(error, match=message):
            barely_fitted().feature_importances(**{"y": Y, "X": X, **arguments})

    def test_without_covariates(self):
        forecaster = quick().fit(Y[:120], fh=[1])
        with pytest.raises(ValueError, match="fitted without covariates"):
            forecaster.feature_importances(Y)

    def test_too_few_blocks(self):
        forecaster = quick().fit(Y[:20], X=X[:20], fh=range(1, 12))
        with pytest.raises(ValueError, match="fewer than two horizons of 11 steps"):
            forecaster.feature_importances()
