"""Shared parts of the plots: axes, colours, legends."""

import pandas as pd

# The colour-blind safe palette of Okabe and Ito.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK = "0.25"
FAINT = "0.6"


def axes(ax, figsize):
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError('Plots need matplotlib: pip install "skrnn[plot]".') from error
    return plt.subplots(figsize=figsize, layout="constrained")[1] if ax is None else ax


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
