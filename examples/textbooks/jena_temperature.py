"""
Tomorrow's temperature in Jena
==============================

The exercise of chapter 10 in F. Chollet, Deep Learning with Python (2nd edition): from five days of
a weather station, forecast the temperature a day later. The book has 2009 to 2016, here is 2020.

    python examples/textbooks/jena_temperature.py --data DIR [--csv docs/tables]
                                                  [--figures docs/_static] [--seeds 1]

The data are ``forecasting/weather.csv`` in the folder DIR, default the variable SKRNN_DATA.
"""

import sys
import time
from itertools import pairwise
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from _real_data import fitted, median_and_range, parse_arguments, read_file, verdict, write
from pandas import DataFrame
from sklearn.base import clone
from threadpoolctl import threadpool_limits
from torch import nn

from skrnn import GRURegressor, LSTMRegressor, ModuleRegressor, Trainer

STEPS, RATE = 120, 6  # records that are read, and the distance between two of them
REACH = RATE * (STEPS - 1)  # from the first record of a window to the last
DELAY = 144  # records from there to the target: a day
BAR = 0.9  # of the naive error on the test part
TEMPERATURE, PRESSURE = "T (degC)", "p (mbar)"
N_CHANNELS = 14  # those that the table of the book has; they are the first ones here
SENTINEL = -9999
LOW_RATE = Trainer(schedule="constant")
# The setup of the book, with Adam instead of RMSprop; and the one chosen within the training part.
BOOK = {"batch_size": 256, "max_epochs": 10, "learning_rate": 1e-3, "trainer": LOW_RATE}
SKRNN = {"batch_size": 64, "max_epochs": 5, "loss": "absolute_error"}

# %%
# The networks
# ------------


class Dense(nn.Module):
    """The window as one vector, and a layer of 16 units."""

    def __init__(self, input_size, output_size):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(STEPS * input_size, 16), nn.ReLU(), nn.Linear(16, output_size)
        )

    def forward(self, x):
        """Return one row for each window."""
        return self.layers(x)


class Convolutions(nn.Module):
    """Three convolutions with pooling between them, and the mean over the remaining steps."""

    def __init__(self, input_size, output_size):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv1d(input_size, 8, 24), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(8, 8, 12), nn.ReLU(), nn.MaxPool1d(2),
            nn.Conv1d(8, 8, 6), nn.ReLU(),
        )  # fmt: skip
        self.out = nn.Linear(8, output_size)

    def forward(self, x):
        """Return one row for each window."""
        return self.out(self.layers(x.transpose(1, 2)).mean(dim=2))


class Network(NamedTuple):
    """A line of the table."""

    name: str
    model: Any
    published: float | None = None  # test error, on other years
    barred: bool = False


def networks():
    """Return the networks of the chapter, in its order."""
    stacked = {"hidden_size": 32, "n_layers": 2, "recurrent_dropout": 0.5, "dropout": 0.5}
    return [
        Network("dense", ModuleRegressor(module=Dense)),
        Network("convolutions", ModuleRegressor(module=Convolutions)),
        Network("LSTM, 16 units", LSTMRegressor(hidden_size=16), 2.55),
        Network("LSTM, 32 units", LSTMRegressor(hidden_size=32)),
        Network(
            "LSTM, 32 units, recurrent dropout",
            LSTMRegressor(hidden_size=32, recurrent_dropout=0.25, dropout=0.5),
            2.45,
            barred=True,
        ),
        Network("GRU, 2 layers, recurrent dropout", GRURegressor(**stacked), 2.39, barred=True),
        Network("LSTM, 16 units, bidirectional", LSTMRegressor(hidden_size=16, bidirectional=True)),
        Network(
            "LSTM, 16 units, recurrent dropout",
            LSTMRegressor(hidden_size=16, recurrent_dropout=0.25),
            barred=True,
        ),
    ]


# %%
# The windows
# -----------
# Each record of a part ends a window, if window and target lie within the part.


def load(folder):
    """Return the table of the station, and the bounds of its parts: 50 %, 25 % and 25 %."""
    table = read_file(folder, "weather.csv", encoding="latin-1").drop(columns="date")
    half, quarter = int(0.5 * len(table)), int(0.25 * len(table))
    bounds = {
        "train": (0, half),
        "valid": (half, half + quarter),
        "test": (half + quarter, len(table)),
    }
    table = table.mask(table == SENTINEL)
    return table.fillna(table[:half].mean()).astype(np.float32), bounds


