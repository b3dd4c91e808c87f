"""Draws: which argument of which call is spoiled, and a process that runs them."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from .calls import Call, all_calls
from .outcomes import CRASH, ENDLESS, of_error, of_result
from .parameters import spoilings_of
from .table import FREE, SAME, Spoiling

MEMORY = 4 * 2**30  # bytes beyond those of the fork


@dataclass(frozen=True, eq=False)
class Draw:
    """A call, the argument that is spoiled, and how."""

    number: int
    call: Call
    argument: str
    spoiling: Spoiling

    def __str__(self) -> str:
        return f"{self.number}: {self.call.name}, {self.argument}: {self.spoiling.name}"

    def value(self, seed: int) -> Any:
        given = self.call.arguments[self.argument].value
        return self.spoiling.make(given, np.random.default_rng([seed, self.number]))

    def outcome(self, seed: int) -> tuple[str, str]:
        """Run the call, and sort what becomes of it."""
        try:
            value = self.value(seed)
        except Exception as error:  # a value that cannot be spoiled this way
            return "not drawn", f"{type(error).__name__}: {error}"
        arguments = valid_arguments(self.call) | {self.argument: value}
        expected = valid_result(self.call) if self.spoiling.must == SAME else None
        spoiled = self.call.arguments[self.argument]
        name = (value if "parameter_name" in spoiled.tags else self.argument).rpartition("__")[2]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = self.call.run(**arguments)
        except Exception as error:
            names = {name, *self.call.arguments} if "row" in self.spoiling.name else {name}
            return of_error(error, names, self.spoiling.must)
        return of_result(result, expected, self.spoiling.must)


def valid_arguments(call: Call) -> dict[str, Any]:
    """Return the arguments of a valid call; a parameter that is not spoiled keeps its default."""
    given = call.arguments.items()
    return {name: each.value for name, each in given if each.tags[0] != "parameter"}


@cache
def valid_result(call: Call) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return call.run(**valid_arguments(call))


def draws(seed: int, n: int) -> list[Draw]:
    """Return `n` distinct draws: a call by chance each, and of it a spoiling not yet drawn."""
    rng = np.random.default_rng(seed)
    left = []
    for call in all_calls():
        pairs = [(name, s) for name, a in call.arguments.items() for s in spoilings_of(a)]
        left.append((call, [pairs[i] for i in rng.permutation(len(pairs))]))
    found: list[Draw] = []
    while len(found) < n and left:
        sizes = np.sqrt([len(pairs) for _, pairs in left])
        i = int(rng.choice(len(left), p=sizes / sizes.sum()))
        call, pairs = left[i]
        if not pairs:
            del left[i]
            continue
        found.append(Draw(len(found), call, *pairs.pop()))
    return found


# -- the process ---------------------------------------------------------------------------------


class Worker:
    """A fork that runs draws, and is replaced when one does not end.

    The limit is in seconds of CPU. What waits for ever is ended after ten times as long.
    """

    def __init__(self, todo: list[Draw], seed: int, limit: float) -> None:
        self._todo, self._seed, self._limit = todo, seed, limit
        self._folder = TemporaryDirectory(prefix="skrnn-fuzz-")  # for what the calls write
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, other = context.Pipe()
        self._process = context.Process(target=self._serve, args=(other,), daemon=True)
        self._process.start()
        other.close()

    def _serve(self, pipe: Any) -> None:
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        os.chdir(self._folder.name)
        signal.signal(signal.SIGPROF, signal.SIG_DFL)  # ends the process, also within a kernel
        while (position := pipe.recv()) is not None:
            signal.setitimer(signal.ITIMER_PROF, self._limit)
            outcome = self._todo[position].outcome(self._seed)
            signal.setitimer(signal.ITIMER_PROF, 0)
            pipe.send(outcome)

    def outcomes(self) -> Iterator[tuple[Draw, str, str]]:
        for position, draw in enumerate(self._todo):
            yield draw, *self._run(position)
        self._pipe.send(None)
        self._process.join()
        self._folder.cleanup()

    def _run(self, position: int) -> tuple[str, str]:
        self._pipe.send(position)
        try:
            if self._pipe.poll(10 * self._limit):
                return self._pipe.recv()
        except EOFError:
            pass
        self._process.kill()
        self._process.join()
        code = self._process.exitcode
        self._start()
        ended = code in (-signal.SIGPROF, -signal.SIGKILL)
        return (ENDLESS if ended else CRASH), f"exit status {code}"


def broken_calls() -> list[str]:
    """Return the calls that fail, or return nothing finite, without being spoiled."""
    found = []
    for call in all_calls():
        try:
            outcome = of_result(valid_result(call), None, FREE)
        except Exception as error:
            outcome = of_error(error, {""}, FREE)
        if outcome[1]:
            found.append(f"{call.name}: {outcome[1]}")
    return found
