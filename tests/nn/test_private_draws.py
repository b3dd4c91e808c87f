"""Draws from private generators, in place of the process-wide ones."""

import random
import sys
import threading

import numpy as np
import pytest
import torch
from process_state import global_generators
from torch import nn
from torch.nn import functional

from skrnn.data.batch import Batch
from skrnn.nn.adapter import construct
from skrnn.nn.adapter_check import check_module
from skrnn.nn.private_draws import private_draws

X = torch.linspace(0.1, 0.9, 24).reshape(2, 4, 3)
legacy = np.random


def seed_all(seed):
    torch.manual_seed(seed)
    legacy.seed(seed)
    random.seed(seed)


@pytest.fixture(autouse=True)
def restored():
    states = torch.get_rng_state(), legacy.get_state(), random.getstate()
    yield
    for restore, state in zip(
        (torch.set_rng_state, legacy.set_state, random.setstate), states, strict=True
    ):
        restore(state)


DRAWS = {
    "rand": lambda: torch.rand(2, 3),
    "randn": lambda: torch.randn(3, dtype=torch.float64),
    "randint": lambda: torch.randint(9, (4,)),
    "randint from": lambda: torch.randint(3, 9, (4,)),
    "randperm": lambda: torch.randperm(9),
    "rand_like": lambda: torch.rand_like(X),
    "randn_like": lambda: torch.randn_like(X, dtype=torch.float64),
    "normal": lambda: torch.normal(0.0, 1.0, (3,)),
    "normal of tensors": lambda: torch.normal(X, X),
    "bernoulli": lambda: torch.bernoulli(X),
    "multinomial": lambda: torch.multinomial(X[0], 2),
    "in place": lambda: torch.empty(5).uniform_().exponential_(),
    "distribution": lambda: torch.distributions.Gamma(1.0, 2.0).sample((3,)),
    "layer": lambda: nn.Linear(3, 4).weight.detach(),
    "truncated": lambda: nn.init.trunc_normal_(torch.empty(5)),
    "orthogonal": lambda: nn.init.orthogonal_(torch.empty(4, 4)),
    "dropout": lambda: functional.dropout(X, 0.5),
    "inner dropout": lambda: nn.LSTM(3, 4, 2, dropout=0.5)(X)[0].detach(),
    "attention": lambda: nn.MultiheadAttention(3, 1, dropout=0.5)(X, X, X)[0].detach(),
    "numpy": lambda: torch.from_numpy(legacy.normal(size=4)),
    "numpy choice": lambda: torch.from_numpy(legacy.permutation(9)),
    "python": lambda: torch.tensor([random.random(), random.gauss(0, 1), random.randint(0, 99)]),
    "python sample": lambda: torch.tensor(random.sample(range(99), 9)),
    "all": lambda: torch.rand(2) + legacy.random() + random.random(),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
def test_the_numbers_are_those_of_seeded_generators(draw):
    seed_all(5)
    expected = [draw(), draw()]
    seed_all(77)
    before = global_generators()
    with private_draws(5) as draws:
        found = [draw(), draw()]
    assert global_generators() == before
    assert draws.any
    assert all(map(torch.equal, found, expected))


def test_a_seed_that_is_set_inside_is_private():
    before = global_generators()
    with private_draws(5):
        seed_all(3)
        found = torch.rand(2) + legacy.random() + random.random()
    assert global_generators() == before
    seed_all(3)
    assert torch.equal(found, torch.rand(2) + legacy.random() + random.random())


def attention_without_dropout():
    attention = nn.MultiheadAttention(3, 1)
    return lambda: attention(X, X, X, need_weights=False)


@pytest.mark.parametrize(
    "compute",
    [
        lambda: X @ X.mT,
        lambda: torch.rand(3, generator=torch.Generator()),
        lambda: functional.dropout(X, 0.5, training=False),
        lambda: np.random.default_rng(0).normal() + random.Random(0).random(),
        lambda: (random.getstate(), torch.initial_seed(), torch.get_rng_state()),
        attention_without_dropout(),
    ],
)
def test_what_does_not_draw(compute):
    with private_draws(0) as draws:
        compute()
    assert not draws.any


def test_it_ends_after_an_error_and_leaves_a_profiler_alone():
    before = global_generators()
    with pytest.raises(RuntimeError, match="negative dimension"), private_draws(0):
        torch.rand(-1)
    assert sys.getprofile() is None
    seen = []
    sys.setprofile(lambda *event: seen.append(event))
    try:
        with private_draws(0) as draws:
            torch.rand(3)
        assert sys.getprofile() is not None
    finally:
        sys.setprofile(None)
    assert draws.any
    assert global_generators() == before


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.shift = nn.Parameter(torch.tensor(legacy.normal(size=3), dtype=torch.float32))
        self.start = nn.Parameter(torch.randn(3))
        self.out = nn.Linear(3, 2)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return self.out(self.drop(x + self.shift + self.start).mean(dim=1))


def test_draws_of_other_threads_are_their_own():
    """Neither are they missing there, nor does the check take them for those of the network."""

    def draw():
        return torch.rand(()).item(), legacy.random(), random.random()

    def other():
        drawn.append(draw())
        started.set()
        while not done.is_set():
            drawn.append(draw())

    def build():
        net = construct(Net, {}, generator=torch.Generator().manual_seed(0))
        check_module(net, Batch(X), output_size=2)
        return nn.utils.parameters_to_vector(net.parameters())

    expected, drawn = build(), []
    started, done = threading.Event(), threading.Event()
    seed_all(0)
    thread = threading.Thread(target=other)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        thread.start()
        started.wait(10)
        built = [build() for _ in range(20)]
    finally:
        done.set()
        thread.join()
        sys.setswitchinterval(interval)
    assert all(torch.equal(weights, expected) for weights in built)
    assert len(drawn) > 50
    seed_all(0)
    assert drawn == [draw() for _ in drawn]
