"""Forecasts from many cutoffs in one batch, compared with a loop over update and predict.

    python benchmarks/rolling.py [--jobs 1,2,3] [--cutoffs 300] [--threads 1]

"ours" is `backtest`. "theirs" is a loop that passes the rows of each cutoff to
`update(update_params=False)` and calls `predict`, from the same fitted forecaster and over a few
cutoffs. The figures are milliseconds per cutoff. The script checks that both return the same
forecasts. With `baseline="naive"` a forecast needs its window only, so the loop is the network and
the overhead of sktime. For a panel the loop also forecasts all series of a cutoff in one batch, so
the gain is smaller. Job 6 is sktime's `evaluate` without updates of the parameters, which passes
one window at a time. Job 7 predicts 18 steps of 100,000 series in a process of its own: seconds,
and peak memory in addition to the fitted forecaster. It predicts twice: the first call updates all
series to their ends, the second one reuses them.
"""

import argparse
import copy
import subprocess
import sys

import numpy as np
import pandas as pd
import torch
from _process import peak, timed
from _table import Row, machine, print_head, print_row
from sktime.forecasting.model_evaluation import evaluate
from sktime.split import ExpandingWindowSplitter

from skrnn.forecasting import LSTMForecaster

BAR = 0.05  # a twentieth of the time of the loop over a single series
LOOPED = 12  # cutoffs that the loops run over
N_SERIES, N_STEPS = 100_000, 18


def hours(n, name=0):
    """A noisy day on a random walk."""
    rng = np.random.default_rng(name)
    values = 20 + 0.1 * rng.normal(size=n).cumsum() + 3 * np.sin(np.arange(n) * np.pi / 12)
    return pd.Series(values, index=pd.period_range("2020-01-01", periods=n, freq="h"))


def panel(n_series, n):
    series = {i: hours(n, i).to_frame("y") for i in range(n_series)}
    return pd.concat(series, names=["series", "time"])


def first(y, n):
    return y[:n] if y.index.nlevels == 1 else y.groupby(level=0).head(n)


def against_loop(job, y, n_cutoffs, n_steps, **params):
    """Return the row of a job: milliseconds per cutoff of a backtest and of a loop."""
    times = y.index.unique(-1)
    n_seen = len(times) - n_cutoffs - n_steps
    forecaster = LSTMForecaster(max_epochs=1, random_state=0, **params)
    forecaster.fit(first(y, n_seen), fh=np.arange(1, n_steps + 1))
    cutoffs = times[n_seen : n_seen + n_cutoffs]
    forecaster.backtest(y, cv=cutoffs[:2])  # compiles
    forecasts, ours = timed(lambda: forecaster.backtest(y, cv=cutoffs))
    looped = copy.deepcopy(forecaster)
    rows = [y[y.index.get_level_values(-1) == cutoff] for cutoff in cutoffs[: LOOPED + 1]]
    looped.update(rows[0], update_params=False).predict()

    def loop():
        return [looped.update(new, update_params=False).predict() for new in rows[1:]]

    predictions, theirs = timed(loop)
    for cutoff, prediction in zip(cutoffs[1:], predictions, strict=False):
        np.testing.assert_allclose(forecasts.loc[cutoff], prediction, rtol=1e-6)
    ours, theirs = 1000 * ours / n_cutoffs, 1000 * theirs / LOOPED
    return Row(
        job, "lstm", ours, theirs, "ms", ours / theirs, BAR if y.index.nlevels == 1 else None
    )


def against_evaluate(job, n_cutoffs):
    y = hours(2000 + n_cutoffs + 24)
    cv = ExpandingWindowSplitter(fh=np.arange(1, 25), initial_window=2000)
    forecaster = LSTMForecaster(max_epochs=1, random_state=0)
    few = y[: 2000 + LOOPED + 23]
    result = evaluate(forecaster, cv=cv, y=few, strategy="no-update_params", error_score="raise")
    theirs = (result["fit_time"] + result["pred_time"])[1:].mean() * 1000
    forecaster.fit(y[:2000], fh=np.arange(1, 25))
    forecaster.backtest(y[:2030])
    _, ours = timed(lambda: forecaster.backtest(y, cv=cv))
    ours = 1000 * ours / n_cutoffs
    return Row(job, "lstm", ours, theirs, "ms", ours / theirs, BAR)


def many_series():
    """Print seconds and peak memory of predicting many series."""
    index = pd.MultiIndex.from_product(
        [np.arange(N_SERIES), pd.period_range("2015-01", periods=60, freq="M")],
        names=["series", "time"],
    )
    rng = np.random.default_rng(0)
    y = pd.DataFrame({"y": 100 + rng.normal(size=(N_SERIES, 60)).cumsum(axis=1).ravel()}, index)
    fh = np.arange(1, N_STEPS + 1)
    forecaster = LSTMForecaster(max_epochs=1, random_state=0)
    forecaster.pretrain(y.iloc[: 100 * 60], fh=fh).fit(y, fh=fh)
    before = peak()
    for _ in range(2):
        forecasts, seconds = timed(forecaster.predict)
        assert len(forecasts) == N_SERIES * N_STEPS
        print(seconds, peak() - before)


def predict_many(threads):
    """Yield rows of time and memory."""
    command = [sys.executable, __file__, "--many-series", "--threads", str(threads)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = [line.split() for line in run.stdout.splitlines()]
    for which, (seconds, memory) in zip(("first", "second"), figures, strict=True):
        job = f"predict {N_SERIES:,} series x {N_STEPS}, {which}"
        yield Row(job, "lstm", float(seconds), None, "s", None, None)
        yield Row(f"{job}, memory", "lstm", float(memory), None, "MB", None, None)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--jobs", default="1,2,3,4,5,6,7", help="numbers of the jobs to run")
    parser.add_argument("--cutoffs", type=int, default=300)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--many-series", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.many_series:
        many_series()
        return
    n = args.cutoffs
    jobs = {
        1: lambda: [against_loop("3,000 hours, 24 steps", hours(3000), n, 24)],
        2: lambda: [
            against_loop("the same, baseline='naive'", hours(3000), n, 24, baseline="naive")
        ],
        3: lambda: [
            against_loop("the same, recursive", hours(3000), n, 24, strategy="recursive"),
        ],
        4: lambda: [against_loop("100 series x 500 hours, 24 steps", panel(100, 500), n // 3, 24)],
        5: lambda: [
            against_loop(
                "the same, baseline='naive'", panel(100, 500), n // 3, 24, baseline="naive"
            ),
        ],
        6: lambda: [against_evaluate("evaluate, 2,000 hours and more", n)],
        7: lambda: predict_many(args.threads),
    }
    print(machine({}))
    print_head()
    for number in map(int, args.jobs.split(",")):
        for row in jobs[number]():
            print_row(number, row)


if __name__ == "__main__":
    main()
