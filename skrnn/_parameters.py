"""Constraints that all estimators share, and the seed of a fit."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ._arguments import reading
from ._compat import Interval, StrOptions
from ._trainer import Trainer

TRAINING: dict[str, list] = {
    "learning_rate": [Interval(Real, 0, None, closed="neither")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "max_epochs": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
    "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
    "refit": ["boolean"],
    "trainer": [Trainer, None],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


def draw_seed(random_state: Any) -> int:
    """Return a seed: fresh entropy for None; a passed RandomState advances.

    ``check_random_state(None)`` would advance NumPy's global generator.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    with reading("random_state"):
        return int(check_random_state(random_state).randint(2**31 - 1))
