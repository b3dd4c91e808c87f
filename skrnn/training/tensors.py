"""From arrays to tensors on a device."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch

from .devices import one_thread

_FLOATS = {torch.float32: np.float32, torch.float64: np.float64}


def to_tensor(array: Any, device: torch.device, dtype: torch.dtype) -> Any:
    """Return a tensor: floats in `dtype`, integers as int64; None stays None."""
    if array is None:
        return None
    array = np.asarray(array)
    kind = _FLOATS[dtype] if array.dtype.kind == "f" else np.int64
    array = np.ascontiguousarray(array, dtype=kind)
    array = array if array.flags.writeable else array.copy()  # torch warns about a read-only one
    return torch.from_numpy(array).to(device)


def inputs_to(batch: Any, device: torch.device, dtype: torch.dtype) -> Any:
    """Return the same named tuple with tensors on `device`."""
    return type(batch)(*(to_tensor(field, device, dtype) for field in batch))


def where(module: torch.nn.Module) -> tuple[torch.device, torch.dtype]:
    """Return device and floating-point type of the parameters of `module`."""
    parameter = next(module.parameters())
    return parameter.device, parameter.dtype


def to_cpu(thing: Any) -> Any:
    """Return a copy of a module, or of nested dicts and lists of tensors, on the CPU."""
    if isinstance(thing, torch.nn.Module):
        with one_thread():
            return copy.deepcopy(thing).cpu()
    if isinstance(thing, torch.Tensor):
        return thing.cpu()
    if isinstance(thing, dict):
        return {key: to_cpu(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return type(thing)(to_cpu(value) for value in thing)
    return thing
