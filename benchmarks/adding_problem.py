"""How many steps the cells can bridge, measured on the adding problem.

    python benchmarks/adding_problem.py [--lengths 50 200 500] [--cells RNN LSTM] [--seeds 0 1 2]
                                        [--learning-rate 0.003] [--csv docs/tables]

A sequence has two channels, numbers from 0 to 1 and marks. One step of each half is marked; the
target is the sum of the two marked numbers (Hochreiter & Schmidhuber, 1997; two halves and marks of
one as in Le et al., 2015). Always predicting 1 has a mean squared error of 1/6, knowing one of the
two numbers 1/12. A cell has learned the task if its error on new sequences is below 0.01.

Each seed draws its own training sequences, test sequences and initial weights. All cells have the
same settings, the defaults except for the learning rate. 32 units are enough to keep two numbers,
so the limit is how far the gradient reaches, not the width. With 10,000 sequences, the defaults are
batches of 32 and ten epochs, 3,130 updates.

The learning rate was chosen once for all cells among 0.001, 0.003 and 0.01, by the lowest mean
error of the five cells on other sequences, of 200 steps and of seed 100.

The figures of the table are medians over the seeds. "ratio" is that of the error with
initializer="glorot_uniform" to the error with the default, "orthogonal". A training whose
loss becomes infinite counts as an infinite error. Seconds are those that one core works on a fit.
"""

import argparse
import datetime
import itertools
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

import skrnn
from skrnn import GRURegressor, LSTMRegressor, Recurrence, RNNRegressor

LEARNED = 0.01  # a mean squared error below this one
N_TEST = 1000
IDENTITY = {"recurrence": Recurrence(activation="relu", initializer="identity")}
GLOROT = {"recurrence": Recurrence(initializer="glorot_uniform")}
CELLS = {
    "RNN": (RNNRegressor, {}),
    "IRNN": (RNNRegressor, IDENTITY),
    "LN-RNN": (RNNRegressor, {"recurrence": Recurrence(layer_norm=True)}),
    "LSTM": (LSTMRegressor, {}),
    "GRU": (GRURegressor, {}),
}
ALSO_GLOROT = ("RNN", "LSTM", "GRU")


def adding_problem(n_sequences, n_steps, rng):
    """Return sequences of shape (n_sequences, n_steps, 2) and the sums of their marked numbers."""
    X = np.zeros((n_sequences, n_steps, 2), dtype=np.float32)
    X[:, :, 0] = rng.uniform(size=(n_sequences, n_steps))
    rows, half = np.arange(n_sequences), n_steps // 2
    X[rows, rng.integers(0, half, n_sequences), 1] = 1
    X[rows, rng.integers(half, n_steps, n_sequences), 1] = 1
    return X, X.prod(axis=2).sum(axis=1)


def evaluate(cell, start, n_steps, seed, n_sequences, learning_rate):
    """Fit one network; return the row of its error and its time."""
    rng = np.random.default_rng(seed)
    X, y = adding_problem(n_sequences, n_steps, rng)
    X_test, y_test = adding_problem(N_TEST, n_steps, rng)
    make, options = CELLS[cell]
    model = make(**options, **start, learning_rate=learning_rate, random_state=seed)
    begin = time.process_time()
    try:
        error = np.mean((model.fit(X, y).predict(X_test) - y_test) ** 2)
    except ValueError as problem:  # the loss is not finite
        tqdm.write(f"{cell}, {n_steps} steps, seed {seed}: {problem}")
        error = np.inf
    seconds = time.process_time() - begin
    return {
        "steps": n_steps,
        "cell": cell,
        "start": "glorot" if start else "default",
        "error": error,
        "learned": error < LEARNED,
        "seconds": seconds,
    }


def warm_up(cells):
    """Compile the recurrences."""
    X, y = adding_problem(64, 10, np.random.default_rng(0))
    for make, options in map(CELLS.get, cells):
        make(**options, max_epochs=1, random_state=0).fit(X, y).predict(X)


def run(cells, lengths, seeds, n_sequences, learning_rate):
    """One row for each network, length and seed."""
    warm_up(cells)
    networks = [(cell, start) for cell in cells for start in ({}, GLOROT)]
    networks = [(cell, start) for cell, start in networks if not start or cell in ALSO_GLOROT]
    jobs = list(itertools.product(seeds, lengths, networks))
    rows = []
    for seed, n_steps, (cell, start) in tqdm(jobs, leave=False):
        rows.append(evaluate(cell, start, n_steps, seed, n_sequences, learning_rate))
    return pd.DataFrame(rows)


def summarise(results):
    """Medians and counts over the seeds, the two ways to start side by side."""
    groups = results.groupby(["steps", "cell", "start"], sort=False)
    error = groups["error"].median().unstack().reindex(columns=["default", "glorot"])
    counts = groups["learned"].agg(lambda runs: f"{runs.sum()} of {len(runs)}").unstack()
    counts = counts.reindex(columns=["default", "glorot"])
    seconds = groups["seconds"].median().unstack()["default"]
    table = pd.DataFrame(
        {
            "MSE": error["default"].map("{:.4f}".format),
            "learned": counts["default"],
            "MSE, Glorot": error["glorot"].map("{:.4f}".format, na_action="ignore"),
            "learned, Glorot": counts["glorot"],
            "ratio": (error["glorot"] / error["default"]).map("{:.2f}".format, na_action="ignore"),
            "seconds": seconds.map("{:.0f}".format),
        }
    )
    return table.reset_index()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lengths", nargs="+", type=int, default=[50, 200, 500], metavar="STEPS")
    parser.add_argument("--cells", nargs="+", choices=CELLS, default=list(CELLS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument("--sequences", type=int, default=10_000, help="to train on")
    parser.add_argument("--learning-rate", type=float, default=0.003)
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write the table there")
    args = parser.parse_args()
    torch.set_num_threads(1)
    table = summarise(run(args.cells, args.lengths, args.seeds, args.sequences, args.learning_rate))
    made = f"skrnn {skrnn.__version__}, {datetime.date.today().isoformat()}"
    print(made)
    print(table.to_string(index=False, na_rep="-"))
    if args.csv:
        args.csv.mkdir(parents=True, exist_ok=True)
        table.insert(0, made, table.pop("cell"))
        table.to_csv(args.csv / "adding_problem.csv", index=False)


if __name__ == "__main__":
    main()
