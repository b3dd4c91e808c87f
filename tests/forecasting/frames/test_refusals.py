"""Containers that are no time series: errors name the argument, what came, and what to do."""

import numpy as np
import pandas as pd
import pytest

from skrnn import Examples, Trainer
from skrnn.forecasting import LSTMForecaster

DATES = pd.date_range("2024-01-01", periods=20, freq="D")
Y = pd.Series(np.arange(20.0), index=DATES)
LONG = pd.DataFrame({"store": ["a"] * 10 + ["b"] * 10, "date": [*DATES[:10]] * 2, "sales": 1.0})


@pytest.mark.parametrize(
    ("y", "text"),
    [
        ([1, 2, 3], "y is of type list; pass a Series or DataFrame"),
        ("data.csv", "y is of type str; pass"),
        ({"a": [1, 2]}, "y is of type dict; pass"),
        (7, "y is of type int; pass"),
        (Y.set_axis(DATES.astype(str)), r"such as '2024-01-01'; convert dates by y.index = pd"),
        (Y.set_axis([*DATES[1:], 3]), "the times of y are of type object, such as .* pass dates"),
        (Y.set_axis(np.arange(20) / 2), "the times of y are of type float64, such as '0.0'; pass"),
        (Y[::-1], r"the rows of y are not in order; sort them by y.sort_index\(\)"),
        (pd.concat([Y, Y[-1:]]), "y has two rows for 2024-01-20"),
        (
            LONG,
            r"of type str in column 'store'; .* y.set_index\(\[series, time\]\)",
        ),
        (LONG.set_index("store"), "the times of y are of type str, such as 'a'"),
        (LONG.set_index(["date", "store"]), r"levels \['date', 'store'\], but its last level has"),
        (LONG.set_index(["store", "date"])[::-1], "the rows of y are not in order"),
        (Y.astype(str), "y has categorical values of type str in column 0; pass numbers.$"),
    ],
)
def test_y_is_no_time_series(y, text):
    with pytest.raises((TypeError, ValueError), match=text):
        LSTMForecaster().fit(y, fh=[1])


def test_covariates_are_no_time_series():
    with pytest.raises(TypeError, match="X is of type list; pass a Series"):
        LSTMForecaster().fit(Y, [1, 2, 3])  # fh in the place of X
    with pytest.raises(ValueError, match="the rows of X are not in order"):
        LSTMForecaster().fit(Y, Y[::-1].to_frame("x"), fh=[1])


@pytest.mark.parametrize(("fh", "text"), [(1.5, "1.5"), ("12", "'12'"), (Y, r"Series\(...\)")])
def test_fh_is_no_horizon(fh, text):
    with pytest.raises(TypeError, match=f"fh={text} is not a horizon; pass steps, such as fh=12"):
        LSTMForecaster().fit(Y, fh=fh)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (
            {"trainer": {"device": "cpu"}},
            r"parameter of LSTMForecaster must be an instance of Trainer, as in trainer=Trainer\(",
        ),
        ({"examples": Trainer()}, r"must be an instance of Examples, .* Got Trainer\(\) instead"),
        ({"covariates": ["x"]}, "must be an instance of Covariates"),
        ({"target": Examples}, "must be an instance of Target"),
        ({"trainer": "auto"}, "'trainer' parameter of LSTMForecaster must be"),
    ],
)
def test_groups_of_another_type(given, text):
    with pytest.raises(ValueError, match=text):
        LSTMForecaster(**given).fit(Y, fh=[1])
