"""Every path computes the equations in the docstring of `RecurrentLayer`, which are torch's too."""

from copy import deepcopy
from functools import partial
from itertools import product
from typing import NamedTuple

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from nn.cells import (
    VARIANTS,
    by_rows,
    make_layer,
    noise,
    some_lengths,
    some_mask,
    torch_module,
    torch_weights,
    valid_steps,
    values_and_gradients,
    weights_of,
)
from torch.func import functional_call

from skrnn.nn import CELLS, RecurrentLayer, recurrence
from skrnn.nn.compiled import Compiled, kernels
from skrnn.nn.native import has_native, native
from skrnn.nn.recurrence import recur
from skrnn.nn.stepwise import stepwise

cells = pytest.mark.parametrize("cell", CELLS)
variants = pytest.mark.parametrize("variant", VARIANTS)
both_ways = pytest.mark.parametrize("reverse", [False, True], ids=["forward", "reverse"])
needs_kernels = pytest.mark.skipif(kernels() is None, reason="numba is not installed")
PATHS = [pytest.param("compiled", marks=needs_kernels), "stepwise", "native"]


class Problem(NamedTuple):
    """What `recur` takes, for a multiple of 16 rows."""

    layer: RecurrentLayer
    x: torch.Tensor
    state: torch.Tensor | None = None
    lengths: torch.Tensor | None = None
    mask: torch.Tensor | None = None


def run(path, problem, x, state):
    layer, lengths, mask = problem.layer, problem.lengths, problem.mask
    if path == "equations":
        return by_rows(layer, x, state, lengths, mask)
    arguments = layer.cell, weights_of(layer), x
    if path == "compiled":
        return recur(*arguments, state, lengths, mask)
    state = x.new_zeros(len(x), layer.cell.state_size) if state is None else state
    if path == "native":
        return native(*arguments, state, lengths)
    return stepwise(*arguments, state, lengths, mask)


def results(path, problem):
    """Return values, and gradients of x, state and every weight."""
    parameters = list(problem.layer.parameters())
    inputs = [problem.x, problem.state]
    return values_and_gradients(partial(run, path, problem), inputs, parameters)


def in_float64(problem):
    tensors = (part if part is None else part.double() for part in problem[1:])
    return Problem(deepcopy(problem.layer).double(), *tensors)


def assert_all_close(results, expected):
    for value, truth in zip(results, expected, strict=True):
        tolerance = 1e-10 if value.dtype == torch.float64 else 1e-4
        atol = tolerance * max(1.0, truth.abs().max().item())
        torch.testing.assert_close(value.double(), truth.double(), rtol=0, atol=atol)


def assert_follows_the_equations(path, problem):
    assert_all_close(results(path, problem), results("equations", in_float64(problem)))


SIZES = {
    "n": st.sampled_from([16, 32]),
    "t": st.integers(1, 6),
    "padding": st.integers(0, 2),
    "c": st.integers(1, 10),
    "h": st.integers(1, 10),
    "activation": st.sampled_from(["tanh", "relu"]),
    "dtype": st.sampled_from([torch.float64, torch.float32]),
    "seed": st.integers(0, 9),
} | {name: st.booleans() for name in ("reverse", "started", "ragged")}
ANY = {
    "variant": st.sampled_from(list(VARIANTS)),
    "o": st.integers(1, 10),
    "layer_norm": st.booleans(),
    "masked": st.booleans(),
}
repeated = settings(max_examples=60, deadline=None, derandomize=True)


def make_problem(
    *, variant, n, t, padding, c, h, dtype, seed, started, ragged, o=1, masked=False, **options
):
    options |= VARIANTS[variant]
    if "recurrence" in options:
        options["output_size"] = o
    layer = make_layer(c=c, h=h, dtype=dtype, seed=seed, **options)
    return Problem(
        layer,
        noise(n, t + padding, c, dtype=dtype, seed=seed),
        noise(n, layer.cell.state_size, seed=1, dtype=dtype) if started else None,
        some_lengths(n, t, shortest=0, seed=seed) if ragged else None,
        some_mask(layer, n, seed=seed) if masked else None,
    )


@pytest.mark.parametrize("path", PATHS[:2])
@given(drawn=st.fixed_dictionaries(SIZES | ANY))
@repeated
def test_equations(path, drawn):
    assert_follows_the_equations(path, make_problem(**drawn))


@given(variant=st.sampled_from(CELLS), drawn=st.fixed_dictionaries(SIZES))
@repeated
def test_equations_natively(variant, drawn):
    problem = make_problem(variant=variant, **drawn)
    assume(has_native(problem.layer.cell, weights_of(problem.layer)))
    assert_follows_the_equations("native", problem)


