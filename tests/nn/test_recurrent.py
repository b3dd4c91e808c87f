"""The recurrent encoder against torch's own layers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from skrnn.nn import CELLS, RecurrentEncoder, initialize

both_ways = pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
cells = pytest.mark.parametrize("cell", CELLS)


def make(cell, c=3, h=4, n_layers=2, bidirectional=False, **options):
    encoder = RecurrentEncoder(
        cell=cell,
        input_size=c,
        hidden_size=h,
        n_layers=n_layers,
        bidirectional=bidirectional,
        **options,
    ).double()
    initialize(encoder, torch.Generator().manual_seed(1))
    return encoder.eval()


def torch_twin(encoder, cell, c, h, n_layers, bidirectional, **options):
    """Return torch's stacked layer with the weights of `encoder`."""
    twin = CELLS[cell](
        c,
        h,
        n_layers,
        bidirectional=bidirectional,
        batch_first=True,
        dtype=torch.float64,
        **options,
    )
    weights = {}
    for i, directions in enumerate(encoder.layers):
        for layer, suffix in zip(directions, ["", "_reverse"], strict=False):
            for name, value in layer.named_parameters():
                weights[name.replace("_l0", f"_l{i}{suffix}")] = value.detach().clone()
    twin.load_state_dict(weights)
    return twin


def noise(*shape, seed=0):
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@cells
@both_ways
@given(sizes=st.tuples(*[st.integers(1, 5)] * 5))
@settings(max_examples=15, deadline=None)
def test_values_and_gradients_of_torch(cell, bidirectional, sizes):
    n, t, c, h, n_layers = sizes
    encoder = make(cell, c, h, n_layers, bidirectional)
    twin = torch_twin(encoder, cell, c, h, n_layers, bidirectional)
    gradients = []
    for module in (encoder, twin):
        x = noise(n, t, c).requires_grad_()
        output = module(x)[0]
        (output * noise(*output.shape, seed=1)).sum().backward()
        gradients.append((output, x.grad, *sorted(p.grad.norm() for p in module.parameters())))
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs)


def test_relu():
    encoder = make("rnn", activation="relu")
    twin = torch_twin(encoder, "rnn", 3, 4, 2, False, nonlinearity="relu")
    x = noise(5, 6, 3)
    torch.testing.assert_close(encoder(x)[0], twin(x)[0])
    assert not torch.allclose(encoder(x)[0], make("rnn")(x)[0])


@cells
@both_ways
@given(lengths=st.lists(st.integers(1, 7), min_size=1, max_size=6))
@settings(max_examples=15, deadline=None)
def test_ragged_rows_of_torch(cell, bidirectional, lengths):
    lengths = torch.tensor(lengths)
    encoder = make(cell, bidirectional=bidirectional)
    twin = torch_twin(encoder, cell, 3, 4, 2, bidirectional)
    x = noise(len(lengths), int(lengths.max()), 3)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    expected, final = twin(packed)
    expected, _ = pad_packed_sequence(expected, batch_first=True)
    final = final[0] if isinstance(final, tuple) else final
    output, _ = encoder(x, lengths)
    valid = torch.arange(x.shape[1]) < lengths[:, None]
    torch.testing.assert_close(output[valid], expected[valid])
    last = torch.cat(list(final[-encoder.n_directions :]), dim=-1)
    torch.testing.assert_close(encoder.last(output, lengths), last)


@cells
@both_ways
def test_padding_has_no_influence(cell, bidirectional):
    encoder, lengths = make(cell, bidirectional=bidirectional), torch.tensor([3, 1, 6])
    valid = torch.arange(6) < lengths[:, None]
    x = noise(3, 6, 3)
    clean, dirty = torch.where(valid[..., None], x, 0.0), torch.where(valid[..., None], x, 1e6)
    first, second = encoder(clean, lengths)[0], encoder(dirty, lengths)[0]
    assert torch.equal(first[valid], second[valid])
    assert torch.equal(encoder.last(first, lengths), encoder.last(second, lengths))


@cells
@pytest.mark.parametrize("n_layers", [1, 3])
def test_state_continues_a_sequence(cell, n_layers):
    encoder, x = make(cell, n_layers=n_layers), noise(4, 7, 3)
    whole, end = encoder(x)
    first, state = encoder(x[:, :3])
    second, state = encoder(x[:, 3:], state=state)
    torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
    assert len(end) == n_layers * (2 if cell == "lstm" else 1)
    for ours, expected in zip(state, end, strict=True):
        torch.testing.assert_close(ours, expected)


@cells
def test_no_state_where_none_would_continue(cell):
    x = noise(2, 4, 3)
    assert make(cell)(x, torch.tensor([4, 2]))[1] is None
    assert make(cell, bidirectional=True)(x)[1] is None


def drop(encoder, seed):
    encoder.dropout.generator = torch.Generator().manual_seed(seed)
    return encoder(noise(2, 4, 3))[0]


@cells
def test_dropout(cell):
    encoder = make(cell, h=64, dropout=0.25)
    assert torch.equal(drop(encoder, 1), make(cell, h=64)(noise(2, 4, 3))[0])
    encoder.train()
    before = torch.get_rng_state()
    output = drop(encoder, 1)
    assert torch.equal(output, drop(encoder, 1))
    assert not torch.equal(output, drop(encoder, 2))
    assert torch.equal(before, torch.get_rng_state())
    assert (output == 0).double().mean().item() == pytest.approx(0.25, abs=0.08)


def test_dropout_keeps_the_mean():
    encoder = make("rnn", n_layers=1, h=200, dropout=0.5)
    kept = encoder(noise(2, 4, 3))[0]
    dropped = drop(encoder.train(), 0)
    assert torch.equal(dropped[dropped != 0], 2 * kept[dropped != 0])
