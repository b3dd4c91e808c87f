"""Put faults into a copy of the package, one at a time, and see whether the tests notice.

    python tests/faults.py check
    python tests/faults.py run --only training "kernel-*" --output found.csv
    python tests/faults.py run --source ../old --suite ../old/tests

The faults are in faults.toml. Each has a snippet that occurs exactly once in skrnn/, a replacement,
and patterns of the test files that a developer would run after such a change, those most likely to
notice first. In long files, the tests with `first` in their names run before the others. `check`
lists snippets and test files that no longer exist. faults.csv has the results with the suite as it
is ("after"), and with the one before it, of twice the length.

`run` reports for each fault one of

- caught, and the first test that failed;
- not caught: all of these tests passed;
- time: no test failed within the limit of CPU time;
- crash: the process that runs the tests died, which nobody overlooks;
- broken: the tests could not be collected, which nobody overlooks either;
- fails anyway: the test that failed also fails without the fault.
"""

import argparse
import ast
import csv
import json
import os
import queue
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[1]
TABLE = Path(__file__).with_suffix(".toml")
NOT_COPIED = (".*", "__pycache__", "build", "dist", "_build", "auto_examples", "generated")
# What the tests need besides the package; the server imports it once.
IMPORTED = ("hypothesis", "numba", "sklearn.ensemble", "sktime.forecasting.base", "torch")
CODES = {  # exit status of pytest, or the signal that ended it
    0: "not caught",
    1: "caught",
    **dict.fromkeys(range(2, 6), "broken"),
    -signal.SIGXCPU: "time",
    -signal.SIGKILL: "time",
}
FAILED = re.compile(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", re.MULTILINE)


@dataclass(frozen=True)
class Fault:
    """A mistake that somebody could make."""

    name: str
    kind: str
    room: str
    find: str
    replace: str
    tests: list[str]
    first: str = ""

    def matches(self, names: list[str]) -> bool:
        return any(fnmatch(own, name) for own in (self.name, self.room) for name in names)

    def places(self, root: Path) -> list[Path]:
        """Return the files with the snippet, one for each occurrence."""
        texts = ((path, path.read_text("utf-8")) for path in sorted((root / "skrnn").rglob("*.py")))
        return [path for path, text in texts for _ in range(text.count(self.find))]

    def applied(self, text: str) -> str:
        return text.replace(self.find, self.replace)

    def test_files(self, tests: Path) -> list[str]:
        """Return the test files, in the order of the patterns."""
        found = (path for pattern in self.tests for path in sorted(tests.rglob(pattern)))
        return list(dict.fromkeys(path.relative_to(tests.parent).as_posix() for path in found))


@dataclass
class Result:
    name: str
    room: str
    kind: str
    outcome: str
    seconds: int = 0
    test: str = ""


def read_table(path: Path) -> list[Fault]:
    with path.open("rb") as file:
        return [Fault(**entry) for entry in tomllib.load(file)["fault"]]


# -- check ---------------------------------------------------------------------------------------


def problems(faults: list[Fault], source: Path, tests: Path) -> Iterator[str]:
    for name, count in Counter(fault.name for fault in faults).items():
        if count > 1:
            yield f"{name}: {count} faults have this name"
    for fault in faults:
        places = fault.places(source)
        if len(places) != 1:
            where = ", ".join(path.relative_to(source).as_posix() for path in places)
            yield f"{fault.name}: found {len(places)} times ({where or 'nowhere'}): {fault.find!r}"
        elif not _compiles(fault.applied(places[0].read_text("utf-8"))):
            yield f"{fault.name}: with {fault.replace!r} the file does not compile"
        if fault.find == fault.replace:
            yield f"{fault.name}: changes nothing"
        if not fault.test_files(tests):
            yield f"{fault.name}: no test file is named {' or '.join(fault.tests)}"


def _compiles(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def check(faults: list[Fault], source: Path, tests: Path) -> bool:
    found = list(problems(faults, source, tests))
    print(*found, f"{len(faults)} faults, {len(found)} problems", sep="\n")
    return not found


# -- run -----------------------------------------------------------------------------------------


class Copy:
    """A copy of the repository, in which one fault at a time is tried."""

    def __init__(self, source: Path, tests: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="skrnn-faults-"))
        self.root, self._printed = self.folder / "copy", self.folder / "printed"
        shutil.copytree(source, self.root, ignore=shutil.ignore_patterns(*NOT_COPIED, "tests"))
        shutil.copytree(tests, self.root / "tests", ignore=shutil.ignore_patterns(*NOT_COPIED))
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.root),
            "PYTHONDONTWRITEBYTECODE": "1",  # two faults of one size in one second look alike
            "HYPOTHESIS_STORAGE_DIRECTORY": str(self.folder / "hypothesis"),
        }
        self._server = subprocess.Popen(
            [sys.executable, __file__, "serve"],
            cwd=self.root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # so that Ctrl-C comes to `run` alone
        )

    def pytest(
        self, what: list[str], limit: int, cache: str = "all", first: str = ""
    ) -> tuple[int, int, str]:
        """Run tests; return the exit status, seconds of CPU and what was printed."""
        options = ["-q", "--tb=no", "-rfE", "--no-header", "-p", "no:cacheprovider"]
        order = {
            "root": str(self.root),
            "arguments": [*options, f"--basetemp={self.folder / 'tmp'}", *what],
            "cache": str(self.folder / "numba" / cache),
            "printed": str(self._printed),
            "limit": limit,
            "first": first,
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        print(json.dumps(order), file=self._server.stdin, flush=True)
        answer = self._server.stdout.readline()
        if not answer:
            raise RuntimeError("The process that runs the tests has ended; run the others again.")
        status, seconds = json.loads(answer)
        return status, seconds, self._printed.read_text("utf-8", "replace")

    def try_out(self, fault: Fault, limit: int) -> Result:
        result = Result(fault.name, fault.room, fault.kind, "broken")
        tests, places = fault.test_files(self.root / "tests"), fault.places(self.root)
        if not tests or len(places) != 1:
            result.test = f"{len(places)} places of the snippet, {len(tests)} test files"
            return result
        (place,), before = places, places[0].read_text("utf-8")
        # Kernels are compiled again, and what comes from a faulty one is thrown away.
        compiled = "kernel" in place.relative_to(self.root).as_posix() or "numba" in before
        cache = fault.name if compiled else "all"
        place.write_text(fault.applied(before), "utf-8")
        try:
            status, result.seconds, printed = self.pytest(["-x", *tests], limit, cache, fault.first)
        finally:
            place.write_text(before, "utf-8")
            if compiled:
                shutil.rmtree(self.folder / "numba" / cache, ignore_errors=True)
        result.outcome = CODES.get(status, "crash")
        if result.outcome in ("caught", "broken"):
            result.test = (FAILED.findall(printed) or [printed.strip()[-200:]])[0]
        return result

    def confirm(self, results: list[Result]) -> None:
        """Check that the tests that caught faults pass without them."""
        caught = [result for result in results if result.outcome == "caught"]
        tests = list(dict.fromkeys(result.test for result in caught))
        status, _, printed = self.pytest(tests, limit=3600) if tests else (0, 0, "")
        if status not in (0, 1):
            print(f"The tests could not be run without the faults:\n{printed}")
        failed = set(FAILED.findall(printed))
        for result in caught:
            if result.test in failed:
                result.outcome = "fails anyway"

    def stop(self) -> None:
        self._server.terminate()
        self._server.wait()

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class InOrder:
    """pytest plugin that runs the tests with `first` in their names before the others."""

    def __init__(self, first: str) -> None:
        self.first = first

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.first not in item.name)


