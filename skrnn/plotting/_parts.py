"""Shared parts of the plots: axes, colours, legends."""

import math

import numpy as np
import pandas as pd

# The colour-blind safe palette of Okabe and Ito.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK = "0.25"
FAINT = "0.6"


def pyplot():
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError('Plots need matplotlib: pip install "skrnn[plot]".') from error
    return plt


def axes(ax, figsize):
    plt = pyplot()
    return plt.subplots(figsize=figsize, layout="constrained")[1] if ax is None else ax


def grid_of_axes(ax, n, n_cols):
    """Return an array of `n` axes, of those given or on a new figure."""
    plt = pyplot()
    if ax is not None:
        return np.ravel(ax)[:n]
    n_cols = min(n, math.ceil(math.sqrt(min(n, 9))) if n_cols is None else n_cols)
    n_rows = -(-n // n_cols)
    figsize = (max(6.4, 4.0 * n_cols), 0.6 + 2.4 * n_rows)
    shape = {"nrows": n_rows, "ncols": n_cols, "squeeze": False}
    grid = plt.subplots(**shape, figsize=figsize, layout="constrained")[1]
    for unused in grid.flat[n:]:
        unused.remove()
    return grid.ravel()[:n]


def tidy(ax, grid=False):
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis="y", color="0.92", lw=0.8)
        ax.set_axisbelow(True)


def legend_above(ax):
    """Put the legend above the axes, in two rows if it is long."""
    labels = ax.get_legend_handles_labels()[1]
    if labels:
        n_columns = len(labels) if sum(map(len, labels)) < 70 else -(-len(labels) // 2)
        style = {"frameon": False, "fontsize": "small", "borderaxespad": 0.2}
        ax.legend(ncols=n_columns, loc="lower left", bbox_to_anchor=(0.0, 1.0), **style)


def legend_of_grid(grid, *, outside):
    """Make one legend for all axes: above them, or in the first one."""
    found: dict = {}
    for ax in grid:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    legend = grid[0].figure.legend if outside else grid[0].legend
    place = {"loc": "outside upper left", "ncols": min(len(found), 6)} if outside else {}
    legend(found.values(), found.keys(), frameon=False, fontsize="small", **place)


def one_series(y, argument):
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
