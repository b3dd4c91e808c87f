"""The doors of the house: which room may import what, and a few bounds that keep it readable.

The files are read, never run. Change a bound here only with a reason in the commit.
"""

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

import skrnn

ROOT = Path(__file__).parents[1]
# The top level, for both facades.
SHARED = {
    "_arguments",
    "_architectures",
    "_bases",
    "_compat",
    "_constructors",
    "_docstrings",
    "_groups",
    "_parameter_group",
    "_parameters",
    "_state",
    "_trainer",
    "metrics",
}
ROOMS = {"nn", "data", "training"}
PRIVATE_SKLEARN = "skrnn/_compat.py"
PRIVATE_TORCH = "skrnn/training/lean.py"
WARNINGS = "skrnn/_warnings.py"  # imports nothing of ours: any room may warn
MAX_LINES = 400

# What each architecture has in several rooms; files of plotting have the names of what they show.
ARCHITECTURES = {"lstm_fcn", "module", "recurrent", "seq2seq", "transformer", "wavenet"}
# What each room and each top-level module may import beside the standard library and itself.
DOORS = {
    "nn": {"torch", "numpy", "threadpoolctl"},
    "data": {"numpy", "sklearn.preprocessing", "sklearn.model_selection"},
    "series": {"numpy", "scipy", "skrnn.data"},
    "baselines": {"numpy", "scipy", "sklearn.ensemble", "threadpoolctl", "skrnn.series"},
    "features": {"numpy", "pandas", "sktime"},
    "training": {"torch", "numpy", "threadpoolctl", "tqdm"},
    "estimators": {"sklearn", "torch", "numpy", "scipy.special", "scipy.optimize"}
    | {f"skrnn.{name}" for name in ROOMS | SHARED | {"features"}},
    # skpro's distributions, and the normal one that comes with it
    "forecasting": {"sktime", "pandas", "numpy", "skpro", "scipy.special"}
    | {f"skrnn.{name}" for name in ROOMS | SHARED | {"series", "baselines"}},
    "adapters": {"sktime", "sklearn", "numpy", "skrnn._urls", "skrnn.estimators"},
    "forecasting/engine": {"numpy", "scipy"}
    | {f"skrnn.{name}" for name in ROOMS | {"series", "baselines"}},
    # no numerics: what becomes of the panel is none of their business
    "forecasting/frames": {"sktime", "pandas", "numpy", "holidays"}
    | {"skrnn._arguments", "skrnn.series"},
    "_arguments": {"numpy", "skrnn._compat"},
    "_architectures": {"skrnn._compat", "skrnn._groups", "skrnn.nn"},
    "_bases": {"sklearn"},
    "_compat": {"sklearn", "numpy"},
    "_constructors": {"skrnn._parameter_names"},
    "_groups": {"skrnn._compat", "skrnn._constructors", "skrnn._parameter_group"},
    "_kernel_cache": {"numba", "llvmlite"},
    "_parameter_group": {
        "skrnn._bases",
        "skrnn._compat",
        "skrnn._parameter_names",
        "skrnn._urls",
    },
    "_parameters": {"sklearn", "numpy", "skrnn._arguments", "skrnn._compat", "skrnn._trainer"},
    "_trainer": {
        "skrnn._compat",
        "skrnn._constructors",
        "skrnn._parameter_group",
        "skrnn.training",
    },
    "metrics": {"sklearn", "numpy", "skrnn._arguments", "skrnn.data", "skrnn.baselines"},
    "plotting": {"matplotlib", "numpy", "pandas", "sklearn.exceptions"}
    | {"skrnn._arguments", "skrnn.baselines"},
    "__init__": {"skrnn._groups", "skrnn._trainer", "skrnn.estimators"},
}

Place = str  # a path below the root, in posix form
Finding = tuple[int, str]


def imports(tree: ast.AST, place: Place) -> Iterator[tuple[int, str]]:
    """Line and absolute name of all that is imported, with what `from` takes out of a package."""
    package = place.split("/")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *filter(None, [node.module])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", None))
            if called in {"import_module", "__import__"} and isinstance(node.args[0], ast.Constant):
                yield node.lineno, str(node.args[0].value)


def room_of(place: Place) -> str:
    parts = place.removesuffix(".py").split("/")[1:]
    inner = "/".join(parts[:2])
    return inner if inner in DOORS else parts[0]


def closed_doors(tree: ast.AST, place: Place) -> Iterator[Finding]:
    if not place.startswith("skrnn/"):
        return
    room = room_of(place)
    allowed = DOORS.get(room, set()) | {f"skrnn.{room.replace('/', '.')}", "skrnn._warnings"}
    if room in ("nn", "baselines") and "kernel" in place:
        allowed |= {"numba", "llvmlite", "skrnn._kernel_cache"}
    for line, name in imports(tree, place):
        inside = any(f"{name}.".startswith(f"{door}.") for door in allowed)
        if not inside and name.split(".")[0] not in sys.stdlib_module_names:
            yield line, f"{room} must not import {name}"


