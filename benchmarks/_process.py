"""Measurements in processes of their own, and the tables that keep their rows.

A measured script prints its result as JSON. It has a process of its own, so nothing else changes
its time or memory.
"""

import datetime
import json
import os
import resource
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import NamedTuple

import pandas as pd

MISSING = "\N{EN DASH}"  # in the cells of tables; a hyphen would begin a list there
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")}


class Clock:
    """Count the CPU seconds of this process and its children in a block.

    Other processes on the machine do not change them.
    """

    seconds = 0.0

    def __enter__(self):
        self.seconds -= self.now()

    def __exit__(self, *_):
        self.seconds += self.now()

    @staticmethod
    def now():
        return time.process_time() + sum(os.times()[2:4])


def timed(run):
    """Return what a function returns, and the seconds that it takes."""
    start = time.perf_counter()
    result = run()
    return result, time.perf_counter() - start


def peak():
    """Peak resident memory of this process in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20


def tell(measure):
    """Print what a function returns as JSON, and nothing else."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what libraries print is no answer
    with warnings.catch_warnings():
        warnings.showwarning = lambda *args, **kwargs: None  # sktime undoes filters
        result = measure()
    print(json.dumps(result), file=answers)


def interpreters(missing, peers):
    """Return the Python that runs each model, without those whose libraries are nowhere.

    Parameters
    ----------
    missing : dict
        The libraries of each model that this Python lacks.
    peers : str or None
        Python that has them.
    """
    found = {}
    for name, libraries in missing.items():
        if libraries and not peers:
            print(
                f"{name} is skipped: it needs {', '.join(libraries)}, see --peers", file=sys.stderr
            )
        else:
            found[name] = peers if libraries else sys.executable
    return found


class Job(NamedTuple):
    """A command that prints JSON, and what it measures in words."""

    what: str
    command: list


def answer(job, threads=1):
    """Run a job in a process of its own; return what it prints, or None if it failed.

    Parameters
    ----------
    job : Job
        The command.
    threads : int or None
        Threads of each library, 1 or, with None, as many as they take.
    """
    environment = os.environ | (ONE_THREAD if threads == 1 else {})
    command = [str(part) for part in job.command]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        print(f"{job.what} failed: {last}", file=sys.stderr)
        return None
    return json.loads(done.stdout)


def answers(jobs, n_jobs):
    """Yield what the jobs print, `n_jobs` at once and as they come; failures are left out.

    When it is closed, jobs that have not begun are dropped.
    """
    with ThreadPoolExecutor(n_jobs) as pool:
        futures = [pool.submit(answer, job) for job in jobs]
        try:
            for future in as_completed(futures):
                if future.result() is not None:
                    yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def dated(rows):
    """Return rows with the version and the day."""
    import skrnn  # peers, whose Python runs scripts of this folder, do not have it

    today = datetime.date.today().isoformat()
    return [row | {"skrnn": skrnn.__version__, "date": today} for row in rows]


def keep(rows, path, in_order, same):
    """Write rows to a table; they replace those with the same values in the columns `same`.

    Parameters
    ----------
    rows : list of dict
        New rows.
    path : Path
        The table as a CSV file.
    in_order : callable
        Returns a table with its columns and rows in order.
    same : list of str
        Columns.

    Returns
    -------
    pd.DataFrame
        The whole table.
    """
    table = in_order(pd.DataFrame(rows))
    if path.exists():
        before = in_order(pd.read_csv(path))
        replaced = pd.MultiIndex.from_frame(before[same]).isin(
            pd.MultiIndex.from_frame(table[same])
        )
        table = in_order(pd.concat([before[~replaced], table]))
    write(table, path)
    return table


def write(table, path):
    """Write a table atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    table.to_csv(draft, index=False, float_format="%.5g")
    os.replace(draft, path)
