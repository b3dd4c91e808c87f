"""Constructors from annotated attributes, and calls whose errors name the class."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, dataclass_transform

from ._parameter_names import check_arguments, check_call


@dataclass_transform(kw_only_default=True, eq_default=False)
def parameters(cls: type) -> type:
    """Make a keyword-only constructor of the annotated attributes of a class, in their order.

    scikit-learn and sktime need each parameter in the signature and stored unchanged: a dataclass
    does that.
    """
    made: Any = dataclass(kw_only=True, eq=False, repr=False)(cls)
    made.__init__ = checked(made.__init__)
    return with_checked_calls(made)


def with_checked_calls(cls: type) -> type:
    """Let errors about arguments of public methods name the class, and the parameter meant.

    The methods may come from a private base or another library, which Python would name.
    """
    members: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        members.update(vars(base))
    for name, member in members.items():
        if inspect.isfunction(member) and not name.startswith("_"):
            setattr(cls, name, _checked_call(member))
    return cls


def _checked_call(method: Callable) -> Callable:
    @wraps(method)
    def call(self: Any, *args: Any, **named: Any) -> Any:
        try:
            return method(self, *args, **named)
        except TypeError:
            check_call(type(self), method, (self, *args), named)
            raise

    return call


def checked(constructor: Callable) -> Callable:
    """Let errors about arguments of a constructor name the class, and the parameter meant.

    `help` shows the names and defaults; the types are in the docstring.
    """
    whole = inspect.signature(constructor)
    plain = [each.replace(annotation=each.empty) for each in whole.parameters.values()]
    signature = inspect.Signature(plain)
    own = inspect.Signature(plain[1:])  # without `self`

    @wraps(constructor)
    def init(self: Any, *args: Any, **named: Any) -> None:
        try:
            constructor(self, *args, **named)
        except TypeError:
            check_arguments(type(self), own, args, named)
            raise

    # Functions may have this attribute, which mypy does not know.
    init.__signature__ = signature  # type: ignore[attr-defined]
    return init
