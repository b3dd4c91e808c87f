"""Which steps to forecast from which origins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .network import chunks


@dataclass(frozen=True)
class RequestPart:
    """Origins that are forecast together, and the requested steps among their forecasts.

    Parameters
    ----------
    series, origin : ndarray of shape (m,)
        An origin is the number of steps of its series that may be read.
    n_steps : int
        Steps to forecast from each.
    known_rows : ndarray of shape (m, n_steps) or None
        Rows of the known covariates of these steps.
    found : tuple of ndarray
        Origin and step of each requested value, as an index of the forecasts (m, n_steps).
    place : tuple of ndarray
        Its place in the request, as an index of `ForecastRequest.steps`.
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
        Steps from the last one that may be read, which is 0; those up to it are forecast from
        the origin right before each.
    known : ndarray of shape (n_rows, n_known), optional
        Known covariates in their own units.
    known_rows : ndarray of shape (n, n_ahead), optional
        Rows of them for the steps after each origin.
    """

    series: np.ndarray
    origin: np.ndarray
    steps: np.ndarray
    known: np.ndarray | None = None
    known_rows: np.ndarray | None = None

    @property
    def n_ahead(self):
        """Steps from an origin to the last one that is requested."""
        return max(0, int(self.steps.max()))

    def parts(self, size):
        """Yield the request in parts of at most `size` origins: steps ahead, then earlier ones."""
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
