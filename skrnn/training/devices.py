"""Where the work runs: device, and number of threads."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

# Multiply-adds of one step of a recurrence above which a second thread pays. Measured on two
# cores: a batch of 64 and 64 units (1 million for an LSTM) is faster on one thread.
WORTH_A_SECOND_THREAD = 4_000_000


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


_lock = threading.Lock()
_users = 0
_threads_before = 1


@contextmanager
def threads_for(module: torch.nn.Module, batch_size: int) -> Iterator[None]:
    """Use one thread while the work of a step is too small for more.

    torch's number of threads belongs to the process: concurrent users share one setting, and
    the last to leave restores what the first has found.
    """
    global _users, _threads_before
    widest = max((p.numel() for p in module.parameters()), default=0)
    if batch_size * widest > WORTH_A_SECOND_THREAD:
        yield
        return
    with _lock:
        if _users == 0:
            _threads_before = torch.get_num_threads()
        _users += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                torch.set_num_threads(_threads_before)
