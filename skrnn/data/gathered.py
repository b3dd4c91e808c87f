"""Examples that are gathered once, where they are few."""

from __future__ import annotations

from typing import Any

import numpy as np

MAX_BYTES = 2**25  # of gathered examples


class GatheredExamples:
    """All examples of a data set as one batch, from which a training takes rows.

    Parameters
    ----------
    data : object
        Has ``__len__``, ``longest``, ``mean_weight`` and ``gather(index) -> (batch, targets,
        weights)``.
    """

    def __init__(self, data):
        self.longest, self.mean_weight = data.longest, data.mean_weight
        self._batch, self._targets, self._weights = data.gather(np.arange(len(data)))

    def __len__(self):
        return len(self._targets)

    def gather(self, index):
        """Return batch, targets and weights of rows."""
        fields = (None if field is None else field[index] for field in self._batch)
        return type(self._batch)(*fields), self._targets[index], self._weights[index]


def gathered_once(data: Any) -> Any:
    """Return data that are gathered once for all epochs, or as they are if they are large."""
    if len(data) == 0:
        return data
    batch, targets, weights = data.gather(np.arange(1))
    arrays = (part for part in (*batch, targets, weights) if part is not None)
    small = len(data) * sum(part.nbytes for part in arrays) <= MAX_BYTES
    return GatheredExamples(data) if small else data
