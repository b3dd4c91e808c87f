"""Predictions that do not depend on the company of a row."""

from __future__ import annotations

import math

import numpy as np
import torch

from .devices import threads_for
from .tensors import inputs_to, where

# torch's matrix products choose their kernel by the number of rows, and with it the last bit;
# multiples of this number agree (measured for 1 to 512 rows).
ROW_MULTIPLE = 16
# They also add up a row in another order when it does not begin at a multiple of so many bytes,
# unless it has very few elements (measured with MKL, with and without AVX512).
ALIGNMENT = 16
FEW_ELEMENTS = 4
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
        One row of the module's output each. When there is one output per step, those behind the
        row's length hold no meaning.
    """
    device, dtype = where(module)
    index = np.arange(len(inputs)) if index is None else np.asarray(index)
    outputs: list = [None] * len(index)
    was_training = module.training
    module.eval()
    try:
        with threads_for(module, BATCH_SIZE):
            spacing = _spacing(module)
            for positions in _batches(inputs, index, BATCH_SIZE // spacing):
                rows = _padded(np.repeat(index[positions], spacing))
                batch = inputs_to(inputs.gather(rows), device, dtype)
                output = module(batch)[0][::spacing].cpu().numpy()
                for position, row in zip(positions, output, strict=False):
                    outputs[position] = row
    finally:
        module.train(was_training)
    return outputs


def _spacing(module):
    """How often a batch repeats each row, so that all begin alike in the memory of each layer."""
    if where(module)[0].type != "cpu":
        return 1
    weights = [p for p in module.parameters() if p.ndim == 2 and p.shape[1] > FEW_ELEMENTS]
    widths = [p.shape[1] * p.element_size() for p in weights]
    return max((ALIGNMENT // math.gcd(ALIGNMENT, width) for width in widths), default=1)


def _batches(inputs, index, batch_size):
    """Positions of `index` in batches; rows of like length stand together."""
    lengths = getattr(inputs, "lengths", None)
    order = np.arange(len(index))
    if lengths is not None:
        order = np.argsort(lengths[index], kind="stable")
    for start in range(0, len(index), batch_size):
        yield order[start : start + batch_size]


def _padded(rows):
    """Repeat the last row up to a multiple of `ROW_MULTIPLE`."""
    missing = -len(rows) % ROW_MULTIPLE
    return np.concatenate([rows, np.repeat(rows[-1:], missing)])
