"""Categorical covariates through the doors of sktime."""

import pickle

import numpy as np
import pandas as pd
import pytest
from forecasting.series import one_forecaster, quick
from sktime.forecasting.compose import ForecastingPipeline
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter
from sktime.transformations.impute import Imputer

from skrnn import Covariates

N, AHEAD = 120, 6
FH = list(range(1, AHEAD + 1))
DAYS = pd.period_range("2023-01-02", periods=N + AHEAD, freq="D")
RNG = np.random.default_rng(0)
KIND = RNG.choice(["none", "tv", "web"], len(DAYS), p=[0.6, 0.2, 0.2])
Y = pd.Series(20 + 8.0 * (KIND == "tv") - 5.0 * (KIND == "web"), DAYS) + RNG.normal(size=len(DAYS))
X = pd.DataFrame({"kind": KIND, "open": RNG.random(len(DAYS)) < 0.8, "x": 1.0}, index=DAYS)
NUMBERS = pd.DataFrame({k: 1.0 * (k == KIND) for k in pd.unique(KIND)}, index=DAYS).join(X["x"])


@one_forecaster
def test_they_equal_their_indicators(cls):
    expected = quick(cls).fit(Y[:N], X=NUMBERS[:N], fh=FH).predict(X=NUMBERS[N:])
    words = X[["kind", "x"]]
    found = quick(cls).fit(Y[:N], X=words[:N], fh=FH).predict(X=words[N:])
    pd.testing.assert_series_equal(found, expected, rtol=1e-4)


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_dtypes_agree(dtype):
    other = X.astype({"kind": dtype})
    expected = quick().fit(Y[:N], X=X[:N], fh=FH).predict(X=X[N:])
    forecaster = quick().fit(Y[:N], X=other[:N], fh=FH)
    assert forecaster.predict(X=other[N:]).equals(expected)
    assert forecaster.predict(X=other[N:].astype({"kind": object})).equals(expected)


def test_forecasts_follow_them():
    forecaster = quick(max_epochs=60, early_stopping=True).fit(Y[:N], X=X[:N], fh=FH)

    def forecast(kind):
        return forecaster.predict(X=X[N:].assign(kind=kind))

    assert (forecast("tv") > forecast("none") + 4).all()
    assert (forecast("web") < forecast("none") - 2).all()


@pytest.mark.parametrize(("later", "shown"), [("radio", "'radio'"), (None, "a missing value")])
def test_unseen_and_missing_values(later, shown):
    forecaster = quick().fit(Y[:N], X=X[:N], fh=FH)
    with pytest.warns(UserWarning, match=f"X has {shown} in column 'kind', which did not occur"):
        forecasts = forecaster.predict(X=X[N:].assign(kind=later))
    assert np.isfinite(forecasts).all()
    assert not forecasts.equals(forecaster.predict(X=X[N:].assign(kind="tv")))


@pytest.mark.parametrize("past_columns", [None, ["kind"]])
def test_updates_pickles_and_backtests(past_columns):
    forecaster = quick(covariates__past_columns=past_columns)
    forecaster.fit(Y[: N - 10], X=X[: N - 10], fh=FH)
    backtest = forecaster.backtest(Y[N - 10 :], X=X[N - 10 :])
    later = pickle.loads(pickle.dumps(forecaster)).update(Y[:N], X=X[:N], update_params=False)
    expected = later.predict(X=X[N:].drop(columns=past_columns or []))
    np.testing.assert_allclose(backtest.loc[DAYS[N - 1]], expected, rtol=1e-6)
    assert len(forecaster.update(Y[: N - 8], X=X[: N - 8]).predict(X=X)) == AHEAD


def test_sktime_evaluates_pipelines():
    cv = ExpandingWindowSplitter(fh=FH, initial_window=N - 12, step_length=AHEAD)
    pipeline = ForecastingPipeline([("impute", Imputer()), ("network", quick())])
    plain, piped = (
        evaluate(model, cv, Y, X[columns], return_data=True).y_pred
        for model, columns in ((quick(), ["kind", "open"]), (pipeline, ["open", "x"]))
    )
    assert len(plain) == len(piped) == 3


class TestStatic:
    frame = pd.concat(
        {
            f"s{i}": pd.DataFrame({"y": Y[:40] * (1 + i % 3), "region": "abc"[i % 3]})
            for i in range(6)
        },
        names=["shop", "day"],
    )
    forecaster = quick(covariates=Covariates(static_columns=["region"]))

    def fitted(self, frame):
        return self.forecaster.clone().fit(frame[["y"]], X=frame[["region"]], fh=FH)

    def test_one_row_of_a_series_has_the_value(self):
        blank = self.frame.copy()
        blank.loc[blank.groupby("shop").cumcount() != 3, "region"] = None
        expected = self.fitted(self.frame).predict()
        pd.testing.assert_frame_equal(self.fitted(blank).predict(), expected)

    def test_a_new_series_of_an_unknown_region(self):
        forecaster = self.fitted(self.frame)
        new = self.frame.loc[["s0"]].rename(index={"s0": "new"}).assign(region="d")
        with pytest.warns(UserWarning, match="X has 'd' in column 'region'"):
            forecaster.update(new[["y"]], X=new[["region"]], update_params=False)
        assert np.isfinite(forecaster.predict().loc["new"]).all(axis=None)

    def test_it_varies(self):
        wrong = self.frame.copy()
        wrong.iloc[1, 1] = "z"
        message = "static_columns names 'region', which varies from 'a' to 'z' of series 's0'"
        with pytest.raises(ValueError, match=message):
            self.fitted(wrong)
