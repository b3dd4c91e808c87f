"""The recurrent encoder: stacks of layers, what stands between them, and their state."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nn.cells import (
    VARIANTS,
    by_rows,
    noise,
    randomize,
    some_lengths,
    torch_module,
    torch_weights,
    valid_steps,
    values_and_gradients,
)
from torch.func import functional_call

from skrnn.nn import CELLS, RecurrentEncoder

LENGTHS = torch.tensor([4, 1, 7, 3, 6])

cells = pytest.mark.parametrize("cell", CELLS)
variants = pytest.mark.parametrize("variant", VARIANTS)
both_ways = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
connected = pytest.mark.parametrize("connections", [None, "skip", "dense"])


def make(cell="gru", c=3, h=4, **options):
    encoder = RecurrentEncoder(cell=cell, input_size=c, hidden_size=h, **options)
    return randomize(encoder.double()).eval()


def torch_stack(encoder):
    """Return torch's stacked module as a function with the parameters of `encoder`."""
    both = len(encoder.layers[0]) == 2
    twin = torch_module(encoder.layers[0][0], len(encoder.layers), bidirectional=both)
    weights = {}
    for i, directions in enumerate(encoder.layers):
        for layer, suffix in zip(directions, ["", "_reverse"], strict=False):
            weights |= torch_weights(layer, f"_l{i}{suffix}")
    return lambda x: functional_call(twin, weights, x)[0]


@cells
@both_ways
@given(sizes=st.tuples(st.integers(1, 20), *[st.integers(1, 5)] * 4))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_values_and_gradients_of_torch(cell, bidirectional, sizes):
    n, t, c, h, n_layers = sizes
    encoder = make(cell, c, h, n_layers=n_layers, bidirectional=bidirectional)
    twin, x, parameters = torch_stack(encoder), noise(n, t, c), list(encoder.parameters())
    ours = values_and_gradients(lambda x: encoder(x)[:1], [x], parameters)
    theirs = values_and_gradients(lambda x: [twin(x)], [x], parameters)
    torch.testing.assert_close(ours, theirs)


def test_relu_of_torch():
    encoder, x = make("rnn", n_layers=2, activation="relu"), noise(5, 6, 3)
    torch.testing.assert_close(encoder(x)[0], torch_stack(encoder)(x))
    encoder.layers[0][0].cell = encoder.layers[0][0].cell._replace(activation="tanh")
    assert not torch.allclose(encoder(x)[0], torch_stack(encoder)(x))


@variants
@given(n=st.integers(1, 20), t=st.integers(1, 6), ragged=st.booleans(), started=st.booleans())
@settings(max_examples=10, deadline=None, derandomize=True)
def test_any_number_of_rows(variant, n, t, ragged, started):
    encoder = make(**VARIANTS[variant], layer_norm=True)
    layer, x = encoder.layers[0][0], noise(n, t, 3)
    lengths = some_lengths(n, t) if ragged else None
    state = noise(n, layer.cell.state_size, seed=1) if started else None
    output, (last,) = encoder(x, lengths, (state,) if started else None)
    torch.testing.assert_close((output, last), by_rows(layer, x, state, lengths))


@cells
@both_ways
@connected
@pytest.mark.parametrize("pooling", [None, "last", "mean", "attention"])
def test_ragged_rows_are_rows_alone(cell, bidirectional, connections, pooling):
    options = {"bidirectional": bidirectional, "connections": connections, "pooling": pooling}
    encoder, x = make(cell, n_layers=3, layer_norm=True, **options), noise(5, 7, 3)
    output, _ = encoder(x, LENGTHS)
    for i, length in enumerate(LENGTHS):
        alone, _ = encoder(x[i : i + 1, :length])
        ours = output[i, :length] if pooling is None else output[i]
        torch.testing.assert_close(ours, alone[0])


@connected
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])
def test_the_last_step_of_each_direction(connections, lengths):
    """The backward direction ends at the first step."""
    options = {"n_layers": 2, "bidirectional": True, "connections": connections}
    x, last = noise(5, 7, 3), torch.full((5,), 6) if lengths is None else lengths - 1
    steps, _ = make(**options)(x, lengths)
    pooled, _ = make(**options, pooling="last")(x, lengths)
    torch.testing.assert_close(pooled[:, :4], steps[torch.arange(5), last, :4])
    torch.testing.assert_close(pooled[:, 4:], steps[:, 0, 4:])


