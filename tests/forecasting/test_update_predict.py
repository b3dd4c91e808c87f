"""`update_predict` without training is served from one batch, as sktime's own loop."""

import copy
from itertools import product

import numpy as np
import pandas as pd
import pytest
from forecasting.rolling import EXPANDING, FH, SERIES, Y, loop
from forecasting.series import panel, quick, weights
from sktime.forecasting.base import BaseForecaster
from sktime.split import CutoffSplitter, ExpandingWindowSplitter, SlidingWindowSplitter

EXPANDING_NEW = ExpandingWindowSplitter(fh=FH, initial_window=5, step_length=5)


class TestUpdatePredict:
    """`update_predict` without training is served from one batch, as sktime's own loop."""

    SPLITTERS = {
        "single steps": ExpandingWindowSplitter(fh=[1], initial_window=32, step_length=1),
        "every third": SlidingWindowSplitter(fh=[1], window_length=32, step_length=3),
        "steps": ExpandingWindowSplitter(fh=FH, initial_window=31, step_length=2),
        "gaps": SlidingWindowSplitter(fh=[2, 5], window_length=30, step_length=4),
        "in sample": SlidingWindowSplitter(fh=[-1, 0, 2], window_length=33, step_length=4),
        "cutoffs": CutoffSplitter(np.array([31, 34, 36]), fh=[1, 2], window_length=20),
    }
    DATA = {
        **SERIES,
        "panel": panel(lengths=(42, 42, 42)),
        "unequal panel": panel(lengths=(43, 38, 40), names=("b", "c", "a")),
        "hierarchy": pd.concat({"n": panel((40, 40)), "s": panel((40, 40)) + 5}, names=["region"]),
    }
    CASES = [
        *product(DATA, ["steps"], [True]),
        *product(["series", "panel"], ["single steps"], [True]),
        *product(["datetime", "panel"], ["every third", "gaps", "in sample", "cutoffs"], [True]),
        *product(["series", "named", "panel", "unequal panel"], ["single steps", "steps"], [False]),
    ]

    @pytest.mark.parametrize(("y", "cv", "reset"), CASES)
    def test_same_as_sktime(self, y, cv, reset, monkeypatch):
        y, cv = self.DATA[y], self.SPLITTERS[cv]
        if isinstance(y.index, pd.MultiIndex):
            seen = y.groupby(level=list(range(y.index.nlevels - 1))).head(30)
        else:
            seen = y[:30]
        ours = quick().fit(seen, fh=FH)
        theirs = copy.deepcopy(ours)
        with monkeypatch.context() as patch:
            patch.setattr(type(ours), "update_predict_single", at_most(0 if reset else 1))
            served = ours.update_predict(y, cv=cv, update_params=False, reset_forecaster=reset)
        with monkeypatch.context() as patch:
            generic = BaseForecaster._predict_moving_cutoff
            patch.setattr(type(ours), "_predict_moving_cutoff", generic)
            looped = theirs.update_predict(y, cv=cv, update_params=False, reset_forecaster=reset)
        assert type(served) is type(looped)
        is_series = isinstance(looped, pd.Series)
        testing = pd.testing.assert_series_equal if is_series else pd.testing.assert_frame_equal
        testing(served, looped, rtol=1e-9)
        self.assert_same_state(ours, theirs)

    @staticmethod
    def assert_same_state(ours, theirs):
        assert ours.cutoff.equals(theirs.cutoff)
        assert getattr(ours.cutoff, "freq", None) == getattr(theirs.cutoff, "freq", None)
        for name in ("_y_metadata", "_converter_store_y", "_fh"):
            assert str(getattr(ours, name)) == str(getattr(theirs, name))
        pd.testing.assert_frame_equal(ours._observed.y, theirs._observed.y, check_freq=False)
        forecasts = ours.predict(FH), theirs.predict(FH)
        assert type(forecasts[0]) is type(forecasts[1])
        np.testing.assert_allclose(*forecasts, rtol=1e-9)

    def test_covariates(self):
        X = pd.DataFrame({"x": np.sin(np.arange(60))}, index=Y.index)
        forecaster = quick().fit(Y[:40], X=X[:40], fh=FH)
        served = forecaster.update_predict(Y, cv=EXPANDING, X=X, update_params=False)
        for cutoff, forecast in loop(forecaster, Y, EXPANDING, X=X):
            np.testing.assert_allclose(served[cutoff].dropna(), forecast, rtol=1e-9)

    @pytest.mark.parametrize("cutoffs", [[30, 45], [30, 40, 35]])
    def test_windows_that_jump(self, cutoffs):
        """On over rows that no window has, and back, for which sktime's own loop is left."""
        cv = CutoffSplitter(np.array(cutoffs), fh=[1, 2], window_length=3)
        forecaster = quick().fit(Y, fh=FH)
        served = forecaster.update_predict(Y, cv=cv, update_params=False)
        for position in cutoffs:
            cutoff = Y.index[position]
            expected = forecaster.backtest(Y, cv=[cutoff], fh=[1, 2]).loc[cutoff]
            np.testing.assert_allclose(served[cutoff].dropna(), expected, rtol=1e-9)

    def test_with_training(self):
        """Then each forecast is of another network."""
        forecaster = quick().fit(Y[:40], fh=FH)
        before = weights(forecaster)
        looped = forecaster.update_predict(Y[40:], cv=EXPANDING_NEW, update_params=True)
        served = forecaster.update_predict(Y[40:], cv=EXPANDING_NEW, update_params=False)
        assert looped.shape == served.shape
        assert not np.allclose(looped.fillna(0), served.fillna(0))
        np.testing.assert_array_equal(weights(forecaster), before)


def at_most(n_calls):
    """Return an `update_predict_single` that may be called this many times."""
    calls = []

    def update_predict_single(self, *args, **kwargs):
        calls.append(1)
        assert len(calls) <= n_calls
        return BaseForecaster.update_predict_single(self, *args, **kwargs)

    return update_predict_single
