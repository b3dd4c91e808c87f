"""Static features: constant within a series, and remembered by the forecaster."""

import numpy as np
import pandas as pd
import pytest
from forecasting.series import (
    BARE,
    every_architecture,
    mean_error,
    panel,
    quick,
    with_network,
)
from torch import nn

from skrnn import Covariates
from skrnn.forecasting import LSTMForecaster, ModuleForecaster

FH = np.arange(1, 6)
N = 100


def able(cls=LSTMForecaster, **params):
    """Return a forecaster whose window is too short to show the effects."""
    params = {"window_length": 2, "random_state": 0, "hidden_size": 16, **BARE, **params}
    return cls().set_params(**with_network(cls, **params))


def signed(signs=(1, -1, 1, -1, 1, -1), n=N, seed=0):
    """Return series with y[t] = sign * event[t] + noise, where a window shows no event.

    The direction of an event is known from the sign only, a feature of the series.
    """
    rng = np.random.default_rng(seed)
    frames = {}
    for i, sign in enumerate(signs):
        event = np.zeros(n)
        event[np.arange(i % 4 + 3, n, 4)] = rng.uniform(2, 4, size=len(range(i % 4 + 3, n, 4)))
        y = sign * event + 0.1 * rng.normal(size=n)
        frames[f"s{i}"] = pd.DataFrame({"y": y, "event": event, "sign": float(sign)})
    frame = pd.concat(frames, names=["id", "t"])
    return frame[["y"]], frame[["event", "sign"]]


def cut(frame, first, last=None):
    """Return the steps of each series from `first` to before `last`."""
    step = frame.index.get_level_values(-1)
    return frame[(step >= first) & (step < (last or N))]


@every_architecture
def test_static_features_distinguish_series(cls):
    y, X = signed()
    forecaster = able(cls, covariates__static_columns=["sign"]).fit(
        cut(y, 0, 90), X=cut(X, 0, 90), fh=FH
    )
    prediction = forecaster.predict(X=cut(X, 90)[["event"]])  # the signs are remembered
    actual = cut(y, 90, 95)
    assert mean_error(prediction, actual) < 0.3
    assert mean_error(-prediction, actual) > 1
    assert mean_error(0 * actual, actual) > 0.6


def test_recursive_forecasts_use_static_features():
    y, X = signed(n=200)
    forecaster = able(strategy="recursive", covariates__static_columns=["sign"], window_length=4)
    step = y.index.get_level_values(-1)
    forecaster.fit(y[step < 190], X=X[step < 190], fh=FH)
    actual = y[(step >= 190) & (step < 195)]
    assert (
        mean_error(forecaster.predict(X=X[step >= 190]), actual) < 0.5 * actual.abs().mean().item()
    )


def test_new_series_are_forecast_by_their_features():
    """In fit after pretrain, and in updates."""
    y, X = signed()
    pretrained = able(covariates__static_columns=["sign"]).pretrain(y, X=X, fh=FH)
    new_y, new_X = signed(signs=(1, -1), seed=7)
    actual = cut(new_y, 90, 95)
    alone = pretrained.clone().fit(cut(new_y, 80, 90).loc["s1"], X=cut(new_X, 80, 90).loc["s1"])
    prediction = alone.predict(FH, X=cut(new_X, 90).loc["s1"])
    assert mean_error(prediction, actual.loc["s1"]) < 0.4
    flipped = cut(new_X, 80, 90).loc["s1"].assign(sign=1.0)
    wrong = pretrained.clone().fit(cut(new_y, 80, 90).loc["s1"], X=flipped)
    assert mean_error(wrong.predict(FH, X=cut(new_X, 90).loc["s1"]), actual.loc["s1"]) > 1

    first, second = (pd.Index(["s0"]), pd.Index(["s1"]))
    updated = pretrained.clone().fit(cut(new_y, 80, 90).loc[first], X=cut(new_X, 80, 90).loc[first])
    updated.update(
        cut(new_y, 80, 90).loc[second], X=cut(new_X, 80, 90).loc[second], update_params=False
    )
    assert mean_error(updated.predict(FH, X=cut(new_X, 90)), actual) < 0.4


