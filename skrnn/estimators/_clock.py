"""The index of a DataFrame as numbers: integers, or times on the clock that counts steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from skrnn.data.lookback import TimeAxis

KINDS = "iuMm"  # integers, dates and durations


@dataclass(frozen=True)
class Clock:
    """The clock on which the steps of an index with a time zone are counted.

    Parameters
    ----------
    zone : tzinfo or None
        Zone of the training rows.
    local : bool
        Whether local time counts, as for days of 23 or 25 hours. Otherwise elapsed time counts.
    unit : {"D", None}
        Unit to which local times are rounded down.
    """

    zone: Any = None
    local: bool = False
    unit: str | None = None

    @classmethod
    def of(cls, X):
        """Return the clock on which the index of training rows has a constant step.

        Local days come first, then elapsed time, then local time.
        """
        zone = getattr(getattr(X, "index", None), "tz", None)
        clocks = [cls(zone), cls(zone, local=True)]
        if zone is None:
            return clocks[0]
        clocks = [cls(zone, local=True, unit="D"), *clocks]
        steady = (clock for clock in clocks if TimeAxis.fit(clock._read(X.index)) is not None)
        return next(steady, cls(zone))

    def labels(self, X):
        """Return the index of a DataFrame as integers or times; None where there is none.

        Raises
        ------
        ValueError
            If it does not rise from row to row, or has a zone where the training rows had none.
        """
        if not hasattr(X, "iloc"):
            return None
        index = X.index.to_timestamp() if hasattr(X.index, "to_timestamp") else X.index
        labels = np.asarray(index.values)
        if labels.dtype.kind not in KINDS:
            return None
        _check_rising(X.index, labels)
        if labels.dtype.kind != "M":
            return labels.astype(np.int64) if labels.dtype.kind in "iu" else labels
        self._check_zone(index)
        return self._read(index)

    def _read(self, index):
        if not self.local:
            return np.asarray(index.values)
        labels = index.tz_convert(self.zone).tz_localize(None).values
        return labels if self.unit is None else labels.astype(f"datetime64[{self.unit}]")

    def _check_zone(self, index):
        if (index.tz is None) != (self.zone is None):
            names = [zone or "no time zone" for zone in (index.tz, self.zone)]
            raise ValueError(
                f"The index of X has {names[0]}, that of the training rows {names[1]}; use "
                "X.tz_localize to make them alike."
            )


def _check_rising(index, labels):
    falls = np.flatnonzero(~(labels[1:] > labels[:-1]))
    if len(falls):
        i = falls[0] + 1
        if labels[i] == labels[i - 1]:
            raise ValueError(f"The index of X has {index[i]} twice; keep one row for each time.")
        raise ValueError(
            f"The index of X does not rise: row {i} has {index[i]} after {index[i - 1]}; sort "
            "the rows by time, for instance with X.sort_index()."
        )
