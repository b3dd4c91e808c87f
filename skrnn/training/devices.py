"""The device and the number of threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from threadpoolctl import ThreadpoolController

# Multiply-adds of one operation above which a second thread pays. Measured for a step of a
# recurrence: a batch of 64 with 64 units (1 million for an LSTM) is faster on one thread.
WORTH_A_SECOND_THREAD = 2_000_000


@dataclass(frozen=True)
class Work:
    """Size of the work, which decides how many threads run.

    Parameters
    ----------
    size : int
        Multiply-adds of one operation.
    own_threads : object, optional
        Limit of the threads of the module itself, as `nn.contract` declares it.
    """

    size: int
    own_threads: Any = None


def resolve_device(device: str) -> torch.device:
    """Return the torch device of this name.

    Raises
    ------
    ValueError
        If torch does not know the device or does not find it here.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        resolved = torch.device(device)
        torch.empty(0, device=resolved).numpy(force=True)  # the device "meta" holds no values
    except (RuntimeError, AssertionError, NotImplementedError, TypeError) as error:
        raise ValueError(
            f"device={device!r} is not available here; use device='cpu', or 'auto' to take a GPU "
            "where there is one."
        ) from error
    return resolved


def work_of(module: Any, size: int, n_steps: int) -> Work:
    """Return the work of a module whose steps take `size` multiply-adds.

    All steps are one operation, unless each step waits for the last one.
    """
    for _, declared in module.declarations():
        if declared.sequential:
            return Work(size, declared.own_threads)
    return Work(size * n_steps)


class _Here(threading.local):
    """What this Python thread is in: `n_threads` as `one_thread` has set it, and `threads_for`."""

    n_threads: int | None = None
    busy = False


_lock = threading.Lock()
_here = _Here()
_users = 0
_threads_before = 1
_forked = False


@contextmanager
def threads_for(work: Work) -> Iterator[int]:
    """Limit torch to one thread while the work is small, or has its own threads.

    Yields the number of threads that pay for the work. Idle threads wait in a loop and occupy
    cores, so torch's threads do not run together with those of a module. In a process that was
    forked it is one thread, as torch would wait for those of its parent.

    torch keeps this number for each Python thread, and a new Python thread starts with the number
    that was set last in any of them. So each user restores the number that the first active user
    found. A nested user, such as a callback that predicts, changes nothing.
    """
    if _here.busy:
        yield 1
        return
    before, own = _enter(), work.own_threads
    try:
        _here.busy = True
        n_threads = before if work.size > WORTH_A_SECOND_THREAD and not _forked else 1
        torch.set_num_threads(n_threads if own is None else 1)
        if own is not None:
            own.limit = n_threads
        with one_blas_thread() if n_threads > 1 else nullcontext():
            yield n_threads
    finally:
        if own is not None:
            own.limit = None
        _here.busy = False
        _leave()


@contextmanager
def one_thread() -> Iterator[None]:
    """Limit torch to one thread, except where `threads_for` needs more.

    Once torch has run on several threads, it waits for them forever in a process that was forked.
    """
    if _here.n_threads is not None or _here.busy:
        yield
        return
    _enter()
    try:
        _here.n_threads = 1
        torch.set_num_threads(1)
        yield
    finally:
        _here.n_threads = None
        _leave()


def _enter() -> int:
    """Register a user, and return the number of torch's threads to restore."""
    global _users, _threads_before
    with _lock:
        if _users == 0:
            _threads_before = torch.get_num_threads()
        _users += 1
        return _threads_before


def _leave() -> None:
    global _users
    with _lock:
        _users -= 1
        torch.set_num_threads(_here.n_threads or _threads_before)


def _after_fork() -> None:
    """Note that the threads of torch, and those of Python that used them, are gone."""
    global _lock, _users, _forked
    _lock, _users, _forked = threading.Lock(), 0, True
    _here.busy, _here.n_threads = False, None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Limit the BLAS of numpy to one thread.

    Gathering examples takes products too small for more threads, which would wait in a loop. Only
    the main thread sets the limit: threadpoolctl lets one thread at a time control the BLAS, and
    another one would keep that control as long as it lives.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Return the controller, made once: finding the libraries takes as long as many predictions."""
    return ThreadpoolController()
