"""What the values of the targets can be, and which value of its distribution is the forecast."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from skrnn._arguments import reading
from skrnn.series.bounds import Bounds


@dataclass(frozen=True)
class TargetPlan:
    """Bounds of the targets, and the form of forecasts.

    Parameters
    ----------
    bounds : Bounds
        Smallest and largest possible value of each target.
    integer : bool, default=False
        Whether quantiles are whole numbers.
    point_forecast : {"median", "mean"}, default="median"
        What `predict` returns.
    """

    bounds: Bounds = field(default_factory=Bounds)
    integer: bool = False
    point_forecast: str = "median"

    @classmethod
    def of(cls, target, names, panel, *, log):
        """Choose the bounds for the training data.

        Parameters
        ----------
        target : Target
            Parameters of the forecaster.
        names : list
            Names of the targets.
        panel : Panel
            The series, in original units.
        log : bool
            Whether logarithms are learned.

        Raises
        ------
        ValueError
            If the bounds are no bounds, or a value is outside of them.
        """
        given = read_bounds(target.bounds, names)
        bounds = Bounds.of(panel, given, log=log)
        outside = bounds.outside(panel.y)
        if outside is not None:
            row, column = outside
            raise ValueError(
                f"bounds of column {names[column]!r} are {given[column]}, but y has the value "
                f"{panel.y[row, column]:g}; widen them, or correct y."
            )
        return cls(bounds, target.integer, target.point_forecast)


def read_bounds(given, names):
    """Return the bounds of each target as pairs of floats, or "auto".

    Raises
    ------
    ValueError
        If they are no bounds.
    """
    if not isinstance(given, Mapping):
        return [_read_pair(given)] * len(names)
    unknown = [name for name in given if name not in names]
    if unknown:
        raise ValueError(f"bounds names {unknown}, but y has the columns {list(names)}.")
    return [_read_pair(given.get(name, "auto")) for name in names]


def _read_pair(given):
    if given is None:
        return -np.inf, np.inf
    if isinstance(given, str) and given == "auto":
        return given
    with reading("bounds"):
        pair = [] if isinstance(given, str) else list(given)
        if len(pair) == 2:
            lower, upper = (
                float(infinite if bound is None else bound)
                for bound, infinite in zip(pair, (-np.inf, np.inf), strict=True)
            )
            if lower < upper:
                return lower, upper
        raise ValueError(
            f"bounds has the value {given!r}; pass 'auto', None, or a pair of a lower and a larger "
            "upper bound, where None stands for no bound."
        )
