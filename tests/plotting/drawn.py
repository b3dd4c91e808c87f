"""What a plot shows, and series to plot."""

import numpy as np
import pandas as pd
from sktime.datasets import load_airline

AIRLINE = load_airline()
TRAIN, TEST = AIRLINE[:-24], AIRLINE[-24:]
# The values of the year before, as a forecast that needs no forecaster.
FORECAST = pd.Series(np.tile(TRAIN[-12:], 2), index=TEST.index)


def intervals(*coverages, forecast=FORECAST, variable="Number of airline passengers"):
    columns = [(variable, c, bound) for c in coverages for bound in ("lower", "upper")]
    values = np.column_stack(
        [forecast + sign * 100 * c for c in coverages for sign in (-1, 1)],
    )
    columns = pd.MultiIndex.from_tuples(columns, names=["variable", "coverage", None])
    return pd.DataFrame(values, index=forecast.index, columns=columns)


def lines(ax):
    return {line.get_label(): line for line in ax.get_lines()}


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def bands(ax):
    return {band.get_label(): band for band in ax.collections}


def panel():
    index = pd.MultiIndex.from_product([["a", "b"], range(30)])
    return pd.DataFrame({"y": np.arange(60.0)}, index=index)
