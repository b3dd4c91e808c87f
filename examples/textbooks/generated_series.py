"""
Generated series
================

The exercise of chapter 15 in A. Géron, Hands-On Machine Learning (2nd edition): forecast sums of
two sine waves and noise, one step and ten steps ahead, with every network of the chapter.

    python examples/textbooks/generated_series.py [--csv docs/tables] [--figures docs/_static]
                                                  [--seeds 3] [--no-search]

``--csv`` writes the tables, ``--figures`` the figure. The data are in ``_series.py``; error bars
and windows around scikit-learn's regressors are in ``_error_bars.py``, which runs at the end.
"""

import argparse
import sys
import time
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import _error_bars
import numpy as np
import pandas as pd
from _series import BUDGET, N_STEPS, load, squared_error
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from skrnn import (
    Convolution,
    GRURegressor,
    LSTMRegressor,
    Recurrence,
    RNNRegressor,
    WaveNetRegressor,
)
from skrnn.metrics import sequence_scorer

RATES = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16]
ONE, TEN = "one_step", "ten_steps"
HORIZONS = {ONE: 1, TEN: 10}
PUBLISHED = {  # of the models without memory
    ONE: {"naive: the last value": "0.0202", "least squares, 50 values": "0.0042"},
    TEN: {"naive: the last value": "0.2570", "least squares, 50 values": "0.0187"},
}

# %%
# The networks
# ------------
# ``target`` is what a network learns: the next value ("one"), the ten next values at the last step
# ("vector") or at every step ("sequence"), or the next value, fed back ("iterated").


class Network(NamedTuple):
    """A line of the tables; figures that are not published or set are None."""

    task: str
    name: str
    target: str
    model: Any
    published: float | None = None
    plain_torch: float | None = None
    bar: float | None = None
    source: str = TEN  # the series that it is trained on, if it is iterated


def networks(**budget):
    """Return the networks of the chapter, with the defaults of skrnn except size and budget."""
    budget = BUDGET | budget
    deep = {"hidden_size": 20, "n_layers": 2, **budget}
    strided = {"stem": Convolution(kernel_size=4, stride=2), **deep}
    rnn, lstm, gru = RNNRegressor(**deep), LSTMRegressor(**deep), GRURegressor(**deep)
    one_unit = RNNRegressor(hidden_size=1, **budget)
    normalised = RNNRegressor(recurrence=Recurrence(layer_norm=True), **deep)
    size = {"hidden_size": 20, "n_layers": 4, "n_blocks": 2, "kernel_size": 2}
    wavenet = WaveNetRegressor(**size, **budget)
    return [
        Network(ONE, "RNN, 1 unit", "one", one_unit, 0.0109, None, 0.0100),
        Network(ONE, "RNN", "one", rnn, 0.0026, None, 0.0022),
        Network(TEN, "RNN of the other table", "iterated", rnn, 0.0275, None, 0.015, source=ONE),
        Network(TEN, "RNN", "iterated", rnn, None, None, 0.015),
        Network(TEN, "RNN", "vector", rnn, 0.0085, None, 0.0065),
        Network(TEN, "RNN", "sequence", rnn, 0.0065, 0.0043, 0.0042),
        Network(TEN, "RNN, layer norm.", "sequence", normalised, 0.0121, None, 0.0040),
        Network(TEN, "LSTM", "sequence", lstm, 0.0086, 0.0026, 0.0026),
        Network(TEN, "GRU", "sequence", gru, 0.0103, 0.0029, 0.0028),
        Network(TEN, "LSTM", "vector", lstm, None, 0.0019, 0.0021),
        Network(TEN, "conv. + LSTM", "sequence", LSTMRegressor(**strided), None, 0.0024, 0.0024),
        Network(TEN, "conv. + GRU", "sequence", GRURegressor(**strided), 0.0080, 0.0027, 0.0026),
        Network(TEN, "WaveNet", "sequence", wavenet, 0.0072, 0.0049, 0.0045),
    ]


def targets(data, target):
    """Return what a network learns."""
    if target == "sequence":
        return data.y_steps
    return data.y if target == "vector" else data.y[:, 0]


def forecast(model, data, target):
    """Return the values that follow the last step: (n, horizon)."""
    if target == "iterated":
        return iterate(model, data)
    predicted = model.predict(data.X)
    last = predicted[:, -1] if target == "sequence" else predicted
    return last.reshape(data.y.shape)


def iterate(model, data):
    """Feed the forecast of one step back, as the book does: the newest 50 values are read."""
    series = data.X[:, :, 0]
    for _ in range(data.y.shape[1]):
        predicted = model.predict(series[:, -N_STEPS:, None])
        series = np.column_stack([series, predicted])
    return series[:, N_STEPS:]


# %%
# Models without memory
# ---------------------
# Naive forecasts and autoregressions on a window, linear and by a feed-forward network.


