"""
Cross-validation of ordered data
================================

Validation and test data have to be newer than the training data. This script draws how the
splitters of scikit-learn and sktime keep that order and searches two models with them. It then
trains the best model on everything before the test part, and tests it.

    python examples/textbooks/cross_validation.py [--csv docs/tables] [--figures docs/_static]
"""

import argparse
import time
import warnings
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Patch
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sktime.datasets import load_lynx
from sktime.forecasting.model_selection import ForecastingGridSearchCV
from sktime.performance_metrics.forecasting import MeanAbsoluteError
from sktime.split import ExpandingWindowSplitter, SlidingWindowSplitter
from threadpoolctl import threadpool_limits

from skrnn import LSTMRegressor, SlidingWindowRegressor
from skrnn.forecasting import LSTMForecaster

N_TEST = 10  # years
N_FOLDS = 4
HORIZON = 3  # of the sliding windows: a year is predicted from those three and more years before
GAP = HORIZON - 1
COLOURS = {"training": "#0072B2", "validation": "#E69F00", "test": "#009E73"}

# %%
# The data
# --------
# The logarithms of the lynx trapped in Canada each year, which come with sktime. The last ten years
# are the test part, which no search uses.


def load():
    """Return the series up to the test part, and the test part."""
    y = np.log10(load_lynx()).rename("lynx")
    return y[:-N_TEST], y[-N_TEST:]


# %%
# The splits
# ----------
# All validate on the same four decades. ``gap`` leaves out the targets that are not known yet when
# the first forecast is made: two years for a forecast three years ahead. The final training leaves
# them out too.


def splitters(n_rows):
    """Return the splitters by their names, for the rows before the test part."""
    first = n_rows - N_FOLDS * N_TEST
    decade = {"fh": list(range(1, N_TEST + 1)), "step_length": N_TEST}
    return {
        f"TimeSeriesSplit(gap={GAP})": TimeSeriesSplit(N_FOLDS, test_size=N_TEST, gap=GAP),
        "ExpandingWindowSplitter": ExpandingWindowSplitter(initial_window=first, **decade),
        "SlidingWindowSplitter": SlidingWindowSplitter(window_length=first, **decade),
    }


def draw(y_train, y_test, path):
    """Draw each fold as a line, and below the folds the final training and the test."""
    plt.switch_backend("agg")
    cvs = splitters(len(y_train))
    shape = {"nrows": 1 + len(cvs), "sharex": True, "height_ratios": [1.5] + [1] * len(cvs)}
    fig, axes = plt.subplots(**shape, figsize=(9, 7.6), layout="constrained")
    years = [*y_train.index.year, *y_test.index.year]
    axes[0].plot(years, [*y_train, *y_test], color="0.25", lw=1.2)
    axes[0].axvspan(y_test.index.year[0] - 0.5, years[-1] + 0.5, color=COLOURS["test"], alpha=0.2)
    axes[0].set_ylabel("log10 of lynx")
    for ax, (name, cv) in zip(axes[1:], cvs.items(), strict=True):
        for line, (train, validation) in enumerate(cv.split(y_train)):
            draw_rows(ax, line, y_train.index[train], "training")
            draw_rows(ax, line, y_train.index[validation], "validation")
        draw_rows(ax, N_FOLDS, y_train.index[: len(y_train) - getattr(cv, "gap", 0)], "training")
        draw_rows(ax, N_FOLDS, y_test.index, "test")
        ax.set_title(name, loc="left", fontsize="medium")
        folds = [f"fold {i + 1}" for i in range(N_FOLDS)]
        ax.set_yticks(range(N_FOLDS + 1), [*folds, "final"])
        ax.invert_yaxis()
        ax.tick_params(left=False)
    for ax in axes:
        ax.spines[["top", "right", "left"]].set_visible(False)
    patches = [Patch(color=colour, label=name) for name, colour in COLOURS.items()]
    fig.legend(handles=patches, loc="outside upper right", ncols=3, frameon=False)
    fig.savefig(path, dpi=120)
    plt.close(fig)


