"""Accuracy of the forecasters on benchmark data sets, compared with their peers.

    python benchmarks/accuracy.py --data DIR [--set NAME ...] [--models NAME ...] [--jobs N]
                                  [--peers PYTHON] [--csv docs/tables] [--cutoffs N]
    python benchmarks/accuracy.py --pages docs/tables

DIR, by default the variable SKRNN_DATA, has the files of the sets in `forecasting/`; a set without
its file is skipped. PYTHON has the packages of requirements-forecasting.txt, if this one lacks
them.

Each forecaster has the same settings for all sets. The test part is forecast at once, or from many
origins: every hour of the last four months for ETTh1, every day of five months for Chicago's
trains. Forecasters of skrnn learn from all series of a set, once. Peers are fitted to each series,
and again at each origin. They use a sample of the origins, on which all are compared, and the last
month of hours.

Scores are means over series, origins and steps. MASE, MSIS (of the 95 % interval) and the pinball
loss are in units of the error of the seasonal naive forecast within the training part. sMAPE is in
percent, OWA is that of the M4 competition, MAE and MSE are those of the values, after z-scoring for
ETTh1. 80% and 95% are the fractions of values within these intervals. Each model and set have a
process with one thread. seconds are CPU seconds to fit and predict, peak_mb is the largest memory.

The last horizon of a panel is a single event, so coverage varies. With --cutoffs, sets with one
origin are forecast from N cutoffs, a horizon apart, with a fit at each. There are rows for all
cutoffs together and for each; cutoff 0 is the end of the training part.

With --csv, the rows of a run replace those of the same model and set in accuracy.csv, or with
several cutoffs in accuracy_of_cutoffs.csv. --pages measures nothing: it makes the tables of
docs/accuracy.rst from these two files.
"""

import argparse
import os
import sys
from contextlib import closing
from pathlib import Path

import pandas as pd
from _baselines import MODELS
from _datasets import ETT_HORIZONS, ONCE, SETS, load_all
from _pages import make_pages
from _process import Job, answers, dated, interpreters, keep
from _scores import check_data, check_row, check_scores

TABLES = "accuracy.csv", "accuracy_of_cutoffs.csv"  # from the end, from several cutoffs
KEY = ["set", "model", "part"]
COLUMNS = (
    *(*KEY, "n_series", "n_origins"),
    *("MASE", "sMAPE", "OWA", "MAPE", "MAE", "MSE", "80%", "95%", "MSIS", "pinball"),
    *("seconds", "peak_mb", "n_failed", "plan", "skrnn", "date", "versions"),
)
SHOWN = ("MASE", "sMAPE", "OWA", "MAPE", "MAE", "MSE", "80%", "95%", "MSIS", "pinball", "seconds")


def available(names, folder):
    """Return the sets that have files, and whose naive forecasts have the published figures."""
    found = []
    for name in names:
        try:
            for dataset in load_all(name, folder):
                check_data(dataset)
            found.append(name)
        except FileNotFoundError as error:
            print(f"{name} is skipped: {error}", file=sys.stderr)
    return found


def job(python, name, model, args):
    """Return the job that runs a model on a set and prints its rows."""
    command = [python, Path(__file__).with_name("_protocol.py"), name, model]
    command += ["--cutoffs", str(args.cutoffs)]
    return Job(f"{model} on {name}", command + (["--data", args.data] if args.data else []))


def in_order(table):
    """Return the table with its columns, and its rows, in the order of sets and models."""
    ranks = {"set": list(SETS), "model": list(MODELS), "part": sorted(set(table["part"]))}
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
    parser.add_argument("--set", nargs="+", metavar="NAME", choices=names)
    parser.add_argument("--models", nargs="+", metavar="NAME", choices=MODELS, default=list(MODELS))
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with the peers")
    parser.add_argument("--cutoffs", type=int, default=1, metavar="N", help="of sets forecast once")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="keep the rows there")
    parser.add_argument("--pages", type=Path, metavar="FOLDER", help="make the tables there")
    args = parser.parse_args()
    if args.pages:
        make_pages(*(pd.read_csv(args.pages / name) for name in TABLES), args.pages)
        return
    four = [f"etth1_{horizon}" for horizon in ETT_HORIZONS]
    names = args.set or (SETS if args.cutoffs == 1 else ONCE)
    chosen = [one for name in names for one in (four if name == "etth1" else [name])]
    if args.cutoffs > 1 and (others := set(chosen) - set(ONCE)):
        parser.error(f"--cutoffs is for sets that are forecast once, not for {sorted(others)}.")
    pythons = interpreters({name: MODELS[name].missing() for name in args.models}, args.peers)
    try:
        check_scores()
        sets = available(chosen, args.data)
        run(sets, pythons, args)
    except ValueError as error:
        sys.exit(str(error))


def run(sets, pythons, args):
    """Measure every model on every set; show and keep the rows as they come."""
    several = args.cutoffs > 1
    jobs = [job(python, name, m, args) for name in sets for m, python in pythons.items()]
    with closing(answers(jobs, args.jobs)) as found:
        for rows in found:
            show(rows)
            if not several:
                check_row(rows[0])
            if args.csv:
                keep(dated(rows), args.csv / TABLES[several], in_order, KEY[:2])


if __name__ == "__main__":
    main()