def private_sklearn(tree: ast.AST, place: Place) -> Iterator[Finding]:
    for line, name in imports(tree, place):
        parts = name.split(".")
        private = any(part.startswith("_") and not part.endswith("__") for part in parts)
        if parts[0] == "sklearn" and private and place != PRIVATE_SKLEARN:
            yield line, f"{name} is private: only {PRIVATE_SKLEARN} may import it"


def private_torch(tree: ast.AST, place: Place) -> Iterator[Finding]:
    if place.startswith("skrnn/") and place != PRIVATE_TORCH:
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id="torch"), attr=name) if name.startswith("_"):
                    yield node.lineno, f"torch.{name} is private: only {PRIVATE_TORCH} may use it"


def hand_counted_warnings(tree: ast.AST, place: Place) -> Iterator[Finding]:
    if place.startswith("skrnn/") and place != WARNINGS:
        for node in ast.walk(tree):
            match node:
                case ast.Attribute(value=ast.Name(id="warnings"), attr="warn"):
                    yield node.lineno, f"warn by {WARNINGS}, which finds the line of the user"


def open_constructors(tree: ast.AST, place: Place) -> Iterator[Finding]:
    for owner in ast.walk(tree):
        if not isinstance(owner, ast.ClassDef) or owner.name.startswith("_"):
            continue
        for node in owner.body:
            constructor = isinstance(node, ast.FunctionDef) and node.name == "__init__"
            if constructor and node.args.kwarg and place.startswith("skrnn/"):
                yield (
                    node.lineno,
                    f"{owner.name} takes **{node.args.kwarg.arg}: name each parameter",
                )


def long_files(source: str, place: Place) -> Iterator[Finding]:
    lines = len(source.splitlines())
    if lines >= MAX_LINES:
        yield lines, f"{lines} lines: keep a file under {MAX_LINES}"


RULES = [
    closed_doors,
    private_sklearn,
    private_torch,
    hand_counted_warnings,
    open_constructors,
    long_files,
]


def findings(root: Path, rule) -> list[str]:
    found = []
    for folder in ("skrnn", "tests", "examples", "benchmarks"):
        for path in sorted((root / folder).rglob("*.py")):
            place, source = path.relative_to(root).as_posix(), path.read_text("utf-8")
            material = source if rule is long_files else ast.parse(source, place)
            found += [f"{place}:{line}: {text}" for line, text in rule(material, place)]
    return found


@pytest.mark.parametrize("rule", RULES)
def test_house(rule):
    found = findings(ROOT, rule)
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("rule", "place", "source"),
    [
        (closed_doors, "skrnn/nn/cells.py", "import sklearn"),
        (closed_doors, "skrnn/nn/cells.py", "import numba"),
        (closed_doors, "skrnn/nn/cells.py", "from skrnn._kernel_cache import cached"),
        (closed_doors, "skrnn/nn/cells.py", "from ..data import Batch"),
        (closed_doors, "skrnn/nn/deep/cells.py", "from ...training import fit"),
        (closed_doors, "skrnn/nn/cells.py", "from .. import _compat"),
        (closed_doors, "skrnn/nn/cells.py", "from skrnn import LSTMRegressor"),
        (closed_doors, "skrnn/data/windows.py", "from sklearn.utils import resample"),
        (closed_doors, "skrnn/data/windows.py", "def f():\n    import torch"),
        (closed_doors, "skrnn/training/loop.py", "from skrnn.nn import heads"),
        (
            closed_doors,
            "skrnn/estimators/lstm.py",
            "from importlib import import_module\nimport_module('sktime')",
        ),
        (closed_doors, "skrnn/forecasting/lstm.py", "from ..estimators import LSTMRegressor"),
        (closed_doors, "skrnn/forecasting/engine/plan.py", "import pandas as pd"),
        (closed_doors, "skrnn/forecasting/engine/plan.py", "from ..frames import horizon"),
        (closed_doors, "skrnn/forecasting/frames/index.py", "from skrnn.baselines import Theta"),
        (
            closed_doors,
            "skrnn/forecasting/frames/index.py",
            "from .._base import SequenceForecaster",
        ),
        (closed_doors, "skrnn/baselines/theta.py", "from skrnn.forecasting.engine import plan"),
        (closed_doors, "skrnn/metrics.py", "import matplotlib.pyplot as plt"),
        (closed_doors, "skrnn/__init__.py", "from .forecasting import LSTMForecaster"),
        (private_sklearn, "skrnn/estimators/lstm.py", "from sklearn.utils._tags import get_tags"),
        (private_sklearn, "tests/test_lstm.py", "from sklearn.base import _fit_context"),
        (private_torch, "skrnn/nn/cells.py", "torch._fused_adam_([])"),
        (hand_counted_warnings, "skrnn/nn/cells.py", "warnings.warn('slow', stacklevel=2)"),
        (closed_doors, "skrnn/_warnings.py", "from . import _compat"),
        (
            open_constructors,
            "skrnn/nn/cells.py",
            "class Cell:\n    def __init__(self, **kwargs): ...",
        ),
        (long_files, "examples/plot_all.py", "\n" * MAX_LINES),
    ],
)
def test_rules_find(rule, place, source, tmp_path):
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(source)
    assert len(findings(tmp_path, rule)) == 1


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (
            "skrnn/nn/kernels.py",
            "import numba, numpy as np\nfrom llvmlite import ir\nfrom . import cells\n"
            "from skrnn._kernel_cache import cached",
        ),
        (
            "skrnn/data/windows.py",
            "from sklearn.model_selection import TimeSeriesSplit\nimport math",
        ),
        (
            "skrnn/estimators/lstm.py",
            "from .. import nn\nfrom .._compat import tags\nimport sklearn",
        ),
        (
            "skrnn/_compat.py",
            "from sklearn import __version__\nfrom sklearn.base import _fit_context",
        ),
        ("skrnn/nn/cells.py", "from skrnn._warnings import warn"),
        ("skrnn/_warnings.py", "import warnings\nwarnings.warn_explicit"),
        ("skrnn/nn/cells.py", "class _Cell:\n    def __init__(self, **kwargs): ..."),
    ],
)
def test_rules_let_pass(place, source, tmp_path):
    path = tmp_path / place
    path.parent.mkdir(parents=True)
    path.write_text(source)
    assert [found for rule in RULES for found in findings(tmp_path, rule)] == []


