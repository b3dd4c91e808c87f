"""Objects with parameters: groups of parameters, and the estimators that take them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Self

from ._bases import BaseEstimator
from ._compat import InvalidParameterError
from ._parameter_names import check_names, is_default
from ._urls import Documented


class GroupedParams(Documented):
    """Let ``set_params(group__name=...)`` work also while the group is None or "auto".

    The groups of an estimator are the parameters that may be an instance of a `ParameterGroup`
    according to its constraints.
    """

    _parameter_constraints: ClassVar[dict[str, list]]

    @classmethod
    def _group_classes(cls) -> dict[str, type[ParameterGroup]]:
        return {
            name: kind
            for name, constraints in cls._parameter_constraints.items()
            for kind in constraints
            if isinstance(kind, type) and issubclass(kind, ParameterGroup)
        }

    @classmethod
    def _elsewhere(cls) -> Iterator[tuple[str, str]]:
        """Return parameters of other classes which are set together with this one."""
        return iter(())

    def set_params(self, **params: Any) -> Self:
        """Set parameters of this estimator, or of one of its groups as ``<group>__<name>``.

        Parameters
        ----------
        **params : dict
            Names and values. A group that is None or "auto" is replaced by one with the given
            values.

        Returns
        -------
        self : object
            The estimator itself.

        Raises
        ------
        ValueError
            If there is no parameter of that name. No parameter is set then.
        """
        check_names(self, params)
        for group, kind in self._group_classes().items():
            nested = any(name.startswith(f"{group}__") for name in params)
            if nested and is_default(params.get(group, getattr(self, group))):
                params[group] = kind()
        # A mixin: the estimator that it is mixed into has the method.
        return super().set_params(**params)  # type: ignore[misc]

    def _check_groups(self) -> None:
        """Check each group and the values in it, with errors that name the group."""
        for group, kind in self._group_classes().items():
            given = getattr(self, group)
            if isinstance(given, kind):
                given._validate_params()
            elif not is_default(given):
                raise InvalidParameterError(
                    f"The {group!r} parameter of {type(self).__name__} must be an instance of "
                    f"{kind.__name__}, as in {group}={kind.__name__}(...). Got {given!r} instead."
                )


class ParameterGroup(GroupedParams, BaseEstimator):
    """Base of the groups. A group only holds values; the estimator checks and uses them."""

    @classmethod
    def _elsewhere(cls) -> Iterator[tuple[str, str]]:
        for kind in _subclasses(GroupedParams):
            for name in vars(kind).get("_parameter_constraints", ()):
                if issubclass(kind, ParameterGroup):
                    yield name, f"{kind.__name__}({name}=...)"
                else:
                    yield name, f"{name} of the estimator"


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for kind in cls.__subclasses__():
        yield kind
        yield from _subclasses(kind)
