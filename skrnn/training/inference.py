"""Predictions that do not depend on the batch composition."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import torch

from .devices import one_thread, threads_for, work_of
from .seeds import torch_generator
from .streaming import joined, pieces_of, run_in_pieces
from .tensors import inputs_to, where

# torch's matrix products choose their kernel by the number of rows, and with it the last bit;
# multiples of this number agree (measured for 1 to 512 rows).
ROW_MULTIPLE = 16
# They also sum a row in another order when it does not begin at a multiple of this many bytes,
# unless it has very few elements (measured with MKL, with and without AVX512).
ROW_BYTES = 16
FEW_ELEMENTS = 4
BATCH_SIZE = 256
# With this many steps a batch of a narrow network fits the cache. A wide network works longer on
# each step, and needs rows for more than one thread.
BATCH_STEPS, NARROW = 2**12, 2**13
FEW_STEPS = 64  # assumed length of sequences whose steps are one operation, to choose threads


@torch.inference_mode()
def predict_module(module, inputs, index=None) -> list[np.ndarray]:
    """Return the output of each row as a list of arrays.

    The module stays as it is, so that several threads can predict with it.

    Parameters
    ----------
    module : torch.nn.Module
        Module of the contract.
    inputs : object
        Has ``__len__``, ``gather(index)``, which returns a batch, and, for unequal lengths,
        ``lengths``.
    index : ndarray of int, optional
        Rows to predict; all of them by default.

    Returns
    -------
    outputs : list of ndarray
        One row of the module's output each. When there is one output per step, those after the
        row's length have no meaning.
    """
    module = _in_evaluation(module)
    device, dtype = where(module)
    index = np.arange(len(inputs)) if index is None else np.asarray(index)
    outputs: list = [None] * len(index)
    spacing, widest = _sizes(module, device)
    size = _batch_size(inputs, index, widest)
    with threads_for(_work(module, widest)):
        for positions in _batches(inputs, index, max(size // spacing, 1)):
            rows = index[_spread(positions, spacing)]
            batch = inputs_to(inputs.gather(rows), device, dtype)
            output = run_in_pieces(module, batch)
            for position, row in zip(positions, output[::spacing].cpu().numpy(), strict=False):
                outputs[position] = row
    return outputs


def step_module(module, inputs, state) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
    """Read `inputs`, from a state that an earlier call returned, or from the start.

    Returns
    -------
    output : ndarray
        Output of the module for each row.
    state : tuple of ndarray
        State after it.
    """
    stream = Stream(module, len(inputs), state)
    output = stream.step(inputs.gather(np.arange(len(inputs))))
    return output, stream.state


class Stream:
    """A module, and the state from which it continues.

    Parameters
    ----------
    module : torch.nn.Module
        Module whose state continues a sequence.
    n_rows : int
        Number of sequences.
    state : tuple of ndarray, optional
        State to begin with.
    """

    def __init__(self, module, n_rows, state=None) -> None:
        self._module, self._n_rows = _in_evaluation(module), n_rows
        self._place = where(module)
        self._spacing, widest = _sizes(module, self._place[0])
        self._rows = _spread(np.arange(n_rows), self._spacing)
        self._work = _work(module, widest)
        self._state = None
        if state is not None:
            parts = (torch.from_numpy(part[self._rows]) for part in state)
            self._state = tuple(part.to(self._place[0]) for part in parts)

    @torch.inference_mode()
    def step(self, batch) -> np.ndarray:
        """Read the next steps of each sequence, and return the output of the module."""
        spread = type(batch)(*(None if field is None else field[self._rows] for field in batch))
        spread, outputs = inputs_to(spread, *self._place), []
        with threads_for(self._work):
            for piece in pieces_of(spread, self._module):
                output, self._state = self._module(piece, self._state)
                outputs.append(output)
        return self._numpy(joined(outputs))

    @property
    def state(self) -> tuple[np.ndarray, ...]:
        """State after what was read."""
        return tuple(self._numpy(part) for part in self._state or ())

    def _numpy(self, part):
        return part[:: self._spacing][: self._n_rows].cpu().numpy()


def monte_carlo_dropout(module: Any, seeds: Iterable[int]) -> Iterator[Any]:
    """Yield for each seed a network that drops units in prediction (Monte-Carlo dropout).

    It drops the units that the seed draws, the same ones at each call. The network is one copy of
    `module`, to be used before the next one is drawn. `module` itself stays as it is.
    """
    with one_thread():
        network = copy.deepcopy(module).eval()
    network.set_sampling(True)
    device, _ = where(network)
    for seed in seeds:

        def draw_again(*_, seed=seed):
            network.set_generator(torch_generator(seed, device))

        hook = network.register_forward_pre_hook(draw_again)
        yield network
        hook.remove()


def _in_evaluation(module):
    """Return `module`, or a copy in evaluation mode if it is in training."""
    if not module.training:
        return module
    with one_thread():
        return copy.deepcopy(module).eval()


def _sizes(module, device):
    """Measure the module in one pass, which takes as long as predicting a short sequence.

    Returns
    -------
    spacing : int
        How often a batch repeats each row, so that all are aligned alike in each layer.
    widest : int
        Numbers in its largest parameter.
    """
    spacing, widest = 1, 0
    for part, declared in module.declarations():
        apart = declared.row_invariant or device.type != "cpu"
        for weight in part._parameters.values():  # `parameters()` is several times slower
            if weight is None:
                continue
            widest = max(widest, weight.numel())
            if weight.ndim == 2 and weight.shape[1] > FEW_ELEMENTS and not apart:
                width = weight.shape[1] * weight.element_size()
                spacing = max(spacing, ROW_BYTES // math.gcd(ROW_BYTES, width))
    return spacing, widest


def _work(module, widest):
    """Return the work that decides how many threads run.

    It does not depend on the rows, as more threads may sum in another order.
    """
    return work_of(module, BATCH_SIZE * widest, FEW_STEPS)


def _batch_size(inputs, index, widest):
    """Return the rows of a batch."""
    lengths = getattr(inputs, "lengths", None)
    n = min(BATCH_SIZE, len(index))
    if lengths is None or widest > NARROW or not n:
        return n
    n_rows = BATCH_STEPS // max(1, int(lengths[index].max()))
    return min(n, max(n_rows - n_rows % ROW_MULTIPLE, ROW_MULTIPLE))


def _batches(inputs, index, batch_size):
    """Yield positions of `index` in batches of rows of similar length."""
    lengths = getattr(inputs, "lengths", None)
    order = np.arange(len(index))
    if lengths is not None:
        order = np.argsort(lengths[index], kind="stable")
    for start in range(0, len(index), batch_size):
        yield order[start : start + batch_size]


def _spread(rows, spacing):
    """Repeat each row `spacing` times, and the last one up to a multiple of `ROW_MULTIPLE`."""
    rows = np.repeat(rows, spacing)
    missing = -len(rows) % ROW_MULTIPLE
    return np.concatenate([rows, np.repeat(rows[-1:], missing)])
