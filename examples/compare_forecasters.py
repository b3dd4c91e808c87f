"""
Compare forecasters on real series
==================================

This script compares recurrent networks with seasonal naive, exponential smoothing and ARIMA, in a
table and a figure. sktime's ``ForecastingBenchmark`` fits each forecaster at three cutoffs of each
series and compares the forecasts with the observed values::

    python examples/compare_forecasters.py
    python examples/compare_forecasters.py my.csv --target y --time date --horizon 12

The first command uses four series that come with sktime and statsmodels. The second uses your own
table, with a row for each step. Both first write ``compare_forecasters.png``, then print the table.
"""

import argparse
import functools
import logging
import sys
import warnings
from pathlib import Path
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from _own_table import read_series, usual_season
from sktime.benchmarking.forecasting import ForecastingBenchmark
from sktime.datasets import load_airline
from sktime.forecasting.ets import AutoETS
from sktime.forecasting.exp_smoothing import ExponentialSmoothing
from sktime.forecasting.naive import NaiveForecaster
from sktime.forecasting.sarimax import SARIMAX
from sktime.performance_metrics.forecasting import (
    MeanAbsolutePercentageError,
    MeanAbsoluteScaledError,
)
from sktime.performance_metrics.forecasting.probabilistic import EmpiricalCoverage
from sktime.split import ExpandingWindowSplitter
from statsmodels.datasets import elnino, macrodata, sunspots
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from skrnn.forecasting import GRUForecaster, LSTMForecaster, RNNForecaster
from skrnn.plotting import plot_forecast

N_CUTOFFS = 3
COVERAGE = 0.8
FORMATS = {"MASE": "{:.3f}", "sMAPE": "{:.1%}", "80% coverage": "{:.0%}", "fit (s)": "{:.2f}"}
DRAWN = ("LSTMForecaster", "SARIMAX")
EXPECTED_WARNINGS = (
    "The default of config ``remember_data``",  # sktime 1.2 says so of each forecaster it makes
    "Period with BDay freq is deprecated",  # sktime's horizons use it
    "Using zeros",  # the optimiser of statsmodels, about its starting point
)


class Task(NamedTuple):
    """A series, its season in steps (1: none) and how many steps ahead to forecast."""

    name: str
    y: pd.Series
    season: int
    horizon: int


# %%
# The series
# ----------
# One series has a trend and a season that grows with it, one only a season, one follows the
# business cycle, and one has a cycle that is not in the calendar.


def shipped_tasks():
    """Return the four series."""
    sea = elnino.load_pandas().data.set_index("YEAR").to_numpy().ravel()
    rate = macrodata.load_pandas().data["unemp"]
    spots = sunspots.load_pandas().data["SUNACTIVITY"]
    return [
        Task("Airline passengers, thousands", load_airline(), 12, 12),
        Task("Sea surface temperature, °C", _with_periods(sea, "1950-01", "M"), 12, 12),
        Task("US unemployment rate, %", _with_periods(rate, "1959Q1", "Q"), 4, 8),
        Task("Sunspots", _with_periods(spots, "1700", "Y"), 1, 11),
    ]


def _with_periods(values, start, freq):
    return pd.Series(np.asarray(values), pd.period_range(start, periods=len(values), freq=freq))


# %%
# Your own table
# --------------
# The frequency is inferred from the times, and the season from the frequency. Without a time column
# the rows are equal steps, and the season is estimated. The script says how it reads the first time
# and decimal commas. It never guesses whether 03/04/2024 is in March or in April: if both readings
# make a regular series, or none, it asks. The code is in ``_own_table.py``.


def read_task(path, target, time=None, horizon=None, season=None, **dates):
    """Read one column of a CSV file; exit where it cannot be compared."""
    y = read_series(path, target, time, **dates)
    season = season or usual_season(y)
    horizon = horizon or (season if season > 1 else 10)
    needed = N_CUTOFFS * horizon + max(3 * season, 2 * horizon, 12)
    if len(y) < needed:
        sys.exit(
            f"{path} has {len(y)} rows, but {N_CUTOFFS} cutoffs with horizon {horizon} and season "
            f"{season} need at least {needed}; pass a smaller --horizon or --season."
        )
    regular = "" if time is None else " without gaps or duplicates"
    steps = "" if isinstance(y.index, pd.RangeIndex) else f", frequency {y.index.freqstr}"
    print(
        f"{target}: {len(y)} steps{regular}, {y.index[0]} to {y.index[-1]}{steps}, season {season}"
    )
    return Task(target, y, season, horizon)


