"""Rows in time: what is known before and between the rows of a new table."""

from __future__ import annotations

import hashlib

import numpy as np

from skrnn._warnings import warn

KINDS = {"i": "integers", "M": "dates", "m": "durations"}
CHUNK = 65536  # rows that are hashed at a time


class TimeAxis:
    """Whole steps of a sorted index.

    Parameters
    ----------
    origin : int, numpy.datetime64 or numpy.timedelta64
        Label of step 0.
    step : int or numpy.timedelta64
        Distance between two steps.
    unit : str or None
        Unit of the calendar to which labels are rounded down; None takes them as they are.
    """

    def __init__(self, origin, step, unit):
        self.origin = origin
        self.step = step
        self.unit = unit

    @classmethod
    def fit(cls, labels):
        """Return the axis of labels with a constant step, or None.

        Days (of 23 to 25 hours, where clocks are changed) and months count as constant.
        """
        for unit in (None, "D", "M") if labels.dtype.kind == "M" else (None,):
            ticks = _ticks(labels, unit)
            steps = np.diff(ticks)
            if len(steps) and ticks[1] > ticks[0] and (steps == steps[0]).all():
                return cls(ticks[0], steps[0], unit)
        return None

    def positions(self, labels):
        """Return the step of each label.

        Raises
        ------
        ValueError
            If a label lies between two steps, or two of them in the same step.
        """
        offset = _ticks(labels, self.unit) - self.origin
        steps = (offset // self.step).astype(np.int64)
        crowded = (offset % self.step).astype(bool)
        crowded[1:] |= np.diff(steps) == 0
        if crowded.any():
            raise ValueError(
                f"The index of X has {labels[crowded][0]}, which is no step of the training rows: "
                f"they are {self._distance()} apart; pass rows of the same frequency."
            )
        return steps

    def _distance(self):
        """Return the step in words."""
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
    """What is kept of the training rows so that windows of later rows can begin there.

    Parameters
    ----------
    values : ndarray of shape (n_rows, n_channels)
        Training rows.
    labels : ndarray of shape (n_rows,) or None
        Their index: integers, datetimes or timedeltas in rising order.
    size : int
        Number of earlier rows that a window can reach.
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
        """Return the rows of a new table among all that is known at their time.

        Parameters
        ----------
        values : ndarray of shape (n, n_channels)
            New rows.
        labels : ndarray of shape (n,) or None
            Their index.

        Returns
        -------
        table : ndarray of shape (n_known, n_channels)
            Kept training rows and new rows in the order of time. Row 0, and the rows that are
            missing between known ones, hold the column means of the training rows.
        rows : ndarray of shape (n,)
            Where `values` lie in it.
        """
        kept, old, new = self._positions(values, labels)
        known = np.union1d(old, new)
        # No window reads across a gap longer than its reach: a long one is shortened to that.
        gaps = np.minimum(np.diff(known, prepend=known[0] - 1), self.size + 1)
        places = np.cumsum(gaps)
        table = np.empty((places[-1] + 1, values.shape[1]), values.dtype)
        table[:] = self.means
        table[places[np.searchsorted(known, old)]] = kept
        rows = places[np.searchsorted(known, new)]
        table[rows] = values
        return table, rows

    def _positions(self, values, labels):
        """Return kept rows, and the steps in time of these and of the new rows."""
        steps = np.arange(-self.size, len(values))
        past, follows = steps[: self.size], steps[self.size :]
        if labels is None or self.tail_labels is None:
            if self._is_training_table(values):
                return self.tail[:0], past[:0], follows
            return self.tail, past, follows
        self._check_kind(labels, self.tail_labels)
        if self.axis is not None:
            found = self.tail, past, self.axis.positions(labels) - self.n_rows
        else:  # the labels tell no more than the order
            n_earlier = np.count_nonzero(self.tail_labels < labels[0])
            found = self.tail[:n_earlier], past[self.size - n_earlier :], follows
        if self.size and self.span[0] < labels[0] <= self.span[1]:
            warn(
                f"X begins among the training rows, at {labels[0]}: its first windows read column "
                "means in place of earlier training rows, which are not kept; pass X from the "
                f"{self.size} rows before on to predict it exactly.",
            )
        return found

    @staticmethod
    def _check_kind(labels, fitted_labels):
        kind, fitted = labels.dtype.kind, fitted_labels.dtype.kind
        if kind != fitted:
            raise ValueError(
                f"The index of X holds {KINDS[kind]}, that of the training rows {KINDS[fitted]}; "
                "pass an index of the same kind, or an array, whose rows are taken to follow the "
                "training rows."
            )

    def _is_training_table(self, values):
        return len(values) == self.n_rows and _fingerprint(values) == self.fingerprint


def _fingerprint(values):
    """Return a hash of a table that does not depend on its memory layout."""
    digest = hashlib.blake2b(str(values.shape).encode(), digest_size=16)
    for start in range(0, len(values), CHUNK):
        # + 0.0 turns a negative zero, which equals zero, into zero.
        digest.update((values[start : start + CHUNK].astype(np.float64) + 0.0).tobytes())
    return digest.digest()
