"""The doors of the house: which room may import what, and a few bounds that keep it readable.

The files are read, never run. Change a bound here only with a reason in the commit.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# The top level, for both facades.
SHARED = {"_architectures", "_compat", "_groups", "_parameters", "_trainer", "metrics"}
ROOMS = {"nn", "data", "training"}
PRIVATE_SKLEARN = "skrnn/_compat.py"
WARNINGS = "skrnn/_warnings.py"  # imports nothing of ours: any room may warn
MAX_LINES = 400

# What each room and each top-level module may import beside the standard library and itself.
DOORS = {
    "nn": {"torch", "numpy"},
    "data": {"numpy", "sklearn.preprocessing", "sklearn.model_selection"},
    "series": {"numpy", "scipy", "skrnn.data", "skrnn.baselines"},
    "baselines": {"numpy", "scipy", "skrnn.series"},
    "training": {"torch", "numpy", "threadpoolctl", "tqdm"},
    "estimators": {"sklearn", "numpy"} | {f"skrnn.{name}" for name in ROOMS | SHARED},
    # skpro's distributions, and the normal one that comes with it
    "forecasting": {"sktime", "pandas", "numpy", "skpro", "scipy.special"}
    | {f"skrnn.{name}" for name in ROOMS | SHARED | {"series", "baselines"}},
    "_architectures": {"skrnn._compat", "skrnn._parameters", "skrnn.nn"},
    "_compat": {"sklearn", "numpy"},
    "_groups": {"sklearn", "skrnn._compat"},
    "_parameters": {"sklearn", "numpy", "skrnn._compat", "skrnn._groups", "skrnn._trainer"},
    "_trainer": {"skrnn._compat", "skrnn._groups", "skrnn.training"},
    "metrics": {"sklearn", "numpy", "skrnn.data", "skrnn.baselines"},
    "plotting": {"matplotlib", "numpy", "pandas", "sklearn.exceptions", "skrnn.baselines"},
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


def closed_doors(tree: ast.AST, place: Place) -> Iterator[Finding]:
    if not place.startswith("skrnn/"):
        return
    room = place.split("/")[1].removesuffix(".py")
    allowed = DOORS.get(room, set()) | {f"skrnn.{room}", "skrnn._warnings"}
    if room in ("nn", "baselines") and "kernel" in Path(place).name:
        allowed |= {"numba", "llvmlite"}
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


RULES = [closed_doors, private_sklearn, hand_counted_warnings, open_constructors, long_files]


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
        (closed_doors, "skrnn/metrics.py", "import matplotlib.pyplot as plt"),
        (closed_doors, "skrnn/__init__.py", "from .forecasting import LSTMForecaster"),
        (private_sklearn, "skrnn/estimators/lstm.py", "from sklearn.utils._tags import get_tags"),
        (private_sklearn, "tests/test_lstm.py", "from sklearn.base import _fit_context"),
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
            "import numba, numpy as np\nfrom llvmlite import ir\nfrom . import cells",
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


def test_import_is_light():
    code = "import sys, skrnn; print(*sorted({'sktime', 'matplotlib', 'numba'} & set(sys.modules)))"
    home = Path(find_spec("skrnn").origin).parents[1]
    run = subprocess.run([sys.executable, "-c", code], cwd=home, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == []
