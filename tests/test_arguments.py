"""Checks of arguments, and errors that name them."""

import re
from fractions import Fraction
from numbers import Integral, Real

import numpy as np
import pandas as pd
import pytest
import torch

from skrnn import GRURegressor, SlidingWindowRegressor, Trainer
from skrnn._arguments import (
    as_numbers,
    check_count,
    check_flag,
    check_levels,
    read_weights,
    reading,
)
from skrnn._compat import Interval, InvalidParameterError


class Speechless(ValueError):
    """An error of another library, without text."""


@pytest.mark.parametrize(
    ("error", "expected", "text"),
    [
        (ValueError("could not convert"), ValueError, "X is not valid: could not convert"),
        (KeyError("a"), ValueError, "X is not valid: 'a'"),
        (AssertionError(), ValueError, "X is not valid: AssertionError"),
        (Speechless(), ValueError, "X is not valid: Speechless"),
        (TypeError("int() argument"), TypeError, "X is not valid: int() argument"),
        (ValueError("X_val is short"), ValueError, "X is not valid: X_val is short"),
        (ValueError("X has 3 channels"), ValueError, "X has 3 channels"),
    ],
)
def test_errors_name_the_argument(error, expected, text):
    with pytest.raises(expected, match=f"^{re.escape(text)}$") as caught, reading("X"):
        raise error
    assert type(caught.value) is expected
    assert error in (caught.value, caught.value.__cause__)


@pytest.mark.parametrize("error", [MemoryError("too large"), KeyboardInterrupt()])
def test_other_ends_pass(error):
    with pytest.raises(type(error)) as caught, reading("X"):
        raise error
    assert caught.value is error


@pytest.mark.parametrize(
    "values",
    [
        np.array(["2020"], dtype="M8[D]"),
        np.array([3], dtype="m8[s]"),
        pd.DataFrame({"a": pd.to_datetime(["2020"]), "b": 1.0}),
        pd.Series(pd.to_datetime(["2020"])),
        [np.datetime64("2020")],
        np.ma.array([1.0, 2.0], mask=[True, False]),
        np.zeros(2, dtype="f8,f8"),
        np.zeros(2, dtype=complex),
        (x for x in [1.0]),
        {1.0, 2.0},
        {"a": 1.0},
        None,
    ],
    ids=lambda values: type(values).__name__,
)
def test_what_is_no_number(values):
    with pytest.raises((TypeError, ValueError), match=r"\bX\b"):
        as_numbers(values, "X")


def test_what_may_be_numbers():
    frame = pd.DataFrame({"a": [1.0]})
    array = np.ones(3, dtype=object)
    assert as_numbers(frame, "X") is frame
    assert as_numbers(array, "X") is array
    np.testing.assert_array_equal(as_numbers([[1, 2]], "X"), [[1, 2]])
    np.testing.assert_array_equal(as_numbers(torch.ones(2), "X"), [1, 1])
    np.testing.assert_array_equal(as_numbers(np.ma.array([1.0]), "X"), [1.0])


@pytest.mark.parametrize("weight", [[1, -1], [1, np.nan], [1, np.inf], [1], "ab", -1.0, [1, 1e101]])
def test_weights(weight):
    with pytest.raises((TypeError, ValueError), match="sample_weight"):
        read_weights(weight, np.zeros(2))


def test_flags():
    for flag in (True, False, np.True_):
        check_flag(flag, "cov")
    for other in ("no", 1, None, []):
        with pytest.raises(InvalidParameterError, match=r"cov=.* pass True or False"):
            check_flag(other, "cov")


def test_counts():
    assert check_count(np.int8(3), "n_paths") == 3
    for other in (True, 3.0, "3", None):
        with pytest.raises(InvalidParameterError, match=r"n_paths=.* pass an int"):
            check_count(other, "n_paths")
    for other in (0, -1, 10**30):
        with pytest.raises(ValueError, match=r"n_paths=.* pass an int from 1 on"):
            check_count(other, "n_paths")


@pytest.mark.parametrize("levels", [0.9, np.float32(0.9), [0.5, 0.9], (0.5,), np.array([0.1])])
def test_levels(levels):
    assert check_levels(levels, "alpha") == [float(value) for value in np.ravel(levels)]


BEYOND = 1 - 2**-53  # the bound of such an interval has the level 1
NO_LEVELS = [0, 1, 90, -0.1, np.nan, BEYOND, True, None, "0.5", [], (), np.array([])]
NO_LEVELS += [[0.5, 0.5], ["0.5"], [[0.5]], [0.5, BEYOND]]


@pytest.mark.parametrize("levels", NO_LEVELS, ids=str)
def test_what_is_no_level(levels):
    with pytest.raises(ValueError, match="coverage"):
        check_levels(levels, "coverage")


def test_parameters_are_plain_numbers():
    for kind in (Integral, Real):
        interval = Interval(kind, 0, None, closed="left")
        assert interval.is_satisfied_by(np.int32(2))
        for other in (True, np.True_, Fraction(2), "2"):
            assert not interval.is_satisfied_by(other)
    with pytest.raises(
        InvalidParameterError, match=r"'n_layers' parameter of GRURegressor .* True"
    ):
        GRURegressor(n_layers=True).fit(np.ones((4, 3)), np.ones(4))


def test_parameters_of_what_has_none():
    for owner, name in [
        (GRURegressor(), "learning_rate__x"),
        (GRURegressor(trainer=3), "trainer__device"),
        (Trainer(), "device__x"),
        (SlidingWindowRegressor(GRURegressor()), "horizon__x"),
    ]:
        with pytest.raises(
            ValueError, match=f"Invalid parameter '{name}' for {type(owner).__name__}"
        ):
            owner.set_params(**{name: 1})
