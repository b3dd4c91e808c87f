"""A recurrent layer alone: what it takes, and how it starts."""

import pytest
import torch
from nn.cells import VARIANTS, by_rows, make_layer, noise, some_lengths

from skrnn.nn import INITIALIZERS, RecurrentLayer

variants = pytest.mark.parametrize("variant", VARIANTS)
initializers = pytest.mark.parametrize("recurrent", INITIALIZERS)


def start(seed=0, recurrent="orthogonal", **options):
    layer = RecurrentLayer(input_size=5, hidden_size=6, recurrent_initializer=recurrent, **options)
    layer.initialize(torch.Generator().manual_seed(seed))
    return layer


def matrices(layer):
    """Return the weights of the input, and those of the state, gate by gate."""
    c, h = layer.input_size, layer.cell.hidden_size
    gates = layer.weight.split(h)
    of_input, of_state = [gate[:, :c] for gate in gates], [gate[:, c:] for gate in gates]
    if layer.readout is not None:
        n_recurrent = layer.readout.shape[1] - h
        of_input.append(layer.readout[:, n_recurrent:])
        of_state.append(layer.readout[:, :n_recurrent])
    return of_input, [part for part in of_state if part.numel()]


def assert_glorot(matrix):
    bound = (6 / sum(matrix.shape)) ** 0.5
    assert 0.5 * bound < matrix.abs().max() <= bound


@initializers
@variants
def test_weights(variant, recurrent):
    of_input, of_state = matrices(start(recurrent=recurrent, **VARIANTS[variant]))
    assert len(of_state) == {"lstm": 4, "gru": 3}.get(variant, 1)
    for matrix in of_input:
        assert_glorot(matrix)
    for matrix in of_state:
        eye = torch.eye(*matrix.shape)
        if recurrent == "glorot_uniform":
            assert_glorot(matrix)
        elif recurrent == "identity":
            assert torch.equal(matrix, eye)
        else:  # a narrow state has orthonormal columns
            torch.testing.assert_close(matrix.T @ matrix, eye[: matrix.shape[1]])
            assert not torch.equal(matrix, eye)


@variants
def test_gates_differ(variant):
    for part in matrices(start(**VARIANTS[variant])):
        for i, matrix in enumerate(part):
            assert not any(torch.equal(matrix, other) for other in part[:i])


@variants
def test_biases_and_gains(variant):
    layer = start(layer_norm=True, **VARIANTS[variant])
    expected = torch.zeros(len(layer.bias))
    if variant == "lstm":
        expected[6:12] = 1  # the forget gate, second in the order i, f, g, o
    assert torch.equal(layer.bias, expected)
    assert torch.equal(layer.gain, torch.ones(len(layer.weight)))


@initializers
@variants
def test_the_generator_decides(variant, recurrent):
    before = torch.get_rng_state()
    first, again, other = (start(seed, recurrent, **VARIANTS[variant]).weight for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(before, torch.get_rng_state())


@pytest.mark.parametrize("recurrence", ["output-hidden", "output-output"])
def test_outputs_are_as_wide_as_the_hidden_layer_by_default(recurrence):
    assert start(cell="rnn", recurrence=recurrence).output_size == 6
    assert start(cell="rnn", recurrence=recurrence, output_size=3).output_size == 3
    assert start(cell="rnn", output_size=3).output_size == 6


@pytest.mark.parametrize("n", [1, 5, 16, 21])
@variants
def test_any_number_of_rows(variant, n):
    layer, x = make_layer(**VARIANTS[variant]), noise(n, 4, 3)
    state, lengths = noise(n, layer.cell.state_size), some_lengths(n, 4)
    torch.testing.assert_close(layer(x, state, lengths), by_rows(layer, x, state, lengths))


@pytest.mark.parametrize("c", [2, 5])
@variants
def test_refuses_another_number_of_channels(variant, c):
    with pytest.raises((RuntimeError, ValueError)):
        make_layer(**VARIANTS[variant])(noise(16, 4, c))


@pytest.mark.parametrize("more", [-1, 1])
@variants
def test_refuses_a_state_of_another_width(variant, more):
    layer = make_layer(**VARIANTS[variant])
    with pytest.raises((RuntimeError, ValueError)):
        layer(noise(16, 4, 3), noise(16, layer.cell.state_size + more))
