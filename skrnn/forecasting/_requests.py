"""Conversion of a forecasting horizon to a request: origins, steps and known covariates."""

from __future__ import annotations

import numpy as np

from skrnn._arguments import reading
from skrnn._warnings import warn

from .engine.request import ForecastRequest
from .frames.clock_changes import times_around, warn_of_clock_change
from .frames.horizon import Horizon, check_begin, check_feedback
from .frames.reading import read_known


def request_horizon(history, fh, X, spec):
    """Return the request for a horizon after the end of each series, and the forecasts' index.

    Parameters
    ----------
    history : History
        The series observed so far.
    fh : ForecastingHorizon
        Steps to forecast.
    X : pd.DataFrame or None
        Covariates as passed to `predict`.
    spec : WindowSpec
        Window and season, and the number of steps that the network returns at once. Longer horizons
        are forecast block by block, and each block is fed back.
    """
    history.columns.check_unknown(X)
    with reading("fh"):
        horizon = Horizon(fh, history.index)
    lengths = history.panel.lengths
    check_feedback(horizon.n_ahead, spec.horizon, history.columns)
    check_begin(horizon.steps, lengths)
    known = known_rows = None
    if history.columns.n_known and horizon.n_ahead:
        known, known_rows = known_ahead(history, horizon, X, spec.horizon)
    read = spec.window_length * spec.sampling_rate
    times = times_around(horizon.rows, history.index, read)
    warn_of_clock_change(times, history.index.frequency, spec.season)
    series = np.arange(len(lengths))
    return ForecastRequest(series, lengths, horizon.steps, known, known_rows), horizon.rows


def known_ahead(history, horizon, X, block_length):
    """Return the known covariates of all steps of a horizon, and the rows of each series."""
    requested = horizon.requested_ahead()
    fed_back = horizon.n_ahead > block_length
    known = known_covariates(history, horizon.rows_ahead(), X, requested.ravel(), fed_back)
    return known, np.arange(requested.size).reshape(requested.shape)


def known_covariates(history, rows, X, needed, fed_back):
    """Return the covariates (n_rows, n_known) that are known for the horizon.

    Parameters
    ----------
    history : History
        The series observed so far.
    rows : pd.Index
        Rows of the horizon.
    X : pd.DataFrame or None
        Covariates as passed to `predict`.
    needed : ndarray of bool
        Which of these rows X must contain.
    fed_back : bool
        Whether the network also reads the other rows, because forecasts are fed back.
    """
    given = read_known(X, history.columns, rows, needed)
    if fed_back and np.isnan(given).any():
        warn(
            "X has no rows for the steps between those of fh; forecasts that are fed back use the "
            "mean of the training data for them.",
        )
    times, calendar = rows.get_level_values(-1), history.columns.calendar
    if calendar.holidays is not None:
        last = history.index.frequency.days_of(times)[1]
        calendar.holidays.warn_of_end(last)
    return np.hstack([given, calendar.values(times, history.index.frequency)])
