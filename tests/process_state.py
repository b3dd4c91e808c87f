"""What belongs to the whole process and has to stay as it was."""

import random

import numpy as np
import torch


def global_generators():
    """Return the states of the global generators of Python, NumPy and torch."""
    numpy_state = np.random.get_state(legacy=False)["state"]  # noqa: NPY002
    return (
        random.getstate(),
        (numpy_state["key"].tolist(), numpy_state["pos"]),
        torch.get_rng_state().tolist(),
    )
