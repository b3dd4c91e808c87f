"""Random draws of a user's own code, kept apart from the process-wide generators.

All threads share those. If they were seeded for a while, other threads would draw seeded numbers,
and take numbers away from the code that they were seeded for.
"""

from __future__ import annotations

import random
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

CPU = torch.device("cpu")
RATES = {"p", "dropout", "dropout_p"}  # with a rate of 0 an operation draws nothing
ONLY_READ = {"getstate", "get_state", "graphsafe_get_state", "initial_seed"}
aten = torch.ops.aten
shared_numpy: Any = np.random  # with the functions that share one generator


def _filled(fill: Callable) -> Callable:
    return lambda *args, generator, **kwargs: fill(
        torch.empty_like(*args, **kwargs), generator=generator
    )


# Operations that take no generator, and those that draw the same numbers from one.
WITH_GENERATOR: dict[Any, Callable] = {
    aten.rand.default: aten.rand.generator,
    aten.randn.default: aten.randn.generator,
    aten.randint.default: aten.randint.generator,
    aten.randint.low: aten.randint.low_generator,
    aten.randperm.default: aten.randperm.generator,
    aten.rand_like.default: _filled(torch.Tensor.uniform_),
    aten.randn_like.default: _filled(torch.Tensor.normal_),
}


@dataclass
class Draws:
    """What code did with random numbers.

    Attributes
    ----------
    any : bool
        Whether it drew from a generator that is process-wide.
    """

    any: bool = False


@contextmanager
def private_draws(seed: int, device: torch.device = CPU) -> Iterator[Draws]:
    """Let this thread draw from generators with this seed, in place of the process-wide ones.

    Operations of torch get a generator. NumPy's is seeded and locked, so that other threads wait.
    Python's has another state during each of its calls, and so has torch's if it is called itself,
    as ``torch.manual_seed`` does. If another thread draws from it right before or after such a
    call, which is rare, the two mix their numbers.

    Operations on a GPU, and the few that take no generator, draw from the process-wide one. So does
    Python's while a profiler runs.
    """
    draws = Draws()
    with ExitStack() as stack:
        stack.enter_context(_numpy_apart(draws, seed))
        if device.type == "cuda":
            stack.enter_context(_cuda_apart(draws, seed, device))
        generator = torch.Generator().manual_seed(seed)
        stack.enter_context(_GivenGenerator(draws, generator))
        if sys.getprofile() is None:
            stack.enter_context(_calls_apart(draws, seed, generator))
        yield draws


class _GivenGenerator(TorchDispatchMode):
    """Pass a generator to the operations of this thread that draw on the CPU without one."""

    def __init__(self, draws: Draws, generator: torch.Generator) -> None:
        super().__init__()
        self.draws, self.generator = draws, generator

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if not _is_random(func) or kwargs.get("generator"):
            return func(*args, **kwargs)
        takes_one = any(argument.name == "generator" for argument in func._schema.arguments)
        with_generator = func if takes_one else WITH_GENERATOR.get(func)
        if with_generator is None:
            self.draws.any |= _has_rate(func, args, kwargs)
            return func(*args, **kwargs)
        self.draws.any = True
        if _device(args, kwargs).type != "cpu":
            return func(*args, **kwargs)
        return with_generator(*args, **{**kwargs, "generator": self.generator})


@cache
def _is_random(func) -> bool:
    return torch.Tag.nondeterministic_seeded in func.tags


def _has_rate(func, args, kwargs) -> bool:
    """Whether an operation draws: its rate, if it has one, is not 0."""
    for i, argument in enumerate(func._schema.arguments):
        if argument.name in RATES:
            default = kwargs.get(argument.name, argument.default_value)
            return bool(args[i] if i < len(args) else default)
    return True


def _device(args, kwargs) -> torch.device:
    """Return the device on which an operation draws."""
    tensors = (argument.device for argument in args if isinstance(argument, torch.Tensor))
    return kwargs.get("device") or next(tensors, CPU)


@contextmanager
def _numpy_apart(draws: Draws, seed: int) -> Iterator[None]:
    lock: Any = shared_numpy.get_bit_generator().lock
    reentrant = isinstance(lock, type(threading.RLock()))  # not in old versions of NumPy
    with lock if reentrant else nullcontext():
        before = shared_numpy.get_state()
        shared_numpy.seed(seed)
        start = shared_numpy.get_state()
        try:
            yield
        finally:
            draws.any |= not all(map(np.array_equal, start, shared_numpy.get_state()))
            shared_numpy.set_state(before)


@contextmanager
def _cuda_apart(draws: Draws, seed: int, device: torch.device) -> Iterator[None]:
    before = torch.cuda.get_rng_state(device)
    with torch.cuda.device(device):
        torch.cuda.manual_seed(seed)
    start = torch.cuda.get_rng_state(device)
    try:
        yield
    finally:
        draws.any |= not torch.equal(start, torch.cuda.get_rng_state(device))
        torch.cuda.set_rng_state(before, device)


@contextmanager
def _calls_apart(draws: Draws, seed: int, generator: torch.Generator) -> Iterator[None]:
    """Exchange the state of a generator while this thread is in a call of one of its methods."""
    own, hidden = random.Random(seed), cast(Any, random.random).__self__
    shared = torch.default_generator
    exchanges = {
        id(hidden): _Exchange(random.getstate, random.setstate, own.getstate, own.setstate),
        id(shared): _Exchange(
            shared.get_state, shared.set_state, generator.get_state, generator.set_state
        ),
    }

    def watch(frame, event, function):
        if not event.startswith("c_"):
            return
        exchange = exchanges.get(id(getattr(function, "__self__", None)))
        if exchange is None:
            return
        if event == "c_call":
            exchange.enter()
            draws.any |= function.__name__ not in ONLY_READ
        else:
            exchange.leave()

    sys.setprofile(watch)  # it watches this thread only
    try:
        yield
    finally:
        sys.setprofile(None)


@dataclass
class _Exchange:
    """How to give a shared generator the state of another one for a while."""

    get_shared: Callable[[], Any]
    set_shared: Callable[[Any], object]
    get_own: Callable[[], Any]
    set_own: Callable[[Any], object]
    outside: Any = None

    def enter(self) -> None:
        self.outside = self.get_shared()
        self.set_shared(self.get_own())

    def leave(self) -> None:
        self.set_own(self.get_shared())
        self.set_shared(self.outside)
