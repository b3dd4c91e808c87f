"""What the values of the targets can be, and which value of its distribution is the forecast."""

from __future__ import annotations

from dataclasses import dataclass, field

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
    def of(cls, given, names, panel, *, log, **form):
        """Choose the bounds for the training data.

        Parameters
        ----------
        given : list
            Bounds of each target, as for `Bounds.of`.
        names : list
            Names of the targets.
        panel : Panel
            The series, in original units.
        log : bool
            Whether logarithms are learned.
        **form
            `integer` and `point_forecast`.

        Raises
        ------
        ValueError
            If a value is outside of the bounds.
        """
        bounds = Bounds.of(panel, given, log=log)
        outside = bounds.outside(panel.y)
        if outside is not None:
            row, column = outside
            raise ValueError(
                f"bounds of column {names[column]!r} are {given[column]}, but y has the value "
                f"{panel.y[row, column]:g}; widen them, or correct y."
            )
        return cls(bounds, **form)
