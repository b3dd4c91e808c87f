"""What comes of wrong input: one sentence that says what to do."""

import re

import numpy as np
import pandas as pd
import pytest
import torch
from forecasting.series import panel, quick, seasonal, times
from sktime.forecasting.base import ForecastingHorizon

from skrnn import Trainer
from skrnn._compat import InvalidParameterError

Y = seasonal(40)
X = pd.DataFrame({"a": np.arange(50.0), "b": 1.0}, index=times("period", 50))
FH = [1, 2, 3]


def series(*values, index=None):
    return pd.Series(np.array(values, dtype=float), index=index)


class TestValues:
    @pytest.mark.parametrize(
        ("y", "error", "message"),
        [
            (series(), ValueError, "y is empty; it needs at least one row"),
            (series(np.nan, np.nan), ValueError, "y has no observed value in column 0; leave it"),
            (
                series(1, np.inf),
                ValueError,
                "y has infinite values in column 0, the first at 1; replace them by NaN",
            ),
            (
                series(1, 2, 3, index=pd.timedelta_range("0h", periods=3, freq="h")),
                TypeError,
                "y has durations as times; pass dates, periods or integers",
            ),
            (
                pd.Series(["a", "b"]),
                TypeError,
                "y has .*values of type .* in column 0; pass numbers",
            ),
            (
                pd.Series(pd.to_datetime(["2001", "2002"])),
                TypeError,
                "y has .*values of type .* in column 0; pass numbers",
            ),
            ([1.0, 2.0], TypeError, "y is of type list; pass a Series"),
        ],
    )
    def test_of_a_series(self, y, error, message):
        with pytest.raises(error, match=message):
            quick().fit(y, fh=FH)

    def test_of_one_column(self):
        y = pd.DataFrame({"good": Y, "bad": Y.where(Y < 0)})
        with pytest.raises(ValueError, match="no observed value in column 'bad'; leave it out"):
            quick().fit(y)
        y["bad"] = -np.inf
        with pytest.raises(ValueError, match="infinite values in column 'bad'"):
            quick().fit(y)

    def test_of_one_series(self):
        y = panel()
        y.loc["s2"] = np.nan
        with pytest.raises(ValueError, match="column 'y' of series 's2'; leave it out"):
            quick().fit(y)

    def test_not_positive(self):
        with pytest.raises(
            ValueError, match=r"y has the value 0.0, but its logarithm .* use transform=None"
        ):
            quick(transform="log").fit(Y - Y.min())

    def test_of_a_new_series_are_not_positive(self):
        forecaster = quick(transform="log").fit(panel(), fh=FH)
        y = -panel(names=("new", "s2", "a")).loc[["new"]]
        with pytest.raises(ValueError, match="no positive value in column 'y' of series 'new'"):
            forecaster.update(y, update_params=False)


class TestTimes:
    @pytest.mark.parametrize("kind", ["range", "period", "datetime", "zone"])
    def test_unsorted(self, kind):
        y = seasonal(40, kind)
        with pytest.raises(ValueError, match="the rows of y are not in order; sort them by"):
            quick().fit(y.iloc[[0, 2, 1, *range(3, 40)]])

    @pytest.mark.parametrize("kind", ["range", "period", "datetime", "zone"])
    def test_twice(self, kind):
        y = seasonal(40, kind)
        with pytest.raises(ValueError, match=r"y has two rows for .*; keep one of them"):
            quick().fit(y.iloc[[0, 1, 1, *range(2, 40)]])

    @pytest.mark.parametrize(
        "kind", ["range", "int64", "period", "datetime", "zone", "month end", "no freq"]
    )
    def test_left_out(self, kind):
        y = seasonal(40, kind)
        between = (
            f"no row for the steps between {y.index[5]} and {y.index[7]}; give every step a row"
        )
        with pytest.raises(ValueError, match=re.escape(between)):
            quick().fit(y.drop(y.index[6]))

    @pytest.mark.parametrize("kind", ["range", "period", "datetime", "zone", "no freq"])
    def test_left_out_of_an_update(self, kind):
        y = seasonal(40, kind)
        forecaster = quick().fit(y[:5], fh=[1])
        with pytest.raises(
            ValueError, match=re.escape(f"between {y.index[4]} and {y.index[6]}; give")
        ):
            forecaster.update(y[6:8], update_params=False)

    def test_of_one_series(self):
        y = panel()
        with pytest.raises(ValueError, match=r"two rows for \('s2', Period\('2001-07', 'M'\)\)"):
            quick().fit(pd.concat([y.iloc[:45], y.iloc[44:]]))
        with pytest.raises(ValueError, match="between 2001-06 and 2001-08"):
            quick().fit(y.drop(y.index[44]))

    def test_too_few_times_for_a_frequency(self):
        y = seasonal(2, "no freq")
        with pytest.raises(ValueError, match=r"fh needs the frequency of y.*y.asfreq"):
            quick().fit(y).predict(FH)
        assert len(quick().fit(y.asfreq("D")).predict(FH)) == 3


