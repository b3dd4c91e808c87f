"""Base classes of scikit-learn, which has no types.

To a type checker, a class with an unknown base takes any argument. These bases have any attribute
instead, so that it refuses unknown parameters of our classes. Those that we extend are listed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["BaseEstimator", "ClassifierMixin", "MetaEstimatorMixin", "RegressorMixin"]


if TYPE_CHECKING:

    class Untyped:
        def __getattr__(self, name: str) -> Any: ...

    class BaseEstimator(Untyped):
        __getstate__: Any
        __sklearn_tags__: Any
        _validate_params: Any
        set_params: Any

    class ClassifierMixin(Untyped): ...

    class MetaEstimatorMixin(Untyped): ...

    class RegressorMixin(Untyped): ...

else:
    from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, RegressorMixin
