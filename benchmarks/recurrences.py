"""Time and memory of the recurrent networks against their peers, in one run.

    python benchmarks/recurrences.py [--keras PYTHON] [--repetitions 5] [--jobs 1,2,3] [--csv FILE]

The two sides of a row take turns; a ratio is the median of the ratios of their pairs, and the
figures beside it are medians. All train with Adam at a constant rate of 0.001 and no clipping of
gradients; a time is that of a whole `fit` of one epoch, after one that compiles. `--keras` names
the Python of an environment with `requirements-keras.txt`; without it, the rows of Keras are left
out. `--fraction 0.1` uses a tenth of the rows, to try the script.
"""

import argparse
import csv
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from _peers import Keras, Network, plain_epoch
from _table import Row, machine, print_head, print_row

from skrnn import GRURegressor, LSTMRegressor, Recurrence, RNNRegressor, Trainer

REGRESSORS = {"RNN": RNNRegressor, "LSTM": LSTMRegressor, "GRU": GRURegressor}
ROWS, STEPS = 7000, 50
SMALL = {"hidden_size": 20, "n_layers": 2, "batch_size": 32}
WIDE = {"hidden_size": 128, "n_layers": 1, "batch_size": 64}


class Run(NamedTuple):
    """Settings that the jobs share."""

    repetitions: int
    fraction: float
    keras: str | None

    def rows(self, n):
        return max(64, int(n * self.fraction))

    def sequences(self, n_rows, n_steps, n_channels=1):
        """Noise, and the mean of each sequence as its target."""
        shape = self.rows(n_rows), n_steps, n_channels
        X = np.random.default_rng(0).normal(size=shape).astype(np.float32)
        return X, X.mean(axis=(1, 2))

    def take_turns(self, mine, theirs):
        """Return what both return, in pairs; who goes first changes each time."""
        pairs = []
        for i in range(self.repetitions):
            order = (mine, theirs) if i % 2 else (theirs, mine)
            figures = {side: side() for side in order}
            pairs.append((figures[mine], figures[theirs]))
        return pairs


def compare(job, cell, pairs, bar, unit="s", scale=1.0):
    """Return the row of pairs of seconds."""
    ours, theirs = (scale * statistics.median(figures) for figures in zip(*pairs, strict=True))
    return Row(job, cell, ours, theirs, unit, statistics.median(a / b for a, b in pairs), bar)


def fit(cell, X, y, *, trainer=None, **options):
    """Our epoch; `trainer` has further parameters of the `Trainer`."""
    trainer = Trainer(clip_norm=None, schedule="constant", **(trainer or {}))
    options = {"learning_rate": 0.001, "max_epochs": 1, "random_state": 0, **options}
    return REGRESSORS[cell](trainer=trainer, **options).fit(X, y)


def timed(function, *args, **options):
    """Return a function that calls `function` and returns the seconds."""

    def call():
        start = time.perf_counter()
        function(*args, **options)
        return time.perf_counter() - start

    return call


def timed_epoch(train, cell, X, y, **options):
    """Do the same for a training, after a short one that compiles and imports."""
    train(cell, X[:64], y[:64], **options)
    return timed(train, cell, X, y, **options)


@contextmanager
def threads(n):
    before = torch.get_num_threads()
    torch.set_num_threads(n)
    try:
        yield
    finally:
        torch.set_num_threads(before)


# -- the jobs ------------------------------------------------------------------------------


def small_network_and_plain_torch(run):
    """An epoch of 20-20-Dense(1) against a plain loop of torch; one thread."""
    X, y = run.sequences(ROWS, STEPS)
    with threads(1):
        for cell, bar in {"RNN": 0.25, "LSTM": 0.60, "GRU": 0.10}.items():
            mine = timed_epoch(fit, cell, X, y, **SMALL)
            theirs = timed_epoch(plain_epoch, cell, X, y, **SMALL)
            yield compare("epoch / plain torch", cell, run.take_turns(mine, theirs), bar)


def small_network_and_keras(run):
    """The same against Keras on JAX; each with as many threads as it takes."""
    if run.keras is None:
        return
    X, y = run.sequences(ROWS, STEPS)
    with Keras(run.keras, len(X), STEPS) as keras:
        for cell in REGRESSORS:
            mine = timed_epoch(fit, cell, X, y, **SMALL)
            keras.epoch(cell)
            keras.epoch(cell)
            pairs = run.take_turns(mine, lambda cell=cell: keras.epoch(cell))
            yield compare("epoch / Keras on JAX", cell, pairs, 0.60)


