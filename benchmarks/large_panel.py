"""A fit to many series at once, and their forecasts: seconds and peak memory.

    python benchmarks/large_panel.py [--n-series 100000 ...] [--csv docs/tables]

Each series has 72 months of training data, with a level, a trend, a season and noise of its own.
`LSTMForecaster` with its defaults forecasts 18 months, which are compared with the true ones. Each
number of series has a process of its own, with as many threads as torch takes. Memory is the peak
in addition to the data. The predict is the first one, which updates all series to their ends.
"computed, s" are the CPU seconds of all cores, which other processes do not change.
MASE is in units of the error of the seasonal naive forecast within the 72 months.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from _process import Clock, Job, answer, peak, tell, timed, write
from _scores import score

N_MONTHS, HORIZON, SEASON = 72, 18, 12
HEAD = {
    "n_series": "series",
    "fit": "fit, s",
    "fit_computed": "computed, s",
    "predict": "predict, s",
    "predict_computed": "computed, s",
    "data_mb": "data, MB",
    "fit_mb": "fit, MB",
    "predict_mb": "predict, MB",
    "MASE": "MASE",
    "naive": "seasonal naive",
}


def months(n_series, n_months=N_MONTHS + HORIZON):
    """Return series that are the same for a number of them, shape (n_series, n_months)."""
    rng, t = np.random.default_rng(0), np.arange(n_months)
    level, phase = rng.normal(4, 1, (n_series, 1)), rng.uniform(0, 2 * np.pi, (n_series, 1))
    growth, swing = rng.normal(0, 0.005, (n_series, 1)), rng.uniform(0, 0.4, (n_series, 1))
    y = rng.normal(0, 0.08, (n_series, n_months))
    y += level + growth * t
    y += swing * np.sin(2 * np.pi * t / SEASON + phase)
    return np.exp(y, out=y)


def frame(values):
    """Return series, one a row, as a pd-multiindex."""
    n_series, n_months = values.shape
    times = pd.period_range("2015-01", periods=n_months, freq="M")
    index = pd.MultiIndex.from_product([np.arange(n_series), times], names=["series", "month"])
    return pd.DataFrame({"y": values.ravel()}, index)


def measure(n_series):
    """Return seconds, peak memory and scores of a fit and its first forecast."""
    from skrnn.forecasting import LSTMForecaster

    values = months(n_series)
    y, actual = frame(values[:, :N_MONTHS]), values[:, N_MONTHS:]
    forecaster, data = LSTMForecaster(random_state=0), peak()
    fitting, predicting = Clock(), Clock()
    with fitting:
        fit = timed(lambda: forecaster.fit(y, fh=np.arange(1, HORIZON + 1)))[1]
    fit_mb = peak() - data
    with predicting:
        forecast, predict = timed(forecaster.predict)
    return {
        "n_series": n_series,
        "fit": fit,
        "fit_computed": fitting.seconds,
        "predict": predict,
        "predict_computed": predicting.seconds,
        "data_mb": data,
        "fit_mb": fit_mb,
        "predict_mb": peak() - data,
        "MASE": mase(actual, forecast.to_numpy(float).reshape(actual.shape), values),
        "naive": mase(actual, repeated(values), values),
    }


def repeated(values):
    """Return the last season that is known, repeated."""
    return values[:, N_MONTHS - SEASON + np.arange(HORIZON) % SEASON]


def mase(actual, point, values):
    """Return the mean of MASE over all series."""
    known = values[:, :N_MONTHS]
    scale = np.abs(known[:, SEASON:] - known[:, :-SEASON]).mean(axis=1)
    return float(score(actual[:, None], point[:, None], None, scale)["MASE"].mean())


def in_words(rows):
    """Return the table as text."""
    table = pd.DataFrame(rows)[list(HEAD)]
    digits = {"n_series": 0, "data_mb": 0, "fit_mb": 0, "predict_mb": 0, "MASE": 3, "naive": 3}
    for name in table:
        table[name] = table[name].map(f"{{:,.{digits.get(name, 1)}f}}".format)
    return table.rename(columns=HEAD)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n-series", nargs="+", type=int, default=[100_000], metavar="N")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write the table there")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        tell(lambda: measure(args.one))
        return
    jobs = [Job(f"{n:,} series", [sys.executable, __file__, "--one", n]) for n in args.n_series]
    rows = [row for row in (answer(job, threads=None) for job in jobs) if row]
    if rows:
        table = in_words(rows)
        print(table.to_string(index=False))
        if args.csv:
            write(table, args.csv / "large_panel.csv")


if __name__ == "__main__":
    main()
