"""Seeds of a fit."""

from __future__ import annotations

from typing import NamedTuple

from skrnn._parameters import draw_seed
from skrnn.training import spawn_seeds


class Seeds(NamedTuple):
    """Seeds of the parts of a fit that draw random numbers."""

    weights: int
    loop: int
    split: int
    sampling: int

    @classmethod
    def draw(cls, random_state, n_epochs_done):
        """Draw seeds, which differ when training continues."""
        return cls(*spawn_seeds([draw_seed(random_state), n_epochs_done], len(cls._fields)))
