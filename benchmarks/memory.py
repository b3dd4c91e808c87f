"""Peak memory of a fit on a million rows with a window of 500, beyond that of the data.

    python benchmarks/memory.py [--rows 1000000]

Each fit runs to its end, in a process of its own.
"""

import argparse
import resource
import subprocess
import sys
import time

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


def peak():
    """Peak resident memory of this process in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def measure(case, n_rows):
    fit = CASES[case](n_rows)
    before, start = peak(), time.perf_counter()
    fit()
    print(before, peak() - before, time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--case", choices=CASES, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.case:
        measure(args.case, args.rows)
        return
    print(f"{args.rows:,} rows, window_length={WINDOW}; the target is {TARGET} MB beyond the data")
    print(f"{'':40}{'data, MB':>12}{'fit, MB':>12}{'seconds':>12}")
    for case in CASES:
        command = [sys.executable, __file__, "--case", case, "--rows", str(args.rows)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            print(f"{case:40}  {run.stderr.strip().splitlines()[-1]}")
            continue
        print(f"{case:40}" + "".join(f"{float(x):>12.0f}" for x in run.stdout.split()))


if __name__ == "__main__":
    main()
