"""Time of `import skrnn` beyond that of torch and scikit-learn, each in a process of its own.

python benchmarks/import_time.py [--repetitions 7]
"""

import argparse
import statistics
import subprocess
import sys

TARGET = 0.3
BARE = "import torch, sklearn"
IMPORTS = {
    "torch, scikit-learn": BARE,
    "... and skrnn": f"{BARE}, skrnn",
    "... and skrnn.forecasting, with sktime": f"{BARE}, skrnn.forecasting",
}


def seconds(statement):
    code = f"import time; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(run.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repetitions", type=int, default=7)
    repetitions = parser.parse_args().repetitions
    for statement in IMPORTS.values():
        seconds(statement)  # fills the cache of files
    rounds = [[seconds(statement) for statement in IMPORTS.values()] for _ in range(repetitions)]
    medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
    print(f"seconds, medians of {repetitions}; the target is {TARGET} for skrnn beyond the first")
    for name, median in zip(IMPORTS, medians, strict=True):
        print(f"{name:40}{median:6.2f}{median - medians[0]:+8.2f}")


if __name__ == "__main__":
    main()
