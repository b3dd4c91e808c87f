"""Constraints of the parameters that all forecasters have."""

from __future__ import annotations

from numbers import Integral

from skrnn._compat import Interval, StrOptions
from skrnn._groups import Covariates, Examples
from skrnn._parameters import TRAINING
from skrnn.baselines import WINDOW_BASELINES

from .engine.candidates import STATISTICAL

CONSTRAINTS: dict[str, list] = {
    **TRAINING,
    "window_length": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "strategy": [StrOptions({"multioutput", "recursive"})],
    "n_members": [Interval(Integral, 1, None, closed="left")],
    "sp": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "transform": [StrOptions({"auto", "log"}), None],
    "baseline": [StrOptions({"auto", *WINDOW_BASELINES, *STATISTICAL}), None],
    "normalization": [StrOptions({"auto", "standard"})],
    "covariates": [Covariates, None],
    "examples": [Examples, None],
    "cold_start": ["boolean"],
}