# %%
# The forecasters
# ---------------
# Each forecaster has the same settings for all series. Those that cannot find the season get it.
# ``AutoETS`` selects among additive models, since sktime 1.2 has no intervals for the others.


def make_forecasters(season):
    """Return the forecasters to compare."""
    short = season if season <= 24 else 1  # statsmodels takes minutes for longer ones
    return [
        LSTMForecaster(random_state=0),
        GRUForecaster(random_state=0),
        RNNForecaster(random_state=0),
        NaiveForecaster(sp=season),
        ExponentialSmoothing(trend="add", seasonal="add" if short > 1 else None, sp=short),
        AutoETS(auto=True, additive_only=True, sp=short),
        SARIMAX(
            order=(1, 1, 1),
            seasonal_order=(0, 1, 1, short) if short > 1 else (0, 0, 0, 0),
            concentrate_scale=True,  # the same maximum of the likelihood in half the time
        ),
    ]


# %%
# The comparison
# --------------
# ``ForecastingBenchmark`` computes the same scores for all forecasters and leaves out those that
# fail. So forecasters without intervals have a benchmark of their own, and its rows are counted.


class BenchmarkLog(logging.Handler):
    """Turn what the benchmark logs into a progress bar and the reasons of failures."""

    def __init__(self, progress):
        super().__init__()
        self.progress = progress
        self.reasons = []

    def emit(self, record):
        """Take one message."""
        message = record.getMessage()
        if record.levelno >= logging.ERROR:
            self.reasons.append(message)
        elif message.startswith("Running"):
            self.progress.set_description(message.rpartition(": ")[2])
            self.progress.update()


def score(task, log):
    """Return the scores of all forecasters on one series; exit if any is lacking."""
    points = {
        "MASE": MeanAbsoluteScaledError(sp=task.season),
        "sMAPE": MeanAbsolutePercentageError(symmetric=True),
    }
    coverage = {"80% coverage": EmpiricalCoverage(coverage=COVERAGE)}
    scorers = {True: points | coverage, False: points}
    groups = {True: [], False: []}
    for forecaster in make_forecasters(task.season):
        groups[forecaster.get_tag("capability:pred_int")].append(forecaster)
    scores = [run_benchmark(task, groups[key], scorers[key]) for key in groups if groups[key]]
    failed = [name for part in scores for name in part.index[part.isna().any(axis=1)]]
    if failed:
        reasons = log.reasons or ["Their scores are not numbers."]
        sys.exit("\n".join([f"{task.name}: {', '.join(failed)} failed.", *reasons]))
    return pd.concat(scores)


def run_benchmark(task, forecasters, scorers):
    """Return one row for each forecaster, empty where it failed."""
    splitter = ExpandingWindowSplitter(
        fh=list(range(1, task.horizon + 1)),
        initial_window=len(task.y) - N_CUTOFFS * task.horizon,
        step_length=task.horizon,
    )
    benchmark = ForecastingBenchmark()
    benchmark.add_task(task.y, splitter, list(scorers.values()), task_id=task.name)
    benchmark.add_estimator(forecasters)
    results = benchmark.run()
    columns = {f"{scorer.name}_mean": name for name, scorer in scorers.items()}
    columns["fit_time_mean"] = "fit (s)"
    names = [type(forecaster).__name__ for forecaster in forecasters]
    results = results.reindex(columns=["model_id", *columns]).set_index("model_id")
    return results.rename(columns=columns).reindex(names).astype(float)


def make_table(scores):
    """Average the scores over the series; the best forecaster comes first."""
    means = scores.groupby(level=0).mean().sort_values("MASE").rename_axis(None)
    return means.apply(lambda column: column.map(FORMATS[column.name].format, "ignore")).fillna("-")


# %%
# The figure
# ----------
#
# .. image:: /_static/compare_forecasters.png


