"""Threads of the kernels, independent of torch's thread pool."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import torch
from threadpoolctl import threadpool_limits

BLOCK = 16  # rows in a block, which a kernel processes together
# Multiply-adds of a call above which a second thread pays off.
SECOND_THREAD_WORK = 4_000_000


class KernelThreads(threading.local):
    """Maximum number of kernel threads for calls from this thread; None means torch's number."""

    limit: int | None = None


THREADS = KernelThreads()


def divide(run: Callable[[int, int], object], n: int, work: int, n_threads: int) -> None:
    """Call ``run(start, stop)`` on whole blocks of rows, in several threads if that pays off.

    Parameters
    ----------
    run : callable
        Processes the rows ``start:stop``.
    n, work : int
        Number of rows, and of multiply-adds for all of them.
    n_threads : int
        Maximum number of threads.
    """
    n_blocks = n // BLOCK
    n_threads = max(min(n_threads, n_blocks), 1) if work > SECOND_THREAD_WORK else 1
    bounds = [BLOCK * (n_blocks * i // n_threads) for i in range(n_threads)] + [n]
    futures = [_pool().submit(run, start, stop) for start, stop in pairwise(bounds[1:])]
    run(0, bounds[1])
    for future in futures:
        future.result()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="skrnn", initializer=_work_alone)


def _work_alone():
    """Limit OpenMP in this thread to the thread itself, for as long as it lives.

    Products of torch would otherwise start threads of their own here. OpenMP then counts more
    threads than cores, and lets all of them sleep at each barrier, those of scikit-learn too.
    """
    torch.get_num_threads()  # the first call sets the number of a new thread, to that of torch
    threadpool_limits(limits=1, user_api="openmp")


if hasattr(os, "register_at_fork"):  # threads do not survive a fork
    os.register_at_fork(after_in_child=_pool.cache_clear)
