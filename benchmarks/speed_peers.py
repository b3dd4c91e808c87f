"""Time and accuracy of a fit to M4 hourly, compared with the LSTM of neuralforecast.

    python benchmarks/speed_peers.py --data DIR --peers PYTHON [--epochs N ...] [--threads N]
                                     [--csv docs/tables]

Both use their defaults and learn from all 414 series at once: skrnn for the number of epochs that
it chooses, and again on everything; neuralforecast for 1,000 steps. `--epochs` adds shorter fits of
skrnn. PYTHON has the packages of requirements-neuralforecast.txt; without it, only skrnn runs.

Fits run one after another, each in a process of its own with `--threads` threads (by default as
many as the libraries take). "fit, s" is the wall time of a fit, "computed, s" the CPU seconds of
all cores. "ratio" is that of the computed seconds to those of neuralforecast, and OWA that of the
M4 competition.
"""

import argparse
import os
import sys
from pathlib import Path

import pandas as pd
from _baselines import network
from _datasets import load
from _process import MISSING, Clock, Job, answer, peak, tell, timed, write
from _protocol import fitted, forecast_fitted
from _scores import check_data, check_scores, summarise

SHOWN = {
    "model": "model",
    "wall": "fit, s",
    "fit": "computed, s",
    "ratio": "ratio",
    "predict": "predict, s",
    "peak_mb": "peak, MB",
    "sMAPE": "sMAPE",
    "MASE": "MASE",
    "OWA": "OWA",
}
DIGITS = {"ratio": 2, "predict": 1, "sMAPE": 2, "MASE": 3, "OWA": 3}
PEER = "neuralforecast"
WORKER = Path(__file__).with_name("_neuralforecast_worker.py")


def measure(folder, n_epochs=None):
    """Return costs and scores of a fit of ours."""
    dataset, epochs = load("m4_hourly", folder), {"max_epochs": n_epochs} if n_epochs else {}
    model = network("LSTMForecaster", **epochs)
    (forecaster, clock), wall = timed(lambda: fitted(model, dataset))
    fit = clock.seconds
    forecasts = forecast_fitted(forecaster, Clock(), dataset)
    return {
        "model": "skrnn LSTMForecaster" + (f", {n_epochs} epochs" if n_epochs else ""),
        "wall": wall,
        "fit": fit,
        "predict": forecasts.seconds,
        "peak_mb": peak(),
        **summarise(dataset.name, forecasts.scores).to_dict(),
        "versions": model.versions(),
    }


def jobs(args):
    """Return the job of theirs, if it can run, and those of ours."""
    ours = [
        Job("ours", [sys.executable, __file__, "--one", n, "--data", args.data])
        for n in [0, *args.epochs]
    ]
    if not args.peers:
        return ours
    return [Job(PEER, [args.peers, WORKER, args.data]), *ours]


def in_words(rows):
    """Return the table as text."""
    table = pd.DataFrame(rows)
    theirs = table.loc[table["model"].str.startswith(PEER), "fit"]
    table["ratio"] = table["fit"] / theirs.iloc[0] if len(theirs) else None
    table = table[list(SHOWN)]
    for name in table.columns[1:]:
        table[name] = table[name].map(f"{{:,.{DIGITS.get(name, 0)}f}}".format, na_action="ignore")
    return table.fillna(MISSING).rename(columns=SHOWN)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("SKRNN_DATA"), metavar="DIR")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with neuralforecast")
    parser.add_argument("--epochs", nargs="+", type=int, metavar="N", default=[])
    parser.add_argument("--threads", type=int, choices=[1], help="of each library")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write the table there")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one is not None:
        tell(lambda: measure(args.data, args.one))
        return
    check_scores()
    try:
        check_data(load("m4_hourly", args.data))
    except (FileNotFoundError, ValueError) as error:
        sys.exit(str(error))
    rows = [row for row in (answer(job, args.threads) for job in jobs(args)) if row]
    table = in_words(rows)
    print(table.to_string(index=False))
    print(", ".join(dict.fromkeys(row["versions"] for row in rows)))
    if args.csv:
        write(table, args.csv / "speed_peers.csv")


if __name__ == "__main__":
    main()
