"""Plot of a series and its forecasts."""

from itertools import cycle

import numpy as np
import pandas as pd

from ._parts import COLOURS, INK, axes, legend_above, one_series, tidy

_DATES = (pd.PeriodIndex, pd.DatetimeIndex)


def plot_forecast(y_train, y_pred, *, y_test=None, intervals=None, n_history=None, ax=None):
    """Plot the end of a series, its forecasts, prediction intervals and observed values.

    Parameters
    ----------
    y_train : pandas.Series or DataFrame with one column
        Training series, with a period, datetime or integer index.
    y_pred : pandas.Series, DataFrame with one column, or dict of these
        Forecast as returned by `predict`, or a dict of several forecasts by name.
    y_test : pandas.Series or DataFrame with one column, default=None
        Observed values over the horizon.
    intervals : pandas.DataFrame or dict of DataFrame, default=None
        Intervals as returned by `predict_interval`, with any number of coverages. Wider ones are
        drawn fainter. If `y_pred` is a dict, pass a dict with the same names; some may be missing.
    n_history : int, default=None
        Number of values of `y_train` to show, counted from its end. None shows four times the
        length of the longest forecast, at least 40 values. If a forecast begins within `y_train`,
        None shows at least all values from there on.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Each period is drawn at its beginning.

    Raises
    ------
    TypeError
        If a series is not a pandas object, or its index does not hold times of the same kind as
        `y_train`.
    ValueError
        If a series has several columns or instances (plot one at a time), if `intervals` do not
        come from `predict_interval` or have other names than `y_pred`, or if `n_history` is not
        positive.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.forecasting import LSTMForecaster
    >>> from skrnn.plotting import plot_forecast
    >>> y = load_airline()
    >>> forecaster = LSTMForecaster(random_state=0).fit(y[:-12], fh=list(range(1, 13)))
    >>> ax = plot_forecast(
    ...     y[:-12],
    ...     forecaster.predict(),
    ...     y_test=y[-12:],
    ...     intervals=forecaster.predict_interval(coverage=[0.5, 0.9]),
    ... )  # doctest: +SKIP
    """
    y_train = one_series(y_train, "y_train")
    forecasts = _by_name(y_pred, "y_pred", "forecast")
    forecasts = {name: one_series(y, "y_pred") for name, y in forecasts.items()}
    bands = {} if intervals is None else _by_name(intervals, "intervals", "forecast")
    if not forecasts or not set(bands) <= set(forecasts):
        raise ValueError(
            f"intervals are given for {list(bands)} and forecasts for {list(forecasts)}; "
            "pass dicts with the same names."
        )
    bands = {name: _check_intervals(frame) for name, frame in bands.items()}
    times = {name: _times(y, y_train) for name, y in forecasts.items()}
    shown = _tail(y_train, forecasts.values(), n_history)

    ax = axes(ax, figsize=(8.0, 3.8))
    _plot_line(ax, _times(shown, y_train), shown, color=INK, lw=1.2, label="history")
    if y_test is not None:
        y_test = one_series(y_test, "y_test")
        times_test = _times(y_test, y_train)
        _plot_line(ax, times_test, y_test, color=INK, lw=1.2, ls="--", zorder=3, label="observed")
    colours = dict(zip(forecasts, cycle(COLOURS), strict=False))
    for name, y in forecasts.items():
        _plot_line(ax, times[name], y, color=colours[name], lw=1.8, label=name)
    for name, frame in bands.items():
        prefix = f"{name}, " if len(forecasts) > 1 else ""
        _plot_bands(ax, frame, _times(frame, y_train), colours[name], prefix)
    if isinstance(y_train.index, _DATES):
        _use_short_dates(ax)
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
    tidy(ax, grid=True)
    ax.set_ylabel("" if y_train.name is None else str(y_train.name))
    legend_above(ax)
    return ax


def _plot_line(ax, times, y, **style):
    marker = "o" if len(y) == 1 else None
    ax.plot(times, y.to_numpy(dtype=np.float64, na_value=np.nan), marker=marker, ms=4, **style)


def _plot_bands(ax, frame, times, colour, prefix):
    coverages = sorted(set(frame.columns.get_level_values(0)), reverse=True)
    for alpha, coverage in zip(np.linspace(0.15, 0.3, len(coverages)), coverages, strict=True):
        lower, upper = (
            frame[coverage, bound].to_numpy(dtype=np.float64) for bound in ("lower", "upper")
        )
        label = f"{prefix}{100 * coverage:g} % interval"
        ax.fill_between(times, lower, upper, color=colour, alpha=alpha, lw=0, label=label)


def _use_short_dates(ax):
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=4, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _by_name(values, argument, default):
    if not isinstance(values, dict):
        return {default: values}
    if not values:
        raise ValueError(f"{argument} is an empty dict; pass at least one {default} by its name.")
    return {str(name): value for name, value in values.items()}


def _check_intervals(frame):
    """Return the intervals of the only variable, with the columns (coverage, bound)."""
    columns = getattr(frame, "columns", None)
    if not isinstance(columns, pd.MultiIndex) or columns.nlevels != 3:
        raise ValueError(
            "intervals must be a DataFrame as predict_interval returns it, with the column levels "
            "variable, coverage and bound."
        )
    variables = columns.get_level_values(0).unique()
    if len(variables) != 1:
        raise ValueError(
            f"intervals are given for {len(variables)} variables; plot one at a time, selected "
            "with intervals[[variable]]."
        )
    return frame[variables[0]]


def _times(y, y_train):
    """Return the index as numbers or naive dates, which matplotlib can draw."""
    index = y.index
    if isinstance(index, _DATES) != isinstance(y_train.index, _DATES):
        raise TypeError(
            f"The index of y_train is a {type(y_train.index).__name__}, that of another argument "
            f"a {type(index).__name__}; use one kind of index for all."
        )
    if isinstance(index, pd.PeriodIndex):
        return index.to_timestamp().to_numpy()
    if isinstance(index, pd.DatetimeIndex):
        return index.tz_localize(None).to_numpy()
    if not pd.api.types.is_numeric_dtype(index.dtype):
        raise TypeError(
            f"An index of type {index.dtype} does not hold times; use periods, dates or integers."
        )
    return index.to_numpy()


def _tail(y_train, forecasts, n_history):
    if n_history is not None:
        if n_history < 1:
            raise ValueError(f"n_history={n_history} must be at least 1.")
        return y_train.iloc[-n_history:]
    n_shown = max(40, *(4 * len(y) for y in forecasts))
    first = min(_times(y, y_train)[0] for y in forecasts)
    n_shown = max(n_shown, int((_times(y_train, y_train) >= first).sum()))
    return y_train.iloc[-n_shown:]
