"""Time of our imports beyond that of torch, scikit-learn and sktime, each in a fresh process.

python benchmarks/import_time.py [--repetitions 7]

Imports run in one thread: their processor time is what they take on a quiet machine.
"""

import argparse
import statistics
import subprocess
import sys

BARE = "import torch, sklearn"
SKTIME = f"{BARE}, sktime.forecasting.base"
# What is imported, what to compare it with, and how many seconds more it may take.
IMPORTS = {
    BARE: None,
    f"{BARE}, skrnn": (BARE, 0.3),
    SKTIME: None,
    f"{SKTIME}; from skrnn.forecasting import LSTMForecaster": (SKTIME, 0.5),
}


def seconds(statement):
    code = f"import time; {statement}; print(time.process_time())"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(run.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=7)
    repetitions = parser.parse_args().repetitions
    for statement in IMPORTS:
        seconds(statement)  # fills the cache of files
    rounds = [[seconds(statement) for statement in IMPORTS] for _ in range(repetitions)]
    medians = map(statistics.median, zip(*rounds, strict=True))
    taken = dict(zip(IMPORTS, medians, strict=True))
    print(f"seconds, medians of {repetitions}")
    for statement, compared in IMPORTS.items():
        more = ""
        if compared is not None:
            than, most = compared
            more = f"{taken[statement] - taken[than]:+8.2f}, at most {most}"
        print(f"{taken[statement]:6.2f}{more:24}  {statement}")


if __name__ == "__main__":
    main()
