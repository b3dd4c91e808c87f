"""Seeds and generators. Nothing here changes a global generator."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch


def spawn_seeds(seed: int | Sequence[int], n: int) -> list[int]:
    """Return `n` independent seeds derived from `seed`, one number or several."""
    return [int(s.generate_state(1)[0]) for s in np.random.SeedSequence(seed).spawn(n)]


def torch_generator(seed: int, device: torch.device | str = "cpu") -> torch.Generator:
    """Return a new generator with this seed."""
    return torch.Generator(device=device).manual_seed(seed)
