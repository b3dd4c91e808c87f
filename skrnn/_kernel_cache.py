"""Compiled code of the kernels on the disk.

numba has a cache, but a file in it that is damaged or cannot be written makes every call fail, a
flipped bit can end the process, and a change in a constant or in a function that another one calls
goes unnoticed. Here the name of a file stands for all that its code depends on, and its content is
checked before it is loaded. A file that fails is compiled again and replaced.

Files are pickles, which can run any command. So only those are read that no other user can write.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import stat
import sys
import tempfile
from contextlib import suppress
from functools import cache
from numbers import Number
from pathlib import Path
from types import FunctionType
from typing import Any

import llvmlite
import numba
from numba.core.caching import CompileResultCacheImpl, NullCache
from numba.core.serialize import dumps

from ._warnings import warn

DIGEST_SIZE = hashlib.sha256().digest_size
REMEDY = (
    "If this repeats, set the environment variable NUMBA_CACHE_DIR to a folder that only you can "
    "write to."
)
VERSIONS = (sys.version, numba.__version__, llvmlite.__version__)


def cached(dispatcher: Any) -> Any:
    """Let a function compiled by numba keep its code on the disk; return the function.

    Its module and all others with "kernel" in their names, in the same folder, make up what the
    code depends on.
    """
    if not numba.config.DISABLE_JIT:
        try:
            dispatcher._cache = KernelCache(dispatcher.py_func)
        except (OSError, RuntimeError) as error:  # numba finds no folder that is writable
            dispatcher._cache = NoCache(error)
    return dispatcher


class KernelCache(NullCache):
    """The files of one function, one for each type of arguments.

    Parameters
    ----------
    function : function
        What is compiled.
    """

    def __init__(self, function: FunctionType) -> None:
        source = Path(function.__code__.co_filename)
        self._code = CompileResultCacheImpl(function)
        self._folder = Path(self._code.locator.get_cache_path())
        self._package = function.__module__.rpartition(".")[0]
        self._fingerprint = _fingerprint(source.parent)
        self._name = f"{source.stem}.{function.__qualname__}-{self._fingerprint}"

    @property
    def cache_path(self) -> str:
        """Folder of the files."""
        return str(self._folder)

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the code for arguments of these types, or None if it has to be compiled."""
        target_context.refresh()
        path = self._path(sig, target_context.codegen())
        try:
            return self._code.rebuild(target_context, pickle.loads(_read(path)))
        except FileNotFoundError:
            return None
        except Exception as error:
            _warn_of(path, "read", error)
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Write the code for arguments of these types."""
        path = self._path(sig, data.codegen)
        try:
            if self._code.check_cachable(data):
                self._code.locator.ensure_cache_path()
                _remove_old(self._folder, self._fingerprint)
                _write(path, dumps(self._code.reduce(data)))
        except Exception as error:
            _warn_of(path, "written", error)

    def _path(self, sig, codegen):
        key = (str(sig), codegen.magic_tuple(), VERSIONS, _constants(self._package))
        return self._folder / f"{self._name}-{_hash(repr(key).encode())}.nbc"


class NoCache(NullCache):
    """Stands for the cache where there is none.

    Parameters
    ----------
    reason : Exception
        Why there is none.
    """

    def __init__(self, reason: Exception) -> None:
        self._reason = reason

    def save_overload(self, sig: Any, data: Any) -> None:
        """Warn that the code is lost."""
        _warn_once(
            f"Compiled code cannot be kept, so each process compiles again ({self._reason})."
        )


def _hash(content):
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def _fingerprint(folder):
    """Return a hash of the source code of all kernels in a folder."""
    sources = sorted(folder.glob("*kernel*.py"))
    if not sources:
        raise RuntimeError(f"there is no source code in {folder}")
    return _hash(b"".join(source.read_bytes() for source in sources))


def _constants(package):
    """Return the numbers, and tuples of numbers, among the global names of a package's kernels.

    Some come from modules that are not kernels.
    """
    return [
        (module, name, value)
        for module in sorted(sys.modules)
        if module.startswith(f"{package}.") and "kernel" in module
        for name, value in sorted(vars(sys.modules[module]).items())
        if all(isinstance(v, Number) for v in (value if isinstance(value, tuple) else [value]))
    ]


def _digest(path, code):
    """Return a checksum, which a file with another name does not have."""
    return hashlib.sha256(path.name.encode() + code).digest()


def _read(path):
    """Return the code in a file, if it is intact and can only come from this user."""
    with open(path, "rb", opener=_open) as file:
        _check_owner(os.fstat(file.fileno()))
        content = file.read()
    code = content[DIGEST_SIZE:]
    if content[:DIGEST_SIZE] != _digest(path, code):
        raise ValueError("the file is damaged")
    return code


def _open(path, flags):
    # A pipe must not wait until somebody writes to it.
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _check_owner(status):
    if not stat.S_ISREG(status.st_mode):
        raise OSError("it is not a file")
    if hasattr(os, "geteuid"):  # on Windows, users have their own folders
        if status.st_uid != os.geteuid():
            raise PermissionError("the file belongs to another user")
        if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise PermissionError("other users can write to the file")


def _write(path, code):
    """Write a file that others see whole or not at all, and that only this user can read."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with open(descriptor, "wb") as file:
            file.write(_digest(path, code) + code)
        os.replace(temporary, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise


@cache
def _remove_old(folder, fingerprint):
    """Remove the files of other versions of the source code, those of numba's own cache too."""
    for path in folder.glob("*kernel*.nb[ci]*"):
        if fingerprint not in path.name:
            with suppress(OSError):
                path.unlink()


def _warn_of(path, action, error):
    reason = getattr(error, "strerror", None) or error
    _warn_once(f"Compiled code in {path} cannot be {action} ({reason}), so it is compiled again.")


_warned: list[str] = []


def _warn_once(message):
    """Warn of the first failure of a process."""
    if not _warned:
        _warned.append(message)
        warn(f"{message} {REMEDY}", RuntimeWarning)
