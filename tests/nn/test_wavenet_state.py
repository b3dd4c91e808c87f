"""WaveNet continued from a state, in pieces and step by step."""

import pickle

import numpy as np
import pytest
import torch
from nn.cells import noise, values_and_gradients
from nn.wavenets import SHAPES, in_convolutions, make

from skrnn.data import Sequences
from skrnn.nn import EncoderSpec, NetworkSpec, gated, wavenet
from skrnn.training import predict_module, step_module

LENGTHS = torch.tensor([4, 1, 9, 3, 7])
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
streaming = pytest.mark.parametrize("pooling", [None, "last"])
compiled = pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "torch"])


@pytest.fixture(params=["inference", "no grad", "grad"])
def mode(request):
    """Modes of torch, in which a step takes other ways."""
    modes = {"inference": torch.inference_mode, "no grad": torch.no_grad, "grad": torch.enable_grad}
    with modes[request.param]():
        yield request.param


@pytest.fixture
def in_torch(monkeypatch):
    """Let everything run without the compiled kernels."""
    for module in (wavenet, gated):
        monkeypatch.setattr(module, "kernels_apply", lambda x: False)


def in_pieces(encoder, x, ends):
    """Read `x` (n, t, c) in pieces that end there; return the outputs of each, and the state."""
    outputs, state = [], None
    for start, end in zip([0, *ends], [*ends, x.shape[1]], strict=True):
        output, state = encoder(x[:, start:end], state=state)
        outputs.append(output)
    return outputs, state


@shapes
@streaming
@pytest.mark.parametrize("ends", [[3], [1, 2, 3, 4], [20, 21, 35], [39]], ids=str)
def test_pieces_are_the_whole(shape, pooling, ends, mode):
    encoder, x = make(**shape, pooling=pooling), noise(5, 40, 2)
    whole, end = encoder(x)
    outputs, state = in_pieces(encoder, x, ends)
    ours = outputs[-1] if pooling == "last" else torch.cat(outputs, dim=1)
    torch.testing.assert_close(ours, whole)
    more = noise(5, 3, 2, seed=1)
    torch.testing.assert_close(encoder(more, state=state)[0], encoder(more, state=end)[0])


@shapes
@streaming
@compiled
def test_steps_are_the_whole(shape, pooling, compiled, mode, request):
    if not compiled:
        request.getfixturevalue("in_torch")
    encoder = make(**shape, pooling=pooling)
    n_steps = 2 * encoder.receptive_field + 5
    x = noise(5, n_steps, 2)
    outputs, _ = in_pieces(encoder, x, [*range(1, n_steps)])
    whole = in_convolutions(encoder, x)
    steps = torch.stack(outputs, dim=1) if pooling == "last" else torch.cat(outputs, dim=1)
    torch.testing.assert_close(steps, whole)


@pytest.mark.parametrize("n", [1, 7])
def test_steps_in_float32(n):
    encoder = EncoderSpec("wavenet", {"input_size": 1, "hidden_size": 32, "n_layers": 6})
    module = NetworkSpec.sequence(encoder, n_outputs=1).build(0)
    x = noise(n, 150, 1).float().numpy()
    whole, state = np.stack(predict_module(module, Sequences.from_array(x))), None
    for t in range(150):
        output, state = step_module(module, Sequences.from_array(x[:, t : t + 1]), state)
        np.testing.assert_allclose(output[:, 0], whole[:, t], atol=1e-5)


def test_a_step_leaves_the_state_as_it_is_outside_of_inference(mode):
    encoder, x = make(), noise(5, 20, 2)
    _, state = encoder(x)
    _, state = encoder(x[:, :1], state=state)
    before = [part.clone() for part in state]
    encoder(x[:, :1], state=state)
    same = all(torch.equal(a, b) for a, b in zip(state, before, strict=True))
    assert same is (mode != "inference")


@shapes
@streaming
def test_state_is_that_after_the_last_valid_step(shape, pooling, mode):
    encoder, x, rest = make(**shape, pooling=pooling), noise(5, 9, 2), noise(5, 12, 2, seed=1)
    for ends in ([], [1, 2, 7]):
        _, state = encoder(x, LENGTHS)
        outputs, start = [], 0
        for end in [*ends, 12]:
            output, state = encoder(rest[:, start:end], state=state)
            outputs.append(output)
            start = end
        for i, length in enumerate(LENGTHS):
            whole = in_convolutions(encoder, torch.cat([x[i, :length], rest[i]])[None])[0, length:]
            ours = outputs[-1][i] if pooling == "last" else torch.cat(outputs, dim=1)[i]
            torch.testing.assert_close(ours, whole[-1] if pooling == "last" else whole)


