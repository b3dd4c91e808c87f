"""Where the work runs: device, and number of threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# Multiply-adds of one operation above which a second thread pays. Measured on two cores for a step
# of a recurrence: a batch of 64 and 64 units (1 million for an LSTM) is faster on one thread.
WORTH_A_SECOND_THREAD = 2_000_000


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
        torch.empty(0, device=resolved)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise ValueError(
            f"device={device!r} is not available here; use device='cpu', or 'auto' to take a GPU "
            "where there is one."
        ) from error
    return resolved


def steps_at_once(module: torch.nn.Module, n_steps: int) -> int:
    """Return how many of `n_steps` steps are one operation: one where each waits for the last."""
    for part in module.modules():
        if getattr(part, "sequential", False) or isinstance(part, torch.nn.RNNBase):
            return 1
    return n_steps


_lock = threading.Lock()
_here = threading.local()
_users = 0
_threads_before = 1


@contextmanager
def threads_for(work: int) -> Iterator[None]:
    """Use one thread while the work of a step, in multiply-adds, is too small for more.

    torch keeps the number for each Python thread, and starts a new one with the number that any
    thread has set last. So every user restores its own, to what the first of those that are
    busy has found; a user inside another one, as a callback that predicts, changes nothing.
    """
    if getattr(_here, "busy", False) or work > WORTH_A_SECOND_THREAD:
        yield
        return
    before = _enter()
    try:
        yield
    finally:
        _leave(before)


def _enter() -> int:
    """Set one thread, and return the number to restore."""
    global _users, _threads_before
    with _lock:
        if _users == 0:
            _threads_before = torch.get_num_threads()
        _users += 1
        _here.busy = True
        torch.set_num_threads(1)
        return _threads_before


def _leave(before: int) -> None:
    global _users
    with _lock:
        _users -= 1
        _here.busy = False
        torch.set_num_threads(before)
