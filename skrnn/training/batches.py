"""Batches of examples as tensors."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import torch

from .tensors import inputs_to, to_tensor

Gathered = tuple[Any, torch.Tensor, torch.Tensor]  # inputs, targets and weights


class Batches:
    """Batches of the examples, in a new order each time they are iterated.

    The batches have nearly the same size, so that shapes hardly change.

    Parameters
    ----------
    data : object
        Examples, as for `fit_module`.
    batch_size : int
        Largest number of examples in a batch.
    max_batches : int or None
        Number of batches to sample each time. None takes all examples.
    rng : numpy.random.Generator
        Generator of the orders.
    place : tuple of torch.device and torch.dtype
        Device and type of the tensors.
    ahead : bool
        Whether a thread gathers the next batch meanwhile, which does not pay for small ones.
    """

    def __init__(self, data, batch_size, max_batches, rng, place, ahead=False):
        self.data, self.rng, self.place, self.ahead = data, rng, place, ahead
        self._n = len(data) if max_batches is None else min(len(data), max_batches * batch_size)
        self._n_batches = math.ceil(self._n / batch_size)

    def __len__(self) -> int:
        return self._n_batches

    def __iter__(self) -> Iterator[Gathered]:
        order = self.rng.permutation(len(self.data))[: self._n]
        batches = np.array_split(order, len(self))
        if not self.ahead:
            yield from (gather(self.place, self.data, rows) for rows in batches)
            return
        with ThreadPoolExecutor(max_workers=1) as pool:
            tasks = (pool.submit(gather, self.place, self.data, rows) for rows in batches)
            task = next(tasks)
            for following in tasks:
                yield task.result()
                task = following
            yield task.result()


def gather(place: tuple[torch.device, torch.dtype], data: Any, rows: np.ndarray) -> Gathered:
    """Return inputs, targets and weights of rows as tensors at this place.

    The weights are divided by the average weight of a batch of this size. Division by the weight
    of the batch itself would let a batch of light rows count as much as one of heavy rows.
    """
    device, dtype = place
    inputs, targets, weights = data.gather(rows)
    weights = weights / (len(rows) * data.mean_weight)
    return (
        inputs_to(inputs, device, dtype),
        to_tensor(targets, device, dtype),
        to_tensor(weights, device, dtype),
    )
