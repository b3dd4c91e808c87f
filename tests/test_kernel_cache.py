"""Compiled code on the disk: what it depends on, and files that fail or are not to be trusted."""

import errno
import importlib
import os
import pickle
import sys
import warnings
from pathlib import Path

import pytest

numba = pytest.importorskip("numba")

from skrnn import _kernel_cache  # noqa: E402 (it imports numba)
from skrnn._kernel_cache import KernelCache  # noqa: E402

SOURCE = """
from numba import njit

from house.settings import SHIFT
from skrnn._kernel_cache import cached

FACTOR = 3

@njit
def scaled(x):
    return FACTOR * x

@cached
@njit
def kernel(x):
    return scaled(x) + SHIFT

@cached
@njit
def other(x):
    return -x
"""


class House:
    """A package with kernels, whose compiled code is in `cache`."""

    def __init__(self, folder):
        self.folder, self.cache = folder / "house", folder / "cache"
        self.folder.mkdir()
        (self.folder / "__init__.py").touch()
        self.write()

    def write(self, factor=3, shift=1):
        (self.folder / "settings.py").write_text(f"SHIFT = {shift}")
        source = SOURCE.replace("FACTOR = 3", f"FACTOR = {factor}")
        (self.folder / "small_kernel.py").write_text(source)

    def load(self):
        """Return the kernels of a new process."""
        for name in ("house", "house.settings", "house.small_kernel"):
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        _kernel_cache._fingerprint.cache_clear()
        _kernel_cache._remove_old.cache_clear()
        _kernel_cache._warned.clear()
        return importlib.import_module("house.small_kernel")

    def files(self):
        return sorted(self.cache.rglob("*.nb*"))


@pytest.fixture
def house(tmp_path, monkeypatch):
    # numba reads the variable again when any of its variables has changed.
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # the sources change within a second
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(_kernel_cache, "_warned", [])
    house = House(tmp_path)
    yield house
    for name in ("house", "house.settings", "house.small_kernel"):
        sys.modules.pop(name, None)


@pytest.fixture
def file(house):
    """The compiled code of the first kernel, for whole numbers."""
    house.load().kernel(2)
    (file,) = house.files()
    return file


def check_loaded(house, loaded=True):
    kernel = house.load().kernel
    assert kernel(2) == 7
    assert sum(kernel.stats.cache_hits.values()) == loaded


def check_warns_once(module, place, reason=""):
    """Two kernels compile with one warning, which names a place and the line that calls."""
    with pytest.warns(RuntimeWarning, match=reason) as caught:
        results = module.kernel(2), module.other(2)
    assert results == (7, -2)
    (warning,) = caught
    assert str(place) in str(warning.message)
    assert "NUMBA_CACHE_DIR" in str(warning.message)
    assert warning.filename == __file__


# -- what is kept ---------------------------------------------------------------------------


def test_code_is_loaded(house):
    check_loaded(house, False)
    before = house.files()
    check_loaded(house)
    assert house.files() == before
    assert len(before) == 1
    module = house.load()
    assert (module.kernel(2.5), module.other(2)) == (8.5, -2)
    assert len(house.files()) == 3  # one for each function and each type of arguments


def test_all_kernels_of_the_package():
    from skrnn.baselines import smoothing_kernel
    from skrnn.nn import kernels

    compiled = [*kernels.FORWARD.values(), *kernels.BACKWARD.values(), kernels.correlation]
    compiled += [kernels.gate_backward, kernels.gate_forward, kernels.wavenet_step]
    compiled += [smoothing_kernel.smooth]
    assert {type(kernel._cache) for kernel in compiled} == {KernelCache}


@pytest.mark.parametrize(("change", "expected"), [({"factor": 5}, 11), ({"shift": 9}, 15)])
def test_constants_in_a_file(house, file, change, expected):
    house.write(**change)
    assert house.load().kernel(2) == expected
    assert file.exists() == ("shift" in change)  # the kernels' own source is the same


@pytest.mark.parametrize(("name", "expected"), [("FACTOR", 13), ("SHIFT", 12)])
def test_constants_in_memory(house, file, name, expected):
    module = house.load()
    setattr(module, name, 6)
    assert module.kernel(2) == expected
    check_loaded(house)


def test_tuples_of_numbers_are_constants(house):
    module = house.load()
    values = []
    for bounds in [(0.5, 2), (0.25, 2), ("a", 2)]:
        module.BOUNDS = bounds
        values.append(repr(_kernel_cache._constants("house")))
    assert len(set(values)) == 3
    assert "BOUNDS" not in values[2]  # of another type: compiled code holds no such global names


def test_other_versions_keep_their_files(house, file, monkeypatch):
    monkeypatch.setattr(_kernel_cache, "VERSIONS", "another numba")
    check_loaded(house, False)
    assert len(house.files()) == 2


def test_old_files_are_removed(house, file):
    old = ["small_kernel.kernel-15.py311.nbi", "small_kernel.kernel-15.py311.1.nbc"]
    old += [f"{file.name.replace(file.name.split('-')[1], 'f' * 16)}{end}" for end in ("", ".x1")]
    for name in [*old, "mine.nbi"]:
        file.with_name(name).touch()
    house.write(factor=5)
    house.load().kernel(2)
    assert sorted(path.name[:6] for path in house.files()) == ["mine.n", "small_"]


