"""Plot of the importance of covariates."""

import numpy as np
import pandas as pd

from skrnn._arguments import check_count

from ._parts import COLOURS, FAINT, INK, axes, tidy


def plot_importances(importances, *, max_features=20, ax=None):
    """Plot how much the forecast error grows when a covariate is permuted.

    Parameters
    ----------
    importances : pandas.DataFrame
        Table as returned by `feature_importances` of a forecaster.
    max_features : int, default=20
        Largest number of features to draw; the most important ones are kept.
    ax : matplotlib.axes.Axes, default=None
        The axes to draw on. None draws on a new figure.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, with the most important feature on top. The error bars are one standard deviation
        over the permutations long on each side. The number beside a bar is the increase as a
        fraction of the error without permutation.

    Raises
    ------
    TypeError, ValueError
        If `importances` is no such table, or `max_features` is not positive.
    ImportError
        If matplotlib is not installed.

    Examples
    --------
    >>> from sktime.datasets import load_longley
    >>> from skrnn.forecasting import GRUForecaster
    >>> from skrnn.plotting import plot_importances
    >>> y, X = load_longley()
    >>> forecaster = GRUForecaster(max_epochs=5, random_state=0)
    >>> forecaster = forecaster.fit(y[:12], X=X[:12], fh=[1, 2])
    >>> ax = plot_importances(forecaster.feature_importances(y, X))  # doctest: +SKIP
    """
    max_features = check_count(max_features, "max_features")
    if not isinstance(importances, pd.DataFrame) or not {"mean", "std"} <= set(importances.columns):
        raise TypeError(
            "importances must be a table as feature_importances returns it, a DataFrame with the "
            "columns 'mean' and 'std'."
        )
    if importances.empty:
        raise ValueError("importances is empty; there is nothing to plot.")
    table = importances.sort_values("mean", ascending=False, kind="stable")[:max_features]
    ax = axes(ax, figsize=(6.4, 0.9 + 0.35 * len(table)))
    place = np.arange(len(table))[::-1]
    style = {"color": COLOURS[0], "height": 0.7, "error_kw": {"ecolor": INK, "lw": 1.2}}
    ax.barh(place, table["mean"], xerr=table["std"], **style)
    ax.axvline(0.0, color=FAINT, lw=0.8)
    if "relative" in table:
        ends = (table["mean"] + table["std"]).clip(lower=0.0)
        for height, end, relative in zip(place, ends, table["relative"], strict=True):
            style = {"xytext": (5, 0), "textcoords": "offset points", "va": "center"}
            ax.annotate(f"{relative:+.0%}", (end, height), color=INK, fontsize="small", **style)
        ax.margins(x=0.1)
    ax.set_yticks(place, [str(name) for name in table.index])
    ax.tick_params(axis="y", length=0)
    ax.set_xlabel("increase of the error when permuted")
    tidy(ax)
    return ax
