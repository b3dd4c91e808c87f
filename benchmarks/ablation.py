"""Which parts of the forecasters help: the default with one part changed at a time.

    python benchmarks/ablation.py --data DIR [--set NAME ...] [--variants NAME ...] [--jobs N]
                                  [--epochs N] [--csv docs/tables]

`LSTMForecaster` forecasts sets of `accuracy.py` with its protocol; the measure is MASE from each
origin. A variant is named after the parameters that it changes. Variants that change nothing, or
that this version does not know, are left out. "the baseline alone" is the default without its
network.

Each variant and set have a process with one thread. "ratio" is the MASE over that of the default,
as a geometric mean over the sets. "seconds" are CPU seconds over all sets. Both need the variant on
all sets of the default. With --csv, the rows of a run replace those of the same variant and set in
ablation_runs.csv, from which ablation.csv is made.

--epochs shortens the training, to try the script.
"""

import argparse
import os
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from _baselines import network
from _datasets import SETS, load_all
from _process import MISSING, Job, answers, dated, keep, tell, write
from _protocol import fitted, forecast_fitted, rows_of_parts
from accuracy import available
from tqdm import tqdm

DEFAULT, ALONE = "default", "the baseline alone"
CHEAP = ("m1_yearly", "m1_quarterly", "m1_monthly", "hospital")
CHANGES = (
    {"examples__origins": "all"},
    {"examples__origins": "last"},
    {"baseline": None},
    *({"baseline": name} for name in ("naive", "smoothing", "theta", "linear")),
    {"transform": None},
    {"baseline": None, "normalization": "standard"},
    {"trainer__schedule": "constant"},
    {"trainer__schedule": "constant", "learning_rate": 0.001},
    {"early_stopping": False},
    {"refit": False},
    {"n_members": 5},
    {"sp": 1},
    {"stem": None},
)
VARIANTS = {
    DEFAULT: {},
    **{", ".join(f"{name}={value}" for name, value in c.items()): c for c in CHANGES},
}
ROWS = (DEFAULT, ALONE, *(name for name in VARIANTS if name != DEFAULT))
KEY = ["set", "variant"]
COLUMNS = (*KEY, "n_series", "n_origins", "MASE", "seconds", "plan", "skrnn", "date")


# -- one variant on one set, in a process of its own ---------------------------------------------


def measure(name, variant, folder, n_epochs=None):
    """Return the row of a variant on a set; the default adds the row of its baseline."""
    epochs = {"max_epochs": n_epochs} if n_epochs else {}
    model = network("LSTMForecaster", **VARIANTS[variant], **epochs)
    sets = load_all(name, folder)
    found = {variant: []}
    for dataset in sets:
        forecaster, clock = fitted(model, dataset)
        found[variant].append(forecast_fitted(forecaster, clock, dataset))
        if variant == DEFAULT:
            found.setdefault(ALONE, []).append(without_network(forecaster, clock, dataset))
    rows = {key: rows_of_parts(name, sets, results)[0] for key, results in found.items()}
    return [{"set": name, "variant": key} | row for key, row in rows.items()]


def without_network(forecaster, clock, dataset):
    """Return the forecasts of the baseline of a fitted forecaster."""
    fitted = forecaster.fitted_
    forecaster.fitted_ = replace(fitted, correction_weight=0.0)
    forecasts = forecast_fitted(forecaster, clock, dataset)
    forecaster.fitted_ = fitted
    return replace(forecasts, seconds=np.nan)


# -- all of them ---------------------------------------------------------------------------------


def worthwhile(variants):
    """Return the variants that this version knows and that change something."""
    from skrnn.forecasting import LSTMForecaster

    params = LSTMForecaster().get_params()
    chosen = []
    for variant in variants:
        change = VARIANTS[variant]
        unknown = [name for name in change if name.split("__")[0] not in params]
        if unknown:
            print(f"{variant} is left out: there is no {', '.join(unknown)}.", file=sys.stderr)
        elif change and all(params.get(name) == value for name, value in change.items()):
            print(f"{variant} is left out: it is the default.", file=sys.stderr)
        else:
            chosen.append(variant)
    return chosen


def job(name, variant, args):
    """Return the job that measures a variant on a set."""
    options = [*(["--data", args.data] if args.data else [])]
    options += ["--epochs", args.epochs] if args.epochs else []
    return Job(f"{variant} on {name}", [sys.executable, __file__, "--one", name, variant, *options])


def in_order(table):
    """Return the rows in the order of sets and variants."""
    ranks = {"set": list(SETS), "variant": ROWS}
    table = table.reindex(columns=COLUMNS)
    return table.sort_values(KEY, key=lambda c: c.map({v: i for i, v in enumerate(ranks[c.name])}))


def side_by_side(table):
    """Return one row for each variant and one column for each set."""
    places = {name: table.pivot(index="variant", columns="set", values=name) for name in COLUMNS}
    known = [name for name in SETS if name in places["MASE"]]
    mase = places["MASE"][known].reindex([row for row in ROWS if row in places["MASE"].index])
    shown = mase.map("{:.3f}".format, na_action="ignore")
    if DEFAULT in mase.index:
        compared = mase.columns[mase.loc[DEFAULT].notna()]
        ratios = np.log(mase[compared] / mase.loc[DEFAULT, compared])
        shown["ratio"] = np.exp(ratios.mean(axis=1, skipna=False)).map("{:.3f}".format)
        seconds = places["seconds"].reindex(mase.index)[compared].sum(axis=1, skipna=False)
        shown["seconds"] = seconds.map("{:.0f}".format)
    return shown.replace("nan", np.nan).fillna(MISSING).reset_index()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("SKRNN_DATA"), metavar="DIR")
    parser.add_argument("--set", nargs="+", metavar="NAME", choices=SETS, default=CHEAP)
    parser.add_argument(
        "--variants", nargs="+", metavar="NAME", choices=VARIANTS, default=list(VARIANTS)
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once")
    parser.add_argument("--epochs", type=int, metavar="N", help="of every training")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="keep the rows there")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        tell(lambda: measure(*args.one, args.data, args.epochs))
        return
    if args.epochs and args.csv:
        parser.error("--epochs is to try the script: its rows are not kept, leave --csv out")
    variants = worthwhile(args.variants)
    jobs = [job(name, v, args) for name in available(args.set, args.data) for v in variants]
    run(jobs, args)


def run(jobs, args):
    """Measure, keep the rows as they come, and show all of them."""
    found = []
    with closing(answers(jobs, args.jobs)) as measured:
        for rows in tqdm(measured, total=len(jobs), leave=False):
            found += rows
            if args.csv:
                table = keep(dated(rows), args.csv / "ablation_runs.csv", in_order, KEY)
                write(side_by_side(table), args.csv / "ablation.csv")
    if found:
        print(side_by_side(in_order(pd.DataFrame(found))).to_string(index=False))


if __name__ == "__main__":
    main()
