"""The only door to private or versioned names of scikit-learn."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
from sklearn.utils._param_validation import (
    HasMethods,
    InvalidParameterError,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils._param_validation import Interval as AnyInterval
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.validation import _check_sample_weight as check_sample_weight

__all__ = [
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "check_sample_weight",
    "class_weights",
    "validate_parameter_constraints",
]


class Interval(AnyInterval):
    """Interval of plain numbers: neither a bool nor a fraction is one."""

    def is_satisfied_by(self, val: Any) -> bool:
        """Whether `val` is a number in the interval."""
        plain = isinstance(val, int | float | np.number) and not isinstance(val, bool)
        return plain and super().is_satisfied_by(val)


def class_weights(class_weight: Any, *, classes: Any, y: Any, sample_weight: Any) -> Any:
    """``compute_class_weight`` that counts rows by their weight, also before scikit-learn 1.7."""
    options = {"sample_weight": sample_weight}
    if "sample_weight" not in inspect.signature(compute_class_weight).parameters:
        if class_weight == "balanced":
            totals = np.array([sample_weight[y == label].sum() for label in classes])
            return totals.sum() / (len(classes) * totals)
        options = {}
    return compute_class_weight(class_weight, classes=classes, y=y, **options)
