"""Accuracy on series that have seen a season less than three times, compared with peers.

    python benchmarks/short_histories.py --data DIR [--set NAME ...] [--models NAME ...] [--n N]
                                         [--peers PYTHON] [--csv docs/tables]

DIR, by default the variable SKRNN_DATA, has the files of the sets in `forecasting/`. PYTHON has the
packages of requirements-forecasting.txt, if this one lacks them.

The training part of each series is cut to its last 1.5, 2, 2.5 and 2.9 seasons. The season after it
is forecast: the first one of the test part. The monthly series that come with sktime and
statsmodels have eight such cutoffs, a year apart. Forecasters of skrnn learn from all series of a
set at once, except for the latter, which are fitted one by one. Peers are fitted to each of N
series of a set, evenly spaced, on which all are compared. They get the season; if they fail, they
are fitted without one, and if that fails, the last value is repeated.

MASE is the mean absolute error over the mean absolute change from step to step in the whole
training part, which is known at any length of the cut. 80% is the fraction of values within this
interval. seconds are CPU seconds to fit and predict.

With --csv, the rows replace those of the same set and model in short_histories.csv, and
short_histories_ratios.csv, the table of docs/accuracy.rst, is made from all of them.
"""

import argparse
import os
import sys
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from _baselines import MODELS as ALL
from _datasets import hold_out, load, panel, shipped_series, split
from _process import Clock, Job, answers, keep, tell, write
from _process import dated as with_date
from _scores import LEVELS, naive_scale, score

SEASONS = {"m1_monthly": 12, "m1_quarterly": 4, "hospital": 12, "shipped": 12}
FRACTIONS = (1.5, 2.0, 2.5, 2.9)
N_CUTOFFS = 8
OURS, PEERS = "LSTMForecaster", ("SeasonalNaive", "AutoETS", "AutoTheta", "SARIMA")
KEY = ["set", "model", "seasons", "part"]
COLUMNS = (*KEY, "n_steps", "n_series", "MASE", "80%", "n_plain", "seconds", "skrnn", "date")


def without_constant(y, season):
    """Return SARIMA without a constant, which would be a quadratic trend after two differences."""
    return ALL["SARIMA"].make(y, season).set_params(trend=None)


MODELS = {name: ALL[name] for name in (OURS, *PEERS, "Naive")}
MODELS["SARIMA"] = replace(ALL["SARIMA"], make=without_constant)
TABLES = "short_histories.csv", "short_histories_ratios.csv"


@dataclass(frozen=True)
class Cut:
    """Series that were cut to some seasons.

    Parameters
    ----------
    series, actual : dict of pd.Series
        The known steps, and the season after them, by name.
    scale : ndarray of shape (n_series,)
        Mean absolute change from step to step in the whole training part.
    """

    series: dict
    actual: dict
    scale: np.ndarray

    @classmethod
    def of(cls, wholes, n_steps):
        """Cut pairs of a training part and the season after it, but constant ones."""
        kept = {
            key: (train, test)
            for key, (train, test) in wholes.items()
            if len(train) >= n_steps and naive_scale(train, 1) > 0
        }
        return cls(
            {key: train.iloc[-n_steps:] for key, (train, _) in kept.items()},
            {key: test for key, (_, test) in kept.items()},
            np.array([naive_scale(train, 1) for train, _ in kept.values()]),
        )

    def at(self, rows):
        """Return some of the series."""
        names = np.array(list(self.series), dtype=object)[rows]
        series, actual = ({key: of[key] for key in names} for of in (self.series, self.actual))
        return Cut(series, actual, self.scale[rows])


def wholes(name, folder):
    """Return the training part and the season after it, of each series by name."""
    season = SEASONS[name]
    if name != "shipped":
        dataset = load(name, folder)
        tests = split(dataset.y_test)
        return {key: (y, tests[key].iloc[:season]) for key, y in dataset.series.items()}
    monthly = {key: y for key, y in shipped_series().items() if y.index.freqstr[0] == "M"}
    found = {}
    for key, y in monthly.items():
        ends = [len(y) - season * cutoff for cutoff in range(1, N_CUTOFFS + 1)]
        found |= {f"{key}, {e}": (y.iloc[:e], y.iloc[e : e + season]) for e in ends if e > 0}
    return found


def forecast_together(cut, season):
    """Return point forecasts and quantiles of all series, learned at once, and the seconds."""
    y, clock = panel({f"{i:05d}": of for i, of in enumerate(cut.series.values())}), Clock()
    forecaster = MODELS[OURS].make(hold_out("", cut.series, 1, season))
    with clock:
        point = forecaster.fit(y, fh=range(1, season + 1)).predict()
    quantiles = forecaster.predict_quantiles(alpha=list(LEVELS))
    shape = len(cut.series), season
    point, quantiles = point.to_numpy().reshape(shape), quantiles.to_numpy().reshape(*shape, -1)
    return point, quantiles, clock.seconds


