"""Errors about parameters that an object does not have, which say where the meant one is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from typing import Any, NamedTuple

ALIKE = 0.6  # ratio from which difflib, too, takes two words for close
NEARLY_EQUAL = 0.8  # for the few parameters of a method
OTHER_LIBRARIES = {
    "epochs": "max_epochs",
    "horizon": "fh",
    "input_chunk_length": "window_length",
    "lags": "window_length",
    "lookback": "window_length",
    "lr": "learning_rate",
    "patience": "n_iter_no_change",
    "season_length": "sp",
    "seed": "random_state",
    "steps": "fh",
    "units": "hidden_size",
}


class Place(NamedTuple):
    """A parameter, and how to write it."""

    name: str
    written: str


def check_arguments(owner: Any, signature: inspect.Signature, args: tuple, named: Mapping) -> None:
    """Raise a TypeError that names the class if its constructor does not take the arguments.

    Parameters
    ----------
    owner : type
        Class that was called.
    signature : inspect.Signature
        Signature of the constructor, without `self`.
    args, named : tuple, dict
        The arguments.
    """
    own = signature.parameters
    for name in named:
        if name not in own:
            places = [*(Place(each, each) for each in own), *_in_groups(owner), *_around(owner)]
            raise TypeError(_refusal(owner.__name__, name, own, places))
    positional = [name for name, each in own.items() if each.kind is each.POSITIONAL_OR_KEYWORD]
    if len(args) > len(positional):
        first = list(own)[len(positional)]
        data = ", and data to fit" if hasattr(owner, "fit") else ""
        raise TypeError(
            f"{owner.__name__} got a value of type {type(args[len(positional)]).__name__} without "
            f"a name; pass parameters by name, such as {owner.__name__}({first}=...){data}."
        )
    for name in list(own)[len(args) :]:
        if own[name].default is inspect.Parameter.empty and name not in named:
            raise TypeError(
                f"{owner.__name__} needs {name!r}; pass it, as {owner.__name__}({name}=...)."
            )


def check_call(owner: Any, method: Callable, args: tuple, named: Mapping) -> None:
    """Raise a TypeError that names the class if its method does not take the arguments.

    Parameters
    ----------
    owner : type
        Class of the object whose method was called.
    method : callable
        The method.
    args, named : tuple, dict
        The arguments.
    """
    signature, called = inspect.signature(method), f"{owner.__name__}.{method.__name__}"
    own = signature.parameters
    takes_any = any(each.kind is each.VAR_KEYWORD for each in own.values())
    for name in () if takes_any else named:
        if name not in own:
            settings = [Place(each, f"{each}=...") for each in inspect.signature(owner).parameters]
            settings = [
                Place(each, f"{owner.__name__}({written})")
                for each, written in [*settings, *_in_groups(owner)]
            ]
            places = [*(Place(each, each) for each in own), *settings]
            raise TypeError(_refusal(called, name, list(own)[1:], places, NEARLY_EQUAL))
    try:
        signature.bind(*args, **named)
    except TypeError as error:
        raise TypeError(f"{called}: {error}.") from error


def check_names(
    owner: Any, params: Mapping[str, Any], prefix: str = "", known: Iterable[Place] = ()
) -> None:
    """Raise a ValueError if `set_params` got the name of a parameter that does not exist.

    Parameters
    ----------
    owner : GroupedParams
        Object whose parameters are to be set.
    params : dict
        Names and values.
    prefix : str
        What leads to the object from the one whose method was called, such as ``"trainer__"``.
    known : iterable of Place
        Parameters outside of the object.
    """
    own = owner.get_params(deep=False)
    groups = owner._group_classes()
    inner = {group: kind._get_param_names() for group, kind in groups.items()}
    known = [
        *(Place(name, f"{prefix}{name}") for name in own),
        *(Place(name, f"{prefix}{group}__{name}") for group in inner for name in inner[group]),
        *(known or _around(type(owner))),
    ]
    for name, value in params.items():
        outer, nested, rest = name.partition("__")
        if outer not in own:
            if not _is_alias(owner, name):
                raise ValueError(_refusal(type(owner).__name__, name, own, known))
            continue
        holder = params.get(outer, own[outer])
        if outer in groups and is_default(holder):
            holder = groups[outer]()
        if nested and hasattr(holder, "_group_classes"):
            check_names(holder, {rest: value}, f"{prefix}{outer}__", known)
        elif nested and not hasattr(holder, "set_params"):
            raise ValueError(
                f"Invalid parameter {name!r} for {type(owner).__name__}: {outer}={holder!r} has no "
                f"parameter {rest!r}."
            )


def is_default(group: Any) -> bool:
    """Whether a group of parameters is left to its default."""
    return group is None or (isinstance(group, str) and group == "auto")


def _is_alias(owner: Any, name: str) -> bool:
    """Whether `name` is the end of one full name only, which forecasters of sktime accept."""
    ends = [full.endswith(f"__{name}") for full in owner.get_params()]
    return hasattr(owner, "_alias_params") and sum(ends) == 1


def _around(owner: Any) -> list[Place]:
    """Return what is not set in the constructor of a class: its data, or where a group is set."""
    methods = (getattr(owner, name, None) for name in ("fit", "predict"))
    data = [
        Place(name, f"{method.__name__}({name}=...)")
        for method in methods
        if method is not None
        for name in inspect.signature(method).parameters
    ]
    return [*data, *(Place(*place) for place in owner._elsewhere())]


def _in_groups(owner: Any) -> list[Place]:
    """Return the parameters of the groups of a class."""
    return [
        Place(inner, f"{group}={kind.__name__}({inner}=...)")
        for group, kind in owner._group_classes().items()
        for inner in kind._get_param_names()
    ]


def _refusal(
    called: str, name: str, own: Iterable[str], places: list[Place], alike: float = ALIKE
) -> str:
    """Return a sentence that says what was meant, or which parameters there are."""
    unknown = f"{called} has no parameter {name!r}"
    for word in reversed(name.split("__")):
        for sought in (OTHER_LIBRARIES.get(word, word), word):
            ratio = {place: SequenceMatcher(None, sought, place.name).ratio() for place in places}
            nearest = max(places, key=lambda place: ratio[place])
            if nearest.name == sought:
                return f"{unknown}; use {nearest.written}."
            if ratio[nearest] >= alike:
                return f"{unknown}; did you mean {nearest.written}?"
    return f"{unknown}; it has {', '.join(own)}."