@streaming
def test_rows_that_have_ended_stay_as_they_are(pooling):
    encoder, x = make(pooling=pooling), noise(5, 9, 2)
    expected, _ = encoder(x, LENGTHS)
    output, state = None, None
    for start in range(0, 9, 2):
        piece = x[:, start : start + 2]
        lengths = (LENGTHS - start).clamp(0, piece.shape[1])
        output, state = encoder(piece, lengths, state)
    if pooling == "last":
        torch.testing.assert_close(output, expected)
    more = noise(5, 4, 2, seed=1)
    for i, length in enumerate(LENGTHS):
        whole = in_convolutions(encoder, torch.cat([x[i, :length], more[i]])[None])[0, length:]
        ours = encoder(more, state=state)[0][i]
        torch.testing.assert_close(ours, whole[-1] if pooling == "last" else whole)


@streaming
@compiled
def test_rows_of_a_state_can_be_taken_and_joined(pooling, compiled, request):
    """Also of states that have gone on by unequal numbers of steps."""
    if not compiled:
        request.getfixturevalue("in_torch")
    encoder, x = make(pooling=pooling), noise(5, 30, 2)
    order = torch.tensor([3, 0, 0, 4, 1])
    with torch.no_grad():
        _, first = in_pieces(encoder, x, [*range(1, 25)])
        _, second = in_pieces(encoder, x, [*range(10, 30)])
        mixed = tuple(torch.cat([a[:2], b[2:]])[order] for a, b in zip(first, second, strict=True))
        for more in (noise(5, 1, 2, seed=1), noise(5, 6, 2, seed=1)):
            expected = in_convolutions(encoder, torch.cat([x[order], more], dim=1))[:, 30:]
            output, _ = encoder(more, state=mixed)
            torch.testing.assert_close(output, expected[:, -1] if pooling == "last" else expected)


@pytest.mark.parametrize("ends", [[3], [*range(1, 12)]], ids=["halves", "steps"])
def test_gradients_pass_through_the_state(ends):
    encoder, x = make(n_blocks=2), noise(5, 12, 2)
    parameters = list(encoder.parameters())

    def run(x):
        return [torch.cat(in_pieces(encoder, x, ends)[0], dim=1)]

    ours = values_and_gradients(run, [x], parameters)
    whole = values_and_gradients(lambda x: encoder(x)[:1], [x], parameters)
    torch.testing.assert_close(ours, whole)


@pytest.mark.parametrize("pooling", ["mean", "attention"])
def test_no_state_if_it_cannot_be_continued(pooling):
    encoder = make(pooling=pooling)
    assert not encoder.streams
    assert encoder(noise(5, 6, 2))[1] is None


@streaming
def test_state_of_another_form(pooling):
    encoder, x = make(pooling=pooling), noise(5, 6, 2)
    _, state = encoder(x)
    for wrong in (state[:1], tuple(part[:3] for part in state), make(h=5)(x)[1]):
        with pytest.raises(ValueError, match=r"state has the shapes .*, but 5 rows of this"):
            encoder(x, state=wrong)


@torch.inference_mode()
def test_a_step_reads_the_weights_of_now():
    """The kernel's arrays of the weights are kept: they follow changes, moves and copies."""
    encoder, x = make(), noise(2, 6, 2)

    def after_a_step():
        _, state = encoder(x[:, :5])
        return encoder(x[:, 5:], state=state)[0].squeeze(1)

    before = after_a_step()
    for changed in (
        lambda: encoder.gates.mul_(1.5),
        lambda: setattr(encoder.gates, "data", encoder.gates * 0.5),
    ):
        changed()
        now = after_a_step()
        assert not torch.allclose(now, before)
        torch.testing.assert_close(now, encoder(x)[0][:, -1], rtol=0, atol=1e-5)
        before = now
    twin = pickle.loads(pickle.dumps(encoder))
    assert twin._arrays is None
    assert encoder._arrays is not None
