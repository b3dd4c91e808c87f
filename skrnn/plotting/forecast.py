"""Plot of series and their forecasts."""

from dataclasses import replace
from itertools import cycle

import numpy as np
import pandas as pd

from skrnn._arguments import check_count

from ._dates import use_short_dates
from ._forecast_frames import ForecastFrames
from ._parts import (
    COLOURS,
    INK,
    axes,
    grid_of_axes,
    legend_above,
    legend_of_grid,
    plain_numbers,
    tidy,
)

ERRORS = ("mae", "mase")


def plot_forecast(
    y_train,
    y_pred,
    *,
    y_test=None,
    intervals=None,
    n_history=None,
    max_series=9,
    n_cols=None,
    sort_by=None,
    ax=None,
):
    """Plot the end of each series, its forecasts, prediction intervals and observed values.

    The series of a panel or a hierarchy, and several targets, are drawn on axes of their own.

    Parameters
    ----------
    y_train : pandas.Series or DataFrame
        Training series, with a period, datetime or integer index. Instances are in the levels
        before it.
    y_pred : pandas.Series, DataFrame, or dict of these
        Forecast as returned by `predict`, or a dict of several forecasts by name. Only series that
        have a forecast are drawn.
    y_test : pandas.Series or DataFrame, default=None
        Observed values over the horizon.
    intervals : pandas.DataFrame or dict of DataFrame, default=None
        Intervals as returned by `predict_interval`, with any number of coverages. Wider ones are
        drawn fainter. If `y_pred` is a dict, pass a dict with the same names; some may be missing.
        Each has the colour of its forecast.
    n_history : int, default=None
        Number of values of each series of `y_train` to show, counted from its end. None shows four
        times the length of the longest forecast, at least 40 values. If a forecast begins within
        `y_train`, None shows at least all values from there on.
    max_series : int, default=9
        Largest number of series to draw, where each target of an instance counts. If there are
        more, a note below them says how many.
    n_cols : int, default=None
        Number of columns of axes for several series; None takes at most three.
    sort_by : {"mae", "mase"}, default=None
        Draw the series with the largest errors first, and write the error into each title. "mae" is
        the mean absolute error; "mase" divides it by the mean absolute change from step to step
        in `y_train`. Of several forecasts, the first one counts. Needs `y_test`. None keeps the
        order of `y_pred`.
    ax : matplotlib.axes.Axes or array of Axes, default=None
        The axes to draw on; an array for a panel, a hierarchy or several targets, of which at most
        as many series are drawn as it has axes. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes or ndarray of Axes
        The axes; for a panel, a hierarchy or several targets an array with one for each series
        that is drawn. ``ax.figure`` is the figure. Each period is drawn at its beginning.

    Raises
    ------
    TypeError
        If a series is not a pandas object, its index does not hold times of the same kind as
        `y_train`, or `ax` is an array for one series or no array for several.
    ValueError
        If the arguments have other series or targets than `y_train`, if `intervals` do not come
        from `predict_interval` or have other names than `y_pred`, if a count is not positive, or
        if `sort_by` is used without `y_test`.
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
    counts = {"n_history": n_history, "max_series": max_series, "n_cols": n_cols}
    for name, count in counts.items():
        if count is not None:
            check_count(count, name)
    frames = ForecastFrames(y_train, y_pred, y_test, intervals)
    keys, several = frames.keys(), frames.several
    if ax is not None and isinstance(ax, np.ndarray | list | tuple) != several:
        what = "instances or targets; pass an array" if several else "one series; pass one Axes"
        raise TypeError(f"ax={ax} does not suit y_train, which has {what}.")
    if several and ax is not None:
        max_series = min(max_series, np.size(ax))
    shown = [series.with_plain_times() for series in _choose(frames, keys, max_series, sort_by)]
    label = frames.label
    if not several:
        ax = axes(ax, figsize=(8.0, 3.8))
        _plot_series(ax, shown[0], n_history)
        ax.set_ylabel(label)
        legend_above(ax)
        return ax
    grid = grid_of_axes(ax, len(shown), n_cols)
    for each, series in zip(grid, shown, strict=True):
        _plot_series(each, series, n_history)
        each.set_title(series.title, fontsize="medium", loc="left")
    legend_of_grid(grid, outside=ax is None)
    if ax is None:
        grid[0].figure.supylabel(label, fontsize="medium")
        if len(shown) < len(keys):
            note = f"{len(shown)} of {len(keys)} series"
            grid[0].figure.supxlabel(note, fontsize="small", color=INK)
    return grid


def _choose(frames, keys, most, sort_by):
    """Return the series to draw, those with the largest errors first on request."""
    if sort_by is None:
        return frames.series(keys[:most])
    if sort_by not in ERRORS:
        raise ValueError(f"sort_by={sort_by!r} is not known; choose one of {ERRORS}, or None.")
    errors = frames.errors(keys, sort_by)
    largest = np.argsort(-errors, kind="stable")[:most]  # unknown ones last
    series = frames.series([keys[i] for i in largest])
    return [
        replace(each, title=f"{each.title}, {sort_by.upper()} {errors[i]:.3g}")
        for i, each in zip(largest, series, strict=True)
    ]


def _plot_series(ax, series, n_history):
    """Draw the history, forecasts, intervals and observed values of a series."""
    _plot_line(ax, _tail(series, n_history), color=INK, lw=1.2, label="history")
    if series.observed is not None:
        _plot_line(ax, series.observed, color=INK, lw=1.2, ls="--", zorder=3, label="observed")
    colours = dict(zip(series.forecasts, cycle(COLOURS), strict=False))
    for name, y in series.forecasts.items():
        _plot_line(ax, y, color=colours[name], lw=1.8, label=name)
    for name, frame in series.bands.items():
        _plot_bands(ax, frame, colours[name], labelled=len(series.forecasts) == 1)
    if len(series.forecasts) > 1:
        _label_coverages(ax, series.bands.values())
    plain_numbers(ax)
    if isinstance(series.history.index, pd.DatetimeIndex):
        use_short_dates(ax)
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set_xlabel(series.history.index.name or "")
    tidy(ax, grid=True)


def _plot_line(ax, y, **style):
    marker = "o" if len(y) == 1 else None
    values = y.to_numpy(dtype=np.float64, na_value=np.nan)
    ax.plot(y.index.to_numpy(), values, marker=marker, ms=4, **style)


def _plot_bands(ax, frame, colour, *, labelled):
    for coverage, alpha in _opacities(frame).items():
        lower, upper = (
            frame[coverage, bound].to_numpy(dtype=np.float64) for bound in ("lower", "upper")
        )
        style = {"color": colour, "alpha": alpha, "lw": 0}
        label = _name_coverage(coverage) if labelled else None
        ax.fill_between(frame.index.to_numpy(), lower, upper, label=label, **style)


def _label_coverages(ax, frames):
    """Name each coverage once, in grey, since each forecast has its own colour."""
    opacities = [item for frame in frames for item in _opacities(frame).items()]
    for coverage, alpha in dict(opacities).items():
        ax.fill_between([], [], color=INK, alpha=alpha, lw=0, label=_name_coverage(coverage))


def _opacities(frame):
    """Return the coverages, the widest first, and how opaque each is drawn."""
    coverages = sorted(set(frame.columns.get_level_values(0)), reverse=True)
    return dict(zip(coverages, np.linspace(0.15, 0.3, len(coverages)), strict=True))


def _name_coverage(coverage):
    return f"{100 * coverage:g} % interval"


def _tail(series, n_history):
    """Return the end of the history that is shown."""
    if n_history is None:
        forecasts = series.forecasts.values()
        first = min(y.index[0] for y in forecasts)
        n_history = max(
            40, *(4 * len(y) for y in forecasts), int((series.history.index >= first).sum())
        )
    return series.history.iloc[-n_history:]
