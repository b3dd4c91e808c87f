"""Requested steps and their origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skrnn.series import chunks


@dataclass(frozen=True)
class RequestPart:
    """Origins that are forecast in one batch, and the steps requested from them.

    Parameters
    ----------
    series, origin : ndarray of shape (m,)
        An origin is the number of steps of its series that may be read.
    n_steps : int
        Number of steps to forecast from each.
    known_rows : ndarray of shape (m, n_steps) or None
        Rows of the known covariates of these steps.
    found : tuple of ndarray
        Index of each requested value in the forecasts (m, n_steps).
    place : tuple of ndarray
        Index of each requested value in `ForecastRequest.steps`.
    """

    series: np.ndarray
    origin: np.ndarray
    n_steps: int
    known_rows: np.ndarray | None
    found: tuple
    place: tuple


@dataclass(frozen=True)
class ForecastRequest:
    """Origins, and the requested steps from each.

    Parameters
    ----------
    series, origin : ndarray of shape (n,)
        An origin is the number of steps of its series that may be read.
    steps : ndarray of shape (n, n_requested)
        Requested steps, relative to the last step that may be read. Positive steps are forecast
        from the origin. Step 0 and earlier ones are in-sample: each is forecast one step ahead.
    known : ndarray of shape (n_rows, n_known), optional
        Known covariates in original units.
    known_rows : ndarray of shape (n, n_ahead), optional
        Rows of `known` for the steps after each origin.
    """

    series: np.ndarray
    origin: np.ndarray
    steps: np.ndarray
    known: np.ndarray | None = None
    known_rows: np.ndarray | None = None

    @property
    def n_ahead(self):
        """Number of steps from an origin to the last requested one."""
        return max(0, int(self.steps.max()))

    def parts(self, size):
        """Yield parts of at most `size` origins: first the steps ahead, then in-sample steps."""
        ahead = self.steps > 0
        for rows in chunks(len(self.series), size) if ahead.any() else ():
            row, column = np.nonzero(ahead[rows])
            known_rows = None if self.known_rows is None else self.known_rows[rows]
            yield RequestPart(
                self.series[rows],
                self.origin[rows],
                self.n_ahead,
                known_rows,
                found=(row, self.steps[rows][row, column] - 1),
                place=(rows.start + row, column),
            )
        row, column = np.nonzero(~ahead)
        for values in chunks(len(row), size):
            place = row[values], column[values]
            origin = self.origin[place[0]] - 1 + self.steps[place]
            first = np.arange(len(origin)), np.zeros(len(origin), dtype=int)
            yield RequestPart(self.series[place[0]], origin, 1, None, first, place)
