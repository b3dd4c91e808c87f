"""Adapter from a user's own network to the contract of the package.

The user's class is called as ``module(**module_params, input_size=..., output_size=...)``, and its
``forward(x)`` reads ``x (n, t, c)``. If ``forward`` has an argument named in `FIELDS`, it also
gets ``lengths (n,)``, the number of steps of each row, or the tensor of the batch with this name,
or None if there is none.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from .contract import Module, SequenceBatch, State
from .dropout import Dropout
from .models import channels
from .private_draws import private_draws

FIELDS = ("lengths", "past", "future", "static")
PASSED_ON = ("input_size", "output_size")
# Attributes that the training sets on every part that has them, and their types.
RESERVED: dict[str, tuple[type, ...]] = {
    "generator": (torch.Generator, type(None)),
    "sampling": (bool,),
}


class ModuleAdapter(Module):
    """A user's own network, which reads a tensor, with the interface of `Module`.

    Parameters
    ----------
    module : torch.nn.Module
        Network of the user, as returned by `construct`.
    head : torch.nn.Module, optional
        Called as ``head(output, future, baseline)`` with the output of the network, the known
        covariates of the horizon and the baseline's forecast.

    Attributes
    ----------
    fields : tuple of str
        Names of `FIELDS` among the arguments of ``module.forward``.

    Shape
    -----
    Input ``batch.x (n, t, c)``, followed by the channels of ``batch.past`` and ``batch.static`` if
    there are any; output as returned by the network or the head. It does not `stream`, as a state
    of the user's network is not known.
    """

    draws = True

    def __init__(self, module: nn.Module, head: nn.Module | None = None) -> None:
        super().__init__()
        self.module = module
        self.head = head
        arguments = inspect.signature(module.forward).parameters
        self.fields = tuple(name for name in FIELDS if name in arguments)

    def forward(self, batch: SequenceBatch, state: State = None) -> tuple[Tensor, State]:
        if batch.lengths is not None and "lengths" not in self.fields:
            raise ValueError(unequal_lengths(self.module))
        x = channels(batch)
        fields = {name: getattr(batch, name) for name in self.fields}
        if "lengths" in fields and batch.lengths is None:  # so that forward never gets None
            fields["lengths"] = torch.full((len(x),), x.shape[1], device=x.device)
        output = self.module(x, **fields)
        if self.head is not None:
            output = self.head(output, batch.future, batch.baseline)
        return output, None


def unequal_lengths(module: nn.Module) -> str:
    """Return the error message for padded rows and a network that does not read lengths."""
    return (
        f"X has sequences of unequal length, but {type(module).__name__}.forward cannot tell a row "
        "from its padding; give it an argument 'lengths', a tensor of the number of steps of each "
        "row, or pass sequences of one length."
    )


# -- construction ----------------------------------------------------------------------------


def check_network_class(make: Any) -> None:
    """Check that `make` can be called to get a network.

    Raises
    ------
    TypeError, ValueError
        If it is None, an instance of a network, or not callable.
    """
    if make is None:
        raise ValueError(
            "module=None is no network; pass a class of torch.nn.Module, such as module=MyNet."
        )
    if isinstance(make, nn.Module):
        raise TypeError(
            f"module is an instance of {_name(type(make))}, which could be trained only once; pass "
            "the class itself and its arguments as module_params, or a function that returns the "
            "instance."
        )
    if not callable(make):
        raise TypeError(f"module={make!r} cannot be called; pass a class of torch.nn.Module.")


def construct(
    make: Callable[..., nn.Module],
    params: Mapping[str, Any] | None,
    *,
    generator: torch.Generator,
    **known: int,
) -> nn.Module:
    """Call the user's class. The result is reproducible, given the generator.

    What the constructor would draw from the process-wide generators comes from private ones.
    Dropout layers of torch are replaced by those of this package, which draw from the generator of
    the training.

    Parameters
    ----------
    make : callable
        A class, or a function that returns a module. The result of a function is copied, so that
        it may return the same (pretrained) network each time.
    params : dict or None
        Arguments of the constructor; a copy is passed.
    generator : torch.Generator
        Source of randomness for the initial weights.
    **known : int or bool
        Sizes known from the data. They are passed if the signature has arguments of these names;
        those of `PASSED_ON` also if it has ``**kwargs``.

    Returns
    -------
    module : torch.nn.Module
        The network.

    Raises
    ------
    TypeError, ValueError
        If the class cannot be called with these arguments, or its result cannot be trained.
    """
    check_network_class(make)
    arguments = _arguments(make, dict(params or {}), known)
    seed = int(torch.randint(2**31, (), generator=generator))
    try:
        with private_draws(seed):
            module = make(**copy.deepcopy(arguments))
    except Exception as error:
        raise ValueError(
            f"module={_name(make)} could not be built with {_listed(arguments)}: "
            f"{_quoted(error)}; correct its constructor or module_params."
        ) from error
    if not isinstance(module, nn.Module):
        raise TypeError(
            f"module={_name(make)} returned {_article(module)}, but a torch.nn.Module is needed; "
            "pass a class of modules, or a function that returns a module."
        )
    module = module if isinstance(make, type) else copied(module)
    module = with_own_dropout(module)
    _check_trainable(module)
    return module


def copied(module: nn.Module) -> nn.Module:
    """Return a copy of a network.

    Raises
    ------
    ValueError
        If the network cannot be copied.
    """
    try:
        return copy.deepcopy(module)
    except Exception as error:
        raise ValueError(
            f"{type(module).__name__} cannot be copied ({_quoted(error)}), as warm starts and "
            "pickles need it; keep computed tensors out of its attributes."
        ) from error


def _arguments(
    make: Callable[..., nn.Module], params: dict[str, Any], known: dict[str, int]
) -> dict[str, Any]:
    """Return the arguments for `make`: `params`, and the entries of `known` that it accepts."""
    for name in known:
        if name in params:
            raise ValueError(
                f"module_params has {name!r}, which is known from the data and passed to "
                f"{_name(make)} as such; leave it out."
            )
    try:
        signature = inspect.signature(make)
    except (TypeError, ValueError):  # some compiled callables have none
        return params
    arguments = signature.parameters.values()
    takes_all = any(p.kind is p.VAR_KEYWORD for p in arguments)
    named = {p.name for p in arguments if p.kind in (p.KEYWORD_ONLY, p.POSITIONAL_OR_KEYWORD)}
    passed = named.union(PASSED_ON) if takes_all else named
    given = {**params, **{name: value for name, value in known.items() if name in passed}}
    try:
        signature.bind(**given)
    except TypeError as error:
        raise TypeError(
            f"module={_name(make)} has the signature {signature}, which does not take "
            f"{_listed(given)} ({error}); pass in module_params what it needs beside "
            f"{' and '.join(name for name in PASSED_ON if name in known)}."
        ) from error
    return given


def _check_trainable(module: nn.Module) -> None:
    name = type(module).__name__
    for part in module.modules():
        for attribute, kinds in RESERVED.items():
            if not isinstance(getattr(part, attribute, kinds[-1]()), kinds):
                raise ValueError(
                    f"{type(part).__name__} has an attribute {attribute!r}, which the training "
                    "sets to a generator or switch of its own; give yours another name."
                )
    if any(is_lazy(p) for p in module.parameters()):
        raise ValueError(
            f"{name} has lazy layers, whose weights do not exist before the first batch; give all "
            "layers their sizes, which the constructor can take from input_size."
        )
    if not any(p.requires_grad for p in module.parameters()):
        raise ValueError(
            f"{name} has no parameter that requires a gradient, so that nothing can be trained; "
            "make its layers attributes of the module in __init__ (layers in a plain list are "
            "not seen: use nn.ModuleList)."
        )
    _check_forward(module)


def _check_forward(module: nn.Module) -> None:
    arguments = list(inspect.signature(module.forward).parameters.values())
    named = [p for p in arguments if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    keywords = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD)
    takes_x = bool(arguments) and arguments[0].kind not in keywords
    unknown = [p.name for p in named[1:] if p.default is p.empty and p.name not in FIELDS]
    if unknown or not takes_x:
        raise TypeError(
            f"{type(module).__name__}.forward has the arguments "
            f"({', '.join(p.name for p in arguments)}), but is called with x, and by name with "
            f"those of {', '.join(FIELDS)} that it has; give all others a default."
        )


# -- dropout ---------------------------------------------------------------------------------


class ChannelDropout(Dropout):
    """Drop whole channels, as ``torch.nn.Dropout1d`` does.

    Shape: ``(n, c, ...)``, unchanged.
    """

    def forward(self, x: Tensor) -> Tensor:
        factors = self.factors(x, x.shape[:2])
        return x if factors is None else x * factors.reshape(*x.shape[:2], *[1] * (x.ndim - 2))


OWN_DROPOUT: dict[type, type[Dropout]] = {
    nn.Dropout: Dropout,
    nn.Dropout1d: ChannelDropout,
    nn.Dropout2d: ChannelDropout,
    nn.Dropout3d: ChannelDropout,
}


def with_own_dropout(module: nn.Module) -> nn.Module:
    """Replace the dropout layers of torch inside `module`; shared layers stay shared."""
    made: dict[nn.Module, nn.Module] = {}
    for part in list(module.modules()):
        for name, child in part._modules.items():  # `named_children` leaves out shared ones
            own = OWN_DROPOUT.get(type(child))
            if child is not None and own is not None:
                if child not in made:
                    made[child] = own(child.p)  # type: ignore[arg-type]
                part._modules[name] = made[child]
    return module


# -- messages --------------------------------------------------------------------------------


def _name(make: Any) -> str:
    return getattr(make, "__name__", None) or repr(make)


def _article(thing: Any) -> str:
    kind = type(thing).__name__
    return "None" if thing is None else f"{'an' if kind[0] in 'aeiouAEIOU' else 'a'} {kind}"


def _listed(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items()) or "no argument"


def _quoted(error: Exception) -> str:
    """Return an exception in one line, without the full stop."""
    text = " ".join(str(error).split()).rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
