"""Modules follow from their generator alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from skrnn.nn import CELLS, build_sequence_model


def build(cell="lstm", seed=0, **options):
    options = {"hidden_size": 8, "n_layers": 2, "bidirectional": True, **options}
    return build_sequence_model(
        cell=cell,
        input_size=3,
        output_size=2,
        pooling="last",
        generator=torch.Generator().manual_seed(seed),
        **options,
    )


def flat(module):
    return torch.cat([p.detach().flatten() for p in module.parameters()])


@pytest.mark.parametrize("cell", CELLS)
def test_the_generator_decides(cell):
    before = torch.get_rng_state()
    first = flat(build(cell))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(3)
    assert torch.equal(first, flat(build(cell)))
    assert not torch.equal(first, flat(build(cell, seed=1)))


def test_threads_do_not_disturb_each_other():
    with ThreadPoolExecutor(8) as pool:
        built = list(pool.map(lambda _: flat(build()), range(40)))
    assert all(torch.equal(b, built[0]) for b in built)


@pytest.mark.parametrize("cell", CELLS)
def test_initial_weights(cell):
    module = build(cell, hidden_size=6)
    for layer in [part for part in module.modules() if isinstance(part, torch.nn.RNNBase)]:
        for gate in layer.weight_hh_l0.split(6):
            torch.testing.assert_close(gate @ gate.T, torch.eye(6))
        for gate in layer.weight_ih_l0.split(6):
            bound = (6 / sum(gate.shape)) ** 0.5
            assert 0.5 * bound < gate.abs().max() <= bound
        forget = layer.bias_ih_l0.split(6)[1] if cell == "lstm" else torch.ones(6)
        assert (forget == 1).all()
        bias = layer.bias_ih_l0.sum() + layer.bias_hh_l0.sum()
        assert bias == (6 if cell == "lstm" else 0)
    assert (module.head.bias == 0).all()
    assert module.head.weight.abs().max() > 0


def test_sizes_may_be_numpy_integers():
    assert torch.equal(flat(build(hidden_size=np.int64(8), n_layers=np.int64(2))), flat(build()))
