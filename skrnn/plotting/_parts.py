"""Shared parts of the plots: axes, colours, legends."""

import numpy as np
import pandas as pd

# The colour-blind safe palette of Okabe and Ito.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK = "0.25"
FAINT = "0.55"
LEGEND = {"frameon": False, "fontsize": "small"}
N_COLUMNS = {1: 1, 2: 2, 4: 2}  # of grids with so few axes; others have three


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
    n_cols = min(n, N_COLUMNS.get(n, 3) if n_cols is None else n_cols)
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


def plain_numbers(ax):
    """Write the numbers of the vertical axis in full, without a factor in a corner."""
    from matplotlib.ticker import ScalarFormatter, StrMethodFormatter

    if not isinstance(ax.yaxis.get_major_formatter(), ScalarFormatter):
        return  # a scale of the user's, or written in full already
    if np.abs(ax.get_ylim()).max() >= 1e4:
        ax.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    else:
        ax.ticklabel_format(axis="y", useOffset=False, scilimits=(-9, 9))


def legend_above(ax):
    """Put the legend above the axes, in as many rows as it needs."""
    labelled = ax.get_legend_handles_labels()
    if labelled[1]:
        style = {"loc": "lower left", "bbox_to_anchor": (0.0, 1.0), "borderaxespad": 0.2}
        width = ax.get_position().width * ax.figure.get_figwidth()
        ax.legend(*labelled, ncols=_columns_of_legend(labelled[1], width), **style, **LEGEND)


def legend_of_grid(grid, *, outside):
    """Make one legend for all axes: above them, or in the first one."""
    found: dict = {}
    for ax in grid:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            found.setdefault(label, handle)
    if not outside:
        grid[0].legend(found.values(), found.keys(), **LEGEND)
        return
    figure = grid[0].figure
    style = {"loc": "outside upper left"} | LEGEND
    ncols = _columns_of_legend(found, figure.get_figwidth())
    figure.legend(found.values(), found.keys(), ncols=ncols, **style)


def _columns_of_legend(labels, width):
    """Return the largest number of columns of a legend that fit into a width in inches."""
    widths = [0.5 + 0.07 * len(label) for label in labels]
    for n_columns in range(len(widths), 1, -1):
        if sum(max(column) for column in np.array_split(widths, n_columns)) <= width:
            return n_columns
    return 1


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
