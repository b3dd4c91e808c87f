"""Plots of training histories, forecasts and seasonality, with matplotlib."""

from itertools import cycle

import numpy as np
import pandas as pd
from sklearn.exceptions import NotFittedError

from .data.seasonality import autocorrelation, find_periods, subtract_trend

__all__ = ["plot_forecast", "plot_history", "plot_seasonality"]

# The palette of Okabe and Ito, which colour-blind readers can tell apart.
_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_INK = "0.25"
_FAINT = "0.6"
_DATES = (pd.PeriodIndex, pd.DatetimeIndex)


def plot_history(estimator, ax=None):
    """Plot the loss and the learning rate over the epochs of a training.

    Parameters
    ----------
    estimator : object
        A fitted estimator or forecaster of this package, that is, one with `history_`. The epoch
        `best_epoch_` is marked on the validation loss, where there is one.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes with the losses. The learning rate has a second vertical axis, on the right.

    Raises
    ------
    NotFittedError
        If the estimator has no `history_`.
    ImportError
        If matplotlib is not installed.

    Notes
    -----
    The losses are drawn on a logarithmic scale if all are positive and the largest is at least
    five times the smallest.

    Examples
    --------
    >>> import numpy as np
    >>> from skrnn import LSTMRegressor
    >>> from skrnn.plotting import plot_history
    >>> X = np.random.default_rng(0).normal(size=(64, 5, 1))
    >>> model = LSTMRegressor(max_epochs=5, random_state=0).fit(X, X[:, -1, 0])
    >>> ax = plot_history(model)  # doctest: +SKIP
    """
    history = getattr(estimator, "history_", None)
    if history is None:
        raise NotFittedError(
            f"This {type(estimator).__name__} has no training history: fit it before calling "
            "plot_history, and pass the estimator itself, not a pipeline or a search around it."
        )
    ax = _axes(ax, figsize=(6.4, 3.8))
    curves = {
        key: np.asarray(history[key], dtype=np.float64)
        for key in ("loss", "val_loss", "learning_rate")
        if len(history.get(key, ()))
    }
    rates = curves.pop("learning_rate", None)
    styles = {"loss": ("training", _COLOURS[0]), "val_loss": ("validation", _COLOURS[1])}
    for key, losses in curves.items():
        label, colour = styles[key]
        marker = "o" if len(losses) == 1 else None
        epochs = np.arange(1, len(losses) + 1)
        ax.plot(epochs, losses, color=colour, lw=1.6, marker=marker, label=label)
    best = getattr(estimator, "best_epoch_", -1)
    if best >= 0 and "val_loss" in curves:
        style = {"color": _INK, "ms": 6, "zorder": 4, "clip_on": False}
        y = curves["val_loss"][best]
        ax.plot([best + 1], [y], "o", label=f"best epoch ({best + 1})", **style)
    _use_log_scale(ax, curves.values())
    if rates is not None:
        _plot_rates(ax, rates)
    _tidy(ax, grid=True)
    n_epochs = max((len(losses) for losses in curves.values()), default=1)
    ax.set(xlabel="epoch", ylabel="loss", xlim=(0.5, n_epochs + 0.5))
    ax.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
    _legend_above(ax)
    return ax