class TestHorizons:
    @pytest.mark.parametrize(
        "fh",
        [
            True,
            [True, False],
            [],
            [1, 1],
            [1.5],
            ["1"],
            [1, None],
            10**9,
            [10**30],
            [-(10**12)],
            pd.period_range("2004-08", periods=2, freq="W"),
            pd.date_range("2004-08", periods=2, tz="Asia/Tokyo"),
            pd.PeriodIndex(["NaT"], freq="M"),
            ForecastingHorizon([41, 42], is_relative=False),
        ],
        ids=str,
    )
    def test_what_is_none(self, fh):
        for call in (lambda: quick().fit(Y, fh=fh), lambda: quick().fit(Y).predict(fh)):
            with pytest.raises((TypeError, ValueError), match=r"\bfh\b"):
                call()

    def test_too_many_blocks(self):
        message = "fh reaches 20001 steps ahead, but at most 10000 blocks of 2 are fed back"
        with pytest.raises(ValueError, match=message):
            quick().fit(Y, fh=[1, 2]).predict([20001])

    def test_past_columns_cannot_be_fed_back(self):
        forecaster = quick(covariates__past_columns=["b"]).fit(Y, X=X[:40], fh=FH)
        message = (
            r"fh reaches 4 steps ahead, but blocks of 3 cannot be fed back .*past_columns=\['b'\]"
        )
        with pytest.raises(ValueError, match=message):
            forecaster.predict(fh=[1, 4], X=X)
        with pytest.raises(ValueError, match="blocks of 1 cannot be fed back"):
            quick(covariates__past_columns=["b"], strategy="recursive").fit(Y, X=X[:40], fh=FH)
        recursive = quick(covariates__past_columns=["b"], strategy="recursive").fit(Y, X=X[:40])
        assert len(recursive.predict(fh=[1], X=X)) == 1
        with pytest.raises(ValueError, match="blocks of 1 cannot be fed back"):
            recursive.predict(fh=[2], X=X)

    def test_before_the_beginning(self):
        forecaster = quick().fit(Y)
        assert len(forecaster.predict([-39])) == 1
        with pytest.raises(ValueError, match=r"40 steps back from the last .* from -39 on"):
            forecaster.predict([-40, 1])
        with pytest.raises(ValueError, match="shortest series begins 30 steps before it"):
            quick().fit(panel()).predict([-31])

    def test_none_at_all(self):
        with pytest.raises(ValueError, match="`fh` must be passed"):
            quick().fit(Y).predict()


class TestWindows:
    def test_longer_than_the_series(self):
        with pytest.raises(
            ValueError, match="window_length=41 with sampling_rate=1 reads 41 steps"
        ):
            quick(window_length=41).fit(Y)
        with pytest.raises(
            ValueError, match="reads 43 steps, but the longest series has 40; choose"
        ):
            quick(window_length=15, examples__sampling_rate=3).fit(Y)
        quick(window_length=40).fit(Y)
        quick(window_length=40).fit(panel(lengths=(40, 3)))