def references(train, valid, max_iter=200):
    """Return the names of the models without memory, their errors and seconds of a fit."""
    yield "naive: the last value", squared_error(valid.X[:, -1], valid), 0.0
    perceptron = TransformedTargetRegressor(
        make_pipeline(StandardScaler(), MLPRegressor(max_iter=max_iter, random_state=0)),
        transformer=StandardScaler(),
    )
    models = {"least squares": LinearRegression(), "MLP, 100 units": perceptron}
    y = train.y.squeeze()
    for name, model in models.items():
        for width in (10, N_STEPS):
            begin = time.perf_counter()
            model.fit(train.X[:, -width:, 0], y)
            seconds = time.perf_counter() - begin
            predicted = model.predict(valid.X[:, -width:, 0]).reshape(valid.y.shape)
            yield f"{name}, {width} values", squared_error(predicted, valid), seconds


# %%
# Measuring
# ---------


def search_rate(network, train, rates=RATES):
    """Return the peak rate that is best on the last fifth of the training series."""
    scoring = "neg_mean_squared_error"
    if network.target == "sequence":
        scoring = sequence_scorer(scoring, step=-1)
    rows = np.arange(len(train.X))
    cut = round(0.8 * len(rows))
    search = GridSearchCV(
        clone(network.model).set_params(random_state=0),
        {"learning_rate": rates},
        cv=[(rows[:cut], rows[cut:])],
        scoring=scoring,
        refit=False,
    )
    search.fit(train.X, targets(train, network.target))
    return search.best_params_["learning_rate"]


def fits(network, train, valid, n_seeds, **changes):
    """Return the errors on the validation part and the seconds of a fit, one for each seed."""
    errors, seconds = [], []
    for seed in range(n_seeds):
        model = clone(network.model).set_params(random_state=seed, **changes)
        begin = time.perf_counter()
        model.fit(train.X, targets(train, network.target))
        seconds.append(time.perf_counter() - begin)
        errors.append(squared_error(forecast(model, valid, network.target), valid))
    return errors, seconds


def measure(network, train, valid, n_seeds=3, rates=RATES):
    """Return the line of one network; without `rates`, its learning rate is not searched."""
    errors, seconds = fits(network, train, valid, n_seeds)
    line = {
        "model": network.name,
        "learns": network.target,
        "published": shown(network.published),
        "plain torch": shown(network.plain_torch),
        "bar": shown(network.bar),
        "error": verdict(errors, network.bar),
        "range": spread(errors),
    }
    if rates:
        rate = search_rate(network, train, rates)
        errors, _ = fits(network, train, valid, n_seeds, learning_rate=rate)
        line |= {
            "rate": f"{rate:g}",
            "with this rate": verdict(errors, network.bar),
            "its range": spread(errors),
        }
    return line | {"seconds": f"{np.median(seconds):.1f}"}


def shown(error):
    """Return an error as text."""
    return "" if error is None else f"{error:.4f}"


def verdict(errors, bar):
    """Return the median, and whether it misses the bar."""
    median = float(np.median(errors))
    missed = bar is not None and median > bar
    return f"{median:.5f}" + " (missed)" * missed


def spread(errors):
    """Return the smallest and the largest error."""
    return f"{min(errors):.5f} to {max(errors):.5f}"


def make_table(task, n_seeds, rates):
    """Return the table of one task."""
    parts = {name: load(horizon) for name, horizon in HORIZONS.items()}
    train, valid = parts[task]
    lines = [
        {"model": name, "published": PUBLISHED[task].get(name), "error": verdict([error], None)}
        | {"seconds": f"{seconds:.1f}"}
        for name, error, seconds in references(train, valid)
    ]
    for network in networks():
        if network.task == task:
            source = parts[network.source if network.target == "iterated" else task][0]
            lines.append(measure(network, source, valid, n_seeds, rates))
            print(" ", *filter(None, lines[-1].values()), sep=" | ", file=sys.stderr)
    columns = list(lines[-1])
    return pd.DataFrame(lines, columns=columns).fillna("")


# %%
# The command
# -----------


def parse_arguments(arguments=None):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description="Forecasts of generated series.")
    parser.add_argument("--csv", type=Path, help="folder for the tables")
    parser.add_argument("--figures", type=Path, help="folder for the figure")
    parser.add_argument("--seeds", type=int, default=3, help="fits of each network")
    parser.add_argument("--no-search", action="store_true", help="the default rates only")
    return parser.parse_args(arguments)


def main(arguments=None):
    """Make the tables and the figure that the command line asks for."""
    options = parse_arguments(arguments)
    warnings.simplefilter("ignore", ConvergenceWarning)
    rates = None if options.no_search else RATES
    with threadpool_limits(1):  # quickest for small matrices
        for task in HORIZONS:
            write(make_table(task, options.seeds, rates), f"textbook_{task}", options.csv)
        for name, table in _error_bars.make_tables(options.figures).items():
            write(table, f"textbook_{name}", options.csv)


def write(table, name, folder):
    """Print a table and, if a folder is given, write it there, without the goals."""
    print(f"\n{name}\n{table.to_string(index=False)}", flush=True)
    if folder is not None:
        figures = table.drop(columns="bar", errors="ignore").replace(r" \(missed\)", "", regex=True)
        figures.to_csv(folder / f"{name}.csv", index=False)


if __name__ == "__main__":
    main()
