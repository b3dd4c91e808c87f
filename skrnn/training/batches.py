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
    """All examples, or some, in a new order each time.

    Their batches are of nearly equal size, so that shapes (almost) never change.

    Parameters
    ----------
    data : object
        Examples, as `fit_module` has them.
    batch_size : int
        Examples of a batch, at most.
    max_batches : int or None
        Batches to draw each time; all by default.
    rng : numpy.random.Generator
        Draws the orders.
    place : tuple of torch.device and torch.dtype
        Where the tensors belong.
    ahead : bool
        Whether a thread gathers the next batch meanwhile: for small ones it is not worth it.
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

    The weights are divided by the weight that a batch of this size has on average. Dividing by
    the batch's own weight instead would give a batch of light rows the pull of a heavy one.
    """
    device, dtype = place
    inputs, targets, weights = data.gather(rows)
    weights = weights / (len(rows) * data.mean_weight)
    return (
        inputs_to(inputs, device, dtype),
        to_tensor(targets, device, dtype),
        to_tensor(weights, device, dtype),
    )
