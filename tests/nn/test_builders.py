"""Modules follow from their generator alone."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from nn.cells import VARIANTS, poisoned_memory

from skrnn.nn import (
    CELLS,
    INITIALIZERS,
    POOLINGS,
    EncoderSpec,
    NetworkSpec,
    StemSpec,
)


def build(cell="lstm", seed=0, stem=None, **options):
    settings = {"input_size": 3, "hidden_size": 8, "n_layers": 2, "pooling": "last"}
    settings |= {"bidirectional": True, **options}
    return NetworkSpec.sequence(EncoderSpec(cell, settings, stem), n_outputs=2).build(seed)


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


def test_initial_weights_of_the_head():
    module = build()
    bound = (6 / sum(module.head.weight.shape)) ** 0.5
    assert 0.5 * bound < module.head.weight.abs().max() <= bound
    assert (module.head.bias == 0).all()


@pytest.mark.parametrize("recurrent", INITIALIZERS)
def test_initializer_reaches_every_layer(recurrent):
    module = build("gru", n_layers=3, recurrent_initializer=recurrent)
    expected = build("gru", n_layers=3, recurrent_initializer="orthogonal")
    for directions, others in zip(module.encoder.layers, expected.encoder.layers, strict=True):
        for layer, other in zip(directions, others, strict=True):
            state = layer.weight[:, layer.input_size :]
            identity = torch.equal(state, torch.eye(8).repeat(3, 1))
            assert identity == (recurrent == "identity")
            assert torch.equal(layer.weight, other.weight) == (recurrent == "orthogonal")


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("pooling", [None, *POOLINGS])
def test_every_parameter_is_initialized(variant, pooling):
    windows = {"input_size": 3, "output_size": 8, "kernel_size": 3, "stride": 2}
    options = {"input_size": 8, "layer_norm": True, "connections": "dense", **VARIANTS[variant]}
    with poisoned_memory():
        module = build(stem=StemSpec("convolution", windows), pooling=pooling, **options)
    assert flat(module).isfinite().all()


def test_every_parameter_of_a_forecaster_is_initialized():
    with poisoned_memory():
        encoder = EncoderSpec("lstm", {"input_size": 3, "hidden_size": 8, "pooling": "attention"})
        sizes = {"horizon": 5, "n_targets": 2, "n_quantiles": 3, "n_future": 1}
        module = NetworkSpec.forecast(encoder, **sizes).build(0)
    assert flat(module).isfinite().all()


def test_sizes_may_be_numpy_integers():
    assert torch.equal(flat(build(hidden_size=np.int64(8), n_layers=np.int64(2))), flat(build()))
