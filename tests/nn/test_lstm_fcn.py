"""The convolutional and recurrent encoder, alone and as a stem."""

import numpy as np
import pytest
import torch

from skrnn.data import Batch, Sequences
from skrnn.nn import EncoderSpec, NetworkSpec, StemSpec
from skrnn.training import predict_module

SETTINGS = {"input_size": 2, "n_filters": 4, "hidden_size": 3, "stride": 2, "dropout": 0.0}
STEM = StemSpec("fully_convolutional", {"input_size": 2, "output_size": 4, "stride": 2})
SPECS = {
    "both": NetworkSpec.sequence(EncoderSpec("lstm_fcn", SETTINGS), n_outputs=2),
    "convolutions": NetworkSpec.sequence(
        EncoderSpec("lstm_fcn", {**SETTINGS, "hidden_size": None}), n_outputs=2
    ),
    "stem": NetworkSpec.sequence(
        EncoderSpec("gru", {"input_size": 4, "hidden_size": 3, "pooling": "last"}, STEM),
        n_outputs=2,
    ),
}


@pytest.fixture(params=SPECS)
def network(request):
    return SPECS[request.param].build(seed=0)


def ragged(lengths, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(length, 2)) for length in lengths]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_row_is_the_same_in_any_batch(network, dtype):
    network.to(dtype).eval()
    rows = ragged([1, 2, 9, 30, 61, 8, 30])
    together = predict_module(network, Sequences.from_list(rows))
    for row, output in zip(rows, together, strict=True):
        np.testing.assert_array_equal(
            predict_module(network, Sequences.from_list([row]))[0], output
        )


def test_padding_and_weights_in_training(network):
    """A padded row of weight 2 counts like the row alone, twice."""
    network.double().train()
    long, short = (torch.from_numpy(row) for row in ragged([12, 7]))
    padded = torch.zeros(2, 12, 2, dtype=torch.float64)
    padded[0], padded[1, :7] = long, short
    weights = torch.tensor([1.0, 2.0], dtype=torch.float64)
    output, _ = network(Batch(padded, torch.tensor([12, 7]), weights=weights))
    three = torch.cat([padded, padded[1:]])
    repeated, _ = network(Batch(three, torch.tensor([12, 7, 7])))
    torch.testing.assert_close(output, repeated[:2])


def test_a_batch_without_weight_has_moments():
    network = SPECS["both"].build(seed=0).train()
    x = torch.randn(3, 9, 2, generator=torch.Generator().manual_seed(0))
    assert network(Batch(x, weights=torch.zeros(3)))[0].isfinite().all()


def test_both_ways_to_convolve_agree():
    network = SPECS["convolutions"].build(seed=0)
    convolution = network.encoder.convolutions.convolutions[0]
    x = torch.randn(3, 10, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(convolution.train()(x), convolution.eval()(x))
    assert convolution(x).shape == (3, 5, 4)


def test_the_network_says_that_it_reads_weights(network):
    assert network.reads_weights
    assert (
        not NetworkSpec.sequence(
            EncoderSpec("gru", {"input_size": 1, "hidden_size": 1}), n_outputs=1
        )
        .build(seed=0)
        .reads_weights
    )


@pytest.mark.parametrize("stride", [1, 9, 16])
def test_no_step_is_skipped(stride):
    settings = {"input_size": 1, "output_size": 4, "stride": stride}
    encoder = EncoderSpec(
        "gru",
        {"input_size": 4, "hidden_size": 4, "pooling": "mean"},
        StemSpec("fully_convolutional", settings),
    )
    network = NetworkSpec.sequence(encoder, n_outputs=1).build(seed=0).eval()
    x = torch.randn(3, 4 * stride + 1, 1, generator=torch.Generator().manual_seed(0))
    network(Batch(x.requires_grad_()))[0].sum().backward()
    assert (x.grad != 0).any(dim=0).all()
