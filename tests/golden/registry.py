"""The cases by name, and how one is run."""

import hashlib
import time
import warnings
from importlib import import_module

import numpy as np
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

N_KEPT = 7  # entries of each array; a hash stands for all
CASES = {}


def case(function):
    """Enter a function that returns a dict of results."""
    CASES[function.__name__] = function
    return function


def enter_all():
    """Enter the cases of all modules, which a new process has not imported."""
    for module in ("forecasters", "estimators"):
        import_module(module)


def note(value):
    """Return the form of a value, a hash of all of it, and a few entries."""
    form = type(value).__name__
    if isinstance(value, pd.Series | pd.DataFrame):
        labels = [list(value.index), value.index.names, list(getattr(value, "columns", ["-"]))]
        form += " " + hashlib.sha256(repr(labels).encode()).hexdigest()[:8]
    array = np.asarray(value)
    if array.dtype.kind in "OU":
        return {"form": form, "hash": " ".join(map(str, array.ravel())), "values": []}
    form += f" {array.dtype} {list(array.shape)}"
    array = array.astype(float).ravel()
    kept = np.unique(np.linspace(0, len(array) - 1, N_KEPT).astype(int)) if len(array) else []
    return {
        "form": form,
        "hash": hashlib.sha256(array.tobytes()).hexdigest()[:16],
        "values": [None if np.isnan(array[i]) else float(array[i]) for i in kept],
    }


def run(name):
    """Return the notes of a case and its seconds."""
    start = time.perf_counter()
    torch.set_num_threads(1)  # the results depend on no number of threads or jobs
    threadpool_limits(1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            notes = {key: note(value) for key, value in CASES[name]().items()}
    except Exception as error:  # a broken case is reported like a difference
        notes = {"error": {"form": f"{type(error).__name__}: {error}", "hash": "", "values": []}}
    return name, notes, time.perf_counter() - start
