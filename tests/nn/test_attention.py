"""Attention: against loops over queries and steps, and against torch."""

import math

import pytest
import torch
from nn.cells import noise, randomize, some_lengths, valid_steps, values_and_gradients
from torch.nn import functional

from skrnn.nn import AdditiveAttention, ScaledDotAttention, initialize

KINDS = {
    "additive": lambda: AdditiveAttention(4, 3, 5),
    "dot": lambda: ScaledDotAttention(4, 3),
}
kinds = pytest.mark.parametrize("kind", KINDS)
LENGTHS = some_lengths(5, 7)
ragged = pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])


def make(kind):
    return randomize(KINDS[kind]().double())


def score(attention, query, step):
    """The score of one query and one step, by the equations of the papers."""
    w, b = attention.of_query.weight, attention.of_query.bias
    if isinstance(attention, ScaledDotAttention):
        return (w @ query + b) @ step / math.sqrt(len(step))
    u, c = attention.of_value.weight, attention.of_value.bias
    return attention.score @ torch.tanh(w @ query + b + u @ step + c)


def by_steps(attention, queries, values, lengths):
    contexts, weights = [], []
    for i, row in enumerate(queries):
        steps = values[i] if lengths is None else values[i, : lengths[i]]
        for query in row:
            own = torch.stack([score(attention, query, step) for step in steps]).softmax(0)
            contexts.append(sum(a * step for a, step in zip(own, steps, strict=True)))
            weights.append(functional.pad(own, (0, values.shape[1] - len(own))))
    shape = queries.shape[:2]
    return torch.stack(contexts).unflatten(0, shape), torch.stack(weights).unflatten(0, shape)


@kinds
@ragged
def test_equations(kind, lengths):
    attention = make(kind)
    inputs = [noise(5, 2, 4), noise(5, 7, 3, seed=1)]
    ours, theirs = (
        values_and_gradients(run, inputs, list(attention.parameters()))
        for run in (
            lambda q, v: attention(q, v, lengths),
            lambda q, v: by_steps(attention, q, v, lengths),
        )
    )
    torch.testing.assert_close(ours, theirs)


@ragged
def test_dot_and_torch(lengths):
    attention, queries, values = make("dot"), noise(5, 2, 4), noise(5, 7, 3, seed=1)
    mask = None if lengths is None else valid_steps(values, lengths)[:, None]
    expected = functional.scaled_dot_product_attention(
        attention.of_query(queries), values, values, mask
    )
    torch.testing.assert_close(attention(queries, values, lengths)[0], expected)


@kinds
def test_padding_has_no_weight(kind):
    attention, queries, values = make(kind), noise(5, 2, 4), 30 * noise(5, 7, 3, seed=1)
    _, weights = attention(queries, values, LENGTHS)
    assert (weights.movedim(1, -1)[~valid_steps(values, LENGTHS)] == 0).all()
    torch.testing.assert_close(weights.sum(-1), torch.ones(5, 2, dtype=torch.float64))
    assert (weights >= 0).all()


@kinds
def test_keys_are_the_same_for_all_queries(kind):
    attention, queries, values = make(kind), noise(5, 2, 4), noise(5, 7, 3, seed=1)
    keys = attention.keys(values)
    both = attention(queries, values, LENGTHS)
    for j in range(2):
        alone = attention(queries[:, j : j + 1], values, LENGTHS, keys)
        torch.testing.assert_close(alone, tuple(part[:, j : j + 1] for part in both))


@kinds
def test_initialized_by_the_generator(kind):
    made = []
    for seed in (0, 0, 1):
        attention = KINDS[kind]()
        initialize(attention, torch.Generator().manual_seed(seed))
        made.append(torch.cat([p.detach().flatten() for p in attention.parameters()]))
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])
    bounds = {"additive": 1.0, "dot": math.sqrt(6 / 7)}  # Glorot: sqrt(6 / (fan in + fan out))
    vector = attention.score if kind == "additive" else attention.of_query.weight
    assert 0.5 * bounds[kind] < vector.abs().max() <= bounds[kind]
