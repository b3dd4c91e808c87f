"""From frames to a panel, and which rows of X a horizon needs."""

import numpy as np
import pandas as pd
from sktime.forecasting.base import ForecastingHorizon

from skrnn import Covariates
from skrnn.forecasting.frames.calendar import Calendar
from skrnn.forecasting.frames.columns import Columns
from skrnn.forecasting.frames.horizon import Horizon
from skrnn.forecasting.frames.index import SeriesIndex
from skrnn.forecasting.frames.reading import read_panel

TIMES = pd.date_range("2001-03-01", periods=21)
Y = pd.DataFrame({"y": np.arange(21.0)}, index=TIMES)


def test_known_covariates_come_before_those_of_the_past():
    """First the known columns, then the calendar features, then the past-only columns."""
    X = pd.DataFrame({"past": -1.0, "known": np.arange(100.0, 121)}, index=TIMES)
    index = SeriesIndex.of(Y)
    calendar = Calendar.of(["day_of_week"], None, index)
    columns = Columns.of(Y, X, Covariates(past_columns=["past"]), calendar)
    panel = read_panel(Y, X, columns, index)
    assert panel.n_known == 3
    np.testing.assert_array_equal(panel.past[:, 0], X["known"])
    np.testing.assert_array_equal(panel.past[:, 1:3], calendar.values(TIMES, index.frequency))
    np.testing.assert_array_equal(panel.past[:, 3], X["past"])


def test_rows_that_a_horizon_with_gaps_needs():
    horizon = Horizon(ForecastingHorizon([-2, 0, 2, 5]), SeriesIndex.of(Y))
    np.testing.assert_array_equal(horizon.requested_ahead(), [[False, True, False, False, True]])
    assert list(horizon.rows_ahead()) == list(pd.date_range("2001-03-22", periods=5))
