"""From one vector per step to one vector per sequence."""

import pytest
import torch
from nn.cells import noise, randomize, values_and_gradients

from skrnn.nn import RecurrentEncoder, initialize
from skrnn.nn.pooling import AttentionPooling, last_step, mean_over_time

LENGTHS = torch.tensor([4, 1, 7, 3, 6])
ragged = pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])


def rows(x, lengths):
    """Return each row without its padding."""
    return list(x) if lengths is None else [r[:n] for r, n in zip(x, lengths, strict=True)]


@ragged
def test_last(lengths):
    x = noise(5, 7, 3)
    assert torch.equal(last_step(x, lengths), torch.stack([row[-1] for row in rows(x, lengths)]))


@ragged
def test_mean(lengths):
    x = noise(5, 7, 3)
    expected = torch.stack([row.mean(dim=0) for row in rows(x, lengths)])
    torch.testing.assert_close(mean_over_time(x, lengths), expected)


@ragged
@pytest.mark.parametrize("scale", [1, 1e4])  # large scores overflow in a softmax as it is defined
def test_attention(lengths, scale):
    attention = randomize(AttentionPooling(3).double())
    with torch.no_grad():
        attention.score.mul_(scale)
    w, b, v = attention.hidden.weight, attention.hidden.bias, attention.score

    def formula(x):
        for row in rows(x, lengths):
            scores = torch.stack([v @ torch.tanh(w @ step + b) for step in row])
            yield scores.softmax(dim=0) @ row

    both = [lambda x: [attention(x, lengths)], lambda x: [torch.stack(list(formula(x)))]]
    ours, theirs = (values_and_gradients(run, [noise(5, 7, 3)], [w, b, v]) for run in both)
    torch.testing.assert_close(ours, theirs)


@ragged
def test_attention_starts_as_the_mean(lengths):
    x, attention = noise(5, 7, 3), AttentionPooling(3).double()
    initialize(attention, torch.Generator().manual_seed(0))
    torch.testing.assert_close(attention(x, lengths), mean_over_time(x, lengths))
    attention(x, lengths).square().sum().backward()
    assert attention.score.grad.abs().min() > 0  # and learns from there


@ragged
@pytest.mark.parametrize("connections", [None, "skip", "dense"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_poolings_of_an_encoder(cell, bidirectional, connections, lengths):
    def make(pooling):
        encoder = RecurrentEncoder(
            cell=cell,
            input_size=3,
            hidden_size=4,
            n_layers=2,
            bidirectional=bidirectional,
            connections=connections,
            pooling=pooling,
        )
        return randomize(encoder.double())

    x = noise(5, 7, 3)
    steps, _ = make(None)(x, lengths)
    last = [torch.cat([row[-1, :4], row[0, 4:]]) for row in rows(steps, lengths)]
    torch.testing.assert_close(make("last")(x, lengths)[0], torch.stack(last))
    mean = [row.mean(dim=0) for row in rows(steps, lengths)]
    torch.testing.assert_close(make("mean")(x, lengths)[0], torch.stack(mean))
    encoder = make("attention")
    expected = encoder.attention(steps, lengths)
    torch.testing.assert_close(encoder(x, lengths)[0], expected)