class TestMemory:
    def test_updates_may_omit_static_features(self):
        y, X = signed()
        forecaster = able(covariates__static_columns=["sign"]).fit(
            cut(y, 0, 80), X=cut(X, 0, 80), fh=FH
        )
        whole = forecaster.clone().pretrain(cut(y, 0, 80), X=cut(X, 0, 80), fh=FH)
        whole = whole.fit(cut(y, 0, 90), X=cut(X, 0, 90))
        forecaster = whole.clone().fit(cut(y, 0, 80), X=cut(X, 0, 80))
        forecaster.update(cut(y, 80, 90), X=cut(X, 80, 90)[["event"]], update_params=False)
        ahead = cut(X, 90)[["event"]]
        pd.testing.assert_frame_equal(forecaster.predict(FH, X=ahead), whole.predict(FH, X=ahead))

    def test_static_features_alone_need_no_x_after_fit(self):
        y = panel(kind="range")
        X = pd.DataFrame(
            {"size": pd.factorize(y.index.get_level_values(0))[0]}, y.index, dtype=float
        )
        forecaster = quick(covariates__static_columns=["size"]).fit(y, X=X, fh=FH)
        prediction = forecaster.predict()
        assert np.isfinite(prediction).all(axis=None)
        ends = y.groupby(level=0).tail(3)
        start = y.drop(ends.index)
        forecaster = quick(covariates__static_columns=["size"]).pretrain(y, X=X, fh=FH)
        updated = forecaster.clone().fit(start, X=X.loc[start.index])
        updated.update(ends, update_params=False)
        whole = forecaster.clone().fit(y, X=X)
        pd.testing.assert_frame_equal(updated.predict(FH), whole.predict(FH))
        updated.update(ends, update_params=True).predict(FH)

    def test_in_sample(self):
        y, X = signed()
        forecaster = able(covariates__static_columns=["sign"]).fit(y, X=X, fh=FH)
        assert mean_error(forecaster.predict(np.arange(-20, 1)), cut(y, N - 21)) < 0.3


class Watching(nn.Module):
    """Keep what it is given."""

    seen = []

    def __init__(self, input_size):
        super().__init__()
        self.linear = nn.Linear(input_size, 4)

    def forward(self, x, static):
        self.seen.append((x, static))
        return self.linear(x[:, -1])


def sizes(y, **values):
    return pd.DataFrame({"size": y.index.get_level_values(0).map(values)}, y.index, dtype=float)


def test_static_channels_of_the_network():
    """They are standardised over series, each series counting once, and are the last channels."""
    Watching.seen = []
    y = panel(lengths=(60, 20, 40))
    values = {"s10": 10.0, "s2": 40.0, "a": 70.0}
    forecaster = ModuleForecaster(
        module=Watching,
        covariates=Covariates(static_columns=["size"]),
        max_epochs=1,
        random_state=0,
        window_length=3,
    ).fit(y, X=sizes(y, **values), fh=FH)
    Watching.seen = []
    forecaster.predict()
    x, static = Watching.seen[0]
    assert x.shape[1:] == (3, 3)
    expected = (np.array([10.0, 40, 70]) - 40) / np.std([10, 40, 70])
    np.testing.assert_allclose(np.unique(static.numpy()), np.unique(expected), rtol=1e-5)
    np.testing.assert_array_equal(x[..., -1], np.repeat(static, 3, axis=1))