class Windows(NamedTuple):
    """Windows (n, 120, c), targets, and the temperature of the last record of each window."""

    X: np.ndarray
    y: np.ndarray
    last: np.ndarray


def windows(table, begin, end, step=1):
    """Return the windows of the book between two records, or every `step`-th of them."""
    ends = np.arange(begin + REACH, end - DELAY, step)
    temperature = table[TEMPERATURE].to_numpy()
    values = table.iloc[:, :N_CHANNELS].to_numpy()
    # A view of the table; only what is taken from it is copied.
    views = np.lib.stride_tricks.sliding_window_view(values, REACH + 1, axis=0)[..., ::RATE]
    X = views[ends - REACH].transpose(0, 2, 1)
    return Windows(X, temperature[ends + DELAY], temperature[ends])


def own_inputs(part, columns, channels=(TEMPERATURE, PRESSURE)):
    """Return the windows of some channels, the temperature relative to its last value."""
    X = part.X[:, :, [list(columns).index(name) for name in channels]].copy()
    X[:, :, channels.index(TEMPERATURE)] -= part.last[:, None]
    return X


def error(forecast, part):
    """Return the mean absolute error in degrees."""
    return float(np.abs(forecast - part.y).mean(dtype=np.float64))


def naive_error(part):
    """Return the error of a forecast by the temperature of a day before."""
    return error(part.last, part)


# %%
# The two setups
# --------------
# The setup of the book learns the temperature from all channels. Half a year of training contains
# neither summer nor autumn, so the setup of skrnn learns the change of the temperature in a day.


def book_setup(model, table, bounds, n_seeds):
    """Return the errors for each seed and part, the seconds of a fit, and the first model.

    The loss on the validation part is recorded only: without early stopping `fit` keeps the
    last weights.
    """
    train, valid, test = (windows(table, *bounds[name]) for name in bounds)
    model = clone(model).set_params(**BOOK)
    watched = {"X_val": valid.X, "y_val": valid.y}
    models, seconds = fitted(model, n_seeds, train.X, train.y, **watched)
    errors = [[error(m.predict(part.X), part) for m in models] for part in (valid, test)]
    return np.array(errors), seconds, models[0]


def skrnn_setup(model, table, bounds, n_seeds):
    """Return the errors for each seed and part, and those of the mean of all forecasts.

    A window ends in every hour.
    """
    train = windows(table, *bounds["train"], step=RATE)
    model = clone(model).set_params(**SKRNN)
    X = own_inputs(train, table)
    models, _ = fitted(model, n_seeds, X, train.y - train.last)
    errors, together = [], []
    for name in ("valid", "test"):
        part = windows(table, *bounds[name])
        forecasts = [m.predict(own_inputs(part, table)) + part.last for m in models]
        errors.append([error(forecast, part) for forecast in forecasts])
        together.append(error(np.mean(forecasts, axis=0), part))
    return np.array(errors), together


def make_table(table, bounds, n_seeds, lines=None):
    """Return the table of all networks, and the first model of each, in the setup of the book."""
    valid, test = (naive_error(windows(table, *bounds[name])) for name in ("valid", "test"))
    bar = BAR * test
    naive = f"{valid:.2f}", f"{test:.2f}"
    rows = [["the temperature a day before", "2.62", *naive, "", *naive, "", "", f"{bar:.2f}", ""]]
    models = {}
    for network in networks() if lines is None else lines:
        theirs, seconds, models[network.name] = book_setup(network.model, table, bounds, n_seeds)
        ours, together = skrnn_setup(network.model, table, bounds, n_seeds)
        row = [network.name, "" if network.published is None else f"{network.published:.2f}"]
        for errors in (theirs, ours):
            middle, spread = median_and_range(errors[1], "{:.2f}")
            middle = verdict(middle, np.median(errors[1]), bar if network.barred else None)
            row += [f"{np.median(errors[0]):.2f}", middle, spread]
        row += [f"{together[1]:.2f}", f"{bar:.2f}" * network.barred, f"{seconds:.0f}"]
        rows.append(row)
        print("  " + ", ".join(row), file=sys.stderr, flush=True)
    names = ["published", "book, valid.", "book, test", "book, range"]
    names += ["skrnn, valid.", "skrnn, test", "skrnn, range", "mean of fits", "bar", "seconds"]
    result = DataFrame(rows, columns=["model", *names])
    if n_seeds == 1:
        result = result.drop(columns=["book, range", "skrnn, range", "mean of fits"])
    return result, models