# -- files that fail ------------------------------------------------------------------------


def flip(place):
    def change(content):
        content = bytearray(content)
        content[int(place * (len(content) - 1))] ^= 8
        return bytes(content)

    return change


DAMAGES = {
    "empty": lambda content: b"",
    "a byte": lambda content: content[:1],
    "only the checksum": lambda content: content[: _kernel_cache.DIGEST_SIZE],
    "truncated": lambda content: content[: len(content) // 2],
    "last byte lost": lambda content: content[:-1],
    "longer": lambda content: content + b"\0",
    "zeros": lambda content: bytes(len(content)),
    "random": lambda content: os.urandom(len(content)),
    "pickle": lambda content: pickle.dumps(("0.68.1", {})),
    **{f"bit at {place}": flip(place) for place in (0, 0.001, 0.1, 0.5, 0.9, 1)},
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file(house, file, damage):
    file.write_bytes(DAMAGES[damage](file.read_bytes()))
    check_warns_once(house.load(), file, "damaged")
    check_loaded(house)


def test_code_of_another_kernel(house, file):
    house.load().other(2)
    (other,) = set(house.files()) - {file}
    file.write_bytes(other.read_bytes())
    check_warns_once(house.load(), file, "damaged")
    check_loaded(house)


def test_code_that_does_not_load(house, file):
    _kernel_cache._write(file, pickle.dumps("no code"))
    check_warns_once(house.load(), file)
    check_loaded(house)


def test_a_folder_in_place_of_the_file(house, file):
    file.unlink()
    file.mkdir()
    check_warns_once(house.load(), file)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_in_place_of_the_file(house, file):
    file.unlink()
    os.mkfifo(file)
    check_warns_once(house.load(), file, "not a file")
    check_loaded(house)


def failing(number):
    def fail(*args, **kwargs):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("function", ["tempfile.mkstemp", "os.replace", "tempfile.TemporaryFile"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
def test_folder_that_cannot_be_written(house, function, number, monkeypatch):
    module = house.load()
    with monkeypatch.context() as patch:
        patch.setattr(function, failing(number))
        check_warns_once(module, house.cache, os.strerror(number))
    assert house.files() == []
    check_loaded(house, False)
    check_loaded(house)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no full disk here")
def test_full_disk(house, monkeypatch, tmp_path):
    def mkstemp(**kwargs):
        return os.open("/dev/full", os.O_WRONLY), str(tmp_path / "temporary")

    monkeypatch.setattr("tempfile.mkstemp", mkstemp)
    check_warns_once(house.load(), house.cache, os.strerror(errno.ENOSPC))


def test_a_file_in_place_of_the_folder(house, file):
    module = house.load()
    file.unlink()
    file.parent.rmdir()
    file.parent.touch()
    check_warns_once(module, file)


def test_files_that_can_be_read_and_not_written(house, file, monkeypatch):
    monkeypatch.setattr("tempfile.mkstemp", failing(errno.EROFS))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_loaded(house)


@pytest.mark.parametrize("error", [RuntimeError, OSError])
def test_no_folder(house, error, monkeypatch):
    def fail(function):
        raise error("no locator available")

    monkeypatch.setattr(_kernel_cache, "CompileResultCacheImpl", fail)
    check_warns_once(house.load(), "no locator available")


def test_no_source(house, monkeypatch):
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(()))
    check_warns_once(house.load(), house.folder, "no source code")


def test_interrupted_while_writing(house, monkeypatch):
    def interrupt(*args):
        raise KeyboardInterrupt

    module = house.load()
    with monkeypatch.context() as patch:
        patch.setattr("os.replace", interrupt)
        with pytest.raises(KeyboardInterrupt):
            module.kernel(2)
    assert house.files() == []
    assert module.kernel(2) == 7


# -- files of others ------------------------------------------------------------------------


class Command:
    """Runs a command when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (str(self.path),)


posix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has no such owners")


@posix
def test_only_the_user_can_read_and_write(file):
    assert file.stat().st_mode & 0o777 == 0o600


@posix
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o777])
def test_files_that_others_can_write_are_not_loaded(house, file, mode, tmp_path):
    _kernel_cache._write(file, pickle.dumps(Command(tmp_path / "ran")))
    file.chmod(mode)
    check_warns_once(house.load(), file, "other users can write")
    assert not (tmp_path / "ran").exists()
    check_loaded(house)


@posix
def test_files_of_others_are_not_loaded(house, file, monkeypatch, tmp_path):
    _kernel_cache._write(file, pickle.dumps(Command(tmp_path / "ran")))
    monkeypatch.setattr("os.geteuid", lambda: file.stat().st_uid + 1)
    check_warns_once(house.load(), file, "belongs to another user")
    assert not (tmp_path / "ran").exists()


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444])
def test_files_that_others_can_only_read(house, file, mode):
    file.chmod(mode)
    check_loaded(house)


def test_indices_of_numba_are_not_loaded(house, file, tmp_path):
    name = file.name.split("-")[0]
    for end in ("nbi", "1.nbc"):
        index = file.with_name(f"{name}-15.py{sys.version_info[0]}{sys.version_info[1]}.{end}")
        index.write_bytes(pickle.dumps(Command(tmp_path / "ran")))
    check_loaded(house)
    assert not (tmp_path / "ran").exists()