def test_units_do_not_matter():
    y, X = signed()
    here = able(covariates__static_columns=["sign"], max_epochs=5).fit(y, X=X, fh=FH)
    moved = X.assign(sign=1e6 + 1e3 * X["sign"])
    there = able(covariates__static_columns=["sign"], max_epochs=5).fit(y, X=moved, fh=FH)
    ahead = pd.concat({f"s{i}": pd.DataFrame({"event": 1.0}, range(N, N + 5)) for i in range(6)})
    np.testing.assert_allclose(here.predict(X=ahead), there.predict(X=ahead), atol=1e-3)


def test_hierarchies():
    y = pd.concat({"north": panel(), "south": panel()}, names=["region"])
    X = pd.DataFrame({"size": pd.factorize(y.index.droplevel(-1))[0]}, y.index, dtype=float)
    forecaster = quick(covariates__static_columns=["size"], max_epochs=30).fit(y, X=X, fh=FH)
    prediction = forecaster.predict()
    assert prediction.index.names == y.index.names
    assert mean_error(prediction.loc["north"], prediction.loc["south"]) > 0


def test_a_single_series_has_one_value():
    y = panel().loc["a"]
    X = pd.DataFrame({"size": 3.0}, index=y.index)
    with_it = quick(covariates__static_columns=["size"]).fit(y, X=X, fh=FH).predict()
    assert np.isfinite(with_it).all(axis=None)


class TestWrongColumns:
    y = panel(kind="range")
    X = sizes(y, s10=1.0, s2=2.0, a=3.0).assign(x=np.arange(len(y)) / 10)

    def test_varying(self):
        message = r"static_columns names 'x', which varies from 0 to 3.9 of series 's10'"
        with pytest.raises(ValueError, match=message):
            quick(covariates__static_columns=["x"]).fit(self.y, X=self.X)

    def test_absent(self):
        with pytest.raises(ValueError, match=r"static_columns names \['area'\], but X has"):
            quick(covariates__static_columns=["area"]).fit(self.y, X=self.X)
        with pytest.raises(ValueError, match=r"static_columns names .* but X has the columns \[\]"):
            quick(covariates__static_columns=["size"]).fit(self.y)

    def test_of_two_roles(self):
        with pytest.raises(ValueError, match=r"past_columns and static_columns both name \['size'"):
            quick(covariates__static_columns=["size"], covariates__past_columns=["size"]).fit(
                self.y, X=self.X
            )

    def test_without_value(self):
        X = self.X[["size"]].copy()
        X.loc["s2", "size"] = np.nan
        message = "X has no value of the static column 'size' of series 's2'; pass one"
        with pytest.raises(ValueError, match=message):
            quick(covariates__static_columns=["size"]).fit(self.y, X=X)
        X.loc["s2", "size"] = np.inf
        with pytest.raises(ValueError, match="X has infinite values in column 'size'"):
            quick(covariates__static_columns=["size"]).fit(self.y, X=X)

    def test_rows_may_leave_them_out(self):
        X = self.X[["size"]].copy()
        here = quick(covariates__static_columns=["size"]).fit(self.y, X=X, fh=FH).predict()
        X.iloc[5:30] = np.nan
        there = quick(covariates__static_columns=["size"]).fit(self.y, X=X, fh=FH).predict()
        pd.testing.assert_frame_equal(here, there)

    def test_of_a_new_series_in_an_update(self):
        forecaster = quick(covariates__static_columns=["size"]).fit(
            self.y, X=self.X[["size"]], fh=FH
        )
        new = pd.concat({"new": self.y.loc["a"]}, names=["shop", "time"])
        with pytest.raises(
            ValueError, match="no value of the static column 'size' of series 'new'"
        ):
            forecaster.update(new, update_params=False)

    def test_not_those_of_pretraining(self):
        forecaster = quick(covariates__static_columns=["size"]).pretrain(
            self.y, X=self.X[["size"]], fh=FH
        )
        with pytest.raises(
            ValueError, match=r"pretrained with .* and \['size'\]|static_columns names"
        ):
            forecaster.fit(self.y)
