"""The Transformer encoder against torch's."""

import math

import pytest
import torch
from nn.cells import noise, randomize, valid_steps, values_and_gradients
from process_state import global_generators
from torch import nn
from torch.func import functional_call

from skrnn.nn import Dropout, StemmedEncoder, TransformerEncoder, initialize, materialize
from skrnn.nn.convolution import StridedConvolution
from skrnn.nn.transformer import sinusoidal_encoding

LENGTHS = torch.tensor([4, 1, 7, 3, 6])
causally = pytest.mark.parametrize("causal", [False, True], ids=["both", "causal"])
pooled = pytest.mark.parametrize("pooling", [None, "last", "mean", "attention"])
modes = pytest.mark.parametrize("training", [False, True], ids=["evaluates", "trains"])
ragged = pytest.mark.parametrize("lengths", [None, LENGTHS], ids=["equal", "ragged"])
dtypes = pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)


def build(c=3, h=8, dtype=torch.float64, n_heads=2, window=None, **options):
    width = c if window is None else h
    encoder = TransformerEncoder(input_size=width, hidden_size=h, n_heads=n_heads, **options)
    if window is not None:
        encoder = StemmedEncoder(StridedConvolution(c, h, *window), encoder)
    return encoder.to(dtype).eval()


def make(**options):
    return randomize(build(**options))


def torch_encoder(encoder):
    """Return torch's encoder as a function of the embedded steps, with our parameters."""
    h, n_layers = encoder.output_size, len(encoder.layers)
    layer = nn.TransformerEncoderLayer(
        h,
        encoder.layers[0].attention.n_heads,
        encoder.layers[0].widen.out_features,
        dropout=0.0,
        activation="gelu",
        batch_first=True,
        norm_first=True,
        dtype=encoder.norm.weight.dtype,
    )
    norm = nn.LayerNorm(h, dtype=encoder.norm.weight.dtype)
    twin = nn.TransformerEncoder(layer, n_layers, norm=norm, enable_nested_tensor=False)
    weights = dict(encoder.norm.named_parameters(prefix="norm"))
    for i, ours in enumerate(encoder.layers):
        theirs = {
            "self_attn.in_proj_": ours.attention.project,
            "self_attn.out_proj.": ours.attention.output,
            "linear1.": ours.widen,
            "linear2.": ours.narrow,
            "norm1.": ours.attention_norm,
            "norm2.": ours.feedforward_norm,
        }
        for name, part in theirs.items():
            weights |= {f"layers.{i}.{name}{p}": w for p, w in part.named_parameters()}

    def run(x, lengths):
        mask = None if lengths is None else ~valid_steps(x, lengths)
        future = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=torch.bool)
        options = {"mask": future if encoder.causal else None, "src_key_padding_mask": mask}
        return functional_call(twin, weights, (x,), options)

    return run


@modes
@ragged
@causally
@pytest.mark.parametrize(("n_layers", "n_heads"), [(1, 1), (2, 4)])
def test_values_and_gradients_of_torch(n_layers, n_heads, causal, lengths, training):
    encoder = make(n_layers=n_layers, n_heads=n_heads, causal=causal, feedforward_size=5)
    encoder.train(training)
    twin, x = torch_encoder(encoder), noise(5, 7, 3)
    valid = valid_steps(x, torch.full((5,), 7) if lengths is None else lengths)
    parameters = list(encoder.parameters())

    def theirs(x):
        return [twin(encoder.embedding(x) + sinusoidal_encoding(7, 8, x), lengths)[valid]]

    expected = values_and_gradients(theirs, [x], parameters)
    ours = values_and_gradients(lambda x: [encoder(x, lengths)[0][valid]], [x], parameters)
    torch.testing.assert_close(ours, expected)
    assert all(gradient.abs().max() > 1e-6 for gradient in ours if gradient.ndim == 2)


@ragged
@causally
def test_gradients_are_those_of_finite_differences(causal, lengths):
    encoder, x = make(h=4, causal=causal, n_layers=2, pooling="mean"), noise(5, 7, 3)
    assert torch.autograd.gradcheck(lambda x: encoder(x, lengths)[0], (x.requires_grad_(),))