# -- circles and twins -------------------------------------------------------------------------


def modules(root: Path) -> dict[str, Place]:
    """Return the files of the package by the names of their modules."""
    places = [path.relative_to(root) for path in sorted((root / "skrnn").rglob("*.py"))]
    names = [".".join(place.with_suffix("").parts).removesuffix(".__init__") for place in places]
    return {name: place.as_posix() for name, place in zip(names, places, strict=True)}


def needs(root: Path) -> dict[str, set[str]]:
    """Return the modules that each module imports, at its top or later.

    A package runs before a module in it, except for those who are in the package themselves.
    """
    known = modules(root)
    graph: dict[str, set[str]] = {name: set() for name in known}
    for importer, place in known.items():
        for _, name in imports(ast.parse((root / place).read_text("utf-8")), place):
            parts = name.split(".")
            paths = {".".join(parts[:n]) for n in range(1, len(parts) + 1)} & set(known)
            target = max(paths, key=len, default=None)
            inside = {p for p in paths if p != target and f"{importer}.".startswith(f"{p}.")}
            graph[importer] |= paths - inside - {importer}
    return graph


def circle(graph: dict[str, set[str]]) -> list[str]:
    """Return modules each of which imports the one before it, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def twins(root: Path) -> dict[str, list[str]]:
    """Return names of modules that stand in several rooms."""
    found = defaultdict(list)
    for place in modules(root).values():
        found[Path(place).stem].append(place)
    return {
        name: places
        for name, places in found.items()
        if name not in ARCHITECTURES | {"__init__", "_base"}
        and len([place for place in places if room_of(place) != "plotting"]) > 1
    }


def test_no_circle():
    assert circle(needs(ROOT)) == []


def test_no_twin_names():
    assert twins(ROOT) == {}


@pytest.fixture
def house(tmp_path):
    """Return a function that writes a package, of which only the sources are given."""

    def write(sources):
        for place, source in sources.items():
            path = tmp_path / "skrnn" / place
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        return tmp_path

    return write


@pytest.mark.parametrize(
    "sources",
    [
        {"a.py": "from . import b", "b.py": "def f():\n    from .a import g"},
        {"a.py": "import skrnn.b", "b.py": "from skrnn.c import x", "c.py": "from .a import y"},
        # By way of the package, which runs first.
        {"a/__init__.py": "from .x import X", "a/x.py": "from skrnn.b import y"}
        | {"b.py": "from skrnn.a.z import Z", "a/z.py": ""},
        {"a/__init__.py": "from .x import X", "a/x.py": "from . import X"},
    ],
)
def test_circles_are_found(house, sources):
    assert circle(needs(house({"__init__.py": "", **sources})))


def test_what_is_no_circle(house):
    inner = {"a/__init__.py": "from .x import X", "a/x.py": "from .y import Y", "a/y.py": ""}
    root = house({"__init__.py": "from .a import X", **inner, "b.py": "from skrnn.a import X"})
    assert circle(needs(root)) == []


def test_twins_are_found(house):
    places = ("nn/context.py", "data/context.py", "nn/wavenet.py", "forecasting/wavenet.py")
    assert list(twins(house(dict.fromkeys(places, "")))) == ["context"]


def test_import_is_light():
    code = "import sys, skrnn; print(*sorted({'sktime', 'matplotlib', 'numba'} & set(sys.modules)))"
    home = Path(find_spec("skrnn").origin).parents[1]
    run = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []


@pytest.mark.parametrize("name", ["forecasting", "metrics", "plotting"])
def test_rooms_are_attributes_once_they_are_used(name):
    code = f"import skrnn; assert {name!r} in dir(skrnn); print(skrnn.{name}.__name__)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.split() == [f"skrnn.{name}"], run.stderr


def test_no_other_attributes():
    with pytest.raises(AttributeError, match="module 'skrnn' has no attribute 'forecast'"):
        skrnn.forecast  # noqa: B018
