"""Constructors: their length, and that docstrings and constraints agree with them."""

import inspect
import re

import pytest

import skrnn
from skrnn import forecasting
from skrnn._parameters import TRAINING
from skrnn.forecasting._forecaster_parameters import ForecasterParameters

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


@public
def test_parameters_are_in_the_groups_that_the_docstring_tells(cls):
    names = list(inspect.signature(cls).parameters)
    if "trainer" not in names:
        return
    running = names.index("trainer")
    assert names[running:] == ["trainer", "random_state", "verbose"]
    training = names.index("loss" if "loss" in names else "learning_rate")
    trained = {*TRAINING, "loss", "quantile", "label_smoothing", "warm_start", "n_members"}
    assert set(names[training:]) <= trained
    assert not set(names[:training]) & trained
    if "target" in names:
        data = {*ForecasterParameters._parameter_constraints} - trained
        assert set(names[: names.index("target") + 1]) == data
    else:
        data = names[names.index("n_channels") : training]
        assert data in (["n_channels", "inputs"], ["n_channels", "inputs", "class_weight"])