class TestCovariates:
    def fitted(self, **params):
        return quick(**params).fit(Y, X=X[:40], fh=FH)

    def test_missing(self):
        with pytest.raises(ValueError, match=r"X is None, but .* known covariates \['a', 'b'\]"):
            self.fitted().predict()
        with pytest.raises(ValueError, match=r"X lacks the columns \['b'\]"):
            self.fitted().predict(X=X[["a"]])

    def test_short(self):
        with pytest.raises(
            ValueError, match=r"X does not cover the horizon: it has no row for 2004-09"
        ):
            self.fitted().predict(X=X[40:42])
        with pytest.raises(ValueError, match="not contained in index of series 0, extra"):
            quick().fit(Y, X=X[:39])
        y = panel()
        wide = pd.DataFrame({"a": 1.0}, index=y.index)
        with pytest.raises(ValueError, match=r"X has no row for \('a', Period\('2004-02', 'M'\)\)"):
            quick().fit(y, X=wide[:-1])

    def test_holes(self):
        bad = X.copy()
        bad.iloc[[10, 41], 1] = np.nan
        message = "X has missing or infinite values in column 'b', the first at {}; fill them"
        with pytest.raises(ValueError, match=message.format(bad.index[10])):
            quick().fit(Y, X=bad[:40])
        with pytest.raises(ValueError, match=message.format(bad.index[41])):
            self.fitted().predict(X=bad[40:])

    def test_twice(self):
        twice = X.iloc[[*range(41), *range(40, 50)]]
        with pytest.raises(ValueError, match="X has two rows for 2004-07"):
            self.fitted().predict(X=twice)

    def test_not_numeric(self):
        words = X.assign(b=pd.to_datetime("2001-01-01"))
        with pytest.raises(TypeError, match="X has dates in column 'b'; pass numbers or labels"):
            quick().fit(Y, X=words[:40])

    def test_labels_where_there_were_numbers(self):
        message = "X has labels in column 'b', which had numbers when the forecaster was fitted"
        with pytest.raises(ValueError, match=message):
            self.fitted().predict(X=X.assign(b="closed"))

    def test_numbers_where_there_were_labels(self):
        forecaster = quick().fit(Y, X=X[:40].assign(b="1"), fh=FH)
        message = "X has numbers in column 'b', which had labels such as '1'"
        with pytest.raises(ValueError, match=message):
            forecaster.predict(X=X.assign(b=1))

    def test_never_seen(self):
        message = r"X has the columns \['c'\], which were not in X when the forecaster was fitted"
        with pytest.raises(ValueError, match=message):
            self.fitted().predict(X=X.assign(c=1.0))
        with pytest.raises(ValueError, match=message):
            self.fitted().update(Y[-1:], X=X.assign(c=1.0))
        with pytest.raises(ValueError, match=r"X has the columns \['a', 'b'\]"):
            quick().fit(Y, fh=FH).predict(X=X)

    def test_left_out_of_an_update(self):
        later = seasonal(45)[40:]
        with pytest.raises(ValueError, match="X has no row for 2004-07"):
            self.fitted().update(later)

    @pytest.mark.parametrize("covariates", [X[:40], None])
    def test_names_that_are_not_there(self, covariates):
        with pytest.raises(ValueError, match=r"past_columns names \['c'\], but X has the columns"):
            quick(covariates__past_columns=["c"]).fit(Y, X=covariates)


class TestParameters:
    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("window_length", 0),
            ("window_length", "long"),
            ("strategy", "direct"),
            ("sp", 0),
            ("transform", "sqrt"),
            ("baseline", "holt"),
            ("covariates", "b"),
            ("examples", 20),
            ("hidden_size", 0),
            ("n_layers", 1.5),
            ("dropout", 1.0),
            ("learning_rate", 0),
            ("batch_size", 0),
            ("max_epochs", 0),
            ("validation_fraction", 1.0),
            ("early_stopping", "no"),
            ("n_iter_no_change", 0),
            ("trainer", "adam"),
            ("random_state", -1),
        ],
    )
    @pytest.mark.parametrize("method", ["fit", "pretrain"])
    def test_unknown_values(self, method, name, value):
        forecaster = quick(**{name: value})
        message = f"The '{name}' parameter of LSTMForecaster must be"
        with pytest.raises(InvalidParameterError, match=message):
            getattr(forecaster, method)(panel())

    def test_unknown_values_of_the_trainer(self):
        with pytest.raises(InvalidParameterError, match="'schedule' parameter of Trainer must be"):
            quick(trainer=Trainer(schedule="cosine")).fit(Y)

    @pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
    def test_no_such_device(self):
        with pytest.raises(
            ValueError, match="device='cuda' is not available here; use device='cpu'"
        ):
            quick(trainer=Trainer(device="cuda")).fit(Y)

    def test_diverging(self):
        with pytest.raises(ValueError, match="not finite after epoch"):
            quick(learning_rate=1e38, trainer=Trainer(clip_norm=None, optimizer="sgd")).fit(Y)
