"""WaveNet: its equations, what it sees, and other rows beside one."""

import numpy as np
import pytest
import torch
from nn.cells import noise, valid_steps, values_and_gradients
from nn.wavenets import SHAPES, in_convolutions, make

from skrnn.data import Sequences
from skrnn.nn import EncoderSpec, NetworkSpec, WaveNetEncoder, gated, initialize, wavenet
from skrnn.training import predict_module

LENGTHS = torch.tensor([4, 1, 9, 3, 7])
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
ragged = pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])


# -- the network ---------------------------------------------------------------------------------


@shapes
@pytest.mark.parametrize("n_steps", [1, 5, 40])
def test_values_and_gradients_of_convolutions(shape, n_steps):
    encoder, x = make(**shape), noise(5, n_steps, 2)
    parameters = list(encoder.parameters())
    ours = values_and_gradients(lambda x: encoder(x)[:1], [x], parameters)
    theirs = values_and_gradients(lambda x: [in_convolutions(encoder, x)], [x], parameters)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("pooling", [None, "last", "mean", "attention"])
@ragged
def test_poolings(pooling, lengths):
    encoder, x = make(pooling=pooling), noise(5, 9, 2)
    outputs, _ = encoder(x, lengths)
    for i, output in enumerate(outputs):
        n = 9 if lengths is None else lengths[i]
        steps = in_convolutions(encoder, x[i : i + 1, :n])
        expected = encoder.pooling(steps, None)
        torch.testing.assert_close(output[:n] if pooling is None else output, expected[0])


@pytest.mark.parametrize("pooling", ["last", "mean"])
@ragged
def test_gradients_of_poolings(pooling, lengths):
    encoder, x = make(pooling=pooling), noise(5, 9, 2)
    parameters = list(encoder.parameters())

    def pooled(x):
        return [encoder.pooling(in_convolutions(encoder, x), lengths)]

    ours = values_and_gradients(lambda x: encoder(x, lengths)[:1], [x], parameters)
    torch.testing.assert_close(ours, values_and_gradients(pooled, [x], parameters))


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "torch"])
@pytest.mark.parametrize("before", [False, True], ids=["begin", "go on"])
@pytest.mark.parametrize(("kernel_size", "dilation", "n_steps"), [(2, 1, 3), (3, 2, 3), (2, 4, 2)])
def test_numeric_gradients(compiled, before, kernel_size, dilation, n_steps, monkeypatch):
    if not compiled:
        monkeypatch.setattr(gated, "kernels_apply", lambda x: False)
    h, weight, bias = noise(n_steps, 2, 3), noise(kernel_size, 3, 6, seed=1), noise(6, seed=2)
    ring = noise((kernel_size - 1) * dilation, 2, 3, seed=3).requires_grad_() if before else None
    tensors = [t.requires_grad_() for t in (h, weight, bias)]

    def run(h, weight, bias, *ring):
        before = ring[0] if ring else None
        return gated.GatedConvolution.apply(h, before, weight, bias, dilation)

    assert torch.autograd.gradcheck(run, (*tensors, ring) if before else tensors)


def test_large_numbers_stay_finite():
    encoder = make()
    x = torch.tensor([1e8, -1e8, 0.0]).reshape(1, 3, 1).expand(1, 3, 2).double()
    assert encoder(x)[0].isfinite().all()


@shapes
def test_future_is_not_seen(shape):
    encoder, x = make(**shape), noise(3, 30, 2)
    changed = x.clone()
    changed[:, 17:] += 10
    first, second = encoder(x)[0], encoder(changed)[0]
    assert torch.equal(first[:, :17], second[:, :17])
    assert not torch.isclose(first[:, 17], second[:, 17]).all()


@pytest.mark.parametrize(
    ("shape", "size"),
    list(zip(SHAPES.values(), [2, 8, 7, 13], strict=True)),
    ids=SHAPES,
)
def test_receptive_field(shape, size):
    encoder, x = make(**shape), noise(1, size + 5, 2).requires_grad_()
    assert encoder.receptive_field == size
    (gradient,) = torch.autograd.grad(encoder(x)[0][:, -1].sum(), x)
    seen = gradient.abs().sum(dim=(0, 2)) > 0
    assert seen.tolist() == [False] * 5 + [True] * size


def test_receptive_field_of_many_layers():
    options = {"n_layers": 10, "n_blocks": 3, "kernel_size": 2}
    with torch.device("meta"):
        encoder = WaveNetEncoder(input_size=1, hidden_size=2, **options)
    assert encoder.receptive_field == 1 + 3 * 1023
    assert encoder.dilations == [2**i for i in range(10)] * 3


