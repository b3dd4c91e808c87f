"""Batch normalisation with a share for each step."""

import pytest
import torch

from skrnn.nn.batch_norm import BatchNorm
from skrnn.nn.builders import materialize

SIZE = 3


@pytest.fixture
def norm():
    norm = materialize(lambda: BatchNorm(SIZE), torch.Generator()).double()
    torch.nn.init.uniform_(norm.weight, generator=torch.Generator().manual_seed(0))
    return norm.train()


def steps(*size, seed=0):
    return 2 + 3 * torch.randn(*size, SIZE, dtype=torch.float64, generator=generator(seed))


def generator(seed):
    return torch.Generator().manual_seed(seed)


def even(n, t):
    return torch.full((n, t), 1 / (n * t), dtype=torch.float64)


def test_even_shares_are_those_of_torch(norm):
    x = steps(4, 5).requires_grad_()
    output = norm(x, even(4, 5))
    twin = torch.nn.functional.batch_norm(
        x.transpose(1, 2), None, None, norm.weight, norm.bias, training=True
    ).transpose(1, 2)
    torch.testing.assert_close(output, twin)
    weight = steps(4, 5, seed=1)
    leaves = [x, norm.weight, norm.bias]
    gradients = (torch.autograd.grad((y * weight).sum(), leaves) for y in (output, twin))
    torch.testing.assert_close(*gradients)
    torch.testing.assert_close(norm.running_mean, 0.1 * x.detach().mean((0, 1)))


def test_gradient_with_any_shares(norm):
    share = torch.rand(3, 4, dtype=torch.float64, generator=generator(0))
    share[1, 2:] = 0
    x = steps(3, 4).requires_grad_()
    assert torch.autograd.gradcheck(lambda x: norm(x, share / share.sum()), x)


def test_a_row_of_weight_two_is_two_rows_and_padding_is_none(norm):
    x = steps(2, 4)
    share = torch.ones(2, 4, dtype=torch.float64)
    share[0] = 2
    share[1, 3] = 0
    weighted = norm(x, share / share.sum())
    rows = torch.cat([x[0], x[0], x[1, :3]])[None]
    repeated = norm(rows, even(1, 11))[0]
    torch.testing.assert_close(weighted[0], repeated[:4])
    torch.testing.assert_close(weighted[1, :3], repeated[8:])


def test_predictions_use_the_running_moments(norm):
    for _ in range(200):
        norm(steps(4, 5), even(4, 5))
    x = steps(1, 2, seed=5)
    first = norm.eval()(x, even(1, 2))
    torch.testing.assert_close(first, norm(x.repeat(3, 1, 1), even(3, 2))[:1])
    standard = (x - steps(4, 5).mean((0, 1))) / steps(4, 5).var((0, 1), correction=0).sqrt()
    torch.testing.assert_close(first, standard * norm.weight, rtol=1e-4, atol=1e-4)