def cell_options_and_plain_cell(run):
    """The same with layer normalisation, with recurrent dropout, against our plain cell."""
    X, y = run.sequences(ROWS, STEPS)
    with threads(1):
        for name, options, bar in (
            ("layer_norm", {"recurrence": Recurrence(layer_norm=True)}, 1.5),
            ("recurrent_dropout", {"recurrent_dropout": 0.2}, 1.15),
        ):
            for cell in REGRESSORS:
                mine = timed_epoch(fit, cell, X, y, **SMALL, **options)
                plain = timed_epoch(fit, cell, X, y, **SMALL)
                yield compare(f"{name} / without", cell, run.take_turns(mine, plain), bar)


def wide_lstm_and_plain_torch(run):
    """An epoch of one layer of 128 against a plain loop of torch (oneDNN); the same threads.

    The first row uses torch's number of threads, the second one thread, because torch is slow with
    several threads on a busy machine.
    """
    X, y = run.sequences(512, 200, 8)
    for n_threads in sorted({torch.get_num_threads(), 1}, reverse=True):
        with threads(n_threads):
            mine = timed_epoch(fit, "LSTM", X, y, **WIDE)
            theirs = timed_epoch(plain_epoch, "LSTM", X, y, **WIDE)
            pairs = run.take_turns(mine, theirs)
        job = f"128 units, {n_threads} threads / plain torch"
        yield compare(job.replace("1 threads", "1 thread"), "LSTM", pairs, 1.0)


def wide_gru_and_lstm(run):
    """The same of a GRU against our LSTM."""
    X, y = run.sequences(512, 200, 8)
    gru, lstm = (timed_epoch(fit, cell, X, y, **WIDE) for cell in ("GRU", "LSTM"))
    yield compare("128 units / our LSTM", "GRU", run.take_turns(gru, lstm), 0.9)


def first_fit(run):
    """How much longer the first epoch of a process takes than the second: imports, compilation.

    skrnn runs twice with the same folder of compiled code, which is empty at first; then Keras.
    """
    n_rows, figures = run.rows(ROWS), []
    for _ in range(run.repetitions):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
            ours = [fresh("first-fit", n_rows, environment)[0] for _ in range(2)]
        theirs = None
        if run.keras is not None:
            with Keras(run.keras, n_rows, STEPS) as keras:
                theirs = keras.epoch("LSTM") - keras.epoch("LSTM")
        figures.append((*ours, theirs))
    compiling, cached, theirs = zip(*figures, strict=True)
    theirs = None if run.keras is None else statistics.median(theirs)
    for name, ours, bar in (("nothing cached", compiling, 3.0), ("cached", cached, 0.5)):
        yield Row(f"first fit, {name}", "LSTM", statistics.median(ours), theirs, "s", None, bar)


def predictions_and_bare_torch(run):
    """`predict` of an array against torch's module on a tensor.

    skrnn uses its default threads; torch one thread, or its own number if that is faster.
    """
    few, targets = run.sequences(64, STEPS)
    for n, calls, bar, unit in ((1, 200, 3.0, "ms"), (run.rows(100_000), 1, 1.0, "s")):
        X = np.random.default_rng(0).normal(size=(n, STEPS)).astype(np.float32)
        x = torch.from_numpy(X[..., None])
        for cell in REGRESSORS:
            model = fit(cell, few, targets, **SMALL)
            network = Network(cell, 1, SMALL["hidden_size"], SMALL["n_layers"]).eval()
            mine = timed(repeat, calls, model.predict, X)
            theirs = on_best_threads(timed(repeat, calls, torch.inference_mode()(network), x))
            mine()
            scale = {"ms": 1000, "s": 1}[unit] / calls
            pairs = run.take_turns(mine, theirs)
            yield compare(f"predict {n:,} / bare torch", cell, pairs, bar, unit, scale)


def repeat(n, function, *args):
    for _ in range(n):
        function(*args)


def on_best_threads(call):
    """Return `call`, which returns its seconds, on the faster number of threads."""

    def on(n_threads):
        with threads(n_threads):
            return call()

    call()
    best = min({torch.get_num_threads(), 1}, key=lambda n: min(on(n) for _ in range(3)))
    return lambda: on(best)


