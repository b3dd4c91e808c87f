"""Warnings that name the user's line."""

from __future__ import annotations

import sys
import warnings

# Packages whose frames lie between a warning and the code of the user.
INSIDE = {
    "contextlib",
    "importlib",
    "joblib",
    "numba",
    "skbase",
    "sklearn",
    "skpro",
    "skrnn",
    "sktime",
    "torch",
}


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the innermost line outside of this package and of those that call it.

    Parameters
    ----------
    message : str
        Text of the warning.
    category : type of Warning, default=UserWarning
        Class of the warning.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and _package(frame) in INSIDE:
        frame = frame.f_back
    warnings.warn_explicit(
        message,
        category,
        filename=frame.f_code.co_filename,
        lineno=frame.f_lineno,
        module=frame.f_globals.get("__name__"),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )


def _package(frame):
    return frame.f_globals.get("__name__", "").partition(".")[0]
