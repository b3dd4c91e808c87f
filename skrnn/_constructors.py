"""Constructors from annotated attributes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, dataclass_transform

from ._parameter_names import check_arguments


@dataclass_transform(kw_only_default=True, eq_default=False)
def parameters(cls: type) -> type:
    """Make a keyword-only constructor of the annotated attributes of a class, in their order.

    scikit-learn and sktime need each parameter in the signature and stored unchanged: a dataclass
    does that.
    """
    made: Any = dataclass(kw_only=True, eq=False, repr=False)(cls)
    made.__init__ = checked(made.__init__)
    return made


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
