"""Threads of the kernels: torch's need not be awake while they work."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

BLOCK = 16  # rows in a block: those that the kernels work on side by side
# Multiply-adds of a call above which a second thread pays.
WORTH_A_SECOND_THREAD = 4_000_000


class KernelThreads(threading.local):
    """How many threads the kernels may use in calls of this thread; None: as many as torch."""

    limit: int | None = None


THREADS = KernelThreads()


def divide(run: Callable[[int, int], object], n: int, work: int, n_threads: int) -> None:
    """Call ``run(start, stop)`` for `n` rows in whole blocks, on as many threads as pay.

    Parameters
    ----------
    run : callable
        Works on the rows from `start` to before `stop`.
    n, work : int
        Rows, and multiply-adds of all of them.
    n_threads : int
        How many threads there may be.
    """
    n_blocks = n // BLOCK
    n_threads = max(min(n_threads, n_blocks), 1) if work > WORTH_A_SECOND_THREAD else 1
    bounds = [BLOCK * (n_blocks * i // n_threads) for i in range(n_threads)] + [n]
    others = [_pool().submit(run, start, stop) for start, stop in pairwise(bounds[1:])]
    run(0, bounds[1])
    for other in others:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="skrnn")


if hasattr(os, "register_at_fork"):  # a forked process has none of the threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