@cells
@both_ways
@pytest.mark.parametrize("pooling", [None, "last", "mean", "attention"])
def test_padding_has_no_influence(cell, bidirectional, pooling):
    encoder = make(cell, n_layers=2, bidirectional=bidirectional, pooling=pooling)
    x, valid = noise(5, 7, 3), valid_steps(noise(5, 7, 3), LENGTHS)
    clean, dirty = (torch.where(valid[..., None], x, filler) for filler in (0.0, 1e6))
    first, second = (encoder(x, LENGTHS)[0] for x in (clean, dirty))
    seen = valid if pooling is None else slice(None)
    assert torch.equal(first[seen], second[seen])


def test_rows_that_fill_a_block_do_not_affect_gradients():
    encoder = make("rnn", h=1, activation="relu")
    with torch.no_grad():
        for parameter, value in zip(encoder.parameters(), ([[1, 1, 1, 1e9]], [1]), strict=True):
            parameter.copy_(torch.tensor(value))
    # The state of these rows stays zero, while that of a row of zeros grows without bound.
    x = torch.full((5, 40, 3), -1.0, dtype=torch.float64)
    results = values_and_gradients(lambda x: encoder(x)[:1], [x], list(encoder.parameters()))
    assert all((result == 0).all() for result in results)


def run_layers(directions, x):
    return torch.cat([layer(x)[0] for layer in directions], dim=-1)


@cells
@both_ways
def test_skip_connections_add_what_a_layer_reads(cell, bidirectional):
    encoder = make(cell, n_layers=3, bidirectional=bidirectional, connections="skip")
    x = noise(16, 5, 3)
    first = run_layers(encoder.layers[0], x)
    second = first + run_layers(encoder.layers[1], first)
    torch.testing.assert_close(encoder(x)[0], second + run_layers(encoder.layers[2], second))


@cells
@both_ways
def test_dense_connections_read_all_layers_before(cell, bidirectional):
    encoder = make(cell, n_layers=3, bidirectional=bidirectional, connections="dense")
    x = noise(16, 5, 3)
    first = run_layers(encoder.layers[0], x)
    second = run_layers(encoder.layers[1], torch.cat([x, first], dim=-1))
    third = run_layers(encoder.layers[2], torch.cat([x, first, second], dim=-1))
    torch.testing.assert_close(encoder(x)[0], third)


@connected
def test_one_layer_has_nothing_to_connect(connections):
    x = noise(5, 6, 4)
    assert torch.equal(make(c=4, connections=connections)(x)[0], make(c=4)(x)[0])


@variants
@both_ways
def test_width_of_the_output(variant, bidirectional):
    encoder = make(**VARIANTS[variant], n_layers=2, bidirectional=bidirectional)
    width = VARIANTS[variant].get("output_size", 4) * (2 if bidirectional else 1)
    assert encoder.output_size == width
    assert encoder(noise(5, 6, 3))[0].shape == (5, 6, width)


@variants
@connected
@pytest.mark.parametrize("n_layers", [1, 3])
def test_state_continues_a_sequence(variant, connections, n_layers):
    encoder = make(**VARIANTS[variant], n_layers=n_layers, connections=connections)
    x = noise(5, 7, 3)
    whole, end = encoder(x)
    first, state = encoder(x[:, :3])
    second, state = encoder(x[:, 3:], state=state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    torch.testing.assert_close(state, end)
    assert len(state) == n_layers


@cells
def test_state_continues_ragged_rows(cell):
    encoder, x, rest = make(cell, n_layers=2), noise(5, 7, 3), noise(5, 4, 3, seed=1)
    _, state = encoder(x, LENGTHS)
    output, _ = encoder(rest, state=state)
    for i, length in enumerate(LENGTHS):
        whole, _ = encoder(torch.cat([x[i, :length], rest[i]])[None])
        torch.testing.assert_close(output[i], whole[0, length:])


@cells
def test_gradients_pass_through_the_state(cell):
    encoder, x = make(cell, n_layers=2), noise(5, 7, 3)
    parameters = list(encoder.parameters())

    def in_halves(x):
        first, state = encoder(x[:, :3])
        return [torch.cat([first, encoder(x[:, 3:], state=state)[0]], dim=1)]

    halves = values_and_gradients(in_halves, [x], parameters)
    whole = values_and_gradients(lambda x: encoder(x)[:1], [x], parameters)
    torch.testing.assert_close(halves, whole)


@pytest.mark.parametrize(
    ("options", "streams"),
    [
        ({}, True),
        ({"pooling": "last"}, True),
        ({"pooling": "mean"}, False),
        ({"pooling": "attention"}, False),
        ({"bidirectional": True}, False),
    ],
    ids=str,
)
def test_state_only_where_it_continues(options, streams):
    encoder = make(**options)
    assert encoder.streams is streams
    assert (encoder(noise(5, 6, 3))[1] is not None) is streams
