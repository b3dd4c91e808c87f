"""What modules declare, and who answers for layers of torch and of the user."""

import torch
from torch import nn

from skrnn.nn import Dropout, ModuleAdapter
from skrnn.nn.contract import declared


class OfTheUser(nn.Module):
    def __init__(self):
        super().__init__()
        self.generator = None
        self.recurrence = nn.LSTM(1, 2)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return x


def test_defaults_for_other_layers():
    plain, recurrent = declared(nn.Linear(1, 2)), declared(nn.GRU(1, 2))
    assert not plain.sequential
    assert recurrent.sequential
    for part in (plain, recurrent):
        assert not any([part.streams, part.row_invariant, part.reads_targets, part.p])
        assert part.own_threads is None


def test_a_module_declares_for_itself():
    layer = Dropout(0.25)
    assert declared(layer) is layer
    assert layer.has_dropout
    assert not Dropout(0.0).has_dropout


def test_parts_that_draw():
    network = ModuleAdapter(OfTheUser())
    generator = torch.Generator()
    network.set_generator(generator)
    network.set_sampling(True)
    assert network.module.generator is generator
    assert not hasattr(network.module, "sampling")
    assert not hasattr(network.module.recurrence, "generator")
    assert not network.has_dropout  # torch's own layer, which samples nothing
    network.set_generator(None)
    assert network.module.generator is None
    assert declared(nn.Linear(1, 2)).generator is None