@pytest.mark.parametrize("size", [1, 2, 5, 8])
def test_sinusoidal_encoding(size):
    ours = sinusoidal_encoding(40, size, noise(1))
    for t in range(40):
        for i in range(size):
            angle = t / 10_000 ** (2 * (i // 2) / size)
            expected = math.cos(angle) if i % 2 else math.sin(angle)
            assert ours[t, i].item() == pytest.approx(expected, abs=1e-12)


def test_encoding_of_long_sequences_in_float32():
    ours = sinusoidal_encoding(10_000, 32, noise(1, dtype=torch.float32))
    exact = sinusoidal_encoding(10_000, 32, noise(1))
    torch.testing.assert_close(ours, exact.float(), atol=3e-3, rtol=0)


@causally
def test_no_step_sees_the_future_of_a_causal_encoder(causal):
    encoder, x = make(causal=causal), noise(5, 7, 3)
    changed = x.clone()
    changed[:, 4:] += 1
    same = (encoder(x)[0] - encoder(changed)[0]).abs() < 1e-12
    assert not same[:, 4:].any()
    assert same[:, :4].all() == causal


@causally
def test_each_step_sees_all_of_its_past(causal):
    encoder, x = make(causal=causal), noise(1, 6, 3).requires_grad_()
    for t in range(6):
        (gradient,) = torch.autograd.grad(encoder(x)[0][0, t].square().sum(), x)
        seen = gradient[0].abs().amax(dim=1) > 0
        assert seen.tolist() == [not causal or s <= t for s in range(6)]


@causally
def test_order_matters(causal):
    encoder, x = make(causal=causal, pooling="mean"), noise(5, 7, 3)
    assert (encoder(x)[0] - encoder(x.flip(1))[0]).abs().min(dim=0).values.max() > 1e-3


@dtypes
@causally
@pooled
@pytest.mark.parametrize("window", [None, (2, 1), (3, 3)])
def test_ragged_rows_are_rows_alone(window, causal, pooling, dtype):
    encoder = make(dtype=dtype, causal=causal, pooling=pooling, window=window)
    x = noise(5, 7, 3, dtype=dtype)
    output, state = encoder(x, LENGTHS)
    assert state is None
    assert output.dtype == dtype
    for i, length in enumerate(LENGTHS):
        alone, _ = encoder(x[i : i + 1, :length])
        ours = output[i] if pooling is not None else output[i, : alone.shape[1]]
        torch.testing.assert_close(ours, alone[0], rtol=1e-5, atol=1e-5)


@modes
@causally
@pooled
def test_padding_has_no_influence(causal, pooling, training):
    encoder, x = make(causal=causal, pooling=pooling).train(training), noise(5, 7, 3)
    valid = valid_steps(x, LENGTHS)
    parameters = list(encoder.parameters())
    seen = valid if pooling is None else slice(None)
    results = [
        values_and_gradients(lambda x: [encoder(x, LENGTHS)[0][seen]], [padded], parameters)
        for padded in (torch.where(valid[..., None], x, filler) for filler in (0.0, 1e6))
    ]
    torch.testing.assert_close(*results)
    assert (results[0][1][~valid] == 0).all()


@causally
@pytest.mark.parametrize("length", [1, 3, 7, 11, 16, 33])
def test_no_bit_of_a_prediction_depends_on_the_padded_length(length, causal):
    encoder, x = make(dtype=torch.float32, causal=causal), noise(16, 160, 3, dtype=torch.float32)
    lengths = torch.full((16,), length)
    alone, _ = encoder(x[:, :length], lengths)
    for padded in (length + 1, length + 5, 64, 160):
        together, _ = encoder(x[:, :padded], lengths)
        torch.testing.assert_close(together[:, :length], alone, atol=0, rtol=0)


@causally
def test_rows_without_steps_give_numbers(causal):
    encoder, x = make(causal=causal), noise(3, 4, 3)
    output, _ = encoder(x, torch.tensor([0, 4, 2]))
    assert output.isfinite().all()
    torch.testing.assert_close(output[1], encoder(x[1:2])[0][0])


def test_any_number_of_steps():
    encoder = make(pooling="last", causal=True)
    for n_steps in (1, 2, 50, 3000):
        assert encoder(noise(2, n_steps, 3))[0].shape == (2, 8)
        assert encoder(noise(2, n_steps, 3))[0].isfinite().all()


@pytest.mark.parametrize(("kernel_size", "stride", "n_windows"), [(3, 3, 4), (4, 2, 5)])
def test_windows_of_steps_are_steps_of_the_layers(kernel_size, stride, n_windows):
    encoder = make(window=(kernel_size, stride))
    windowless, x = make(c=8), noise(5, 13, 3)
    windowless.load_state_dict(encoder.encoder.state_dict())
    output, _ = encoder(x)
    assert output.shape == (5, n_windows, 8)
    torch.testing.assert_close(output, windowless(encoder.stem(x, None)[0])[0])


def test_no_constant_in_the_state():
    encoder = make(pooling="attention")
    encoder(noise(2, 5, 3))
    assert set(encoder.state_dict()) == {name for name, _ in encoder.named_parameters()}


def start(seed):
    generator = torch.Generator().manual_seed(seed)
    options = {"input_size": 3, "hidden_size": 8, "n_heads": 2, "n_layers": 2}
    return materialize(lambda: TransformerEncoder(**options), generator)


def test_the_seed_decides_the_weights():
    before = global_generators()
    first, again, other = (list(start(seed).parameters()) for seed in (0, 0, 1))
    assert all(map(torch.equal, first, again))
    differ = [not torch.equal(a, b) for a, b in zip(first, other, strict=True)]
    assert differ == [p.ndim == 2 for p in first]
    assert global_generators() == before


def test_start():
    encoder = randomize(build(n_layers=2))
    initialize(encoder, torch.Generator().manual_seed(0))
    for part in encoder.modules():
        if isinstance(part, nn.LayerNorm):
            assert (part.weight == 1).all()
            assert (part.bias == 0).all()
        elif isinstance(part, nn.Linear):
            bound = math.sqrt(6 / sum(part.weight.shape))
            assert part.weight.abs().max() <= bound
            assert part.weight.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.25)
            assert (part.bias == 0).all()


def with_generator(encoder, seed=0, sampling=False):
    generator = torch.Generator().manual_seed(seed)
    for part in encoder.modules():
        if isinstance(part, Dropout):
            part.generator, part.sampling = generator, sampling
    return encoder


def test_dropout_draws_from_its_own_generator():
    encoder, x = make(dropout=0.5, n_layers=2).train(), noise(5, 6, 3)
    before = global_generators()
    output = with_generator(encoder)(x)[0]
    assert torch.equal(output, with_generator(encoder)(x)[0])
    assert not torch.equal(output, with_generator(encoder, seed=1)(x)[0])
    assert global_generators() == before
    torch.testing.assert_close(encoder.eval()(x)[0], make(n_layers=2)(x)[0])


def test_dropout_of_a_draw_is_one_network():
    encoder, x = make(dropout=0.5).eval(), noise(5, 6, 3)
    together = with_generator(encoder, sampling=True)(x)[0]
    assert not torch.allclose(together, make()(x)[0])
    for i in range(5):
        alone = with_generator(encoder, sampling=True)(x[i : i + 1])[0]
        torch.testing.assert_close(alone[0], together[i])


def test_dropout_stands_on_embedding_and_both_parts_of_a_layer():
    encoder, x = make(dropout=0.999).train(), noise(5, 6, 3)
    with torch.no_grad():
        for layer in encoder.layers:
            layer.attention.output.bias.fill_(100.0)
            layer.narrow.bias.fill_(100.0)
    passed = {}
    encoder.norm.register_forward_pre_hook(lambda _, args: passed.update(x=args[0]))
    with_generator(encoder)(x)
    assert (passed["x"] == 0).double().mean() > 0.95