def draw_rows(ax, line, index, name):
    """Draw one part of a line."""
    begin, end = index.year[0] - 0.5, index.year[-1] + 0.5
    ax.barh(line, end - begin, left=begin, height=0.75, color=COLOURS[name])


# %%
# Two searches
# ------------
# Each ends with the training of the best model on everything before the test part. For comparison
# the same model is trained on the training part of the last fold only.


def search_windows(y_train, y_test, **settings):
    """Search a network on sliding windows; three years ahead, year by year."""
    model = SlidingWindowRegressor(LSTMRegressor(random_state=0, **settings), horizon=HORIZON)
    grid = {"window_length": [5, 10, 20], "estimator__hidden_size": [8, 32]}
    cv = splitters(len(y_train))[f"TimeSeriesSplit(gap={GAP})"]
    search = GridSearchCV(model, grid, cv=cv, scoring="neg_mean_absolute_error", refit=False)
    X = pd.concat([y_train, y_test]).to_frame()  # the past of the target is what is read
    search.fit(X[:-N_TEST], y_train)
    *_, (rows, _) = cv.split(y_train)
    errors = []
    for n_rows in (len(y_train) - GAP, len(rows)):
        model.set_params(**search.best_params_).fit(X[:n_rows], y_train[:n_rows])
        errors.append(mean_absolute_error(model.predict(X)[-N_TEST:], y_test))
    return {
        "chosen": describe(search.best_params_),
        "validation": -search.best_score_,
        "test": errors[0],
        "test, no final training": errors[1],
    }


def search_forecaster(y_train, y_test, **settings):
    """Search a forecaster; the ten years of the test part from its beginning."""
    horizon = list(range(1, N_TEST + 1))
    cv = splitters(len(y_train))["ExpandingWindowSplitter"]
    search = ForecastingGridSearchCV(
        LSTMForecaster(random_state=0, **settings),
        cv=cv,
        param_grid={"window_length": [10, 20], "hidden_size": [8, 32]},
        scoring=MeanAbsoluteError(),
    )
    search.fit(y_train, fh=horizon)
    *_, (rows, _) = cv.split(y_train)
    earlier = search.best_forecaster_.clone().fit(y_train.iloc[rows], fh=horizon)
    earlier.update(y_train, update_params=False)
    return {
        "chosen": describe(search.best_params_),
        "validation": search.best_score_,
        "test": mean_absolute_error(search.predict(), y_test),
        "test, no final training": mean_absolute_error(earlier.predict(), y_test),
    }


def describe(params):
    """Return parameters as text."""
    return ", ".join(f"{name.rpartition('__')[2]}={value}" for name, value in params.items())


def mean_absolute_error(predicted, y):
    """Return the mean absolute error."""
    return float(np.mean(np.abs(np.asarray(predicted) - np.asarray(y))))


SEARCHES = {
    "SlidingWindowRegressor(LSTMRegressor()), 3 years ahead": search_windows,
    "LSTMForecaster(), 1 to 10 years ahead": search_forecaster,
}


def make_table(y_train, y_test, **settings):
    """Return one line for each search."""
    lines = []
    for name, search in SEARCHES.items():
        begin = time.perf_counter()
        line = {"model": name, **search(y_train, y_test, **settings)}
        lines.append(line | {"seconds": time.perf_counter() - begin})
    return pd.DataFrame(lines).round({"seconds": 0}).round(3).astype({"seconds": int})


# %%
# The command
# -----------


def parse_arguments(arguments=None):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Cross-validation of ordered data.")
    parser.add_argument("--csv", type=Path, help="folder for the table")
    parser.add_argument("--figures", type=Path, help="folder for the figure")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Make the figure and the table."""
    options = parse_arguments(arguments)
    y_train, y_test = load()
    if options.figures is not None:
        draw(y_train, y_test, options.figures / "textbook_splits.png")
    with threadpool_limits(1), warnings.catch_warnings():
        # sktime 1.2 says so of each forecaster that it makes.
        warnings.filterwarnings("ignore", "The default of config", FutureWarning)
        table = make_table(y_train, y_test)
    print(table.to_string(index=False))
    if options.csv is not None:
        table.to_csv(options.csv / "textbook_searches.csv", index=False)


if __name__ == "__main__":
    main()
