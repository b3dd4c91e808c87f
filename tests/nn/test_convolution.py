"""The strided convolution against torch's."""

import pytest
import torch
from nn.cells import by_rows, noise, randomize, some_lengths
from torch.nn import functional

from skrnn.nn import EncoderSpec, StemSpec
from skrnn.nn.convolution import StridedConvolution

sizes = pytest.mark.parametrize(
    ("kernel_size", "stride", "n_steps"),
    [(1, 1, 5), (3, 1, 8), (3, 3, 9), (3, 3, 10), (3, 2, 8), (2, 5, 13), (4, 4, 4), (4, 3, 2)],
)


def make(kernel_size, stride):
    return randomize(StridedConvolution(3, 5, kernel_size, stride).double())


def in_torch(module, row):
    """Apply torch's convolution to one row (t, c), without what does not fill the windows."""
    k, stride = module.kernel_size, module.stride
    row = functional.pad(row, (0, 0, max(k - len(row), 0), 0))
    row = row[(len(row) - k) % stride :]
    weight = module.linear.weight.unflatten(1, (k, -1)).transpose(1, 2)
    output = functional.conv1d(row.t()[None], weight, module.linear.bias, stride=stride)
    return output.relu()[0].t()


@sizes
def test_windows_end_with_the_last_step(kernel_size, stride, n_steps):
    module, x = make(kernel_size, stride), noise(6, n_steps, 3)
    output, counts = module(x, None)
    assert counts is None
    torch.testing.assert_close(output, torch.stack([in_torch(module, row) for row in x]))


@sizes
def test_ragged_rows(kernel_size, stride, n_steps):
    module, x, lengths = make(kernel_size, stride), noise(9, n_steps, 3), some_lengths(9, n_steps)
    output, counts = module(x, lengths)
    for row, length, result, count in zip(x, lengths, output, counts, strict=True):
        torch.testing.assert_close(result[:count], in_torch(module, row[:length]))


def test_padding_has_no_influence():
    module, x, lengths = make(3, 2), noise(4, 8, 3), torch.tensor([1, 3, 6, 8])
    dirty = torch.where(torch.arange(8)[:, None] < lengths[:, None, None], x, 1e6)
    (first, counts), (second, _) = module(x, lengths), module(dirty, lengths)
    for a, b, count in zip(first, second, counts, strict=True):
        assert torch.equal(a[:count], b[:count])


def test_last_step_decides_about_the_last_window_only():
    module, x = make(3, 3), noise(2, 10, 3)
    changed = x.clone()
    changed[:, -1] += 1
    differs = (module(x, None)[0] != module(changed, None)[0]).any(dim=2)
    assert differs.tolist() == [[False, False, True]] * 2


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True], ids=["forward", "both"])
@pytest.mark.parametrize("stride", [3, 2])
def test_in_front_of_a_recurrence(cell, bidirectional, stride):
    windows = {"input_size": 3, "output_size": 4, "kernel_size": 3, "stride": stride}
    settings = {"input_size": 4, "hidden_size": 4, "bidirectional": bidirectional}
    stem = StemSpec("convolution", windows)
    encoder = EncoderSpec(cell, {**settings, "pooling": "last"}, stem).make()
    randomize(encoder.double())
    assert not encoder.streams
    x, lengths = noise(5, 9, 3), torch.tensor([9, 2, 4, 1, 7])
    output, _ = encoder(x, lengths)
    for row, length, result in zip(x, lengths, output, strict=True):
        windows = in_torch(encoder.stem, row[:length])[None]
        states = [by_rows(layer, windows)[1][0, :4] for layer in encoder.encoder.layers[0]]
        torch.testing.assert_close(result, torch.cat(states))
