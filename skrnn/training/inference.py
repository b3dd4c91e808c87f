"""Predictions that do not depend on the company of a row."""

from __future__ import annotations

import numpy as np
import torch

from .devices import threads_for
from .tensors import inputs_to, where

# torch's matrix products choose their kernel by the number of rows, and with it the last bit;
# multiples of this number agree (measured for 1 to 512 rows).
ROW_MULTIPLE = 16
BATCH_SIZE = 256


@torch.inference_mode()
def predict_module(module, inputs, index=None) -> list[np.ndarray]:
    """Return the output of each row as a list of arrays.

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
        Row i of the module's output, cut to the row's length when there is one per step.
    """
    device, dtype = where(module)
    index = np.arange(len(inputs)) if index is None else np.asarray(index)
    outputs: list = [None] * len(index)
    was_training = module.training
    module.eval()
    try:
        with threads_for(module, BATCH_SIZE):
            for positions in _batches(inputs, index):
                rows = _padded(index[positions])
                batch = inputs_to(inputs.gather(rows), device, dtype)
                output = module(batch)[0].cpu().numpy()
                for position, row in zip(positions, output, strict=False):
                    outputs[position] = row
    finally:
        module.train(was_training)
    return outputs


def _batches(inputs, index):
    """Positions of `index` in batches; rows of like length stand together."""
    lengths = getattr(inputs, "lengths", None)
    order = np.arange(len(index))
    if lengths is not None:
        order = np.argsort(lengths[index], kind="stable")
    for start in range(0, len(index), BATCH_SIZE):
        yield order[start : start + BATCH_SIZE]


def _padded(rows):
    """Repeat the last row up to a multiple of `ROW_MULTIPLE`."""
    missing = -len(rows) % ROW_MULTIPLE
    return np.concatenate([rows, np.repeat(rows[-1:], missing)])