def plot_forecast(y_train, y_pred, *, y_test=None, intervals=None, n_history=None, ax=None):
    """Plot the end of a series, its forecasts, their intervals and what came to pass.

    Parameters
    ----------
    y_train : pandas.Series or DataFrame with one column
        The series that the forecaster was fitted to, with a period, datetime or integer index.
    y_pred : pandas.Series, DataFrame with one column, or dict of these
        The forecast as `predict` returns it, or several by their names.
    y_test : pandas.Series or DataFrame with one column, default=None
        The values that were observed over the horizon.
    intervals : pandas.DataFrame or dict of DataFrame, default=None
        Intervals as `predict_interval` returns them, with any number of coverages; the wider
        ones are drawn fainter. With several forecasts, a dict with names of `y_pred`.
    n_history : int, default=None
        Number of values of `y_train` to show, counted from its end. None shows four times as
        many values as the longest forecast has, and at least 40; and all from the first
        predicted time on if the forecast begins within `y_train`.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes. Periods are drawn at their beginning.

    Raises
    ------
    TypeError
        If a series is no pandas object, or its index holds no times, or other times than
        `y_train`.
    ValueError
        If a series has several columns or instances (plot one at a time), if `intervals` do not
        come from `predict_interval` or bear other names than `y_pred`, or if `n_history` is not
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
    y_train = _one_series(y_train, "y_train")
    forecasts = _by_name(y_pred, "y_pred", "forecast")
    forecasts = {name: _one_series(y, "y_pred") for name, y in forecasts.items()}
    bands = {} if intervals is None else _by_name(intervals, "intervals", "forecast")
    if not forecasts or not set(bands) <= set(forecasts):
        raise ValueError(
            f"intervals are given for {list(bands)} and forecasts for {list(forecasts)}; "
            "pass dicts with the same names."
        )
    bands = {name: _check_intervals(frame) for name, frame in bands.items()}
    times = {name: _times(y, y_train) for name, y in forecasts.items()}
    shown = _tail(y_train, forecasts.values(), n_history)

    ax = _axes(ax, figsize=(8.0, 3.8))
    _plot_line(ax, _times(shown, y_train), shown, color=_INK, lw=1.2, label="history")
    if y_test is not None:
        y_test = _one_series(y_test, "y_test")
        times_test = _times(y_test, y_train)
        _plot_line(ax, times_test, y_test, color=_INK, lw=1.2, ls="--", zorder=3, label="observed")
    colours = dict(zip(forecasts, cycle(_COLOURS), strict=False))
    for name, y in forecasts.items():
        _plot_line(ax, times[name], y, color=colours[name], lw=1.8, label=name)
    for name, frame in bands.items():
        prefix = f"{name}, " if len(forecasts) > 1 else ""
        _plot_bands(ax, frame, _times(frame, y_train), colours[name], prefix)
    if isinstance(y_train.index, _DATES):
        _use_short_dates(ax)
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
    _tidy(ax, grid=True)
    ax.set_ylabel("" if y_train.name is None else str(y_train.name))
    _legend_above(ax)
    return ax


def plot_seasonality(y, *, n_lags=None, ax=None):
    """Plot the autocorrelation of a series and the seasonal periods that it shows.

    Parameters
    ----------
    y : array-like of shape (n_timesteps,)
        The series, in equal steps of time. Missing values (NaN) are allowed.
    n_lags : int, default=None
        The largest lag to show. None shows two and a half of the longest period, and at least 40
        lags, as far as the series reaches.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the autocorrelation of the series around its linear trend, the band that
        holds 95 % of the autocorrelations of white noise, and the periods.

    Raises
    ------
    ValueError
        If `y` is not one numeric series, or if `n_lags` is not a positive integer below its
        length.
    ImportError
        If matplotlib is not installed.

    See Also
    --------
    skrnn.data.seasonality.find_periods : How the periods are found.

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.plotting import plot_seasonality
    >>> ax = plot_seasonality(load_airline())  # doctest: +SKIP
    """
    if isinstance(y, pd.Series | pd.DataFrame):
        y = _one_series(y, "y")
    periods = find_periods(y)
    values = np.asarray(y, dtype=np.float64).ravel()
    if n_lags is None:
        n_lags = min(len(values) - 1, max(40, int(2.5 * max(periods, default=0))))
    correlation = autocorrelation(subtract_trend(values), n_lags)

    ax = _axes(ax, figsize=(7.2, 3.6))
    lags = range(1, n_lags + 1)
    bound = 1.96 / np.sqrt(max(1, np.isfinite(values).sum()))
    ax.axhspan(-bound, bound, color="0.9", lw=0, label="95 % band of white noise")
    ax.axhline(0.0, color=_FAINT, lw=0.8)
    if n_lags <= 80:
        ax.vlines(lags, 0.0, correlation[1:], color=_INK, lw=1.2)
    else:
        ax.plot(lags, correlation[1:], color=_INK, lw=1.0)
    shown = [period for period in periods if period <= n_lags]
    for period, colour in zip(shown, _COLOURS, strict=False):
        style = {"color": colour, "ms": 7, "zorder": 4, "clip_on": False}
        ax.plot([period], [correlation[period]], "o", label=f"period {period}", **style)
    _tidy(ax)
    ax.set(xlim=(0, n_lags + 0.5), xlabel="lag", ylabel="autocorrelation")
    ax.set_ylim(min(-0.5, 1.1 * correlation.min()), 1.05)
    if shown:
        # Ticks at seasons, about ten of them.
        ax.set_xticks(range(0, n_lags + 1, shown[0] * -(-n_lags // (10 * shown[0]))))
    if not periods:
        ax.plot([], [], " ", label="no seasonal period found")
    _legend_above(ax)
    return ax


def _axes(ax, figsize):
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError('Plots need matplotlib: pip install "skrnn[plot]".') from error
    return plt.subplots(figsize=figsize, layout="constrained")[1] if ax is None else ax


def _tidy(ax, grid=False):
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis="y", color="0.92", lw=0.8)
        ax.set_axisbelow(True)


def _legend_above(ax):
    """Put the legend where no curve can run, in two rows if it is long."""
    labels = ax.get_legend_handles_labels()[1]
    if labels:
        n_columns = len(labels) if sum(map(len, labels)) < 70 else -(-len(labels) // 2)
        style = {"frameon": False, "fontsize": "small", "borderaxespad": 0.2}
        ax.legend(ncols=n_columns, loc="lower left", bbox_to_anchor=(0.0, 1.0), **style)


def _use_log_scale(ax, curves):
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    finite = np.concatenate([curve[np.isfinite(curve)] for curve in curves] or [np.zeros(0)])
    if len(finite) == 0 or finite.min() <= 0 or finite.max() < 5 * finite.min():
        return
    ax.set_yscale("log")
    # Powers of ten alone are too few labels for a decade or two.
    steps = (1.0, 2.0, 5.0) if finite.max() < 300 * finite.min() else (1.0,)
    ax.yaxis.set_major_locator(LogLocator(subs=steps))
    ax.yaxis.set_major_formatter(StrMethodFormatter("{x:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())


def _plot_rates(ax, rates):
    right = ax.twinx()
    epochs = np.arange(1, len(rates) + 1)
    right.plot(epochs, rates, color=_FAINT, lw=0.9, label="learning rate")
    right.set_ylabel("learning rate", color=_FAINT)
    right.tick_params(colors=_FAINT)
    right.set_ylim(bottom=0.0)
    right.spines[["top", "left", "bottom"]].set_visible(False)
    right.spines["right"].set_color(_FAINT)
    # The losses lie above the thin line, the background below both.
    ax.set_zorder(right.get_zorder() + 1)
    right.patch.set_visible(True)
    ax.patch.set_visible(False)


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


def _one_series(y, argument):
    if not isinstance(y, pd.Series | pd.DataFrame):
        raise TypeError(
            f"{argument} must be a pandas Series or a DataFrame with one column, "
            f"not {type(y).__name__}."
        )
    if isinstance(y.index, pd.MultiIndex):
        raise ValueError(
            f"{argument} holds several series (a panel or a hierarchy); plot one at a time, "
            "selected by y.loc[instance]."
        )
    if isinstance(y, pd.DataFrame):
        if y.shape[1] != 1:
            raise ValueError(
                f"{argument} has {y.shape[1]} columns; plot one at a time, selected by y[column]."
            )
        y = y.iloc[:, 0]
    if len(y) == 0:
        raise ValueError(f"{argument} is empty; there is nothing to plot.")
    return y


def _check_intervals(frame):
    """Reduce the columns (variable, coverage, bound) to those of the only variable."""
    columns = getattr(frame, "columns", None)
    if not isinstance(columns, pd.MultiIndex) or columns.nlevels != 3:
        raise ValueError(
            "intervals must be a DataFrame as predict_interval returns it, with the column levels "
            "variable, coverage and bound."
        )
    variables = columns.get_level_values(0).unique()
    if len(variables) != 1:
        raise ValueError(
            f"intervals are given for {len(variables)} variables; plot one at a time, selected by "
            "intervals[[variable]]."
        )
    return frame[variables[0]]


def _times(y, y_train):
    """Give the index as numbers or naive dates, which matplotlib draws without pandas."""
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
            f"An index of type {index.dtype} holds no times; use periods, dates or integers."
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
