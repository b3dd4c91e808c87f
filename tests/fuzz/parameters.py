"""Spoilings of parameters, and an oracle of what they may be."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import torch

from skrnn._compat import Interval, StrOptions

from .table import FREE, OWN, REFUSE, TABLE, Spoiling


def no_good(_: Any) -> Any:
    raise ZeroDivisionError("division by zero")


class Silent(Exception):
    """A user's own exception, without text."""


def silent(_: Any) -> Any:
    raise Silent


PARAMETERS: dict[str, Any] = {
    "none": None,
    "true": True,
    "false": False,
    "numpy_bool": np.True_,
    "zero": 0,
    "one": 1,
    "minus_one": -1,
    "two": 2,
    "half": 0.5,
    "float_two": 2.0,
    "nan": np.nan,
    "inf": np.inf,
    "minus_inf": -np.inf,
    "tiny": 5e-324,
    "huge_float": 1e300,
    "beyond_int64": 10**30,
    "int64_end": 2**63 - 1,
    "text": "abc",
    "empty_text": "",
    "digits": "2",
    "raw": b"auto",
    "a_list": [1],
    "texts": ["a"],
    "empty_list": [],
    "a_tuple": (1, 2),
    "dictionary": {"a": 1},
    "empty_dict": {},
    "a_set": {1},
    "numpy_integer": np.int32(2),
    "unsigned": np.uint8(2),
    "numpy_float": np.float32(0.5),
    "float64": np.float64(0.5),
    "zero_dimensional": np.array(2),
    "array": np.array([1, 2]),
    "complex": 1 + 0j,
    "decimal": Decimal("0.5"),
    "fraction": Fraction(1, 2),
    "missing": pd.NA,
    "not_a_time": pd.NaT,
    "a_date": pd.Timestamp("2020"),
    "tensor": torch.tensor(2),
    "meta": torch.empty(1, device="meta"),
    "a_class": float,
    "a_function": len,
    "raises": no_good,
    "raises_silently": silent,
    "an_object": object(),
    "numpy_text": np.str_("auto"),
    "generator": np.random.default_rng(0),
    "meta_device": "meta",
    "no_such_device": "cuda:99",
    "odd_device": "cpu:7",
    "no_such_folder": "/proc/no/such/folder",
    "text_with_null": "a\0b",
}
FREE_NAMES = {"random_state", "verbose", "module", "module_params", "estimator", "class_weight"}
ENDLESS_BY_WISH = {"max_epochs", "n_iter_no_change", "n_members"}


for table in ("arrays", "frames", "scalars", "targets"):
    import_module(f"{__package__}.{table}")  # enters its spoilings


def allowed(value: Any, rules: tuple) -> bool:
    """Whether a parameter may have the value, by the rules of its class: an oracle of its own."""
    return any(_meets(value, rule) for rule in rules)


def _meets(value: Any, rule: Any) -> bool:
    if rule is None:
        return value is None
    if rule == "boolean":
        return isinstance(value, bool | np.bool_)
    if isinstance(rule, StrOptions):
        return isinstance(value, str) and value in rule.options
    if isinstance(rule, Interval):
        kind = Integral if rule.type is Integral else Real
        number = isinstance(value, kind) and not isinstance(value, bool | np.bool_)
        return number and float(value) in rule
    if rule is callable:
        return callable(value)
    if isinstance(rule, type):
        return isinstance(value, rule)
    return rule == "array-like" and hasattr(value, "__len__") and not isinstance(value, str | bytes)


def spoilings_of(argument: Any) -> list[Spoiling]:
    """Return the spoilings of an argument; a later tag takes precedence where names agree."""
    if argument.tags[0] == "parameter":
        return list(_of_parameter(argument.tags[1], argument.constraints))
    found = {name: s for tag in argument.tags for name, s in TABLE.get(tag, {}).items()}
    return list(found.values())


def _of_parameter(name: str, rules: tuple):
    for label, value in PARAMETERS.items():
        far = isinstance(value, int) and value > 2**31
        if far and name in ENDLESS_BY_WISH:
            continue
        must = FREE if name in FREE_NAMES or allowed(value, rules) else REFUSE
        if name in ("callback", "loss") and label.startswith("raises"):
            must = OWN
        yield Spoiling(label, must, lambda _, rng, v=value: v)