def draw(tasks, path, progress):
    """Draw the forecasts from the last cutoff of each series and save the picture."""
    plt.switch_backend("agg")
    n_rows, n_columns = -(-len(tasks) // 2), min(2, len(tasks))
    size = (11, 0.6 + 2.7 * n_rows) if n_columns == 2 else (9, 4.5)
    fig, axes = plt.subplots(n_rows, n_columns, figsize=size, layout="constrained", squeeze=False)
    for task, ax in zip(tasks, axes.flat, strict=True):
        progress.set_description(f"{task.name} - picture")
        _draw_task(task, ax)
    labels = ax.get_legend_handles_labels()
    fig.legend(*labels, loc="outside upper center", ncols=len(labels[1]), frameon=False)
    fig.savefig(path, dpi=150)
    plt.close(fig)


def _draw_task(task, ax):
    y_train, y_test = task.y[: -task.horizon], task.y[-task.horizon :]
    forecasts, intervals = {}, {}
    for forecaster in make_forecasters(task.season):
        if (name := type(forecaster).__name__) in DRAWN:
            try:
                forecaster.fit(y_train, fh=list(range(1, task.horizon + 1)))
                forecasts[name] = forecaster.predict()
                intervals[name] = forecaster.predict_interval(coverage=COVERAGE)
            except Exception as error:  # of any library; the demo ends with its words
                sys.exit(f"{task.name}: {name} failed.\n{type(error).__name__}: {error}")
    shown = y_train[-3 * task.horizon :]
    plot_forecast(shown, forecasts, y_test=y_test, intervals=intervals, ax=ax)
    ax.get_legend().remove()
    ax.set_title(task.name, loc="left", fontsize="medium")
    ax.set_ylabel("")


# %%
# The command
# -----------


def compare(tasks, output):
    """Write one picture, then compare on all series and print one table."""
    n_runs = sum(len(make_forecasters(task.season)) for task in tasks)
    form = "{desc} [{n}/{total}, {elapsed}]"
    with tqdm(desc="Starting", total=n_runs, leave=False, bar_format=form) as progress:
        draw(tasks, output, progress)
        tqdm.write(f"The forecasts from the last cutoff are drawn in {output}.")
        log, logger = BenchmarkLog(progress), logging.getLogger("sktime.benchmarking")
        logger.setLevel(logging.INFO)
        logger.addHandler(log)
        try:
            scores = pd.concat([score(task, log) for task in tasks])
        finally:
            logger.removeHandler(log)
    print(make_table(scores).to_string())
    print(f"Means over {N_CUTOFFS} cutoffs of each series:")
    for task in tasks:
        print(f"  {task.name}, {len(task.y)} values, {task.horizon} steps ahead")


def show_warning(message, category, *where, **options):
    """Show a warning above the progress bar, unless it comes with every fit."""
    if not any(text in str(message) for text in EXPECTED_WARNINGS):
        _show_once(f"{category.__name__}: {message}")


@functools.cache
def _show_once(text):
    tqdm.write(text, file=sys.stderr)


def parse_arguments(arguments=None):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Compare forecasters on real series.")
    parser.add_argument("csv", nargs="?", type=Path, help="your own table; default: four series")
    parser.add_argument("--target", help="column to forecast")
    parser.add_argument("--time", help="column of times; default: the rows are equal steps")
    parser.add_argument(
        "--day-first",
        action=argparse.BooleanOptionalAction,
        help="whether 03/04/2024 is in April; default: as it makes a regular series",
    )
    parser.add_argument("--date-format", help="format of the times, such as %%d.%%m.%%Y")
    parser.add_argument("--horizon", type=_count, help="steps ahead; default: one season")
    parser.add_argument("--season", type=_count, help="season in steps; default: by frequency")
    parser.add_argument("--output", type=Path, default=Path("compare_forecasters.png"))
    return parser.parse_args(arguments)


def _count(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number above 0")
    return int(text)


def main(arguments=None):
    """Run the comparison that the command line asks for."""
    options = parse_arguments(arguments)
    if not options.output.parent.is_dir():
        sys.exit(f"There is no folder {options.output.parent} for the picture.")
    names = ["target", "time", "horizon", "season", "day_first", "date_format"]
    how = {name: getattr(options, name) for name in names}
    tasks = [read_task(options.csv, **how)] if options.csv else shipped_tasks()
    # On one thread each fit is quickest: the matrices are small.
    with threadpool_limits(1), warnings.catch_warnings():
        # Filters would not last: sktime puts its own before them.
        warnings.showwarning = show_warning
        compare(tasks, options.output)


if __name__ == "__main__":
    main()

# sphinx_gallery_thumbnail_path = "_static/compare_forecasters.png"
