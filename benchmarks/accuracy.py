"""Accuracy of the forecasters on the sets of the literature, beside those of the textbooks.

    python benchmarks/accuracy.py --data DIR [--set NAME ...] [--models NAME ...] [--jobs N]
                                  [--peers PYTHON] [--csv docs/tables]

DIR, by default the variable SKRNN_DATA, has the files of the sets in `forecasting/`; a set without
its file is skipped. PYTHON has what requirements-forecasting.txt names, where this one lacks it.

Every forecaster has one recipe for all sets. What follows the training part is forecast at once,
or from many origins: of ETTh1 from every hour of the last four months, of Chicago's trains from
every day of five. Ours learn from all series of a set, and only once. The others are fitted to
each series, and anew at each origin: they get a sample of the origins, on which ours are scored,
too, and the last month of hours.

Scores are means over series, origins and steps. MASE, MSIS (of the 95 % interval) and the pinball
loss are in units of the error of the seasonal naive forecast within the training part; sMAPE is in
percent; OWA is that of the M4 competition; MAE and MSE are those of the values as they are, of
ETTh1 after z-scoring. 80% and 95% are the shares of values within these intervals. Each model and
set have a process of one thread; seconds are those that it computes to fit and predict, peak_mb is
the most memory that it has.

With --csv, the rows of a run replace those of the same model and set in accuracy.csv.
"""

import argparse
import datetime
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import pandas as pd
from _baselines import MODELS
from _datasets import ETT_HORIZONS, SETS, load_all
from _scores import check_data, check_row, check_scores

import skrnn

KEY = ["set", "model", "part"]
COLUMNS = (
    *(*KEY, "n_series", "n_origins"),
    *("MASE", "sMAPE", "OWA", "MAPE", "MAE", "MSE", "80%", "95%", "MSIS", "pinball"),
    *("seconds", "peak_mb", "n_failed", "plan", "skrnn", "date", "versions"),
)
SHOWN = ("MASE", "sMAPE", "OWA", "MAPE", "MAE", "MSE", "80%", "95%", "MSIS", "pinball", "seconds")
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}


def available(names, folder):
    """Return the sets whose files are there and whose naive forecasts have the known figures."""
    found = []
    for name in names:
        try:
            for dataset in load_all(name, folder):
                check_data(dataset)
            found.append(name)
        except FileNotFoundError as error:
            print(f"{name} is skipped: {error}", file=sys.stderr)
    return found


def interpreters(models, peers):
    """Return the Python of each model that has one with its libraries."""
    found = {}
    for name in models:
        missing = MODELS[name].missing()
        if missing and not peers:
            print(f"{name} is skipped: it needs {', '.join(missing)}, see --peers", file=sys.stderr)
        else:
            found[name] = peers if missing else sys.executable
    return found


def measure(python, name, model, folder):
    """Run a model on a set in a process of its own, and return the rows."""
    protocol = str(Path(__file__).with_name("_protocol.py"))
    command = [python, protocol, name, model, *(["--data", str(folder)] if folder else [])]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"{model} on {name} failed: {last}", file=sys.stderr)
        return []
    today = datetime.date.today().isoformat()
    rows = json.loads(done.stdout)
    return [row | {"skrnn": skrnn.__version__, "date": today} for row in rows]


def keep(rows, path):
    """Write rows in the place of those of the same set and model."""
    table = in_order(pd.DataFrame(rows))
    if path.exists():
        before = pd.read_csv(path)
        new = set(zip(table["set"], table["model"], strict=True))
        pairs = zip(before["set"], before["model"], strict=True)
        table = in_order(pd.concat([before[[pair not in new for pair in pairs]], table]))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    table.to_csv(draft, index=False, float_format="%.5g")
    os.replace(draft, path)


def in_order(table):
    """Return the table with its columns, and its rows, in the order of sets and models."""
    ranks = {"set": list(SETS), "model": list(MODELS), "part": ["all", "sample"]}
    table = table.reindex(columns=COLUMNS)
    return table.sort_values(KEY, key=lambda c: c.map({v: i for i, v in enumerate(ranks[c.name])}))


def show(rows):
    """Print a line for each row."""
    for row in rows:
        figures = (f"{name} {row[name]:.3f}" for name in SHOWN if row.get(name, float("nan")) < 1e6)
        what = f"{row['set']:14}{row['model']:21}{row['part']:7}{row['n_series']:>4}"
        print(f"{what} x {row['n_origins']:<5}", *figures, sep="  ", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [*SETS, "etth1"]
    parser.add_argument("--data", default=os.environ.get("SKRNN_DATA"), metavar="DIR")
    parser.add_argument("--set", nargs="+", metavar="NAME", choices=names, default=list(SETS))
    parser.add_argument("--models", nargs="+", metavar="NAME", choices=MODELS, default=list(MODELS))
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with the peers")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="keep the rows there")
    args = parser.parse_args()
    four = [f"etth1_{horizon}" for horizon in ETT_HORIZONS]
    chosen = [one for name in args.set for one in (four if name == "etth1" else [name])]
    pythons = interpreters(args.models, args.peers)
    try:
        check_scores()
        sets = available(chosen, args.data)
        run(sets, pythons, args)
    except ValueError as error:
        sys.exit(str(error))


def run(sets, pythons, args):
    """Measure every model on every set; show and keep the rows as they come."""
    with ThreadPoolExecutor(args.jobs) as pool:
        jobs = [
            pool.submit(measure, python, name, model, args.data)
            for name in sets
            for model, python in pythons.items()
        ]
        for job in as_completed(jobs):
            rows = job.result()
            show(rows)
            if not rows:
                continue
            try:
                check_row(rows[0])
            except ValueError:
                pool.shutdown(cancel_futures=True)
                raise
            if args.csv:
                keep(rows, args.csv / "accuracy.csv")


if __name__ == "__main__":
    main()