def memory_of_long_sequences(run):
    """Peak of a fit by truncated backpropagation on 100,000 steps against that on 1,000.

    Four sequences of one channel and one target per step. The peak counts without the data. The
    first fit of a process imports numba, which is most of its peak. So the second row, without a
    bar, is of a fit after a small one.
    """
    fresh("memory", 1000)  # so that the code is compiled
    for name, what, bar in (("", "memory", 1.2), (", second fit", "memory-again", None)):
        pairs = run.take_turns(lambda w=what: fresh(w, 100_000), lambda w=what: fresh(w, 1000))
        (_, data), _ = pairs[0]
        sides = zip(*pairs, strict=True)
        long, short = (statistics.median(peak for peak, _ in side) for side in sides)
        more = f"{(long - short) / data:.1f} times the data of {data:.1f} MB"
        print(f"    peaks {long:.1f} and {short:.1f} MB; between them {more}")
        pairs = [(long - data, short) for (long, _), (short, _) in pairs]
        yield compare(f"memory 100,000 / 1,000 steps{name}", "LSTM", pairs, bar, "MB")


JOBS = {
    "1": small_network_and_plain_torch,
    "2": small_network_and_keras,
    "3": cell_options_and_plain_cell,
    "4": wide_lstm_and_plain_torch,
    "5": wide_gru_and_lstm,
    "6": first_fit,
    "7": predictions_and_bare_torch,
    "8": memory_of_long_sequences,
}


# -- what runs in a process of its own -----------------------------------------------------


def fresh(what, size, environment=None):
    """Return the numbers that this script prints when it measures `what` in a new process."""
    command = [sys.executable, __file__, "--measure", what, str(size)]
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    return tuple(float(x) for x in run.stdout.split())


def measure_first_fit(n_rows):
    X = np.random.default_rng(0).normal(size=(n_rows, STEPS, 1)).astype(np.float32)
    with threads(1):
        first, second = (timed(fit, "LSTM", X, X.mean(axis=(1, 2)), **SMALL)() for _ in range(2))
    print(first - second)


def measure_memory(n_steps):
    X, y = np.random.default_rng(0).normal(size=(2, 4, n_steps, 1))
    before = resident("VmRSS")
    fit("LSTM", X, y, hidden_size=20, trainer={"tbptt_steps": 200})
    print(resident("VmHWM") - before, (X.nbytes + y.nbytes) / 2**20)


def measure_memory_again(n_steps):
    steps = np.random.default_rng(0).normal(size=(4, 400, 1))
    fit("LSTM", steps, steps, hidden_size=20, trainer={"tbptt_steps": 200})
    Path("/proc/self/clear_refs").write_text("5")  # resets the peak
    measure_memory(n_steps)


def resident(field):
    """Memory of this process in MB; `getrusage` would include its parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) / 1024


MEASURES = {
    "first-fit": measure_first_fit,
    "memory": measure_memory,
    "memory-again": measure_memory_again,
}


# -- the command line ---------------------------------------------------------------------


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keras", metavar="PYTHON")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--jobs", default=",".join(JOBS))
    parser.add_argument("--csv", metavar="FILE")
    parser.add_argument("--fraction", type=float, default=1.0)
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        what, size = args.measure
        MEASURES[what](int(size))
        return
    numbers = args.jobs.split(",")
    if unknown := set(numbers) - set(JOBS):
        parser.error(f"--jobs knows {', '.join(JOBS)}, not {', '.join(sorted(unknown))}")
    run = Run(args.repetitions, args.fraction, args.keras)
    versions = {}
    if args.keras is not None:
        with Keras(args.keras, 1, 1) as worker:
            versions = worker.versions
    print(machine(versions))
    if args.keras is None:
        print("Without --keras: job 2 and the other side of job 6 are left out.")
    print_head()
    with ExitStack() as stack:
        table = None
        if args.csv:
            table = csv.writer(stack.enter_context(open(args.csv, "w", newline="")))
            table.writerow(["number", *Row._fields, "verdict"])
        for number in numbers:
            for row in JOBS[number](run):
                print_row(number, row)
                if table:
                    table.writerow([number, *row, row.verdict])


if __name__ == "__main__":
    main()