def serve() -> int:
    """Run tests in forks of a process with the imports done, which saves seconds for each fault."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    for name in IMPORTED:
        import_module(name)
    for line in sys.stdin:
        order = json.loads(line)
        process = os.fork()
        if process == 0:
            _run_tests(order)
        print(json.dumps(_wait(process, order["limit"])), flush=True)
    return 0


def _run_tests(order: dict) -> NoReturn:
    status: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (order["limit"], order["limit"] + 9))
        os.setsid()  # so that what the tests start can be ended with them
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        printed = os.open(order["printed"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), printed, printed)):
            os.dup2(file, number)
        # numba has read the environment already.
        os.environ["NUMBA_CACHE_DIR"] = import_module("numba").config.CACHE_DIR = order["cache"]
        sys.path[:1] = [order["root"]]
        home = import_module("skrnn").__file__
        if home == f"{order['root']}/skrnn/__init__.py":
            status = pytest.main(order["arguments"], [InOrder(order["first"])])
        else:
            print(f"The tests would run on {home}")
        sys.stdout.flush()
    finally:
        os._exit(status)


def _wait(process: int, limit: int) -> tuple[int, int]:
    end, done = time.monotonic() + 10 * limit, 0
    try:
        while not done and time.monotonic() < end:
            done, status, used = os.wait4(process, os.WNOHANG)
            time.sleep(0.05)
    finally:
        if not done:  # all wait for something that does not come, or nobody waits for them
            os.killpg(process, signal.SIGKILL)
            _, status, used = os.wait4(process, 0)
    return os.waitstatus_to_exitcode(status), round(used.ru_utime + used.ru_stime)


def run(faults: list[Fault], options: argparse.Namespace) -> bool:
    """Try faults, each job in its own copy; return whether all are caught."""
    copies: queue.SimpleQueue[Copy] = queue.SimpleQueue()
    made = []
    results: list[Result] = []

    def try_out(fault: Fault) -> Result:
        copy = copies.get()
        try:
            return copy.try_out(fault, options.limit)
        finally:
            copies.put(copy)

    try:
        for _ in range(min(options.jobs, len(faults))):
            made.append(Copy(options.source, options.suite))
            copies.put(made[-1])
        with ThreadPoolExecutor(len(made)) as pool:
            tasks = [pool.submit(try_out, fault) for fault in faults]
            try:
                for task in as_completed(tasks):
                    results.append(task.result())
                    show(results[-1])
                    write(results, options.output)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for copy in made:
                    copy.stop()
                raise
        made[0].confirm(results)
    finally:
        for copy in made:
            copy.remove()
    order = [fault.name for fault in faults]
    results.sort(key=lambda result: order.index(result.name))
    write(results, options.output)
    counts = Counter(result.outcome for result in results)
    print(f"\n{len(results)} faults:", ", ".join(f"{n} {what}" for what, n in counts.items()))
    for result in results:
        if result.outcome not in ("caught", "crash"):
            show(result)
    return not counts.keys() - {"caught", "crash"}


def show(result: Result) -> None:
    text = f"{result.room:12} {result.name:36} {result.outcome:12} {result.seconds:4} s"
    print(f"{text}  {result.test}", flush=True)


def write(results: list[Result], path: Path | None) -> None:
    if path is None:
        return
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, Result.__dataclass_fields__)
        writer.writeheader()
        writer.writerows(asdict(result) for result in results)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=["check", "run", "serve"])
    parser.add_argument("--only", nargs="+", metavar="NAME", help="faults or rooms, or patterns")
    parser.add_argument("--source", type=Path, default=ROOT, help="repository with skrnn/")
    parser.add_argument("--suite", type=Path, help="folder of the tests; those of the source")
    parser.add_argument("--table", type=Path, default=TABLE, help="faults, as in faults.toml")
    parser.add_argument("--jobs", type=int, default=1, help="faults tried at a time")
    parser.add_argument("--limit", type=int, default=300, help="seconds of CPU for each fault")
    parser.add_argument("--output", type=Path, help="CSV file, written as the run goes on")
    options = parser.parse_args()
    if options.command == "serve":
        return serve()
    options.source = options.source.resolve()
    options.suite = (options.suite or options.source / "tests").resolve()
    faults = read_table(options.table)
    if options.only:
        faults = [fault for fault in faults if fault.matches(options.only)]
    if not faults:
        parser.error("no fault has such a name or room")
    if options.command == "check":
        return 0 if check(faults, options.source, options.suite) else 1
    return 0 if run(faults, options) else 1


if __name__ == "__main__":
    sys.exit(main())