# -- other rows ------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", [None, "last", "mean", "attention"])
def test_padding_has_no_influence(pooling):
    encoder, x = make(pooling=pooling), noise(5, 9, 2)
    valid = valid_steps(x, LENGTHS)
    clean, dirty = (
        encoder(torch.where(valid[..., None], x, filler), LENGTHS) for filler in (0.0, 1e6)
    )
    seen = valid if pooling is None else slice(None)
    assert torch.equal(clean[0][seen], dirty[0][seen])
    if encoder.streams:
        torch.testing.assert_close(clean[1], dirty[1], rtol=0, atol=0)


@pytest.mark.parametrize("precision", ["float32", "float64"])
@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("hidden_size", "n_channels", "pooling", "kernel_size"),
    [
        (32, 1, "last", 2),
        (32, 1, None, 2),
        (5, 2, "mean", 3),
        (3, 7, "last", 2),
        (7, 3, None, 3),
        (24, 6, "mean", 2),
    ],
)
def test_other_rows_change_no_bit(
    hidden_size, n_channels, pooling, kernel_size, threads, precision
):
    settings = {
        "input_size": n_channels,
        "hidden_size": hidden_size,
        "n_layers": 4,
        "n_blocks": 2,
        "kernel_size": kernel_size,
        "pooling": pooling,
    }
    module = NetworkSpec.sequence(EncoderSpec("wavenet", settings), n_outputs=3).build(0)
    module = module.to(getattr(torch, precision))
    rng = np.random.default_rng(0)
    lengths = np.concatenate([np.arange(1, 20), rng.integers(1, 90, size=281)])
    arrays = [rng.normal(size=(n, n_channels)).astype(precision) for n in lengths]
    sequences, before = Sequences.from_list(arrays), torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        everything = predict_module(module, sequences)
        for rows in ([0], [11], [7, 3], range(17), range(299, -1, -1), rng.permutation(300)):
            rows = np.asarray(rows)
            outputs = predict_module(module, sequences.take(rows))
            for row, output in zip(rows, outputs, strict=True):
                valid = slice(lengths[row]) if pooling is None else slice(None)
                np.testing.assert_array_equal(output[valid], everything[row][valid])
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("pooling", [None, "last", "mean"])
@ragged
def test_many_rows_are_run_some_at_a_time(pooling, lengths, monkeypatch):
    encoder, x = make(pooling=pooling), noise(50, 9, 2)
    lengths = None if lengths is None else lengths.repeat(10)
    state = encoder(noise(50, 7, 2, seed=1))[1]
    begun, gone_on = encoder(x, lengths), encoder(x, lengths, state)
    monkeypatch.setattr(wavenet, "CACHED_VALUES", 1)
    assert encoder._rows_at_once(x) == 16
    torch.testing.assert_close(encoder(x, lengths), begun)
    torch.testing.assert_close(encoder(x, lengths, state), gone_on)


# -- initialisation and dropout --------------------------------------------------------------


def test_initialisation():
    encoder = WaveNetEncoder(input_size=3, hidden_size=64, n_layers=4, n_blocks=2)
    initialize(encoder, torch.Generator().manual_seed(0))
    for name, parameter in encoder.named_parameters():
        if "bias" in name:
            assert (parameter == (0.01 if name in ("skip.bias", "out.bias") else 0)).all(), name
    assert encoder.gates.std().item() == pytest.approx((1 / 128) ** 0.5, rel=0.02)
    assert encoder.residual.std().item() == pytest.approx((1 / 64) ** 0.5, rel=0.02)
    again = WaveNetEncoder(input_size=3, hidden_size=64, n_layers=4, n_blocks=2)
    initialize(again, torch.Generator().manual_seed(0))
    for a, b in zip(encoder.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)


def test_gradients_of_a_sequence_of_zeros():
    encoder = WaveNetEncoder(input_size=1, hidden_size=4, n_layers=2)
    initialize(encoder, torch.Generator().manual_seed(0))
    encoder(torch.zeros(1, 5, 1))[0].square().sum().backward()
    assert (encoder.skip.bias.grad != 0).any()
    assert (encoder.gate_bias.grad != 0).any()


def test_dropout_of_gated_outputs():
    encoder, x = make(dropout=0.5), noise(5, 9, 2)
    plain = make()
    assert torch.equal(encoder(x)[0], plain(x)[0])
    encoder.train()
    encoder.dropout.generator = torch.Generator().manual_seed(0)
    first = encoder(x)[0]
    encoder.dropout.generator = torch.Generator().manual_seed(0)
    torch.testing.assert_close(encoder(x)[0], first, rtol=0, atol=0)
    assert not torch.equal(encoder(x)[0], first)


def test_a_draw_of_dropout_is_the_same_for_all_rows(monkeypatch):
    monkeypatch.setattr(wavenet, "CACHED_VALUES", 1)
    encoder = make(dropout=0.5)
    encoder.dropout.sampling = True
    outputs, _ = encoder(noise(1, 9, 2).expand(40, 9, 2))
    torch.testing.assert_close(outputs, outputs[:1].expand(40, 9, 4))
    assert not torch.allclose(outputs, make()(noise(1, 9, 2))[0])