@pytest.mark.parametrize("path", PATHS[:2])
@pytest.mark.parametrize("layer_norm", [False, True], ids=["plain", "layer norm"])
@variants
@both_ways
def test_equations_of_each_variant(path, variant, layer_norm, reverse):
    layer = make_layer(**VARIANTS[variant], layer_norm=layer_norm, reverse=reverse)
    x, state = noise(16, 6, 3), noise(16, layer.cell.state_size, seed=1)
    lengths = some_lengths(16, 4, shortest=0)
    assert_follows_the_equations(path, Problem(layer, x, state, lengths, some_mask(layer, 16)))


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("ragged", [False, True], ids=["equal", "ragged"])
@cells
@both_ways
def test_values_and_gradients_of_torch(path, cell, ragged, reverse):
    layer, x = make_layer(cell, reverse=reverse), noise(16, 6, 3)
    lengths = some_lengths(16, 5) if ragged else torch.full((16,), 6)
    problem = Problem(layer, x, lengths=lengths if ragged else None)
    twin = torch_module(layer)

    def rows_in_torch(x):
        outputs, lasts = [], []
        for row, length in zip(x, lengths, strict=True):
            row = row[None, :length].flip(1) if reverse else row[None, :length]
            output, last = functional_call(twin, torch_weights(layer), row)
            outputs.append(output[0].flip(0) if reverse else output[0])
            lasts.append(torch.cat(last, dim=-1)[0] if cell == "lstm" else last[0])
        return torch.cat(outputs), torch.cat(lasts)

    def rows_here(x):
        output, last = run(path, problem, x, None)
        return output[valid_steps(x, lengths)], last

    parameters = list(layer.parameters())
    ours = values_and_gradients(rows_here, [x], parameters)
    assert_all_close(ours, values_and_gradients(rows_in_torch, [x], parameters))


@pytest.mark.parametrize("path", PATHS)
@cells
@both_ways
def test_outputs_after_a_length_are_the_state(path, cell, reverse):
    layer = make_layer(cell, reverse=reverse)
    x, start = noise(16, 6, 3), noise(16, layer.cell.state_size, seed=1)
    lengths = some_lengths(16, 6)
    output, last = run(path, Problem(layer, x, start, lengths), x, start)
    for row, length in enumerate(lengths):
        # Read from the end, a row has its padding before its first step.
        state = (start if reverse else last)[row, : layer.output_size]
        assert (output[row, length:] == state).all()


@pytest.mark.parametrize("path", PATHS)
@cells
@both_ways
def test_no_step_knows_those_that_come_later(path, cell, reverse):
    layer, x = make_layer(cell, reverse=reverse), noise(16, 6, 3)
    changed = x.clone()
    changed[:, 3] += 1
    first, second = (run(path, Problem(layer, y), y, None)[0] for y in (x, changed))
    differs = (first != second).any(dim=2).any(dim=0)
    assert differs.tolist() == ([True] * 4 + [False] * 2 if reverse else [False] * 3 + [True] * 3)


@needs_kernels
@pytest.mark.parametrize(
    ("layer_norm", "reverse", "masked", "ragged"), list(product([False, True], repeat=4))
)
@variants
def test_gradcheck(variant, layer_norm, reverse, masked, ragged):
    layer = make_layer(**VARIANTS[variant], c=2, h=3, layer_norm=layer_norm, reverse=reverse)
    x, state = noise(16, 4, 2), noise(16, layer.cell.state_size, seed=1)
    lengths = some_lengths(16, 3) if ragged else None
    mask = some_mask(layer, 16) if masked else None
    inputs = [
        part if part is None else part.detach().clone().requires_grad_()
        for part in (x, state, *weights_of(layer))
    ]

    def compiled(x, state, *weights):
        return Compiled.apply([layer.cell], lengths, [mask], x, state, *weights)

    assert torch.autograd.gradcheck(compiled, inputs, fast_mode=True)


def test_a_wide_lstm_is_trained_by_torch_and_predicts_in_the_kernels(monkeypatch):
    layer = make_layer("lstm")
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(16, 5, 3, dtype=torch.float64, generator=generator)
    called = []
    real = recurrence.native
    monkeypatch.setattr(recurrence, "native", lambda *a: called.append(1) or real(*a))
    expected, _ = layer(x)
    monkeypatch.setattr(recurrence, "WIDE", 0)
    output, _ = layer(x)
    assert called == [1]
    torch.testing.assert_close(output, expected)
    with torch.no_grad():
        assert torch.equal(layer(x)[0], expected)
    layer(x, lengths=torch.full((16,), 3))
    assert called == [1]
