"""Constructors, and constraints that all estimators share."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, dataclass_transform

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


@dataclass_transform(kw_only_default=True, eq_default=False)
def parameters(cls: type) -> type:
    """Make a keyword-only constructor of the annotated attributes of a class, in their order.

    scikit-learn and sktime need each parameter in the signature and stored unchanged: a dataclass
    does that.
    """
    return dataclass(kw_only=True, eq=False, repr=False)(cls)


def draw_seed(random_state: Any) -> int:
    """Return a seed: fresh entropy for None; a passed RandomState advances.

    ``check_random_state(None)`` would advance NumPy's global generator.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    with reading("random_state"):
        return int(check_random_state(random_state).randint(2**31 - 1))
