"""Constructors: their length, and that docstrings and constraints agree with them."""

import inspect
import re

import pytest

import skrnn
from skrnn import forecasting

PUBLIC = [
    getattr(room, name)
    for room in (skrnn, forecasting)
    for name in room.__all__
    if inspect.isclass(getattr(room, name))
]
public = pytest.mark.parametrize("cls", PUBLIC)
MOST_PARAMETERS = {skrnn: 24, forecasting: 28}


@pytest.mark.parametrize("room", MOST_PARAMETERS)
def test_constructors_are_short(room):
    for name in room.__all__:
        assert len(inspect.signature(getattr(room, name)).parameters) <= MOST_PARAMETERS[room], name


@public
def test_docstrings_have_the_parameters_in_order_with_their_defaults(cls):
    sections = re.split(r"^(\w[\w ]+)\n-+\n", inspect.getdoc(cls), flags=re.MULTILINE)
    section = sections[sections.index("Parameters") + 1]
    documented = re.findall(r"^(\w+) : (.*)$", section, flags=re.MULTILINE)
    parameters = inspect.signature(cls).parameters
    assert [name for name, _ in documented] == list(parameters)
    for name, kind in documented:
        default = parameters[name].default
        if default is inspect.Parameter.empty:
            assert "default=" not in kind
        else:
            given = f'"{default}"' if isinstance(default, str) else str(default)
            assert kind.endswith(f"default={given}"), name


@public
def test_constraints_cover_all_parameters(cls):
    assert set(cls._parameter_constraints) == set(inspect.signature(cls).parameters)