def forecast_apart(model, cut, season):
    """Return forecasts of each series alone, the seconds, and how many have no season."""
    points, quantiles, clock, n_plain = [], [], Clock(), 0
    attempts = (model, season), (model, 1), (MODELS["Naive"], 1)
    for y in cut.series.values():
        for attempt, given in attempts:
            try:
                point, quantile = forecast_one(attempt, y, given, season, clock)
                break
            except Exception as error:  # a peer may fail in any way; the next attempt is simpler
                print(f"{given} steps in a season: {error!r}", file=sys.stderr)
        n_plain += given == 1
        points.append(point)
        quantiles.append(quantile)
    return np.stack(points), np.stack(quantiles), clock.seconds, n_plain


def forecast_one(model, y, season, n_steps, clock):
    """Return the forecast of a series by a peer, and its quantiles."""
    given = hold_out("", {"": y}, 1, season) if model.ours else None
    forecaster = model.make(given) if model.ours else model.make(y, season)
    with clock:
        point = forecaster.fit(y, fh=range(1, n_steps + 1)).predict().to_numpy(float)
    if not np.isfinite(point).all():
        raise ValueError("The forecast is not finite.")
    return point, forecaster.predict_quantiles(alpha=list(LEVELS)).to_numpy(float)


def rows_of(name, model_name, folder, n):
    """Return the rows of a model on a set, one for each length and part."""
    model, season, rows = MODELS[model_name], SEASONS[name], []
    for seasons in FRACTIONS:
        cut = Cut.of(wholes(name, folder), round(seasons * season))
        sample = np.unique(np.linspace(0, len(cut.series) - 1, n).astype(int))
        together = model.ours and name != "shipped"
        n_plain = 0
        if together:
            point, quantiles, seconds = forecast_together(cut, season)
        else:
            cut = cut.at(sample)
            point, quantiles, seconds, n_plain = forecast_apart(model, cut, season)
            sample = np.arange(len(cut.series))
        actual = np.stack([y.to_numpy(float) for y in cut.actual.values()])
        scores = score(actual[:, None], point[:, None], quantiles[:, None], cut.scale)
        first = {"set": name, "model": model_name, "seasons": seasons}
        cost = {"n_plain": n_plain, "seconds": seconds, "n_steps": round(seasons * season)}
        parts = {"sample": scores.iloc[sample]} | ({"all": scores} if together else {})
        rows += [
            first | cost | {"part": part, "n_series": len(of), **of[["MASE", "80%"]].mean()}
            for part, of in parts.items()
        ]
    return rows


def in_order(table):
    """Return the table with its columns, and its rows, in the order of sets and models."""
    ranks = {"set": list(SEASONS), "model": [OURS, *PEERS]}
    key = {name: {v: i for i, v in enumerate(values)} for name, values in ranks.items()}
    table = table.reindex(columns=COLUMNS)
    return table.sort_values(KEY, key=lambda c: c.map(key[c.name]) if c.name in key else c)


def ratios(table):
    """Return the table of the page: MASE by model, the ratio to the best peer, and coverage."""
    sample = table[table["part"] == "sample"]
    mase = sample.pivot_table(index=["set", "seasons"], columns="model", values="MASE", sort=False)
    mase = mase.dropna()  # sets that all models have forecast
    peers = mase[[name for name in PEERS if name in mase]]
    page = mase[[name for name in (OURS, *PEERS) if name in mase]].round(3)
    page.insert(1, "ratio", (mase[OURS] / peers.min(axis=1)).round(3))
    cover = table[table["model"] == OURS].set_index(["set", "seasons"])
    best = peers.idxmin(axis=1)
    whole = cover[cover["part"] == "all"]["80%"].reindex(page.index)
    page["80%"] = (100 * whole.fillna(cover[cover["part"] == "sample"]["80%"])).round(0)
    inside = sample.set_index(["set", "seasons", "model"])["80%"]
    page["80%, best peer"] = [round(100 * inside[(*key, best[key])]) for key in page.index]
    return page.reset_index()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", default=os.environ.get("SKRNN_DATA"), metavar="DIR")
    parser.add_argument("--set", nargs="+", choices=SEASONS, default=list(SEASONS))
    parser.add_argument("--models", nargs="+", choices=(OURS, *PEERS), default=[OURS, *PEERS])
    parser.add_argument("--n", type=int, default=100, help="series of a set for the peers")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes at once")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with the peers")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="keep the rows there")
    parser.add_argument("--one", nargs=2, metavar=("SET", "MODEL"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        tell(lambda: rows_of(*args.one, args.data, args.n))
        return
    jobs = []
    for name in args.set:
        for model in args.models:
            python = args.peers if args.peers and MODELS[model].missing() else sys.executable
            command = [python, __file__, "--one", name, model, "--n", args.n]
            command += ["--data", args.data] if args.data else []
            jobs.append(Job(f"{model} on {name}", command))
    with closing(answers(jobs, args.jobs)) as found:
        for rows in found:
            for row in rows:
                print(row, flush=True)
            if args.csv:
                table = keep(with_date(rows), args.csv / TABLES[0], in_order, KEY[:2])
                if OURS in set(table["model"]) and len(set(table["model"])) > 1:
                    write(ratios(table), args.csv / TABLES[1])


if __name__ == "__main__":
    main()
