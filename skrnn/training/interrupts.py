"""What an interrupt (Ctrl-C) does to a training."""

from __future__ import annotations

import sys

from .settings import Settings

# Libraries that call `fit` many times, except by these modules and their submodules, which call it
# once for each call of theirs, and not by these functions.
LIBRARIES = {"dask", "distributed", "joblib", "optuna", "ray", "sklearn", "sktime"}
SINGLE = (
    "sklearn.base",
    "sklearn.compose",
    "sklearn.pipeline",
    "sklearn.utils",
    "sktime.base",
    "sktime.forecasting.base",
    "sktime.forecasting.compose._pipeline",
    "sktime.pipeline",
)
LOOPS = ("_predict_moving_cutoff", "_vectorize")


def keeps_interrupted(settings: Settings) -> bool:
    """Whether an interrupted training ends with what it has reached, in place of an exception.

    An exception ends a search, which otherwise would go on to its next fit.
    """
    if settings.on_interrupt == "auto":
        return not _fits_follow()
    return settings.on_interrupt == "keep"


def _fits_follow() -> bool:
    """Whether a library that fits repeatedly is among the callers."""
    caller = sys._getframe(1).f_back
    while caller is not None:
        module = caller.f_globals.get("__name__", "")
        if module.partition(".")[0] in LIBRARIES:
            once = any(module == name or module.startswith(f"{name}.") for name in SINGLE)
            if not once or caller.f_code.co_name in LOOPS:
                return True
        caller = caller.f_back
    return False
