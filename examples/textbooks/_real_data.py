"""What the studies of measured data share: files, options, errors over seeds, and tables."""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone


def read_file(folder, name, **options):
    """Read a CSV file of the folder ``forecasting`` of the data; exit where there is none."""
    if folder is None:
        sys.exit("Name the folder of the data with --data or the variable SKRNN_DATA.")
    path = Path(folder) / "forecasting" / name
    if not path.is_file():
        sys.exit(f"There is no file {path}; name the folder of the data with --data.")
    return pd.read_csv(path, **options)


def parse_arguments(description, n_seeds, arguments=None):
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=description)
    data = os.environ.get("SKRNN_DATA")
    parser.add_argument("--data", default=data, help="folder of the data, or SKRNN_DATA")
    parser.add_argument("--csv", type=Path, help="folder for the tables")
    parser.add_argument("--figures", type=Path, help="folder for the figures")
    parser.add_argument("--seeds", type=int, default=n_seeds, help="fits of each network")
    return parser.parse_args(arguments)


def fitted(model, n_seeds, *data, **validation):
    """Return the model fitted with each seed, and the median of the seconds of a fit."""
    models, seconds = [], []
    for seed in range(n_seeds):
        begin = time.perf_counter()
        model = clone(model).set_params(random_state=seed)
        models.append(model.fit(*data, **validation))
        seconds.append(time.perf_counter() - begin)
    return models, float(np.median(seconds))


def median_and_range(errors, form):
    """Return the median of the errors as text, and their range."""
    low, middle, high = (form.format(e) for e in np.quantile(errors, [0, 0.5, 1]))
    return middle, "" if len(errors) == 1 else f"{low} to {high}"


def verdict(shown, error, bar):
    """Mark what misses its bar."""
    missed = bar is not None and error > bar
    return f"{shown} (missed)" if missed else shown


def write(table, name, folder):
    """Print a table and, if a folder is given, write it there, without the goals."""
    print(f"\n{name}\n{table.to_string(index=False)}", flush=True)
    if folder is not None:
        figures = table.drop(columns="bar", errors="ignore").replace(r" \(missed\)", "", regex=True)
        figures.to_csv(folder / f"{name}.csv", index=False)
