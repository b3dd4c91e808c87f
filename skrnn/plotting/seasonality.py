"""Plot of the autocorrelation of a series."""

import numpy as np
import pandas as pd

from skrnn.baselines.seasonality import autocorrelation, find_periods, subtract_trend

from ._parts import COLOURS, FAINT, INK, axes, legend_above, one_series, tidy


def plot_seasonality(y, *, n_lags=None, ax=None):
    """Plot the autocorrelation of a series and its seasonal periods.

    Parameters
    ----------
    y : array-like of shape (n_timesteps,)
        The series, equally spaced in time. Missing values (NaN) are allowed.
    n_lags : int, default=None
        Largest lag to show. None shows 2.5 times the longest period, at least 40 lags, but no
        more than the series has.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the autocorrelation of the detrended series, the band that contains 95 %
        of the autocorrelations of white noise, and markers at the seasonal periods.

    Raises
    ------
    ValueError
        If `y` is not a single numeric series, or if `n_lags` is not a positive integer below its
        length.
    ImportError
        If matplotlib is not installed.

    See Also
    --------
    skrnn.baselines.seasonality.find_periods : How the periods are found.

    Examples
    --------
    >>> from sktime.datasets import load_airline
    >>> from skrnn.plotting import plot_seasonality
    >>> ax = plot_seasonality(load_airline())  # doctest: +SKIP
    """
    if isinstance(y, pd.Series | pd.DataFrame):
        y = one_series(y, "y")
    periods = find_periods(y)
    values = np.asarray(y, dtype=np.float64).ravel()
    if n_lags is None:
        n_lags = min(len(values) - 1, max(40, int(2.5 * max(periods, default=0))))
    correlation = autocorrelation(subtract_trend(values), n_lags)

    ax = axes(ax, figsize=(7.2, 3.6))
    lags = range(1, n_lags + 1)
    bound = 1.96 / np.sqrt(max(1, np.isfinite(values).sum()))
    ax.axhspan(-bound, bound, color="0.9", lw=0, label="95 % of white noise")
    ax.axhline(0.0, color=FAINT, lw=0.8)
    if n_lags <= 80:
        ax.vlines(lags, 0.0, correlation[1:], color=INK, lw=1.2)
    else:
        ax.plot(lags, correlation[1:], color=INK, lw=1.0)
    shown = [period for period in periods if period <= n_lags]
    for period, colour in zip(shown, COLOURS, strict=False):
        style = {"color": colour, "ms": 7, "zorder": 4, "clip_on": False}
        ax.plot([period], [correlation[period]], "o", label=f"period {period}", **style)
    tidy(ax)
    ax.set(xlim=(0, n_lags + 0.5), xlabel="lag", ylabel="autocorrelation")
    ax.set_ylim(min(-0.5, 1.1 * correlation.min()), 1.05)
    if shown:
        # About ten ticks, at multiples of the first period.
        ax.set_xticks(range(0, n_lags + 1, shown[0] * -(-n_lags // (10 * shown[0]))))
    if not periods:
        ax.plot([], [], " ", label="no season found")
    legend_above(ax)
    return ax