# %%
# What was chosen
# ---------------
# Inputs and budget of the skrnn setup were compared within the training part. It is cut into five
# pieces, and each is forecast from the others. No window crosses a cut. The same comparison within
# the test part chose nothing. It shows what can be forecast there with training data of its season.


def pieces(begin, end, n_pieces=5):
    """Yield for each piece of a part the bounds of its training data, and its own."""
    cuts = np.linspace(begin, end, n_pieces + 1).astype(int)
    for first, last in pairwise(cuts):
        rest = [(begin, first), (last, end)]
        yield [b for b in rest if b[1] - b[0] > REACH + DELAY], (first, last)


def choices():
    """Return the settings to compare: names, channels and networks."""
    model = LSTMRegressor(hidden_size=16, recurrent_dropout=0.25, **SKRNN)
    wind = ("wv (m/s)", "max. wv (m/s)", "wd (deg)")
    both = (TEMPERATURE, PRESSURE)
    return [
        ("temperature", (TEMPERATURE,), model),
        ("temperature and pressure", both, model),
        ("with humidity", (*both, "rh (%)"), model),
        ("with wind", (*both, *wind), model),
        ("squared error", both, clone(model).set_params(loss="squared_error")),
        ("15 epochs", both, clone(model).set_params(max_epochs=15)),
        ("recurrent dropout 0", both, clone(model).set_params(recurrent_dropout=0.0)),
    ]


def compare_choices(table, bounds, lines=None):
    """Return the table of the choices, and of the chosen one within the test part."""
    lines = choices() if lines is None else lines
    rows = [[name, "train", *ratios(table, bounds["train"], *line)] for name, *line in lines]
    chosen, *line = min(zip(lines, rows, strict=True), key=lambda pair: float(pair[1][-2]))[0]
    rows.append([chosen, "test", *ratios(table, bounds["test"], *line)])
    names = [f"piece {i + 1}" for i in range(len(rows[0]) - 4)]
    return DataFrame(rows, columns=["network reads", "part", *names, "mean", "seconds"])


def ratios(table, bounds, channels, model):
    """Return errors relative to the naive forecast, piece by piece and their mean, and seconds."""
    values, begin = [], time.perf_counter()
    for rest, piece in pieces(*bounds):
        parts = [windows(table, *b, step=RATE) for b in rest]
        X = np.concatenate([own_inputs(part, table, channels) for part in parts])
        y = np.concatenate([part.y - part.last for part in parts])
        held_out = windows(table, *piece, step=RATE)
        fit = clone(model).set_params(random_state=0).fit(X, y)
        forecast = fit.predict(own_inputs(held_out, table, channels)) + held_out.last
        values.append(error(forecast, held_out) / naive_error(held_out))
    seconds = (time.perf_counter() - begin) / len(values)
    return [*(f"{value:.3f}" for value in [*values, np.mean(values)]), f"{seconds:.0f}"]


# %%
# The figure
# ----------


def draw(models, path):
    """Draw the losses of an LSTM network without and with recurrent dropout."""
    plt.switch_backend("agg")
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained", sharey=True)
    for ax, (title, model) in zip(axes, models.items(), strict=True):
        epochs = np.arange(1, model.n_iter_ + 1)
        ax.plot(epochs, model.history_["loss"], color="#0072B2", marker=".", label="training")
        ax.plot(epochs, model.history_["val_loss"], color="#D55E00", marker=".", label="validation")
        ax.spines[["top", "right"]].set_visible(False)
        ax.set(xlabel="epoch", xticks=epochs[1::2], yscale="log")
        ax.set_title(title, loc="left", fontsize="medium")
    axes[0].set_ylabel("squared error, standardised")
    axes[0].legend(frameon=False)
    fig.savefig(path, dpi=150)
    plt.close(fig)


def main(arguments=None):
    """Make the tables and the figure that the command line asks for."""
    options = parse_arguments("Tomorrow's temperature in Jena.", 1, arguments)
    table, bounds = load(options.data)
    with threadpool_limits(1):
        write(compare_choices(table, bounds), "textbook_jena_choices", options.csv)
        errors, models = make_table(table, bounds, options.seeds)
    write(errors, "textbook_jena", options.csv)
    if options.figures is not None:
        drawn = ["LSTM, 32 units", "LSTM, 32 units, recurrent dropout"]
        draw({name: models[name] for name in drawn}, options.figures / "textbook_jena.png")


if __name__ == "__main__":
    main()
