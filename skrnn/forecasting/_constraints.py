"""Constraints of the parameters that all forecasters share."""

from __future__ import annotations

from numbers import Integral

from skrnn._compat import Interval, StrOptions
from skrnn._groups import Covariates, Examples
from skrnn._parameters import TRAINING
from skrnn.baselines import BASELINE_NAMES, candidates

CONSTRAINTS: dict[str, list] = {
    **TRAINING,
    "window_length": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "strategy": [StrOptions({"multioutput", "recursive"})],
    "n_members": [Interval(Integral, 1, None, closed="left")],
    "sp": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "transform": [StrOptions({"auto", "log"}), None],
    "baseline": [StrOptions(set(BASELINE_NAMES)), None],
    "normalization": [StrOptions({"auto", "standard"})],
    "covariates": [Covariates, None],
    "examples": [Examples, None],
    "cold_start": ["boolean"],
}


def check_units(baseline, normalization):
    """Refuse a baseline whose units are those of an origin where there are none."""
    chosen = candidates(baseline, fitted=True)
    if normalization == "standard" and all(each.learns_outcomes for each in chosen):
        raise ValueError(
            f"baseline={baseline!r} is a regression in units of the origin, which "
            "normalization='standard' does not have; choose another baseline."
        )
