"""Peak memory of a fit on a million rows with a window of 500, beyond that of the data.

    python benchmarks/memory.py [--rows 1000000]

Each fit runs to its end, in a process of its own.
"""

import argparse
import sys

from _process import Job, answer, peak, tell, timed

WINDOW = 500
TARGET = 200  # MB


def sliding_window(n_rows):
    import numpy as np

    from skrnn import LSTMRegressor, SlidingWindowRegressor

    X = np.random.default_rng(0).normal(size=(n_rows, 1)).cumsum(axis=0)
    model = SlidingWindowRegressor(LSTMRegressor(random_state=0), window_length=WINDOW)
    return lambda: model.fit(X, X[:, 0])


def forecaster(n_rows):
    import numpy as np
    import pandas as pd

    from skrnn.forecasting import LSTMForecaster

    y = pd.Series(np.random.default_rng(0).normal(size=n_rows).cumsum())
    model = LSTMForecaster(window_length=WINDOW, random_state=0)
    return lambda: model.fit(y, fh=list(range(1, 13)))


CASES = {
    "SlidingWindowRegressor(LSTMRegressor())": sliding_window,
    "LSTMForecaster()": forecaster,
}


def measure(case, n_rows):
    """Return MB before a fit and what it takes beyond them, and its seconds."""
    fit, before = CASES[case](n_rows), peak()
    seconds = timed(fit)[1]
    return before, peak() - before, seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.case:
        tell(lambda: measure(args.case, args.rows))
        return
    print(f"{args.rows:,} rows, window_length={WINDOW}; the target is {TARGET} MB beyond the data")
    print(f"{'':40}{'data, MB':>12}{'fit, MB':>12}{'seconds':>12}")
    for case in CASES:
        command = [sys.executable, __file__, "--case", case, "--rows", args.rows]
        figures = answer(Job(case, command), threads=None)
        if figures:
            print(f"{case:40}" + "".join(f"{x:>12.0f}" for x in figures))


if __name__ == "__main__":
    main()
