"""Training rows that the windows of new rows reach back to."""

from __future__ import annotations

import hashlib

import numpy as np

from skrnn._warnings import warn

KINDS = {"i": "integers", "M": "dates", "m": "durations"}
CHUNK = 65536  # rows hashed at a time


class TimeAxis:
    """Maps the labels of a sorted index with constant step to step numbers.

    Parameters
    ----------
    origin : int, numpy.datetime64 or numpy.timedelta64
        Label of step 0.
    step : int or numpy.timedelta64
        Distance between two steps.
    unit : str or None
        Calendar unit to which labels are rounded down. None does not round.
    """

    def __init__(self, origin, step, unit):
        self.origin = origin
        self.step = step
        self.unit = unit

    @classmethod
    def fit(cls, labels):
        """Return the axis of the labels, or None if their step is not constant.

        Months count as constant, and so do days of 23 or 25 hours (daylight saving time).
        """
        for unit in (None, "D", "M") if labels.dtype.kind == "M" else (None,):
            ticks = _ticks(labels, unit)
            steps = np.diff(ticks)
            if len(steps) and ticks[1] > ticks[0] and (steps == steps[0]).all():
                return cls(ticks[0], steps[0], unit)
        return None

    def positions(self, labels):
        """Return the step number of each label.

        Raises
        ------
        ValueError
            If a label lies between two steps, or two labels share a step.
        """
        offset = _ticks(labels, self.unit) - self.origin
        steps = (offset // self.step).astype(np.int64)
        crowded = (offset % self.step).astype(bool)
        crowded[1:] |= np.diff(steps) == 0
        if crowded.any():
            raise ValueError(
                f"The index of X contains {labels[crowded][0]}, which does not fit the training "
                f"rows: they are {self._distance()} apart; pass rows of the same frequency."
            )
        return steps

    def _distance(self):
        """Return the step as text."""
        if self.unit is not None:
            return f"{self.step} {'days' if self.unit == 'D' else 'months'}"
        whole = (self.step.astype(f"m8[{unit}]") for unit in "Dhms")
        exact = [step for step in whole if step == self.step] if self.step.dtype.kind == "m" else []
        return str([*exact, self.step][0])


def _ticks(labels, unit):
    if unit is None:
        return labels
    return labels.astype(f"datetime64[{unit}]").astype(np.int64)


class Lookback:
    """The end of the training table, where windows of new rows may begin.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_channels)
        Training rows.
    labels : ndarray of shape (n_rows,) or None
        Index of the rows: increasing integers, datetimes or timedeltas.
    size : int
        Number of rows that a window reaches back from its last one.
    """

    def __init__(self, values, labels, size):
        self.size = size
        self.means = values.mean(axis=0, dtype=np.float64)
        self.tail = values[len(values) - size :].copy()
        self.n_rows = len(values)
        self.fingerprint = _fingerprint(values)
        self.axis: TimeAxis | None = None
        self.tail_labels: np.ndarray | None = None
        if labels is not None:
            self.axis = TimeAxis.fit(labels)
            self.tail_labels = labels[len(labels) - size :].copy()
            self.span = labels[0], labels[-1]

    def extend(self, values, labels):
        """Join the new rows with the training rows that were kept.

        Parameters
        ----------
        values : ndarray of shape (n, n_channels)
            New rows.
        labels : ndarray of shape (n,) or None
            Index of the new rows.

        Returns
        -------
        table : ndarray of shape (n_known, n_channels)
            Kept training rows and new rows, in temporal order. Row 0 and missing rows in between
            hold the column means of the training rows.
        rows : ndarray of shape (n,)
            Position of each new row in `table`.
        """
        kept, old, new = self._positions(values, labels)
        known = np.union1d(old, new)
        # No window reaches across a gap of more than `size` rows, so longer gaps are shortened.
        gaps = np.minimum(np.diff(known, prepend=known[0] - 1), self.size + 1)
        places = np.cumsum(gaps)
        table = np.empty((places[-1] + 1, values.shape[1]), values.dtype)
        table[:] = self.means
        table[places[np.searchsorted(known, old)]] = kept
        rows = places[np.searchsorted(known, new)]
        table[rows] = values
        return table, rows

    def _positions(self, values, labels):
        """Return the kept rows, their step numbers and those of the new rows."""
        steps = np.arange(-self.size, len(values))
        past, follows = steps[: self.size], steps[self.size :]
        if labels is None or self.tail_labels is None:
            if self._is_training_table(values):
                return self.tail[:0], past[:0], follows
            return self.tail, past, follows
        self._check_kind(labels, self.tail_labels)
        if self.axis is not None:
            found = self.tail, past, self.axis.positions(labels) - self.n_rows
        else:  # without a constant step, the labels only give the order
            n_earlier = np.count_nonzero(self.tail_labels < labels[0])
            found = self.tail[:n_earlier], past[self.size - n_earlier :], follows
        if self.size and self.span[0] < labels[0] <= self.span[1]:
            warn(
                f"X begins within the training rows, at {labels[0]}. Earlier training rows are not "
                "kept, so the first windows read column means in their place; to predict these "
                f"rows exactly, pass also the {self.size} rows before them.",
            )
        return found

    @staticmethod
    def _check_kind(labels, fitted_labels):
        kind, fitted = labels.dtype.kind, fitted_labels.dtype.kind
        if kind != fitted:
            raise ValueError(
                f"The index of X holds {KINDS[kind]}, that of the training rows {KINDS[fitted]}; "
                "pass an index of the same kind, or an array if the rows directly follow the "
                "training rows."
            )

    def _is_training_table(self, values):
        return len(values) == self.n_rows and _fingerprint(values) == self.fingerprint


def _fingerprint(values):
    """Return a hash of a table that does not depend on its memory layout."""
    digest = hashlib.blake2b(str(values.shape).encode(), digest_size=16)
    for start in range(0, len(values), CHUNK):
        # + 0.0 turns -0.0 into 0.0, so that equal tables have equal bytes.
        digest.update((values[start : start + CHUNK].astype(np.float64) + 0.0).tobytes())
    return digest.digest()
